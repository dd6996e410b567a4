"""Who calls: the user and the app behind a bearer token.

A token that nobody issued is taken at its word: `alice@example.com/notebook` is Alice with the app
"notebook". Tokens that `/token` issues, and JWTs that service accounts sign themselves, name their
user. What a caller may do is not known here.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from tests.google.wire import ApiError, Reply

DEFAULT_APP = "default-app"
ANONYMOUS = "anonymous@example.com"
SERVICE_ACCOUNTS = ".gserviceaccount.com"
ISSUED = "ya29.local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A user, by e-mail address, who works through an app (an OAuth client)."""

    user: str
    app: str
    issued: int = -1
    """The serial number of an issued token; -1 for all others."""

    @property
    def is_service_account(self) -> bool:
        return self.user.endswith(SERVICE_ACCOUNTS)


def caller_of(authorization: str) -> Caller:
    """The caller behind the value of the header Authorization."""
    token = authorization.removeprefix("Bearer ").strip()
    if not token:
        return Caller(user=ANONYMOUS, app=DEFAULT_APP)
    claims = _claims(token)
    if claims is not None:
        return Caller(user=_subject(claims), app=str(claims.get("iss", DEFAULT_APP)))
    if token.startswith(ISSUED):
        _, _, serial, name = token.split("~", 3)
        return _named(name, issued=int(serial))
    return _named(token, issued=-1)


def _named(name: str, *, issued: int) -> Caller:
    user, _, app = name.partition("/")
    if "@" not in user:
        user += "@example.com"
    return Caller(user=user, app=app or DEFAULT_APP, issued=issued)


def _claims(token: str) -> dict[str, Any] | None:
    """What a JWT says, its signature unread; None for any other token."""
    parts = token.split(".")
    if len(parts) != 3 or not token.startswith("eyJ"):
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    except (binascii.Error, ValueError):
        return None
    return claims if isinstance(claims, dict) else None


def _subject(claims: dict[str, Any]) -> str:
    return str(claims.get("sub") or claims.get("iss") or ANONYMOUS)


def issue_token(form: bytes, serial: int) -> Reply:
    """The answer of the OAuth token end point, for a refresh token or a signed assertion."""
    fields = {name: values[-1] for name, values in parse_qs(form.decode()).items()}
    if "assertion" in fields:
        claims = _claims(fields["assertion"]) or {}
        name = f"{_subject(claims)}/{claims.get('iss', DEFAULT_APP)}"
    elif "refresh_token" in fields:
        name = f"{fields['refresh_token']}/{fields.get('client_id', DEFAULT_APP)}"
    else:
        description = "Missing required parameter: refresh_token"
        error = {"error": "invalid_request", "error_description": description}
        raise ApiError(Reply.json(400, error))
    token = {"access_token": f"{ISSUED}~v~{serial}~{name}", "expires_in": 3599}
    return Reply.json(200, token | {"token_type": "Bearer", "scope": fields.get("scope", "")})
