"""`log()` starts here. The only file that chooses concrete classes: which journal, sink and clock.

The way of a call: arguments → values → record → journal → delivery → one printed line.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sheetlog import collecting, lineage, naming, readback, redact, settings
from sheetlog.errors import JournalError, SheetError, SheetlogError
from sheetlog.record import Record, Scalar
from sheetlog.settings import Settings
from sheetlog.telling import Receipt, lost, say, warn

if TYPE_CHECKING:
    from sheetlog.completing import Later
    from sheetlog.deliver import Delivery
    from sheetlog.journal.base import Journal
    from sheetlog.sinks.base import Sink

UNSETTLED = "unsettled:"
"""Followed by a folder: the sheet of a run whose settings could not be understood there."""

_journals: dict[str, Journal] = {}
_sinks: dict[tuple[str, str], Sink] = {}


def log(
    params: Any = None,
    metrics: Any = None,
    *,
    name: str | None = None,
    tags: Iterable[str] = (),
    notes: str | None = None,
    artifacts: Any = None,
    data: Mapping[str, Any] | None = None,
    parent: str | None = None,
    run_id: str | None = None,
    status: str = "finished",
    sheet: str | os.PathLike[str] | None = None,
    template: str | os.PathLike[str] | None = None,
) -> Receipt:
    """Put a run into the sheet, and return where it is or why it waits.

    Once this has returned the run is on disk and will get its row exactly once, whatever happens.

    Args:
        params: what went in: a mapping of any depth, a dataclass, attrs, pydantic, `Namespace`,
            OmegaConf or `ConfigDict` object, or the path of a YAML, JSON or TOML file.
        metrics: what came out: a mapping of any depth, a pandas Series, or a path likewise.
            A list of numbers is a curve: its column shows the last value.
        name: what people call the run; made up where it is missing.
        tags: words to find the run by.
        notes: a sentence about it.
        artifacts: files that belong to it: a mapping from name to path or value, a list of paths,
            or one path.
        data: files or folders that it read: a mapping from name to path.
        parent: id or name of the run that it came from.
        run_id: makes this a later state of that run, instead of a new one.
        status: `finished`, `failed`, `running` or `stopped`.
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; `#TAB` may follow.
        template: name or path of the column template.

    Raises:
        MisuseError: an argument has a type or value that it cannot have.
    """
    given = dict(locals())
    collecting.check(given)
    return _logged(given)


def sync(sheet: str | os.PathLike[str] | None = None, *, runs: Iterable[str] = ()) -> Delivery:
    """Deliver what waits in the journal.

    Args:
        sheet: only what waits for this sheet; None: for every sheet.
        runs: only these runs, by id; those of them whose row a person deleted get a new one.

    Returns:
        What was delivered, and what still waits and why.

    Raises:
        MisuseError: the sheet cannot be told from its name.
        SettingsError: a setting has a value that it cannot have.
        JournalError: the journal cannot be read.
    """
    chosen = settings.current({"sheet": sheet})
    from sheetlog.deliver import Delivery

    total = Delivery(sheet=chosen.sheet if sheet is not None else "")
    for journal in _all_journals(chosen):
        names = [each.sheet for each in journal.waiting()]
        if runs:
            asked = [journal.latest(run) for run in runs]
            names += [entry.sheet for entry in asked if entry is not None]
        for name in dict.fromkeys(names):
            if sheet is None or name == chosen.sheet:
                done = _deliver(journal, name, chosen, runs=tuple(runs) or None)
                total = _sum(total, done)
    return total


def journals(chosen: Settings | None = None) -> list[Journal]:
    """Return the journals that hold or may hold records: the settings' own first."""
    return _all_journals(chosen or settings.current())


def sink_of(name: str, chosen: Settings | None = None) -> Sink:
    """Return the sink of a sheet's absolute name.

    Raises:
        MisuseError: the name is none of a sheet.
    """
    chosen = chosen or settings.current()
    parsed = naming.parse(name)
    key = (name, chosen.template)
    if key not in _sinks:
        _sinks[key] = _google_sink(name, chosen) if parsed.kind != "excel" else _excel_sink(name)
    return _sinks[key]


def _excel_sink(name: str) -> Sink:
    from sheetlog.sinks.excel import ExcelSink

    return ExcelSink(name)


def _google_sink(name: str, chosen: Settings) -> Sink:
    from sheetlog.google.http import Google, login
    from sheetlog.sinks.sheets import SheetsSink

    way = login(path=chosen.credentials, endpoint=chosen.google_endpoint)
    google = Google(way, endpoint=chosen.google_endpoint)
    return SheetsSink(name, google, share_with=chosen.share_with, folder=chosen.folder, say=warn)


def _logged(given: dict[str, Any]) -> Receipt:
    """Carry out a call of `log()` whose arguments have been checked."""
    chosen, target, mistake = _settings(given)
    rules = redact.Rules(allow=chosen.allow, deny=chosen.deny)
    context: Mapping[str, Scalar] = {}
    due = False
    if chosen.context:
        from sheetlog.context import around

        context = around.at_once(chosen.context, target)
        due = around.due(chosen.context, target)
    later = _later(given)
    run = collecting.collect(given, rules=rules, context=context)
    for warning in run.warnings:
        warn(warning)
    try:
        receipt = _log(
            run, chosen, target, mistake, later, due=due, resumed=given["run_id"] is not None
        )
    except Exception as error:
        if chosen.strict:
            raise
        # A training must not die of its log; what went wrong is said, and where the run is.
        receipt = lost(run.id, run.name, error)
    collecting.finished()
    if receipt.problem:
        warn(str(receipt))
    elif not chosen.quiet:
        say(receipt)
    return receipt


def _later(given: Mapping[str, Any]) -> Later | None:
    """Return what a call named that takes time, and is seen to once the run is on disk.

    Raises:
        MisuseError: an argument of these is of a kind that it cannot be.
    """
    if given["artifacts"] is None and given["data"] is None:
        return None
    from sheetlog import filing
    from sheetlog.completing import Later
    from sheetlog.context import data

    return Later(files=filing.named(given["artifacts"]), data=data.check(given["data"]))


def _settings(asked: Mapping[str, Any]) -> tuple[Settings, str, str | None]:
    """Return settings and the sheet's name; and the mistake that made them the defaults."""
    if asked["sheet"] is not None:
        naming.parse(os.fspath(asked["sheet"]))
    mistakes: list[str] = []
    chosen = settings.current(
        {name: asked[name] for name in ("sheet", "template")}, mistakes=mistakes
    )
    if mistakes:
        # With settings in doubt the sheet is, too: the run waits until they are mended.
        return chosen, UNSETTLED + settings.here(), "; ".join(mistakes)
    return chosen, chosen.sheet, None


def _log(
    run: collecting.Collected,
    chosen: Settings,
    target: str,
    mistake: str | None,
    later: Later | None,
    *,
    due: bool,
    resumed: bool,
) -> Receipt:
    """Keep the run in the journal, deliver it, and say what became of it."""
    pending = later.files if later is not None else ()
    run.values.update({f"artifacts.{name}": "pending" for name, _ in pending})
    more = later is not None or due
    journal, record = _keep(run, chosen, target, resumed=resumed, whole=not more)
    if more:
        # From here on the run is on disk; however long this takes, it cannot be lost.
        whole = _completed(record, later, chosen, target, journal, due=due)
        whole = lineage.told(whole, journal, sheet=target)
        if whole.values != record.values:
            journal.append(whole, sheet=target, template=chosen.template)
            record = whole
    name = str(record.values.get("run.name", record.id))
    if mistake is not None:
        problem: str | None = f"{mistake}; mend it, then run 'sheetlog sync'"
    elif chosen.offline:
        where = chosen.origin("offline")
        problem = f"'offline' is set ({where}); 'sheetlog sync' delivers it"
    else:
        return _delivered(record, name, _deliver(journal, target, chosen), journal, chosen)
    waiting = sum(each.count for each in journal.waiting())
    return Receipt(
        run_id=record.id, name=name, url=None, delivered=False, waiting=waiting, problem=problem
    )


def _completed(
    record: Record,
    later: Later | None,
    chosen: Settings,
    target: str,
    journal: Journal,
    *,
    due: bool,
) -> Record:
    """Return the next revision of a record: with files stored, data hashed, context complete."""
    from sheetlog import completing
    from sheetlog.artifacts.folder import FolderStore

    folder, beside = settings.artifacts_folder(chosen, target)
    store = FolderStore(folder, beside=beside)
    return completing.completed(
        record,
        later or completing.Later(),
        chosen,
        sheet=target,
        store=store,
        journal=journal,
        context=due,
        say=warn,
    )


def _delivered(
    record: Record, name: str, done: Delivery, journal: Journal, chosen: Settings
) -> Receipt:
    """Return what became of a run whose delivery was tried."""
    for warning in done.warnings:
        warn(warning)
    problem, there = done.problem, record.id in done.delivered
    if not there:
        entry = journal.latest(record.id)
        there = entry is not None and entry.state == "delivered"
        if entry is not None and entry.state == "refused":
            problem = f"{entry.problem}; 'sheetlog sync --run {record.id}' makes it a new one"
    return Receipt(
        run_id=record.id,
        name=name,
        url=(done.url or sink_of(done.sheet, chosen).url) if there else None,
        delivered=there,
        waiting=done.waiting,
        problem=None if there else problem or "another process is delivering it",
    )


def _keep(
    run: collecting.Collected, chosen: Settings, target: str, *, resumed: bool, whole: bool
) -> tuple[Journal, Record]:
    """Put the run on disk: into the journal, or where that cannot be written into a second one."""
    first: JournalError | None = None
    for path in _journal_paths(chosen):
        try:
            journal = _journal(path)
            record = _record(run, journal, resumed=resumed)
            record = lineage.told(record, journal, sheet=target, whole=whole)
            journal.append(record, sheet=target, template=chosen.template)
        except JournalError as error:
            first = first or error
            continue
        if first is not None:
            warn(f"{first}; the run is kept in '{path}' instead")
        return journal, record
    raise first or JournalError("there is no place for a journal")


def _record(run: collecting.Collected, journal: Journal, *, resumed: bool) -> Record:
    """Return the run's record; of a run that is there already the next revision of it."""
    if not resumed:
        return Record(id=run.id, revision=1, values=readback.noted(run.values))
    # Other machines number this run's revisions too; the time orders what nobody counts in common.
    number = int(time.time() * 1000)
    entry = journal.latest(run.id)
    if entry is None:
        return Record(id=run.id, revision=number, values=readback.noted(run.values))
    before = entry.record
    new = {key: value for key, value in run.values.items() if key not in run.defaults}
    values = readback.noted({**before.values, **new})
    return replace(before, revision=max(before.revision + 1, number), values=values)


def _deliver(
    journal: Journal, name: str, chosen: Settings, *, runs: tuple[str, ...] | None = None
) -> Delivery:
    """Deliver what waits for a sheet; whatever goes wrong is in the answer."""
    # Here and not above: up to the journal a run needs none of these, and waits for none.
    import random

    from sheetlog import catalog, retry
    from sheetlog.deliver import Clock, Delivery, deliver

    if name == UNSETTLED + settings.here():
        journal.redirect(name, chosen.sheet)
        name = chosen.sheet
    policy = retry.Retry(seconds=chosen.timeout, tries=12)

    def waits(attempt: int, elapsed: float, error: BaseException) -> float | None:
        hint = getattr(error, "hint", None)
        return policy.next_wait(attempt, elapsed=elapsed, hint=hint, random=random.random)

    clock = Clock(now=time.monotonic, sleep=time.sleep)
    try:
        sink = sink_of(name, chosen)
        done = deliver(
            journal,
            sink,
            lambda template: catalog.load(template, chosen.language),
            timeout=chosen.timeout,
            clock=clock,
            runs=runs,
            waits=waits,
        )
    except SheetlogError as error:
        if chosen.strict:
            raise
        waiting = sum(each.count for each in journal.waiting())
        return Delivery(sheet=name, waiting=waiting, problem=str(error))
    if chosen.strict and done.problem is not None:
        raise SheetError(done.problem)
    return done


def _journal_paths(chosen: Settings) -> Iterator[str]:
    """Give where the journal is, then where it is when that place cannot be written."""
    yield settings.journal_path(chosen)
    # Only now: `tempfile` takes longer to load than a run to be written.
    import tempfile

    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folder = os.path.join(tempfile.gettempdir(), f"sheetlog-{user}")
    # Others can guess this place: it is ours alone, or it is not used.
    with contextlib.suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not hasattr(os, "getuid") or os.stat(folder).st_uid == os.getuid():
            yield os.path.join(folder, "journal.sqlite3")


def _journal(path: str) -> Journal:
    from sheetlog.journal.sqlite import SQLiteJournal

    if path not in _journals:
        _journals[path] = SQLiteJournal(path, say=warn)
    return _journals[path]


def _all_journals(chosen: Settings) -> list[Journal]:
    first, *others = _journal_paths(chosen)
    return [_journal(path) for path in (first, *filter(os.path.exists, others))]


def _sum(one: Delivery, other: Delivery) -> Delivery:
    problems = [each.problem for each in (one, other) if each.problem]
    return replace(
        other,
        sheet=one.sheet,
        delivered=one.delivered + other.delivered,
        gone=one.gone + other.gone,
        problem="; ".join(dict.fromkeys(problems)) or None,
        warnings=one.warnings + other.warnings,
    )
