"""Everything that the local Google holds: files, spreadsheets, callers' marks, modes and faults.

The world is data with a lock. The services take the lock for the time of one request, never
longer: between the calls of a client nothing is atomic, as with the real one. Rules of Sheets and
of Drive are not known here, HTTP isn't either.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import string
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.google.callers import ANONYMOUS, DEFAULT_APP, Caller
from tests.google.calls import CallLog
from tests.google.clock import Clock
from tests.google.drive.file import FOLDER, SPREADSHEET, DriveFile, Permission
from tests.google.faults import FaultTable
from tests.google.modes import Modes
from tests.google.quotas import Quotas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.google.drive.drives import SharedDrive
    from tests.google.drive.sessions import Session
    from tests.google.sheets.model import Spreadsheet

SOMEBODY = Caller(user=ANONYMOUS, app=DEFAULT_APP)
ID_LETTERS = string.ascii_letters + string.digits + "-_"


class World:
    """One Google: what `python -m tests.google` serves."""

    def __init__(self, modes: Modes | None = None) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.calls = CallLog()
        self.quotas = Quotas()
        self.faults = FaultTable()
        self.folder = Path(tempfile.mkdtemp(prefix="local-google-"))
        self.spreadsheets: dict[str, Spreadsheet] = {}
        self.files: dict[str, DriveFile] = {}
        self.drives: dict[str, SharedDrive] = {}
        self.sessions: dict[str, Session] = {}
        self.generated_ids: set[str] = set()
        self.tokens_issued = 0
        self.tokens_expired_to = 0
        self._started_with = modes or Modes()
        self.modes = self._started_with

    def set_modes(self, changes: Mapping[str, Any]) -> None:
        """Switch modes, all or none. Raises UnknownModeError."""
        modes = self.modes.changed(changes)
        if modes.expired_login and not self.modes.expired_login:
            self.tokens_expired_to = self.tokens_issued
        self.modes = modes

    def reset(self) -> None:
        """Forget everything; the modes are those of the start again."""
        with self.lock:
            for held in (self.spreadsheets, self.files, self.drives, self.sessions):
                held.clear()
            self.generated_ids.clear()
            self.calls.clear()
            self.quotas.clear()
            self.faults.clear()
            self.clock.run()
            self.modes = self._started_with
            for path in self.folder.iterdir():
                path.unlink()

    def close(self) -> None:
        """Remove the files' content from the disk."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_id(self, length: int = 33) -> str:
        """An id as Drive gives them; spreadsheets have 44 characters."""
        return "1" + "".join(random.choices(ID_LETTERS, k=length - 1))

    def register_file(
        self,
        file_id: str,
        name: str,
        mime_type: str,
        *,
        caller: Caller = SOMEBODY,
        parents: list[str] | None = None,
        drive_id: str = "",
    ) -> DriveFile:
        """Put a new file where Drive sees it: in `parents`, or the caller's My Drive."""
        now = self.clock.now()
        owner = "" if drive_id else caller.user
        file = DriveFile(
            file_id=file_id,
            name=name,
            mime_type=mime_type,
            owner=owner,
            app=caller.app,
            created=now,
            modified=now,
            modified_by=caller.user,
            parents=[self.root_of(caller.user)] if parents is None else parents,
            drive_id=drive_id,
        )
        if owner:
            own = Permission(
                permission_id=person_id(owner), kind="user", role="owner", holder=owner
            )
            file.permissions[own.permission_id] = own
        self.files[file_id] = file
        return file

    def root_of(self, user: str) -> str:
        """The id of the user's My Drive folder, which is there from the first asking on."""
        digest = hashlib.sha256(user.encode()).hexdigest()
        file_id = f"0A{digest[:11]}Uk9PVA"
        if file_id not in self.files:
            owner = Caller(user=user, app=DEFAULT_APP)
            self.register_file(file_id, "My Drive", FOLDER, caller=owner, parents=[])
        return file_id

    def touch(self, file_id: str, caller: Caller = SOMEBODY) -> None:
        """Note that a file was changed now."""
        file = self.files.get(file_id)
        if file is not None:
            file.modified = self.clock.now()
            file.modified_by = caller.user
            file.version += 1

    def name_of(self, file: DriveFile) -> str:
        """The file's name; a spreadsheet's is kept in the spreadsheet itself."""
        if file.mime_type == SPREADSHEET and file.file_id in self.spreadsheets:
            return self.spreadsheets[file.file_id].title
        return file.name

    def is_binned(self, file: DriveFile) -> bool:
        """Whether a file is in the bin: by itself, or in a folder that is."""
        above = [self.files[parent] for parent in file.parents if parent in self.files]
        return file.trashed or any(map(self.is_binned, above))

    def rename(self, file: DriveFile, name: str) -> None:
        """Give the file, and the spreadsheet that it is, another name."""
        file.name = name
        spreadsheet = self.spreadsheets.get(file.file_id)
        if spreadsheet is not None:
            spreadsheet.properties = {**spreadsheet.properties, "title": name}


def person_id(user: str) -> str:
    """The permission id of a user: the same everywhere, twenty digits."""
    return f"{int(hashlib.sha256(user.encode()).hexdigest(), 16) % 10**20:020d}"
