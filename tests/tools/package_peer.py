"""Runs requests against the Python package, version 0.9.3, over the database of a test.

    package_peer.py <REQUESTS      {"database_url": …, "database": …, "jwt_secret": …, "requests": [[METHOD, PATH, BODY, TOKEN], …]}

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


async def run(wish):
    config = RegStackConfig(
        database_url=SecretStr(wish["database_url"]),
        mongodb_database=wish["database"],
        jwt_secret=SecretStr(wish["jwt_secret"]),
        enable_sms_2fa=True,
    )
    regstack = RegStack(config=config)
    app = FastAPI()
    app.include_router(regstack.router, prefix=config.api_prefix)
    transport = httpx.ASGITransport(app=app)
    answers = []
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for method, path, body, token in wish["requests"]:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            url = config.api_prefix + path
            answer = await client.request(method, url, json=body, headers=headers)
            answers.append([answer.status_code, answer.json()])
    print(json.dumps({"answers": answers, "sms": [message.to for message in regstack.sms.outbox]}))
    await regstack.aclose()


asyncio.run(run(json.load(sys.stdin)))
