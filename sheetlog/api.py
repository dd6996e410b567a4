"""`log()` starts here. The only file that chooses concrete classes: which journal, sink and clock.

The way of a call: arguments → values → record → journal → delivery → one printed line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sheetlog import collecting, lineage, naming, overlong, redact, revising, settings
from sheetlog.errors import ArtifactError, SheetlogError
from sheetlog.record import PENDING, Scalar
from sheetlog.settings import Settings
from sheetlog.telling import Receipt, lost, say, sentence, warn

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from contextlib import AbstractContextManager

    from sheetlog.artifacts.base import Store
    from sheetlog.artifacts.drive import DriveStore
    from sheetlog.artifacts.drive_folder import DriveFolder
    from sheetlog.artifacts.spool import Item, Spool
    from sheetlog.completing import Later
    from sheetlog.deliver import Delivery
    from sheetlog.delivering import Means
    from sheetlog.journal.base import Journal
    from sheetlog.sinks.base import Sink

_journals: dict[str, Journal] = {}
_sinks: dict[tuple[str, str], Sink] = {}
_drives: dict[tuple[str, ...], DriveFolder] = {}


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
    from sheetlog import delivering
    from sheetlog.deliver import Delivery, together

    name = chosen.sheet if sheet is not None else None
    total, only = Delivery(sheet=name or ""), tuple(runs)
    for path, journal in _all_journals(chosen):
        done = delivering.sheets(_means(path, journal, chosen), name, only)
        total = together(total, done, waiting=total.waiting + done.waiting)
    return total


def journals(chosen: Settings | None = None) -> list[Journal]:
    """Return the journals that hold or may hold records: the settings' own first."""
    return [journal for _, journal in _all_journals(chosen or settings.current())]


def pending(chosen: Settings | None = None) -> list[Item]:
    """Return the files that are not in their store yet."""
    from sheetlog import delivering

    chosen = chosen or settings.current()
    held = [_means(*each, chosen) for each in _all_journals(chosen)]
    return [item for means in held for item in delivering.waiting(means)]


def sink_of(name: str, chosen: Settings | None = None) -> Sink:
    """Return the sink of a sheet's absolute name.

    Raises:
        MisuseError: the name is none of a sheet.
    """
    chosen = chosen or settings.current()
    parsed = naming.parse(name)
    key = (name, chosen.template)
    if key not in _sinks:
        from sheetlog import catalog

        tab = catalog.tab(chosen.template, chosen.language)
        if parsed.kind == "excel":
            from sheetlog.sinks.excel import ExcelSink

            _sinks[key] = ExcelSink(name, tab=tab)
        else:
            _sinks[key] = _google_sink(name, tab, chosen)
    return _sinks[key]


def _google_sink(name: str, tab: str | None, chosen: Settings) -> Sink:
    from sheetlog.google.http import Google, login
    from sheetlog.sinks.sheets import SheetsSink

    way = login(path=chosen.credentials, endpoint=chosen.google_endpoint)
    google = Google(way, endpoint=chosen.google_endpoint)
    return SheetsSink(
        name, google, share_with=chosen.share_with, folder=chosen.folder, tab=tab, say=warn
    )


def store_of(
    sheet: str,
    chosen: Settings | None = None,
    *,
    where: str | None = None,
    notes: MutableMapping[str, str] | None = None,
    seconds: float = 600.0,
    name: str = "",
) -> Store:
    """Return the store that the files of a sheet's runs land in.

    Args:
        where: the setting `artifacts`, where it is another than that of `chosen`.
        notes: what the upload of the one file that it is for has to remember.
        seconds: within which it must be there.
        name: of that file, for a bar.

    Raises:
        ArtifactError: there is no way to it now.
    """
    chosen = chosen or settings.current()
    where = chosen.artifacts if where is None else where
    folder = settings.drive_folder(where, sheet)

    def alone(digest: str) -> AbstractContextManager[object]:
        # Two who look for one content at the same moment would both upload it.
        return _spool(next(settings.journal_paths(chosen))).alone(digest, seconds)

    if folder is None:
        if settings.is_mounted(where) and naming.is_google(sheet):
            from sheetlog.artifacts.mounted import MountedStore

            return MountedStore(where, seconds=seconds, alone=alone)
        from sheetlog.artifacts.folder import FolderStore

        place, beside = settings.artifacts_folder(chosen, sheet)
        return FolderStore(where or place, beside=beside)
    from sheetlog import progress
    from sheetlog.artifacts.drive import DriveStore

    return DriveStore(
        _drive(sheet, folder, chosen),
        notes=notes,
        seconds=seconds,
        tell=progress.bar(name, quiet=chosen.quiet or not name),
        alone=alone,
    )


def drive_of(sheet: str, chosen: Settings) -> DriveStore | None:
    """Return the Drive folder of a sheet's files to look at; None: they land in another place, or
    the sheet is not there yet.
    """
    from sheetlog.sinks.sheets import SheetsSink

    folder = settings.drive_folder(chosen.artifacts, sheet)
    if folder is None:
        return None
    sink = sink_of(sheet, chosen)
    if isinstance(sink, SheetsSink) and not sink.spreadsheet(None):
        return None
    from sheetlog.artifacts.drive import DriveStore

    return DriveStore(_drive(sheet, folder, chosen), seconds=chosen.timeout)


def _drive(sheet: str, folder: str, chosen: Settings) -> DriveFolder:
    """Return a Drive folder; the sheet that it lies beside is made where it is not there yet."""
    key = (sheet, folder, chosen.google_endpoint, chosen.credentials)
    if key not in _drives:
        from sheetlog import catalog
        from sheetlog.artifacts.drive_folder import DriveFolder
        from sheetlog.google.http import Google, login
        from sheetlog.sinks.sheets import SheetsSink

        sink = sink_of(sheet, chosen)
        beside, title = "", "sheetlog files"
        if isinstance(sink, SheetsSink):
            try:
                beside = sink.spreadsheet(catalog.load(chosen.template, chosen.language).tab)
            except SheetlogError as error:
                raise ArtifactError(f"the sheet is not there yet: {error}") from error
        elif not folder:
            title = f"{os.path.splitext(os.path.basename(naming.parse(sheet).target))[0]} files"
        way = login(path=chosen.credentials, endpoint=chosen.google_endpoint)
        _drives[key] = DriveFolder(
            Google(way, endpoint=chosen.google_endpoint),
            sheet=beside,
            folder=folder,
            title=title,
            share_with=chosen.share_with,
        )
    return _drives[key]


def _means(path: str, journal: Journal, chosen: Settings) -> Means:
    """Return what delivering needs."""
    from sheetlog import delivering

    def opening(item: Item, notes: MutableMapping[str, str], seconds: float) -> Store:
        sheet = delivering.settled(item.sheet, chosen)
        name = item.name if item.size > delivering.SMALL else ""
        return store_of(sheet, chosen, where=item.where, notes=notes, seconds=seconds, name=name)

    return delivering.Means(
        chosen=chosen,
        journal=journal,
        spool=lambda: _spool(path),
        spooled=_spooled(path),
        sink=lambda name: sink_of(name, chosen),
        opening=opening,
    )


def _spool(journal: str) -> Spool:
    """Return where files wait, beside a journal."""
    from sheetlog.artifacts.spool import Spool

    return Spool(_spooled(journal))


def _spooled(journal: str) -> str:
    return os.path.splitext(journal)[0] + "_files"


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
    run, later = collecting.collect(given, rules=rules, context=context), None
    limit = overlong.GOOGLE if naming.is_google(target) else overlong.LIMIT
    long = overlong.files(run.values, limit=limit)
    if long or given["artifacts"] is not None or given["data"] is not None:
        from sheetlog import completing

        later = completing.later(given, long)
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
        warn(sentence(receipt))
    elif not chosen.quiet:
        say(receipt)
    return receipt


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
        return chosen, naming.UNSETTLED + settings.here(), "; ".join(mistakes)
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
    run.values.update({f"artifacts.{name}": PENDING for name, _ in pending})
    more = later is not None or due
    path, journal, record = revising.kept(
        run,
        ((path, _journal(path)) for path in settings.journal_paths(chosen)),
        sheet=target,
        template=chosen.template,
        resumed=resumed,
        whole=not more,
        say=warn,
    )
    if more:
        from sheetlog import completing

        # From here on the run is on disk; however long this takes, it cannot be lost.
        whole = completing.completed(
            record,
            later or completing.Later(),
            chosen,
            sheet=target,
            store=None if settings.files_wait(chosen, target) else store_of(target, chosen),
            keep=lambda file, **more: _spool(path).add(
                file, run=run.id, sheet=target, where=chosen.artifacts, **more
            ),
            surroundings=(lambda: _surroundings(target, chosen)) if due else None,
            journal=journal,
            say=warn,
        )
        whole = lineage.told(whole, journal, sheet=target)
        if whole.values != record.values:
            journal.append(whole, sheet=target, template=chosen.template)
            record = whole
    if mistake is not None:
        return revising.told(record, journal, f"{mistake}; mend it, then run 'sheetlog sync'")
    if chosen.offline:
        where = chosen.origin("offline")
        why = f"'offline' is set ({where}); 'sheetlog sync' delivers it"
        return revising.told(record, journal, why)
    # Here and not above: up to the journal a run needs none of this, and waits for none.
    from sheetlog import delivering

    means = _means(path, journal, chosen)
    files = delivering.of_run(means, record.id, target)
    done = delivering.everything(means, target, files, seconds=chosen.timeout)
    for warning in done.warnings:
        warn(warning)
    return delivering.receipt(means, record, done)


def _surroundings(target: str, chosen: Settings) -> Store:
    """Return where files land that tell of what surrounded a run, at once and without waiting."""
    local = store_of(target, chosen, where=settings.artifacts_folder(chosen, target)[0])
    if chosen.offline or not settings.files_wait(chosen, target):
        return local
    from sheetlog.artifacts.either import EitherStore

    try:
        return EitherStore(store_of(target, chosen, seconds=chosen.timeout / 4), local)
    except ArtifactError:
        return local


def _journal(path: str) -> Journal:
    from sheetlog.journal.sqlite import SQLiteJournal

    if path not in _journals:
        _journals[path] = SQLiteJournal(path, say=warn)
    return _journals[path]


def _all_journals(chosen: Settings) -> list[tuple[str, Journal]]:
    """Return the journals that hold or may hold records, each with its path."""
    first, *others = settings.journal_paths(chosen)
    return [(path, _journal(path)) for path in (first, *filter(os.path.exists, others))]
