"""What somebody writes with a client made from /openapi.json. It must pass the type checker, and do what it says."""

import base64
import hmac
import sys
from datetime import datetime
from typing import Literal, assert_type

from regstack_api import AuthenticatedClient, Client
from regstack_api.api.accounts import (
    forward_auth,
    get_me,
    list_sessions,
    login,
    logout,
    mfa_confirm,
    mfa_show,
    register,
    renew_session,
    totp_confirm,
    totp_disable,
    totp_start,
    update_me,
)
from regstack_api.api.administration import create_service_key, delete_user, list_users
from regstack_api.api.services import introspect_token
from regstack_api.models import (
    ActiveToken,
    CreatedServiceKey,
    CreateServiceKeyRequest,
    ErrorCode,
    FactorOnAnswer,
    InactiveToken,
    IntrospectRequest,
    LoginRequest,
    Message,
    MfaAnswer,
    MfaConfirmRequest,
    MfaMethod,
    MfaRequiredAnswer,
    PendingAnswer,
    Problem,
    RegisterRequest,
    SessionsAnswer,
    TokenAnswer,
    TotpConfirmRequest,
    TotpDisableRequest,
    TotpStartAnswer,
    TotpStartRequest,
    UpdateMeRequest,
    UserPublic,
    UsersAnswer,
    ValidationProblem,
)

origin, email, password = sys.argv[1:]
anybody = Client(base_url=origin)

# A refusal is told apart by its code, and a fault by its field.
wrong = login.sync(client=anybody, body=LoginRequest(email=email, password="wrong"))
assert isinstance(wrong, Problem) and wrong.code is ErrorCode.INVALID_CREDENTIALS
assert_type(wrong.detail, str)

invalid = register.sync(client=anybody, body=RegisterRequest(email="not an address", password="short"))
assert isinstance(invalid, ValidationProblem)
assert_type(invalid.code, Literal["validation_error"])
assert [fault.loc for fault in invalid.detail] == [["body", "email"], ["body", "password"]]

# A registration that waits is another type than an account.
registered = register.sync(client=anybody, body=RegisterRequest(email="joan@example.com", password=password))
assert isinstance(registered, PendingAnswer)
assert_type(registered.status, Literal["pending_verification"])

# A login answers with a token, a cookie, or the wait for a code.
session = login.sync(client=anybody, body=LoginRequest(email=email, password=password))
assert isinstance(session, TokenAnswer), session
assert_type(session.token_type, Literal["bearer"])
somebody = AuthenticatedClient(base_url=origin, token=session.access_token)

me = get_me.sync(client=somebody)
assert isinstance(me, UserPublic) and me.email == email
assert_type(me.phone_number, str | None)
assert me.phone_number is None

named = update_me.sync(client=somebody, body=UpdateMeRequest(full_name="Ada Lovelace"))
assert isinstance(named, UserPublic) and named.full_name == "Ada Lovelace"

users = list_users.sync(client=somebody, limit=1)
assert isinstance(users, UsersAnswer) and len(users.items) == 1 and users.next_ is None

deny = delete_user.sync(client=somebody, user_id=me.id)
assert isinstance(deny, Problem) and deny.code is ErrorCode.LAST_SUPERUSER

# Where this account is logged in, and a session that goes on.
sessions = list_sessions.sync(client=somebody, limit=10)
assert isinstance(sessions, SessionsAnswer) and sessions.items[0].is_current
renewed = renew_session.sync(client=somebody)
assert isinstance(renewed, TokenAnswer)

# A program asks with its key. Only a token that is alive says whose it is.
made = create_service_key.sync(client=somebody, body=CreateServiceKeyRequest(name="shop", scope="introspect"))
assert isinstance(made, CreatedServiceKey)
program = AuthenticatedClient(base_url=origin, token=made.key)
alive = introspect_token.sync(client=program, body=IntrospectRequest(token=session.access_token))
assert isinstance(alive, ActiveToken) and alive.sub == me.id
assert_type(alive.sub, str)
dead = introspect_token.sync(client=program, body=IntrospectRequest(token="no token"))
assert isinstance(dead, InactiveToken)
asking = somebody.with_headers({"X-Forwarded-Method": "GET"})
assert isinstance(forward_auth.sync(client=asking), Message)


def shows(secret: str, seconds: float) -> str:
    """The code that an authenticator app shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, int(seconds // 30).to_bytes(8, "big"), "sha1")
    start = digest[19] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


# A second factor, set up; then a login that waits for one, and names those that it takes.
assert isinstance(me.last_login, datetime)
started = totp_start.sync(client=somebody, body=TotpStartRequest(current_password=password))
assert isinstance(started, TotpStartAnswer)
code = shows(started.secret, me.last_login.timestamp())
on = totp_confirm.sync(client=anybody, body=TotpConfirmRequest(pending_token=started.pending_token, code=code))
assert isinstance(on, FactorOnAnswer) and on.is_mfa_enabled and isinstance(on.recovery_codes, list)

waiting = login.sync(client=anybody, body=LoginRequest(email=email, password=password))
assert isinstance(waiting, MfaRequiredAnswer)
assert_type(waiting.status, Literal["mfa_required"])
assert waiting.methods == [MfaMethod.TOTP, MfaMethod.RECOVERY_CODE]
pending = waiting.mfa_pending_token
by = MfaMethod.RECOVERY_CODE
guess = mfa_confirm.sync(client=anybody, body=MfaConfirmRequest(pending, "00000-00000", by))
assert isinstance(guess, Problem) and guess.code is ErrorCode.WRONG_CODE
second = mfa_confirm.sync(client=anybody, body=MfaConfirmRequest(pending, on.recovery_codes[0], by))
assert isinstance(second, TokenAnswer)
factors = mfa_show.sync(client=somebody)
assert isinstance(factors, MfaAnswer) and factors.recovery_codes_left == 9
removed = totp_disable.sync(client=somebody, body=TotpDisableRequest(current_password=password))
assert isinstance(removed, Message)

logout.sync(client=somebody)
gone = get_me.sync(client=somebody)
assert isinstance(gone, Problem) and gone.code is ErrorCode.NOT_AUTHENTICATED
