"""Which login to Google is used: the first that exists, of those in docs/google.md.

Knows Google's login library and Colab; sends nothing but what a login needs.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import dataclass
from typing import Any

from sheetlog.errors import RefusedError

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive",
)
GCLOUD = (
    "gcloud auth application-default login "
    "--scopes=https://www.googleapis.com/auth/spreadsheets,https://www.googleapis.com/auth/drive,"
    "openid,https://www.googleapis.com/auth/cloud-platform"
)
HELP = (
    "choose one: in Colab run sheetlog in the notebook's main thread and allow the login; "
    "set SHEETLOG_CREDENTIALS to the path of a service account's JSON file and share the sheet "
    f"with its e-mail address as Editor; or run '{GCLOUD}'"
)


@dataclass(frozen=True, slots=True)
class Way:
    """Where a login is from."""

    words: str
    again: str
    """What to do where it isn't accepted any more."""


def credentials(*, path: str = "", endpoint: str = "") -> Any:
    """Return google-auth credentials; see `login`."""
    return login(path=path, endpoint=endpoint)[0]


def login(*, path: str = "", endpoint: str = "") -> tuple[Any, Way]:
    """Return google-auth credentials, and where they are from.

    Args:
        path: of a service account's or authorized user's file, from the settings.
        endpoint: where calls go instead of Google; then nobody needs to log in.

    Raises:
        RefusedError: there is no login; the message says which ways were tried and what to do.
    """
    if endpoint:
        from google.auth.credentials import AnonymousCredentials

        way = Way(f"none, every call goes to '{endpoint}' (google_endpoint)", "look what it wants")
        return AnonymousCredentials(), way  # type: ignore[no-untyped-call]
    tried: list[str] = []
    named = path or os.environ.get("GOOGLE_APPLICATION_CREDENTIALS", "")
    if named:
        way = Way(f"the credentials file '{named}'", "put a new key or login into that file")
        return from_file(named), way
    tried.append("SHEETLOG_CREDENTIALS and GOOGLE_APPLICATION_CREDENTIALS are not set")
    for way, tries in _WAYS:
        found, why = tries()
        if found is not None:
            return found, way
        tried.append(why)
    raise RefusedError(f"there is no login to Google ({'; '.join(tried)}); {HELP}")


def from_file(path: str) -> Any:
    """Return the credentials of a service account's or authorized user's file.

    Raises:
        RefusedError: the file cannot be read, or is none of the two.
    """
    try:
        with open(path, encoding="utf-8") as file:
            held = json.load(file)
        kind = held.get("type") if isinstance(held, dict) else None
    except (OSError, ValueError) as error:
        raise RefusedError(
            f"the credentials file '{path}' cannot be read ({type(error).__name__}); {HELP}"
        ) from None
    try:
        if kind == "service_account":
            from google.oauth2 import service_account

            make = service_account.Credentials.from_service_account_info
            return make(held, scopes=SCOPES)  # type: ignore[no-untyped-call]
        if kind == "authorized_user":
            from google.oauth2.credentials import Credentials

            return Credentials.from_authorized_user_info(held, SCOPES)  # type: ignore[no-untyped-call]
    except ValueError:
        # The library's own sentence may quote the file.
        raise RefusedError(f"the credentials file '{path}' is incomplete; {HELP}") from None
    raise RefusedError(
        f"the credentials file '{path}' is of the kind {kind!r}, and must be of 'service_account' "
        f"or 'authorized_user'; {HELP}"
    )


def _colab() -> tuple[Any, str]:
    """Return Colab's user login; it asks in the page, so it works in the main thread only."""
    if "google.colab" not in sys.modules and "COLAB_RELEASE_TAG" not in os.environ:
        return None, "this is not Colab"
    if threading.current_thread() is not threading.main_thread():
        return None, "Colab's login works only in the notebook's main thread"
    try:
        from google.colab import auth

        auth.authenticate_user()
    except Exception as error:  # noqa: BLE001  a closed dialogue raises what it likes
        return None, f"Colab's login failed ({type(error).__name__})"
    return _default()


def _saved() -> tuple[Any, str]:
    """Return the user's login as gspread saves it."""
    folder = os.environ.get("APPDATA") or os.path.join(os.path.expanduser("~"), ".config")
    path = os.path.join(folder, "gspread", "authorized_user.json")
    if not os.path.isfile(path):
        return None, f"no saved login at '{path}'"
    return from_file(path), ""


def _default() -> tuple[Any, str]:
    """Return the application default credentials."""
    import google.auth
    from google.auth.exceptions import GoogleAuthError

    try:
        found, _ = google.auth.default(scopes=SCOPES)
    except GoogleAuthError:
        return None, "there are no application default credentials"
    return found, ""


_WAYS = (
    (Way("Colab's user", "run the cell again and allow the login"), _colab),
    (Way("saved by gspread", "delete its 'authorized_user.json' and log in anew"), _saved),
    (Way("the application default credentials", f"run '{GCLOUD}'"), _default),
)
"""Where a login may come from that nobody named, in the order in which they are tried."""
