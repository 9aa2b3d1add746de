"""A mail server for tests, on loopback: prints its port, then one JSON line for each mail. Ends when stdin closes.

Recipients decide what happens, by the part before the @:
unknown: 550 · busy: 451 · quoting: the mail is refused in words that repeat its first link · late: answered after 1.7 s.
"""

import argparse
import asyncio
import email
import email.policy
import json
import re
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Handler:
    def __init__(self):
        self.sessions = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        user = address.split("@")[0]
        if user == "unknown":
            return "550 5.1.1 nobody here"
        if user == "busy":
            return "451 4.3.0 come back later"
        if user == "late":
            await asyncio.sleep(1.7)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = [
            {"type": part.get_content_type(), "text": part.get_content()}
            for part in message.walk()
            if not part.is_multipart()
        ]
        if envelope.rcpt_tos[0].startswith("quoting@"):
            return "554 5.7.1 blocked: " + re.search(r"https?://\S+", parts[0]["text"]).group()
        if session not in self.sessions:
            self.sessions.append(session)
        print(
            json.dumps(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "tls": server.transport.get_extra_info("ssl_object") is not None,
                    "login": session.auth_data.decode() if session.auth_data else None,
                    "connections": len(self.sessions),
                    "type": message.get_content_type(),
                    "headers": [[name, str(value)] for name, value in message.items()],
                    "parts": parts,
                    "raw": envelope.content.decode("latin-1"),
                }
            ),
            flush=True,
        )
        return "250 accepted"


class FreePort(Controller):
    """Port 0 means any free one; the controller would otherwise try to reach port 0 itself."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    arguments.add_argument("--certificate")
    arguments.add_argument("--key")
    arguments.add_argument("--login", help="USER:PASSWORD that is asked for")
    chosen = arguments.parse_args()

    options = {}
    if chosen.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chosen.certificate, chosen.key)
        if chosen.tls == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        else:
            options |= {"ssl_context": context}
    if chosen.login:

        def authenticate(server, session, envelope, mechanism, data):
            given = isinstance(data, LoginPassword) and b":".join([data.login, data.password]).decode()
            return AuthResult(success=given == chosen.login, handled=False, auth_data=data.login)

        options |= {
            "authenticator": authenticate,
            "auth_required": True,
            "auth_require_tls": chosen.tls == "starttls",
        }

    controller = FreePort(Handler(), hostname="127.0.0.1", port=0, enable_SMTPUTF8=True, **options)
    controller.start()
    print(json.dumps({"port": controller.port}), flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
