"""Files of runs, fetched back: `artifact()`. From the store into a cache of the user's own.

Only fetches; changes neither journal nor sheet nor store.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sheetlog import api, repeating, settings
from sheetlog.errors import ArtifactError
from sheetlog.mistakes import nearest
from sheetlog.record import PENDING, Link, Scalar, path, section


def artifact(name: str, *, run: str, sheet: str | os.PathLike[str] | None = None) -> Path:
    """Return the path of a file that belongs to a run, fetched from where it is kept.

    It lies in a cache, by its content: to ask again costs no download, and its checksum is
    compared each time. What is written into it is gone when it is asked for again.

    Args:
        name: what it was logged as: `model` of `artifacts={"model": …}`. A folder comes as a
            `.zip`. Also a key such as `git.diff`.
        run: its id, the beginning of it, or its name (the newest of that name).
        sheet: where the run is looked for if the journal doesn't have it; None: the settings' one.

    Raises:
        ArtifactError: the run has no such file, or it is not stored yet, is no longer there, or is
            not what was stored.
        MisuseError: there is no such run, or there are several that begin so.
        SheetError: the sheet cannot be read.
    """
    found = repeating.find(run, sheet)
    link = _link(found.values, name, found.id)
    file = _file_name(link)
    if link.sha256 is not None:
        kept = _place(link.sha256, file)
        if kept.is_file() and _digest(kept) == link.sha256:
            return kept
    chosen = settings.current({"sheet": found.sheet})
    where = "drive" if _in_drive(link.url) else None
    store = api.store_of(found.sheet, chosen, where=where)
    folder = _cache()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as waiting:
            part = Path(waiting, "part")
            store.fetch(link, str(part))
            kept = _place(_digest(part), file)
            kept.parent.mkdir(parents=True, exist_ok=True)
            # Another process may be reading what is there; that stays the same bytes.
            part.replace(kept)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ArtifactError(f"'{name}' cannot be put into '{folder}': {why}") from error
    return kept


def _link(values: Mapping[str, Scalar], name: str, id_: str) -> Link:
    """Return the link to a file of a run.

    Args:
        values: of the run.
        id_: of the run.

    Raises:
        ArtifactError: there is none.
    """
    run = f"{values.get('run.name', '')} ({id_})".strip()
    for key in (f"artifacts.{name}", name):
        value = values.get(key)
        if isinstance(value, Link):
            return value
        if value == PENDING:
            raise ArtifactError(
                f"'{name}' of the run {run} is not in its store yet: {_awaited(key, id_)}"
            )
        if value is not None:
            raise ArtifactError(f"'{name}' of the run {run} is no file: {value}")
    names = [path(key) for key in values if section(key) == "artifacts"]
    there = ", ".join(f"'{each}'" for each in names)
    there = f"it has {there}" if names else "it has none"
    raise ArtifactError(f"the run {run} has no artifact '{name}';{nearest(name, names)} {there}")


def _awaited(key: str, id_: str) -> str:
    """Return what brings a file that waits into its store."""
    if any((item.run, item.key) == (id_, key) for item in api.pending()):
        return "'sheetlog sync' brings it there"
    return (
        "'sheetlog sync' brings it there, on the computer that logged it; if nothing waits there "
        f"('sheetlog status'), it was cut off: log it again, with run_id='{id_}'"
    )


def _file_name(link: Link) -> str:
    """Return what the fetched file is called: as the stored one, so that its ending tells."""
    from sheetlog.artifacts.folder import safe_name

    last = unquote(urlsplit(link.url).path.rpartition("/")[2])
    if _in_drive(link.url) or "." not in last:
        # What a row shows is the name with its version behind it.
        last = link.text.partition(" · ")[0]
    return safe_name(last)


def _in_drive(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith("google.com")


def _cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("sheetlog", appauthor=False), "artifacts")


def _place(sha256: str, file: str) -> Path:
    return _cache() / sha256[:2] / sha256 / file


def _digest(file: Path) -> str:
    with contextlib.closing(file.open("rb")) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
