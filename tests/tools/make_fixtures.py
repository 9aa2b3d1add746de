"""Makes databases by a given binary, for later builds to open: tests/fixtures/before-0.3/README.md tells what is in them.

    target/test-tools/venv/bin/python tests/tools/make_fixtures.py BINARY FOLDER

The binary's clock is put forward to the year 2100 (by a library that `cc` compiles), so that a MongoDB server, which
removes what is old by its own clock, never finds anything old.
"""

import base64
import datetime
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from fixture_peers import Mail, Sms, clock_ahead, dump, until

TOOLS = pathlib.Path(__file__).parent
START = datetime.datetime(2100, 1, 1, 6, tzinfo=datetime.timezone.utc)
# Addresses of this machine that nobody listens at; the tests do, to receive what could not be delivered.
HOOKS = {"sqlite": "http://127.93.0.1:28737/hooks", "mongodb": "http://127.93.0.2:28737/hooks"}
TWILIO = "AC" + "0123456789abcdef" * 2
SETTINGS = """
app_name = "Fixture"
bind = "127.0.0.1:0"
database_url = "{database}"
enable_admin_router = true
enable_sms_2fa = true
jwt_ttl_seconds = 2592000
password_reset_token_ttl_seconds = 86400
sms_code_ttl_seconds = 1800
mfa_pending_token_ttl_seconds = 1800
[password]
memory_kib = 64
iterations = 1
[email]
backend = "smtp"
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_starttls = false
from_address = "accounts@fixture.test"
[sms]
backend = "twilio"
from_number = "+15005550006"
twilio_account_sid = "{sid}"
twilio_auth_token = "{twilio_token}"
twilio_api_url = "http://127.0.0.1:{twilio}"
[[webhooks]]
url = "{hook}"
events = ["user_deleted"]
secret_env = "FIXTURE_HOOK_SECRET"
"""


def stamp(later=0):
    """The time by the binary's clock and up to a second later, plus `later` seconds; as answers hold it."""
    moment = START + datetime.timedelta(seconds=time.time() - BEGUN + later)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Fixture:
    def __init__(self, binary, engine, shim, folder):
        self.binary, self.engine, self.folder = binary, engine, folder
        self.mail, self.sms = Mail(), Sms()
        self.secret = subprocess.check_output([binary, "secret", "generate"], text=True).strip()
        self.hook_secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        self.mongo = None
        database = f"sqlite:{folder}/regstack.db"
        if engine == "mongodb":
            command = [sys.executable, str(TOOLS / "mongo_peer.py")]
            self.mongo = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self.mongo_url = self.mongo.stdout.readline().strip()
            port = urllib.parse.urlsplit(self.mongo_url).netloc
            database = f"mongodb://{port}/fixture?directConnection=true"
        settings = SETTINGS.format(
            database=database,
            smtp=self.mail.port,
            sid=TWILIO,
            twilio_token=secrets.token_hex(16),
            twilio=self.sms.port,
            hook=HOOKS[engine],
        )
        (folder / "regstack.toml").write_text(settings)
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "USER": "fixture",
            "LD_PRELOAD": str(shim),
            "REGSTACK_JWT_SECRET": self.secret,
            "FIXTURE_HOOK_SECRET": self.hook_secret,
        }
        self.passwords, self.questions = {}, []

    def command(self, *arguments, stdin=None):
        ran = subprocess.run(
            [self.binary, *arguments],
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        return ran.stdout

    def serve(self):
        self.server = subprocess.Popen(
            [self.binary, "serve", "--json"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "log").open("w"),
            text=True,
        )
        report = json.loads(self.server.stdout.readline())
        self.url, self.version, self.database_engine = report["address"], report["version"], report["engine"]

    def ask(self, method, path, body=None, token=None):
        """Status and body of an answer."""
        request = urllib.request.Request(
            f"{self.url}/api/auth{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"}
            | ({"authorization": f"Bearer {token}"} if token else {}),
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or "null")

    def done(self, method, path, body=None, token=None):
        """The body of an answer that must be a success."""
        status, answer = self.ask(method, path, body, token)
        assert 200 <= status < 300, (method, path, status, answer)
        return answer

    def admin(self, method, path, body=None):
        return self.done(method, f"/admin{path}", body, self.administrator)

    def password(self, name):
        return self.passwords.setdefault(f"{name}@example.com", f"{name}-{secrets.token_urlsafe(12)}")

    def credentials(self, name, password=None):
        return {"email": f"{name}@example.com", "password": password or self.password(name)}

    def register(self, name, full_name=None):
        wish = self.credentials(name) | ({"full_name": full_name} if full_name else {})
        self.done("POST", "/register", wish)

    def person(self, name, full_name=None):
        """Somebody who registered and followed the link; their session."""
        self.register(name, full_name)
        self.done("POST", "/verify", {"token": self.mail.token(f"{name}@example.com")})
        return self.session(name)

    def session(self, name):
        return self.done("POST", "/login", self.credentials(name))["access_token"]

    def made(self, name, **wish):
        """An account made by the administrator; its id."""
        return self.admin("POST", "/users", self.credentials(name) | wish)["id"]

    def fail(self, name, times):
        for _ in range(times):
            status, _ = self.ask("POST", "/login", self.credentials(name, "a wrong password"))
            assert status == 401, status

    def question(self, group, what, status, code, method, path, body=None, token=None):
        """A request that the binary answers so once the database was copied: later builds must answer so too."""
        got, answer = self.ask(method, path, body, token)
        got_code = answer.get("code")
        assert (got, got_code) == (status, code), (what, got, answer)
        self.questions.append(
            {
                "group": group,
                "what": what,
                "method": method,
                "path": path,
                "body": body,
                "token": token,
                "status": status,
                "code": code,
            }
        )

    def all(self, path):
        """All items of a list."""
        items, after = [], None
        while True:
            query = "?limit=100" + (f"&after={urllib.parse.quote(after)}" if after else "")
            page = self.admin("GET", path + query)
            items += page["items"]
            if not (after := page.get("next")):
                return items

    def live(self):
        """All that happens while mail and SMS arrive."""
        self.command(
            "users", "create", "root@example.com", "--admin", "--verified", "--name", "Grace Hopper",
            "--password-stdin", stdin=self.password("root") + "\n",
        )  # fmt: skip
        self.administrator = self.session("root")
        self.tokens = {"plain": self.person("plain", "Ada Lovelace")}
        self.tokens["revoked"] = self.session("plain")
        self.done("POST", "/logout", token=self.tokens["revoked"])
        self.tokens["unicode"] = self.person("unicode", "Zoë Ñandú 王小明 🦊")

        disabled = self.made("disabled", is_verified=True)
        self.tokens["disabled"] = self.session("disabled")
        self.admin("PATCH", f"/users/{disabled}", {"is_active": False})
        self.made("unverified")
        doubted = self.made("doubted", is_verified=True)
        self.admin("PATCH", f"/users/{doubted}", {"is_verified": False})
        former = self.made("former", is_verified=True, is_superuser=True, full_name="Once In Charge")
        self.admin("PATCH", f"/users/{former}", {"is_superuser": False})
        self.admin("POST", "/users", {"email": "invited@example.com", "send_invite": True})
        self.links = {"invited": self.mail.token("invited@example.com")}
        cut = self.made("cut", is_verified=True)
        self.tokens["cut off"] = self.session("cut")
        self.admin("POST", f"/users/{cut}/revoke-tokens")
        self.tokens["after the cut-off"] = self.session("cut")

        factor = self.person("factor")
        self.number = "+14155550123"
        wish = {"phone_number": self.number, "current_password": self.password("factor")}
        setup = self.done("POST", "/phone/start", wish, factor)["pending_token"]
        self.done("POST", "/phone/confirm", {"pending_token": setup, "code": self.sms.code(self.number)})
        halfway = self.done("POST", "/login", self.credentials("factor"))["mfa_pending_token"]
        proof = {"mfa_pending_token": halfway, "code": self.sms.code(self.number, 2)}
        self.tokens["factor"] = self.done("POST", "/login/mfa-confirm", proof)["access_token"]
        halfway = self.done("POST", "/login", self.credentials("factor"))["mfa_pending_token"]
        code = self.sms.code(self.number, 3)
        wrong = {"mfa_pending_token": halfway, "code": ("1" if code[0] == "0" else "0") + code[1:]}
        assert self.ask("POST", "/login/mfa-confirm", wrong)[0] == 400

        self.register("pending", "Penny Pending")
        self.links["pending"] = self.mail.token("pending@example.com")
        self.register("again")
        self.links["replaced"] = self.mail.token("again@example.com")
        self.done("POST", "/resend-verification", {"email": "again@example.com"})
        self.links["again"] = self.mail.token("again@example.com", 2)
        self.made("forgetful", is_verified=True)
        self.done("POST", "/forgot-password", {"email": "forgetful@example.com"})
        self.links["forgetful"] = self.mail.token("forgetful@example.com")
        self.made("mover", is_verified=True)
        wish = {"new_email": "moved@example.com", "current_password": self.password("mover")}
        self.done("POST", "/change-email", wish, self.session("mover"))
        self.links["mover"] = self.mail.token("moved@example.com")

        self.made("locked", is_verified=True)
        self.made("near", is_verified=True)
        self.made("setup", is_verified=True)
        self.gone = self.made("gone", is_verified=True)
        # What the mail server does not take is given up.
        self.register("unknown")
        states = lambda: [message["state"] for message in self.all("/outbox")]
        until("all was sent but what was given up", lambda: states() == ["failed"])

    def dead(self):
        """All that happens while neither mail nor SMS nor webhooks arrive."""
        self.mail.die()
        self.sms.die()
        self.register("queued", "Quentin Queued")
        self.done("POST", "/forgot-password", {"email": "unicode@example.com"})
        self.halfway = self.done("POST", "/login", self.credentials("factor"))["mfa_pending_token"]
        wish = {"phone_number": "+14155550124", "current_password": self.password("setup")}
        self.setup = self.done("POST", "/phone/start", wish, self.session("setup"))["pending_token"]
        self.admin("DELETE", f"/users/{self.gone}")
        self.fail("locked", 5)
        self.fail("nobody", 5)
        self.fail("near", 4)

        # What was tried waits longer each time: until nothing is due for as long as the rest takes.
        def tried():
            waiting = [message for message in self.all("/outbox") if message["state"] == "waiting"]
            quiet = all(message["attempts"] > 0 and message["not_before"] > stamp(2) for message in waiting)
            return quiet and len(waiting) == 5

        until("every message was tried", tried)

    def record(self):
        """What is there, in the words of the binary itself."""
        expected = {name: self.all(f"/{name}") for name in ("users", "events", "outbox", "pending")}
        expected["stats"] = self.admin("GET", "/stats")
        expected["series"] = self.admin("GET", "/stats/series?days=1")
        self.expected = expected

    def stop(self):
        self.server.terminate()
        assert self.server.wait() == 0

    def questions_about(self):
        for name in ("plain", "unicode", "after the cut-off", "factor"):
            self.question("sessions", name, 200, None, "GET", "/me", token=self.tokens[name])
        for name in ("revoked", "cut off", "disabled"):
            self.question("sessions", name, 401, "not_authenticated", "GET", "/me", token=self.tokens[name])
        login = lambda group, name, status, code, *password: self.question(
            group, name, status, code, "POST", "/login", self.credentials(name, *password)
        )
        for name in ("root", "plain", "unicode", "former", "cut", "factor", "forgetful", "mover", "setup"):
            login("logins", name, 200, None)
        login("logins", "disabled", 403, "account_disabled")
        for name in ("unverified", "doubted"):
            login("logins", name, 403, "email_unverified")
        for name in ("invited", "pending", "gone", "plain"):
            login("logins", name, 401, "invalid_credentials", "a wrong password")
        login("lockouts", "locked", 429, "locked")
        login("lockouts", "nobody", 429, "locked", "whatever it is")
        login("lockouts", "near", 401, "invalid_credentials", "a wrong password")
        login("lockouts", "near", 429, "locked")
        for name in ("pending", "again"):
            link = {"token": self.links[name]}
            self.question("links", name, 200, None, "POST", "/verify", link)
            login("links", name, 200, None)
            self.question("links", f"{name}, used", 400, "invalid_token", "POST", "/verify", link)
        link = {"token": self.links["replaced"]}
        self.question("links", "replaced", 400, "invalid_token", "POST", "/verify", link)
        for name in ("forgetful", "invited"):
            wish = {"token": self.links[name], "new_password": f"{name} has a new one"}
            self.question("links", name, 200, None, "POST", "/reset-password", wish)
            login("links", name, 200, None, f"{name} has a new one")
        link = {"token": self.links["mover"]}
        self.question("links", "mover", 200, None, "POST", "/confirm-email-change", link)
        login("links", "moved", 200, None, self.password("mover"))

    def manifest(self, moment):
        return {
            "made_by": self.version,
            "engine": self.database_engine,
            "moment": moment,
            "jwt_secret": self.secret,
            "webhook": {"url": HOOKS[self.engine], "secret": self.hook_secret},
            "in_flight": {"login_mfa": self.halfway, "phone_setup": self.setup, "number": self.number},
            "passwords": self.passwords,
            "administrator": self.administrator,
            "tokens": self.tokens,
            "links": self.links,
            "expected": self.expected,
            "questions": self.questions,
        }


def make(binary, engine, shim, target):
    with tempfile.TemporaryDirectory() as folder:
        fixture = Fixture(binary, engine, shim, pathlib.Path(folder))
        try:
            fixture.serve()
            fixture.live()
            fixture.dead()
            fixture.record()
            moment = stamp()
            fixture.stop()
            status = json.loads(fixture.command("db", "status", "--json"))
            fixture.expected["rows"] = status["rows"]
            if engine == "sqlite":
                file = target / "regstack.sqlite"
                shutil.copyfile(f"{folder}/regstack.db", file)
                assert not os.path.exists(f"{folder}/regstack.db-wal"), "it was closed"
                file.chmod(0o644)
            else:
                dump(fixture.mongo_url, target / "mongodb")
            fixture.serve()
            fixture.questions_about()
            fixture.stop()
        except BaseException:
            print((pathlib.Path(folder) / "log").read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            if fixture.server.poll() is None:
                fixture.server.kill()
            if fixture.mongo:
                fixture.mongo.stdin.close()
        text = json.dumps(fixture.manifest(moment), indent=1, ensure_ascii=False)
        (target / f"{engine}.json").write_text(text + "\n")


BEGUN = time.time()


def main():
    binary, target = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        shim = clock_ahead(pathlib.Path(folder), int(START.timestamp() - BEGUN))
        for engine in HOOKS:
            make(binary, engine, shim, target)


if __name__ == "__main__":
    main()
