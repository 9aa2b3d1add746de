"""Runs requests against the Python package, version 0.9.3, over the database of a test.

    package_peer.py <REQUESTS      {"database_url": …, "database": …, "jwt_secret": …, "requests": [[METHOD, PATH, BODY, TOKEN], …]}

A method LOGIN goes to a provider called google and back as the person of its body, and fetches the session; with a token it
links the person. Where that is refused, the answer is where the browser was sent.

Prints the answers, and the numbers that it sent SMS to: {"answers": [[STATUS, BODY], …], "sms": [NUMBER, …]}
"""

import asyncio
import json
import sys

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from regstack.app import RegStack
from regstack.config.schema import RegStackConfig
from regstack.oauth.base import OAuthProvider, OAuthTokens, OAuthUserInfo


class Google(OAuthProvider):
    """A provider where everybody is whom their code names."""

    name = "google"

    def authorization_url(self, *, redirect_uri, state, code_challenge, nonce):
        return f"https://google.example/?state={state}"

    async def exchange_code(self, *, code, redirect_uri, code_verifier):
        return OAuthTokens(access_token="x", id_token=code)

    async def verify_id_token(self, id_token, *, expected_nonce):
        person = json.loads(id_token)
        return OAuthUserInfo(person["sub"], person["email"], True, None, None)


async def log_in(client, prefix, person, headers):
    if headers:
        begun = await client.post(prefix + "/oauth/google/link/start", headers=headers)
        address = begun.json()["authorization_url"]
    else:
        begun = await client.get(prefix + "/oauth/google/start")
        address = begun.headers["location"]
    back = {"code": json.dumps(person), "state": address.partition("state=")[2]}
    page = (await client.get(prefix + "/oauth/google/callback", params=back)).headers["location"]
    if "id=" not in page:
        return [302, page]
    answer = await client.post(prefix + "/oauth/exchange", json={"id": page.partition("id=")[2]})
    return [answer.status_code, answer.json()]


async def run(wish):
    config = RegStackConfig(
        database_url=SecretStr(wish["database_url"]),
        mongodb_database=wish["database"],
        jwt_secret=SecretStr(wish["jwt_secret"]),
        enable_sms_2fa=True,
        enable_oauth=True,
    )
    regstack = RegStack(config=config)
    regstack.oauth.register(Google())
    app = FastAPI()
    app.include_router(regstack.router, prefix=config.api_prefix)
    transport = httpx.ASGITransport(app=app)
    answers = []
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for method, path, body, token in wish["requests"]:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            url = config.api_prefix + path
            if method == "LOGIN":
                answers.append(await log_in(client, config.api_prefix, body, headers))
                continue
            answer = await client.request(method, url, json=body, headers=headers)
            answers.append([answer.status_code, answer.json()])
    print(json.dumps({"answers": answers, "sms": [message.to for message in regstack.sms.outbox]}))
    await regstack.aclose()


asyncio.run(run(json.load(sys.stdin)))
