"""Drive as store: a folder beside the sheet, in it one for each run; a content is uploaded once.

What a run has again is a shortcut to the file that is there. What stands in the properties of
files and shortcuts is all that this store knows: no index could be lost or overwritten.
"""

from __future__ import annotations

import contextlib
import hashlib
import mimetypes
import os
import re
import tempfile
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sheetlog.artifacts import drive_folder, turns
from sheetlog.artifacts.base import Stored
from sheetlog.artifacts.drive_folder import ARTIFACT, HASH, IN, RUN, DriveFolder, named, short
from sheetlog.errors import ArtifactError, BusyError, RefusedError, SheetError
from sheetlog.google import links, uploading
from sheetlog.google.replies import MissingError
from sheetlog.record import Link

if TYPE_CHECKING:
    from sheetlog.artifacts.base import Store

Json = dict[str, Any]

BLOCK = 1 << 20
"""Bytes in memory at a time while a file is hashed."""
DAY = 86_400.0
"""Seconds."""
_ID = re.compile(r"(?:/d/|[?&]id=)([A-Za-z0-9_-]{10,})")


class DriveStore:
    """A Drive folder that files land in.

    Args:
        folder: which.
        notes: what one file's upload has to remember in case this process dies: its id, and its
            session. Given for one file, and kept on disk, by who wants to go on with it.
        seconds: within which a file must be there; what isn't goes on at the next try.
        tell: is told how many bytes of a file Drive has, of how many.
        alone: gives what keeps others from storing the content of this hash meanwhile: two who
            look for it at the same moment would both upload it. None: other threads are kept.
    """

    def __init__(
        self,
        folder: DriveFolder,
        *,
        notes: MutableMapping[str, str] | None = None,
        seconds: float = DAY,
        tell: Callable[[int, int], None] = lambda _, __: None,
        alone: Callable[[str], AbstractContextManager[object]] | None = None,
    ) -> None:
        self._folder, self._google = folder, folder.google
        self._notes, self._tell = notes, tell
        self._alone = alone or turns.of_threads
        self._deadline = self._google.now() + seconds

    def put(self, path: str, *, run: str, name: str, artifact: str | None = None) -> Stored:
        """Keep a file; see `Store.put`."""
        try:
            size, digest = _hashed(path, self._in_time)
            file = _File(
                path=path,
                size=size,
                digest=digest,
                run=short(run),
                name=named(name),
                artifact=None if artifact is None else short(artifact),
            )
            with self._alone(digest):
                try:
                    own = self._own(file, run)
                except MissingError:
                    # The folder was deleted meanwhile; a new one is made.
                    self._folder.forget()
                    own = self._own(file, run)
            return self._told(file, own)
        except SheetError as error:
            raise ArtifactError(f"'{path}' is not in Drive: {error}") from error
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ArtifactError(f"'{path}' cannot be kept: {why}") from error

    def fetch(self, link: Link, target: str) -> None:
        """Write what a link opens; see `Store.fetch`."""
        found = _ID.search(link.url)
        if found is None or "google.com/" not in link.url:
            raise ArtifactError(f"'{link.url}' is no file of Drive")
        what = f"the file '{link.text}'"
        try:
            handle, part = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(target)))
        except OSError as error:
            raise ArtifactError(f"'{target}' cannot be written: {error.strerror}") from error
        try:
            told = uploading.look(self._google, found[1], what=what, deadline=self._deadline)
            if told.get("trashed"):
                raise ArtifactError(f"'{link.text}' is no longer there: it is in Drive's bin")
            digest = hashlib.sha256()

            def write(block: bytes) -> None:
                digest.update(block)
                out.write(block)

            with os.fdopen(handle, "wb") as out:
                uploading.download(
                    self._google, found[1], write, what=what, deadline=self._deadline
                )
            if digest.hexdigest() != (link.sha256 or _mark(told, HASH)):
                raise ArtifactError(f"'{link.text}' is not what was stored: it was changed")
            os.replace(part, target)
        except MissingError as error:
            raise ArtifactError(f"'{link.text}' is no longer there: {error}") from error
        except SheetError as error:
            raise ArtifactError(f"'{link.text}' cannot be fetched: {error}") from error
        finally:
            with contextlib.suppress(OSError):
                os.unlink(part)

    def versions(self, artifact: str) -> Sequence[Stored]:
        """Return an artifact's versions; see `Store.versions`."""
        try:
            marks = {IN: self._folder.id(self._deadline), ARTIFACT: short(artifact)}
            found = self._folder.search(marks, deadline=self._deadline, binned=True)
        except SheetError as error:
            raise ArtifactError(f"'{artifact}' cannot be looked for in Drive: {error}") from error
        return _numbered(found, anyone=self._folder.anyone)

    def check(self) -> tuple[bool, str]:
        """Return whether files can land there and be opened by the sheet's readers, in words.

        No words where there is nothing to say yet: the folder is made by the first file.
        """
        try:
            folder = self._folder.look(self._deadline)
            people = self._folder.strangers(self._deadline) if folder else []
        except (ArtifactError, SheetError) as error:
            return False, str(error)
        if not folder:
            return True, ""
        url = f"https://drive.google.com/drive/folders/{folder}"
        if people:
            names = ", ".join(people)
            return False, (
                f"these may open the sheet and not its files: {names}; share {url} with them"
            )
        return True, url

    def _in_time(self) -> None:
        if self._google.now() >= self._deadline:
            raise BusyError("the time is over; 'sheetlog sync' goes on with it", soon=False)

    def _own(self, file: _File, run: str) -> Json:
        """Return the file in Drive that has the content for this run: there already, or made."""
        marks = {IN: self._folder.id(self._deadline), HASH: file.digest}
        entries = self._folder.search(marks, deadline=self._deadline)
        files = {each["id"]: each for each in entries if file.is_same(each)}
        for entry in filter(file.is_entry, entries):
            if (there := files.get(_target(entry))) is not None:
                return there
        return (
            self._noted(file)
            or self._linked(file, run, next(iter(files.values()), None))
            or self._uploaded(file, run)
        )

    def _told(self, file: _File, own: Json) -> Stored:
        """Return what is said of a file: the version's number as everybody counts it."""
        url = links.view(own["id"], anyone=self._folder.anyone)
        link = Link(text=file.name, url=url, size=file.size, sha256=file.digest)
        stored = Stored(link=link, size=file.size, sha256=file.digest, run=file.run)
        if file.artifact is None:
            return stored
        root = self._folder.id(self._deadline)
        entries = self._folder.search(
            {IN: root, ARTIFACT: file.artifact}, deadline=self._deadline, binned=True
        )
        # The last one is there twice, unless the search does not find it yet.
        marked = {**own, "properties": file.marks(root)}
        found = next(
            each
            for each in _numbered([*entries, marked], anyone=self._folder.anyone)
            if (each.run, each.sha256) == (file.run, file.digest)
        )
        return replace(stored, version=found.version, same_as=found.same_as)

    def _noted(self, file: _File) -> Json | None:
        """Return what an earlier try has made, which a search may not find yet."""
        id_ = self._notes.get("id") if self._notes is not None else None
        if id_ is None:
            return None
        with contextlib.suppress(MissingError):
            found = uploading.look(
                self._google, id_, what=f"'{file.name}'", deadline=self._deadline
            )
            if file.is_same(found):
                return found
        return None

    def _linked(self, file: _File, run: str, there: Json | None) -> Json | None:
        """Return the file that has the content already; the run gets a shortcut to it."""
        if there is None:
            return None
        # A login that may make no shortcuts still has its link; only the version isn't counted.
        with contextlib.suppress(RefusedError):
            root = self._folder.id(self._deadline)
            notes = self._notes if self._notes is not None else {}
            if "shortcut" not in notes:
                notes["shortcut"] = self._folder.new_id("shortcuts", self._deadline)
            self._folder.make(
                {
                    "name": file.name,
                    "mimeType": drive_folder.SHORTCUT,
                    "parents": [self._folder.run(run, self._deadline)],
                    "shortcutDetails": {"targetId": there["id"]},
                    "properties": file.marks(root),
                },
                id_=notes["shortcut"],
                deadline=self._deadline,
            )
        return there

    def _uploaded(self, file: _File, run: str, *, again: bool = False) -> Json:
        """Return the file as Drive has it, compared with the one here.

        Args:
            again: what was made before it lies in the bin.
        """
        notes = self._notes if self._notes is not None else {}
        if "id" not in notes:
            notes["id"] = self._folder.new_id("files", self._deadline)
        mime = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        made = uploading.Upload(
            google=self._google,
            path=file.path,
            size=file.size,
            mime=mime,
            metadata={
                "id": notes["id"],
                "name": file.name,
                "mimeType": mime,
                "parents": [self._folder.run(run, self._deadline)],
                "properties": file.marks(self._folder.id(self._deadline)),
            },
            notes=notes,
            deadline=self._deadline,
            what=f"'{file.name}'",
            tell=self._tell,
        ).run()
        if made.get("trashed"):
            # A person has thrown away what this id was, or a folder above it: it is stored anew.
            _forget(notes)
            if again:
                raise ArtifactError(f"'{file.path}' is not in Drive: {drive_folder.BINNED}")
            self._folder.forget()
            return self._uploaded(file, run, again=True)
        if made.get("sha256Checksum", file.digest) != file.digest:
            self._discard(made["id"], file.name)
            _forget(notes)
            raise ArtifactError(
                f"'{file.path}' is not in Drive: what arrived there is not what was sent; "
                "it was changed meanwhile, or on its way"
            )
        return made

    def _discard(self, id_: str, name: str) -> None:
        self._google.send(
            "patch",
            f"{drive_folder.FILES}/{id_}",
            what=f"'{name}'",
            deadline=self._deadline,
            params={"fields": "id", **drive_folder.SHARED},
            body={"trashed": True},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file to store; run and artifact as properties hold them."""

    path: str
    size: int
    digest: str
    run: str
    name: str
    artifact: str | None

    def marks(self, root: str) -> Json:
        """Return what its entry in Drive carries."""
        marks = {IN: root, RUN: self.run, HASH: self.digest}
        return {**marks, ARTIFACT: self.artifact} if self.artifact else marks

    def is_entry(self, entry: Json) -> bool:
        """Return whether an entry is this file's: of this run, artifact and content."""
        marks = (_mark(entry, RUN), _mark(entry, ARTIFACT), _mark(entry, HASH))
        named = self.artifact is not None or entry.get("name") == self.name
        return named and marks == (self.run, self.artifact, self.digest)

    def is_same(self, entry: Json) -> bool:
        """Return whether an entry is a file with this content."""
        held = (entry.get("sha256Checksum"), entry.get("size"))
        return held == (self.digest, str(self.size)) and not entry.get("trashed")


def _forget(notes: MutableMapping[str, str]) -> None:
    """Let go of an id, and of the session that would end in a file with it."""
    for name in ("id", "session"):
        notes.pop(name, None)


def _mark(entry: Json, key: str) -> str | None:
    value = entry.get("properties", {}).get(key)
    return None if value is None else str(value)


def _numbered(entries: Sequence[Json], *, anyone: bool) -> list[Stored]:
    """Return entries of one artifact as its versions; two of one run and content are one."""
    found: dict[tuple[str, str], Json] = {}
    sizes: dict[str, int] = {}
    for entry in entries:
        digest = str(_mark(entry, HASH))
        found.setdefault((str(_mark(entry, RUN)), digest), entry)
        if "size" in entry:
            sizes[digest] = int(entry["size"])
    first: dict[str, int] = {}
    versions = []
    for number, ((run, digest), entry) in enumerate(found.items(), 1):
        size, url = sizes.get(digest, 0), links.view(_target(entry), anyone=anyone)
        versions.append(
            Stored(
                link=Link(text=entry["name"], url=url, size=size, sha256=digest),
                size=size,
                sha256=digest,
                version=number,
                same_as=first.get(digest),
                run=run,
            )
        )
        first.setdefault(digest, number)
    return versions


def _target(entry: Json) -> str:
    return str(entry.get("shortcutDetails", {}).get("targetId", entry["id"]))


def _hashed(path: str, check: Callable[[], None]) -> tuple[int, str]:
    """Return bytes and SHA-256 of what a file holds now; what `check` raises ends it."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        left = os.fstat(file.fileno()).st_size
        while block := file.read(min(BLOCK, left)):
            check()
            digest.update(block)
            size += len(block)
            left -= len(block)
    return size, digest.hexdigest()


if TYPE_CHECKING:
    from sheetlog.google.http import Google

    _: Store = DriveStore(DriveFolder(Google(lambda: None)))  # proves that it is one
