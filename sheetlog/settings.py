"""Which settings are in force, and whence: argument, `configure()`, environment, file.

Knows the environment and the nearest `sheetlog.yaml`; knows no sheet, journal or template.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sheetlog import naming
from sheetlog.errors import MisuseError, SettingsError

FILE = "sheetlog.yaml"
PIECES = ("git", "env", "hardware", "notebook", "user", "host", "files")
"""What can be recorded of what surrounded a run; `files`: diff, source and list of packages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force."""

    sheet: str = ""
    """Absolute name of the sheet that runs go to."""
    template: str = "default"
    """Name of a template that ships with sheetlog, or the path of one."""
    artifacts: str = ""
    """Where files are stored: a folder, `drive`, `drive:ID` or a Drive folder's URL; empty: beside
    the sheet."""
    journal: str = ""
    """Path of the journal; empty: in the user's state folder."""
    offline: bool = False
    """Whether runs are kept in the journal without a try to deliver them."""
    quiet: bool = False
    """Whether `log()` prints nothing when all is well."""
    strict: bool = False
    """Whether `log()` raises where it would otherwise warn and keep the run."""
    timeout: float = 30.0
    """Seconds that `log()` may take to deliver."""
    credentials: str = ""
    """Path of a Google service account's or authorized user's JSON file."""
    google_endpoint: str = ""
    """Base URL that every call to Google goes to instead."""
    share_with: tuple[str, ...] = ()
    """E-mail addresses that a Google Sheet is shared with when it is made."""
    folder: str = ""
    """Id or URL of the Drive folder that a new Google Sheet is made in."""
    allow: tuple[str, ...] = ()
    """Patterns of keys whose values are never redacted."""
    deny: tuple[str, ...] = ()
    """Patterns of keys whose values are always redacted."""
    language: str = ""
    """Code of the language of sheetlog's own words in the sheet; empty: the template's."""
    context: tuple[str, ...] = PIECES
    """Which pieces of what surrounded the run are recorded."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each value came from, in words for messages."""

    def origin(self, name: str) -> str:
        """Return where the value of a setting came from, in words."""
        return self.origins.get(name, "the default")


_FIELDS: dict[str, type] = {
    "sheet": str,
    "template": str,
    "artifacts": str,
    "journal": str,
    "offline": bool,
    "quiet": bool,
    "strict": bool,
    "timeout": float,
    "credentials": str,
    "google_endpoint": str,
    "share_with": tuple,
    "folder": str,
    "allow": tuple,
    "deny": tuple,
    "language": str,
    "context": tuple,
}
_PATHS = ("template", "artifacts", "journal", "credentials")
_DRIVE_URL = re.compile(
    r"(?:drive:)?https://drive\.google\.com/(?:.*/)?folders/(?P<id>[A-Za-z0-9_-]+)"
)
_configured: dict[str, Any] = {}
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


def configure(**settings: Any) -> Settings:
    """Set settings for this process and return all that are in force; None takes one back.

    Raises:
        MisuseError: there is no such setting, or it cannot have this value.
    """
    for name, value in settings.items():
        if name not in _FIELDS:
            raise MisuseError(f"there is no setting '{name}'{_nearest(name)}")
        if value is not None:
            try:
                _value(name, value, "configure()", here())
            except SettingsError as error:
                raise MisuseError(str(error)) from None
    for name, value in settings.items():
        if value is None:
            _configured.pop(name, None)
        else:
            _configured[name] = value
    return current()


def current(
    arguments: Mapping[str, Any] | None = None, *, mistakes: list[str] | None = None
) -> Settings:
    """Return the settings in force for a call.

    Args:
        arguments: what the call itself names; None among its values means not named.
        mistakes: given a list, wrong values are left out and told there instead of raised.

    Raises:
        SettingsError: a value cannot be; the message names where it came from.
    """
    folder = here()
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}

    def take(found: Mapping[str, Any], origin: str, beside: str) -> None:
        for name, value in found.items():
            if value is not None:
                words = origin.format(name=name.upper())
                try:
                    values[name] = _value(name, value, words, beside)
                except SettingsError as error:
                    if mistakes is None:
                        raise
                    mistakes.append(str(error))
                origins[name] = words

    path = nearest_file(folder)
    if path is not None:
        take(_from_file(path, mistakes), f"'{path}'", os.path.dirname(path))
    environment = {name: os.environ.get(f"SHEETLOG_{name.upper()}") for name in _FIELDS}
    take({name: value for name, value in environment.items() if value}, "SHEETLOG_{name}", folder)
    take(_configured, "configure()", folder)
    take(arguments or {}, "the call", folder)
    if "sheet" not in values:
        values["sheet"] = default_sheet(folder)
    return Settings(**values, origins=origins)


def default_sheet(folder: str) -> str:
    """Return where runs go when nothing says so."""
    if "COLAB_RELEASE_TAG" in os.environ:
        return "google:sheetlog runs"
    return os.path.join(folder, "runs.xlsx")


def here() -> str:
    """Return the working directory, or the home folder where somebody has deleted it."""
    try:
        return os.getcwd()
    except OSError:
        return os.path.expanduser("~")


def nearest_file(folder: str) -> str | None:
    """Return the path of the nearest `sheetlog.yaml` in the folder or above it."""
    while True:
        path = os.path.join(folder, FILE)
        if os.path.isfile(path):
            return path
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def journal_path(settings: Settings) -> str:
    """Return where the journal is."""
    if settings.journal:
        return settings.journal
    import platformdirs

    folder = platformdirs.user_state_dir("sheetlog", appauthor=False)
    return os.path.join(folder, "journal.sqlite3")


def journal_paths(chosen: Settings) -> Iterator[str]:
    """Give where the journal is, then where it is when that place cannot be written."""
    yield journal_path(chosen)
    # Only now: `tempfile` takes longer to load than a run to be written.
    import tempfile

    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folder = os.path.join(tempfile.gettempdir(), f"sheetlog-{user}")
    # Others can guess this place: it is ours alone, or it is not used.
    with contextlib.suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not hasattr(os, "getuid") or os.stat(folder).st_uid == os.getuid():
            yield os.path.join(folder, "journal.sqlite3")


def artifacts_folder(settings: Settings, sheet: str) -> tuple[str, str]:
    """Return the folder of a sheet's artifacts, and the one that links are relative to."""
    workbook = (
        sheet.rpartition("#")[0] if re.search(r"\.xls[xm]#", sheet, re.IGNORECASE) else sheet
    )
    if not workbook.lower().endswith((".xlsx", ".xlsm")):
        workbook = os.path.join(here(), "runs.xlsx")
    # A link to a workbook that a team shares: its files lie beside that, where others find them.
    real = os.path.realpath(workbook)
    named = settings.artifacts if drive_folder(settings.artifacts, "") is None else ""
    return named or f"{os.path.splitext(real)[0]}_files", os.path.dirname(real)


def drive_folder(where: str, sheet: str) -> str | None:
    """Return the id of the Drive folder that files land in; blank: the one beside the sheet.

    Args:
        where: value of the setting `artifacts`.
        sheet: name of the sheet.

    Returns:
        None where files land in a folder of this computer.
    """
    if found := _DRIVE_URL.match(where):
        return found["id"]
    if where.startswith("drive:"):
        return where[len("drive:") :]
    if where:
        return "" if where == "drive" else None
    return "" if naming.is_google(sheet) else None


def is_mounted(folder: str) -> bool:
    """Return whether a folder lies in the Drive that Colab has mounted."""
    return folder.startswith("/content/drive/")


def files_wait(settings: Settings, sheet: str) -> bool:
    """Return whether files of a sheet's runs take their time, so that they wait for the row."""
    drive = drive_folder(settings.artifacts, sheet) is not None
    return drive or is_mounted(settings.artifacts)


def _from_file(path: str, mistakes: list[str] | None) -> dict[str, Any]:
    from sheetlog import yaml12

    found: Any = None
    wrong: list[str] = []
    try:
        with open(path, encoding="utf-8") as file:
            found = yaml12.load(file.read(), path)
    except (OSError, ValueError) as error:
        wrong.append(f"the settings file '{path}' cannot be read: {error}")
    if found is not None and not isinstance(found, dict):
        wrong.append(f"the settings file '{path}' must hold 'name: value' lines")
    known = {k: v for k, v in found.items() if k in _FIELDS} if isinstance(found, dict) else {}
    wrong += [
        f"the settings file '{path}' names '{name}', and there is no such setting"
        + _nearest(str(name))
        for name in (found if isinstance(found, dict) else ())
        if name not in known
    ]
    if wrong and mistakes is None:
        raise SettingsError("; ".join(wrong))
    if mistakes is not None:
        mistakes += wrong
    return known


def _value(name: str, value: Any, origin: str, folder: str) -> Any:
    """Return a setting's value as its type, paths made absolute from where they were written."""
    kind = _FIELDS[name]
    if name == "context":
        return _pieces(value, origin)
    if name == "language":
        return _language(value, origin)
    if kind is tuple:
        parts = value.split(",") if isinstance(value, str) else value
        if isinstance(parts, list | tuple) and all(isinstance(part, str) for part in parts):
            return tuple(part.strip() for part in parts if part.strip())
    elif kind is bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in (*_TRUE, *_FALSE):
            return value.lower() in _TRUE
    elif kind is float:
        return _seconds(name, value, origin)
    elif isinstance(value, str | os.PathLike):
        text = os.path.expanduser(os.fspath(value))
        return _absolute(name, text, origin, folder)
    wanted = "a list of texts" if kind is tuple else "true or false" if kind is bool else "a text"
    raise SettingsError(f"the setting '{name}' must be {wanted}, and {origin} says {value!r}")


def _pieces(value: Any, origin: str) -> tuple[str, ...]:
    """Return pieces by name: on, off, those that are named, or all but those with a `-`."""
    if isinstance(value, bool) or (isinstance(value, str) and value.lower() in (*_TRUE, *_FALSE)):
        return PIECES if value is True or str(value).lower() in _TRUE else ()
    parts = value.split(",") if isinstance(value, str) else value
    if isinstance(parts, list | tuple) and all(isinstance(part, str) for part in parts):
        names = [part.strip() for part in parts]
        bare = {name.removeprefix("-") for name in names}
        less = {name[1:] for name in names if name.startswith("-")}
        if bare <= set(PIECES) and (not less or less == bare):
            return tuple(piece for piece in PIECES if (piece in bare) != bool(less))
    raise SettingsError(
        f"the setting 'context' must be on, off, or a list of {', '.join(PIECES)} (or of what is "
        f"left out, each with a - in front), and {origin} says {value!r}"
    )


def _language(value: Any, origin: str) -> str:
    from sheetlog import languages

    try:
        return languages.of(value if isinstance(value, str) else str(value)).code
    except SettingsError as error:
        raise SettingsError(f"{error} ({origin} says so)") from None


def _seconds(name: str, value: Any, origin: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if isinstance(value, bool) or not 0 <= number <= 86_400:
        raise SettingsError(
            f"the setting '{name}' must be a number of seconds from 0 to 86400, "
            f"and {origin} says {value!r}"
        )
    return number


def _absolute(name: str, text: str, origin: str, folder: str) -> str:
    if name == "sheet":
        try:
            parsed = naming.parse(text)
        except MisuseError as error:
            raise SettingsError(f"{error} ({origin} says so)") from None
        if parsed.kind == "excel":
            tab = f"#{parsed.tab}" if parsed.tab else ""
            return os.path.abspath(os.path.join(folder, parsed.target)) + tab
        return text
    path_like = name != "template" or text.endswith((".yaml", ".yml")) or os.sep in text
    if name == "artifacts" and (text.startswith("drive:") or text == "drive" or "://" in text):
        if not drive_folder(text, ""):
            if text == "drive":
                return text
            raise SettingsError(
                "the setting 'artifacts' must be a folder's path, 'drive', 'drive:FOLDER_ID' or "
                f"the URL of a Drive folder, and {origin} says {text!r}"
            )
        return text
    if name in _PATHS and text and path_like and "://" not in text:
        return os.path.abspath(os.path.join(folder, text))
    return text


def _nearest(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, _FIELDS, n=1)
    names = ", ".join(_FIELDS)
    return f"; did you mean '{near[0]}'?" if near else f"; there are: {names}"
