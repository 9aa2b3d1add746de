"""An application whose routes are for people with a regstack session, verified with the published keys."""

import os
from typing import Annotated
from urllib.parse import quote

import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import RedirectResponse

REGSTACK = os.environ.get("REGSTACK_URL", "http://127.0.0.1:8000")
AUDIENCE = os.environ.get("REGSTACK_AUDIENCE")  # your jwt_audience, if you set one

app = FastAPI()

keys = jwt.PyJWKClient(f"{REGSTACK}/.well-known/jwks.json")


def session(request: Request) -> dict:
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or request.cookies.get("regstack_session", "")
    try:
        return jwt.decode(token, keys.get_signing_key_from_jwt(token), ["EdDSA", "ES256"], issuer=REGSTACK, audience=AUDIENCE, leeway=10)
    except jwt.PyJWTError as error:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"}) from error


@app.get("/orders")
def orders(session: Annotated[dict, Depends(session)]):
    return {"orders_of": session["sub"]}


@app.exception_handler(401)
async def log_in(request: Request, refusal: HTTPException):
    """Leads people to the login page, and from there back to where they were. Programs get the 401."""
    if isinstance(refusal.__cause__, jwt.PyJWKClientConnectionError):
        return await http_exception_handler(request, HTTPException(503))
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"{REGSTACK}/account/login?next={quote(str(request.url), safe='')}", 303)
    return await http_exception_handler(request, refusal)
