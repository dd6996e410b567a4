"""How the local Google behaves today: the modes, and what it assumes where facts are missing.

Modes are values. Who obeys which of them is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# What Google's documentation leaves open: name → what may be assumed, the first being the default.
ASSUMPTIONS: dict[str, tuple[str, ...]] = {
    "delete_create_same_id_in_batch": ("ok", "refused"),
    "delete_metadata_no_match": ("empty", "error"),
    "metadata_survives_duplicate": ("no", "yes"),
    "metadata_under_move": ("follows", "stays"),
    "row_metadata_follows_sort": ("no", "yes"),
    "response_ranges_checked": ("after", "before"),
    "append_cells_concurrent": ("serialise", "lose"),
    "masked_cells_cut": ("after", "before"),
    "strict_validation": ("refused", "ignored"),
    "chip_text": ("placeholder", "title"),
    "service_account_folder": ("refused", "ok"),
}
ROLES = ("none", "reader", "commenter", "writer", "owner")
APIS = ("sheets", "drive")


class UnknownModeError(ValueError):
    """A mode, an assumption or a value that doesn't exist; the text says which do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """All modes; the defaults are a Google without limits that lets everybody do everything."""

    quotas: bool = False
    """Count requests per minute, and refuse with 429 what is too much."""
    reads_per_minute: int = 60
    writes_per_minute: int = 60
    project_per_minute: int = 300
    """Reads, and as many writes, of all users together."""
    window_starts_at: float = 18.0
    """The second of the minute at which the fixed windows begin."""
    service_account: bool = False
    """Treat every caller as a service account: no storage of its own."""
    storage_bytes: int = 15 * 2**30
    """How much each user may keep in Drive."""
    drive_file: bool = False
    """Callers have the scope drive.file: they see what their own app made, or was granted."""
    latency_ms: float = 0.0
    """How long each answer takes at least."""
    expired_login: bool = False
    """Refuse with 401 every token but those that `/token` gives from now on."""
    api_off: tuple[str, ...] = ()
    """Which of "sheets" and "drive" are not enabled in the caller's project."""
    enforce_permissions: bool = False
    """Hold each user to the permissions that the files and their folders have."""
    access: Mapping[str, str] = field(default_factory=dict)
    """File id, or "*", → the most that anybody may do there: one of ROLES."""
    assumptions: Mapping[str, str] = field(
        default_factory=lambda: {name: values[0] for name, values in ASSUMPTIONS.items()}
    )

    def changed(self, changes: Mapping[str, Any]) -> Modes:
        """These modes with some of them changed; `assumptions` are merged into those that hold.

        Raises UnknownModeError.
        """
        known = {item.name for item in fields(self)}
        for name in changes:
            _one_of("mode", name, known)
        new = {name: _converted(name, value, self) for name, value in changes.items()}
        return replace(self, **new)

    def as_json(self) -> dict[str, Any]:
        """The modes as `/admin/modes` shows them."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return values | {"access": dict(self.access), "assumptions": dict(self.assumptions)}


def _converted(name: str, value: Any, now: Modes) -> Any:
    if name == "assumptions":
        for key, choice in value.items():
            _one_of("assumption", key, ASSUMPTIONS)
            _one_of(f"value of '{key}'", choice, ASSUMPTIONS[key])
        return {**now.assumptions, **value}
    if name == "access":
        for role in value.values():
            _one_of("role", role, ROLES)
        return dict(value)
    if name == "api_off":
        for api in value:
            _one_of("API", api, APIS)
        return tuple(value)
    return _same_kind(name, value, getattr(now, name))


def _same_kind(name: str, value: Any, example: Any) -> Any:
    """The value, if it is a switch where a switch is wanted and a number where a number is."""
    if isinstance(example, bool) != isinstance(value, bool) or not isinstance(value, (int, float)):
        wanted = "true or false" if isinstance(example, bool) else "a number"
        raise UnknownModeError(f"mode '{name}' is {value!r}; it takes {wanted}")
    return type(example)(value)


def _one_of(what: str, name: str, known: Any) -> None:
    if name not in known:
        allowed = ", ".join(sorted(known))
        raise UnknownModeError(f"there is no {what} '{name}'; there are: {allowed}")
