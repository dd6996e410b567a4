"""Who may change what a protected range protects, and what of it others see."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def open_to(protected: Json, user: str, owner: str) -> bool:
    """Whether a user may edit what a protected range protects, and the range itself."""
    users = protected.get("editors", {}).get("users", [])
    return user in (owner, *users)


def shown_to(protected: Json, user: str, owner: str, *, writer: bool) -> Json:
    """The range as a user sees it: who may edit it is told to those alone who may.

    A warning stops nobody. What is false is left out of an answer.
    """
    if writer and (protected.get("warningOnly") or open_to(protected, user, owner)):
        return protected
    hidden = ("requestingUserCanEdit", "editors")
    return {name: value for name, value in protected.items() if name not in hidden}
