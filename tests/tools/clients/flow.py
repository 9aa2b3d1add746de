"""What somebody writes with a client made from /openapi.json. It must pass the type checker, and do what it says."""

import sys
from typing import Literal, assert_type

from regstack_api import AuthenticatedClient, Client
from regstack_api.api.accounts import get_me, login, logout, register, update_me
from regstack_api.api.administration import delete_user, list_users
from regstack_api.models import (
    ErrorCode,
    LoginRequest,
    PendingAnswer,
    Problem,
    RegisterRequest,
    TokenAnswer,
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

logout.sync(client=somebody)
gone = get_me.sync(client=somebody)
assert isinstance(gone, Problem) and gone.code is ErrorCode.NOT_AUTHENTICATED
