"""The Python package regstack in a FastAPI application, as its README starts one."""

from contextlib import asynccontextmanager

from fastapi import FastAPI
from regstack import RegStack, RegStackConfig

config = RegStackConfig.load()
accounts = RegStack(config=config)


@asynccontextmanager
async def life(_app):
    await accounts.install_schema()
    yield
    await accounts.aclose()


app = FastAPI(lifespan=life)
app.include_router(accounts.router, prefix=config.api_prefix)
