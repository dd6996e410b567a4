"""How to do a run again: `how()` and `params()`. From the journal, else from the sheet's cells.

Only looks; runs none of the commands that it names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sheetlog import api, flatten, looking, overlong, readback, settings, yaml_text
from sheetlog.cells import Cell, scalar
from sheetlog.errors import MisuseError
from sheetlog.record import OVERFLOW, Link, Scalar, path, section, unplain
from sheetlog.sinks.base import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A run, from the journal or from a sheet."""

    id: str
    sheet: str
    values: Mapping[str, Scalar]


def params(run: str, *, sheet: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """Return the params of a run as they were: given to `log`, they make the same keys and values.

    Args:
        run: its id, the beginning of it, or its name (the newest of that name).
        sheet: where it is looked for if the journal doesn't have it; None: the settings' one.

    Raises:
        MisuseError: neither has such a run, or several that begin so.
        SheetError: the sheet cannot be read.
        ArtifactError: no cell has a value whole, and the file that has it cannot be fetched.
    """
    found = find(run, sheet)
    whole = overlong.said(found.values)
    if whole:
        # The sheet alone has this run, and of a value only what fits a cell.
        from sheetlog import fetching, yaml12

        path = str(fetching.artifact(whole, run=found.id, sheet=sheet))
        with open(path, encoding="utf-8") as file:
            return dict(yaml12.load(file.read(), path))
    return flatten.unflatten(found.values, "params")


def how(run: str, *, sheet: str | os.PathLike[str] | None = None) -> str:
    """Return in lines how to do a run again: code, environment, data, command, params.

    Whether the data is still what it was is looked at; lines that are no commands start with `#`.

    Args:
        run: its id, the beginning of it, or its name (the newest of that name).
        sheet: where it is looked for if the journal doesn't have it; None: the settings' one.

    Raises:
        MisuseError: neither has such a run, or several that begin so.
        SheetError: the sheet cannot be read.
    """
    found = find(run, sheet)
    name = found.values.get("run.name", found.id)
    parts = [
        [f"# how to do '{name}' ({found.id}) again"],
        _code(found),
        _environment(found),
        _data(found),
        _command(found),
    ]
    lines = [_line(line) for part in parts if part for line in (*part, "")]
    config = flatten.unflatten(found.values, "params")
    if config:
        lines += [
            f"# params ('sheetlog params {found.id} > config.yaml')",
            yaml_text.dumps(config),
        ]
    return "\n".join(lines).rstrip("\n")


def _code(found: Found) -> list[str]:
    commit, remote = found.values.get("git.commit"), found.values.get("git.remote")
    lines = []
    if isinstance(commit, Link):
        # The page of a commit is its repository's address and a word or two more.
        address = commit.url.rpartition("/commit")[0].removesuffix("/-")
        remote, commit = address, commit.url.rpartition("/")[2]
    if commit:
        branch = found.values.get("git.branch")
        lines.append("# code" + (f", of the branch '{branch}'" if branch else ""))
        lines += [f"git clone {_word(str(remote))} code && cd code"] if remote else []
        lines.append(f"git checkout {_word(str(commit))}")
    diff = _file(found, "git.diff")
    if diff:
        lines.append(f"git apply {_word(diff)}")
    elif found.values.get("git.dirty") is True:
        lines.append("# there were changes that had not been committed, and they were not kept")
    source = _file(found, "env.source")
    if source:
        lines.append(f"# its source, which git did not have: {source}")
    return lines or ["# code: nothing is known of it"]


def _environment(found: Found) -> list[str]:
    python, platform = found.values.get("env.python"), found.values.get("env.platform")
    lines = [f"# environment: Python {python}, {platform}"] if python else []
    telling = [found.values.get(key) for key in ("env.packages", "hardware.gpu")]
    lines += [f"#   {words}" for words in telling if words]
    lock = _file(found, "env.lock")
    return [*lines, f"pip install -r {_word(lock)}"] if lock else lines


def _data(found: Found) -> list[str]:
    from sheetlog.context import data

    lines = []
    for key, words in found.values.items():
        if section(key) != "data":
            continue
        named = data.said(str(words))
        if named is None:
            lines.append(f"#   {path(key)}: {words}")
            continue
        was, place = named
        lines.append(f"#   {path(key)}: {place}: {_compared(was, place)}")
    return ["# data", *lines] if lines else []


def _compared(was: str, place: str) -> str:
    """Return whether what is at a place now is what it was."""
    from sheetlog.context import data
    from sheetlog.context.hashes import TooLongError

    known = os.path.join(os.path.dirname(settings.journal_path(settings.current())), "hashes.json")
    try:
        now = data.digest(place, known=known)
    except FileNotFoundError:
        return f"not here (it was sha256 {was})"
    except OSError as error:
        return f"cannot be read: {error.strerror or type(error).__name__} (it was sha256 {was})"
    except TooLongError:
        return f"takes too long to read (it was sha256 {was})"
    return f"as it was (sha256 {was})" if now == was else f"CHANGED: was sha256 {was}, is {now}"


def _command(found: Found) -> list[str]:
    command = found.values.get("env.command")
    if command:
        return ["# command", str(command)]
    notebook = found.values.get("notebook.link", found.values.get("notebook.name"))
    return [f"# notebook: {notebook.url if isinstance(notebook, Link) else notebook}"] * bool(
        notebook
    )


def _file(found: Found, key: str) -> str:
    """Return where a file of the run lies: its path, or its address; blank: there is none."""
    link = found.values.get(key)
    if not isinstance(link, Link):
        return ""
    if "://" in link.url:
        return link.url
    _, beside = settings.artifacts_folder(settings.current(), found.sheet)
    return os.path.join(beside, *unquote(link.url).split("/"))


def find(run: str, sheet: str | os.PathLike[str] | None) -> Found:
    """Return a run by its id, the beginning of it, or its name (the newest of that name).

    Raises:
        MisuseError: neither the journal nor the sheet has it, or several begin so.
        SheetError: the sheet cannot be read.
    """
    try:
        shown = looking.show(run)
    except MisuseError as error:
        chosen = settings.current({"sheet": sheet})
        found = _in_sheet(run, api.sink_of(chosen.sheet, chosen).read(), chosen.sheet)
        if found is None:
            told = f"{error}; the sheet '{chosen.sheet}' does not have it either"
            raise MisuseError(told) from None
        return found
    if sheet is not None and settings.current({"sheet": sheet}).sheet != shown.sheet:
        chosen = settings.current({"sheet": sheet})
        found = _in_sheet(run, api.sink_of(chosen.sheet, chosen).read(), chosen.sheet)
        if found is not None:
            return found
    return Found(id=shown.run_id, sheet=shown.sheet, values=shown.values)


def _in_sheet(run: str, table: Table, sheet: str) -> Found | None:
    """Return a run by the same three ways as in the journal, from a sheet's rows."""
    runs = []
    for row in table.rows:
        cells = {
            column.key: cell
            for column, cell in zip(table.columns, row, strict=True)
            if column.owner == "sheetlog" and column.key is not None and cell not in (None, "")
        }
        runs.append(cells)
    for matches in (
        [cells for cells in runs if cells.get("run.id") == run],
        [cells for cells in runs if str(cells.get("run.id", "")).startswith(run)],
    ):
        if len(matches) > 1:
            raise MisuseError(f"{len(matches)} runs begin with '{run}'; give more of the id")
        if matches:
            return _of_cells(matches[0], sheet)
    named = [cells for cells in runs if cells.get("run.name") == run]
    # Ids sort by age, whatever order people have brought the rows into.
    newest = max(named, key=lambda cells: str(cells.get("run.id", "")), default=None)
    return _of_cells(newest, sheet) if newest is not None else None


def _of_cells(cells: Mapping[str, Cell], sheet: str) -> Found:
    values = {key: scalar(cell) for key, cell in cells.items()}
    id_ = str(values.get("run.id", ""))
    try:
        more = json.loads(str(values.pop(OVERFLOW, "{}")))
    except ValueError:  # cut, or a person has been at it
        more = {}
    spilled = more.items() if isinstance(more, dict) else ()
    values |= {key: unplain(part) if not isinstance(part, list) else None for key, part in spilled}
    return Found(id=id_, sheet=sheet, values=readback.restored(values))


def _word(text: str) -> str:
    """Return a text as one word of a command line."""
    import shlex

    return shlex.quote(text)


def _line(text: str) -> str:
    """Return a line that is one line: what a cell says must not start another, nor a command."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
