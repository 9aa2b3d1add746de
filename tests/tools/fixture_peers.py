"""What make_fixtures.py needs around a server: where its mail and SMS go, and a clock that is put forward, a dump."""

import http.server
import json
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse

from bson import json_util
from pymongo import MongoClient

SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *ts) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int outcome = real(id, ts);
    if (outcome == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) ts->tv_sec += OFFSET;
    return outcome;
}
"""


def until(what, done):
    """Waits, at most for a minute, until something holds; what it was."""
    give_up = time.monotonic() + 60
    while not (found := done()):
        assert time.monotonic() < give_up, f"never came true: {what}"
        time.sleep(0.05)
    return found


class Mail:
    """A mail server in a process of its own, and what came to it."""

    def __init__(self):
        command = [sys.executable, str(pathlib.Path(__file__).parent / "smtp_peer.py")]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.mails = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.mails.append(json.loads(line))

    def to(self, address):
        return [mail["parts"][0]["text"] for mail in self.mails if mail["to"] == [address]]

    def token(self, address, count=1):
        """The token in the newest mail to an address, once so many came."""
        mails = until(f"mail to {address}", lambda: len(self.to(address)) >= count and self.to(address))
        return re.search(r"token=([\w.-]+)", mails[-1]).group(1)

    def die(self):
        self.process.stdin.close()
        self.process.wait()


class Sms:
    """A stand-in for Twilio, and what came to it."""

    def __init__(self):
        texts = self.texts = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                form = self.rfile.read(int(self.headers["content-length"])).decode()
                form = urllib.parse.parse_qs(form)
                texts.setdefault(form["To"][0], []).append(form["Body"][0])
                answer = b'{"sid": "SM1", "status": "queued", "error_code": null}'
                self.send_response(201)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def code(self, number, count=1):
        there = lambda: len(self.texts.get(number, [])) >= count and self.texts[number][-1]
        return re.search(r"code: (\d+)", until(f"SMS to {number}", there)).group(1)

    def die(self):
        self.server.shutdown()
        self.server.server_close()


def clock_ahead(folder, seconds):
    """A library that puts the clock of a program forward when it is preloaded."""
    source, library = folder / "clock.c", folder / "clock.so"
    source.write_text(SHIM)
    options = ["-shared", "-fPIC", f"-DOFFSET={seconds}L"]
    subprocess.run(["cc", *options, "-o", str(library), str(source), "-ldl"], check=True)
    return library


def dump(url, folder):
    """The documents of each collection and the commands that make its indexes, in MongoDB's Extended JSON, a line each."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    line = lambda document: json_util.dumps(document, json_options=json_util.CANONICAL_JSON_OPTIONS) + "\n"
    client = MongoClient(url, directConnection=True)
    database = client["fixture"]
    described = []
    for name in sorted(database.list_collection_names()):
        documents = database[name].find().sort("_id", 1)
        (folder / f"{name}.jsonl").write_text("".join(map(line, documents)))
        indexes = [dict(index) for index in database[name].list_indexes() if index["name"] != "_id_"]
        for index in indexes:
            index.pop("ns", None)
        described.append({"createIndexes": name, "indexes": indexes})
    (folder / "indexes.jsonl").write_text("".join(line(indexes) for indexes in described if indexes["indexes"]))
    client.close()
