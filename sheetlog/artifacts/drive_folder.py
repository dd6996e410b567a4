"""The Drive folder that a sheet's files land in: found beside the sheet, or made there.

Folders are known by a property that they carry, not by name: people may rename and move them. Of
two that were made at one moment the oldest counts, for everybody. Knows no file's content.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from sheetlog.errors import ArtifactError, RefusedError, SheetError
from sheetlog.google import replies
from sheetlog.google.http import DRIVE, Google

Json = dict[str, Any]

FOLDER = "application/vnd.google-apps.folder"
SHORTCUT = "application/vnd.google-apps.shortcut"
FILES = f"{DRIVE}/drive/v3/files"
SHARED = {"supportsAllDrives": "true"}
EVERYWHERE = {**SHARED, "includeItemsFromAllDrives": "true"}
OF, IN, RUN, ARTIFACT, HASH = (
    "sheetlog_of",
    "sheetlog_in",
    "sheetlog_run",
    "sheetlog_artifact",
    "sheetlog_sha256",
)
"""Properties: whose folder; in whose; of which run, which artifact, which content. Public ones, as
those that are an app's own are not seen with a teammate's login."""
LONGEST = 90
"""Bytes of a property's value: Google allows 124 with its key (Drive API, Properties)."""
BINNED = (
    "the folder of files, or a folder above it, is in Drive's bin: take it out, or set "
    "'artifacts' to another folder"
)
NO_STORAGE = (
    "the login is a service account, and Google gives it no storage for files: move the sheet and "
    "its folder to a Shared Drive, or set 'artifacts' to a folder on this computer, or log in as "
    "a person (in Colab the notebook's login; elsewhere SHEETLOG_CREDENTIALS of an authorized "
    "user); rows land all the same"
)


class DriveFolder:
    """A folder of files beside a sheet.

    Args:
        google: the way to Google.
        sheet: id of the spreadsheet that the files belong to; blank: none.
        folder: id of the folder, where the settings name one.
        title: what a folder for something that is no spreadsheet is called.
        share_with: e-mail addresses that a new folder is shared with.
    """

    def __init__(
        self,
        google: Google,
        *,
        sheet: str = "",
        folder: str = "",
        title: str = "sheetlog files",
        share_with: Sequence[str] = (),
    ) -> None:
        self.google = google
        self._sheet, self._folder, self._title = sheet, folder, title
        self._share_with = share_with
        self._id = ""
        self.anyone = False
        """Whether everybody with the link may open its files, as it was when it was found."""
        self._runs: dict[str, str] = {}
        self._refused = ""
        self._ids: dict[str, list[str]] = {}

    def id(self, deadline: float) -> str:
        """Return the folder's id; it is found, or made.

        Raises:
            ArtifactError: no file can land there with this login.
            SheetError: Google cannot say so now.
        """
        if self._refused:
            raise ArtifactError(self._refused)
        if not self._id:
            try:
                self._id = self._named(deadline) if self._folder else self._own(deadline)
            except ArtifactError as error:
                # Found out once: it stays so until somebody acts.
                self._refused = str(error)
                raise
        return self._id

    def look(self, deadline: float) -> str:
        """Return the folder's id; blank where it is not made yet.

        Raises:
            ArtifactError: no file can land there with this login.
            SheetError: Google cannot say so now.
        """
        if self._id or self._folder:
            return self.id(deadline)
        found, beside = self._found(deadline)
        self._check_storage(beside, deadline)
        return str(found[0]["id"]) if found else ""

    def run(self, name: str, deadline: float) -> str:
        """Return the id of a run's folder."""
        if name not in self._runs:
            marks = {IN: self.id(deadline), RUN: short(name)}
            found = self.search({**marks}, f"mimeType = '{FOLDER}'", deadline=deadline)
            self._runs[name] = (
                found[0]["id"]
                if found
                else self.make(
                    {
                        "name": name,
                        "mimeType": FOLDER,
                        "parents": [marks[IN]],
                        "properties": marks,
                    },
                    deadline=deadline,
                )
            )
        return self._runs[name]

    def forget(self) -> None:
        """Look for the folders again: somebody may have deleted them."""
        self._id, self._runs = "", {}

    def new_id(self, kind: str, deadline: float) -> str:
        """Return an id that nothing has yet.

        Args:
            kind: `files`, or `shortcuts`.
        """
        if not self._ids.get(kind):
            made = self.google.send(
                "get",
                f"{FILES}/generateIds",
                what="new files",
                deadline=deadline,
                params={"count": 10, "space": "drive", "type": kind},
            )
            self._ids[kind] = list(made["ids"])
        return self._ids[kind].pop()

    def make(self, metadata: Json, *, deadline: float, id_: str = "") -> str:
        """Make a folder or a shortcut, once; return its id.

        Args:
            id_: the one that it is to have.
        """
        kind = "shortcuts" if metadata["mimeType"] == SHORTCUT else "files"
        id_ = id_ or self.new_id(kind, deadline)
        try:
            self.google.send(
                "post",
                FILES,
                what=f"'{metadata['name']}'",
                deadline=deadline,
                params={"fields": "id", **SHARED},
                body={"id": id_, **metadata},
            )
        except replies.ConflictError:
            return id_  # a try whose answer was lost
        return id_

    def search(self, marks: Json, *more: str, deadline: float, binned: bool = False) -> list[Json]:
        """Return what carries all of these properties, the oldest first.

        Args:
            more: further tests.
            binned: what lies in the bin as well.
        """
        more = more if binned else (*more, "trashed = false")
        tests = [has(key, value) for key, value in marks.items()]
        found: list[Json] = []
        page: Json = {}
        while True:
            reply = self.google.send(
                "get",
                FILES,
                what="the folder of files",
                deadline=deadline,
                params={
                    "q": " and ".join([*tests, *more]),
                    "fields": "nextPageToken,files(id,name,mimeType,createdTime,size,"
                    "sha256Checksum,trashed,properties,shortcutDetails,permissions(type))",
                    "orderBy": "createdTime",
                    "pageSize": 1000,
                    **EVERYWHERE,
                    **page,
                },
            )
            found += reply.get("files", ())
            if "nextPageToken" not in reply:
                return sorted(found, key=lambda file: (file.get("createdTime", ""), file["id"]))
            page = {"pageToken": reply["nextPageToken"]}

    def _named(self, deadline: float) -> str:
        found = self._file(self._folder, deadline)
        if found.get("mimeType") != FOLDER:
            raise ArtifactError(
                f"'{self._folder}' is no folder of Drive; set 'artifacts' to a folder's URL"
            )
        if found.get("trashed"):
            raise ArtifactError(BINNED)
        self._check_storage(found, deadline)
        self.anyone = _anyone(found)
        return self._folder

    def _own(self, deadline: float) -> str:
        """Return the folder that carries the sheet's mark, made where there is none."""
        found, beside = self._found(deadline)
        if not found and beside.get("trashed"):
            raise ArtifactError(BINNED)
        self._check_storage(beside, deadline)
        return self._known(found[0]) if found else self._made(beside, deadline)

    def _known(self, folder: Json) -> str:
        self.anyone = _anyone(folder)
        return str(folder["id"])

    def _marks(self) -> Json:
        return {OF: self._sheet or short(self._title)}

    def _found(self, deadline: float) -> tuple[list[Json], Json]:
        """Return the folders that carry the sheet's mark, and what Drive says of the sheet."""
        found = self.search(self._marks(), f"mimeType = '{FOLDER}'", deadline=deadline)
        beside: Json = {}
        if self._sheet:
            try:
                beside = self._file(self._sheet, deadline)
            except replies.MissingError:
                beside = {}  # a login that sees the sheet's cells and not its file
        return found, beside

    def _made(self, beside: Json, deadline: float) -> str:
        marks = self._marks()
        name = f"{beside['name']} files" if "name" in beside else self._title
        metadata: Json = {"name": name, "mimeType": FOLDER, "properties": marks}
        parents = beside.get("parents")
        try:
            made = self.make(
                {**metadata, "parents": parents} if parents else metadata, deadline=deadline
            )
        except RefusedError:
            if not parents:
                raise
            # A sheet that was shared by itself: its folder is somebody else's.
            made = self.make(metadata, deadline=deadline)
        self._share(made, deadline)
        others = self.search(marks, f"mimeType = '{FOLDER}'", deadline=deadline)
        return self._known(others[0]) if others else made

    def _share(self, made: str, deadline: float) -> None:
        """Let those see the files whom a new sheet was shared with."""
        for person in self._share_with:
            self.google.send(
                "post",
                f"{FILES}/{made}/permissions",
                what=f"the share with '{person}'",
                deadline=deadline,
                params={"fields": "id", "sendNotificationEmail": "false", **SHARED},
                body={"type": "user", "role": "reader", "emailAddress": person},
            )

    def _check_storage(self, beside: Json, deadline: float) -> None:
        """Find out at the start whether this login can own files at all.

        Raises:
            ArtifactError: it cannot, and the files wouldn't be a Shared Drive's.
        """
        if beside.get("driveId"):
            return
        about = self.google.send(
            "get",
            f"{DRIVE}/drive/v3/about",
            what="Drive's storage",
            deadline=deadline,
            params={"fields": "storageQuota,user(emailAddress)"},
        )
        address = str(about.get("user", {}).get("emailAddress", ""))
        limit = about.get("storageQuota", {}).get("limit")
        if limit == "0" or address.endswith(".gserviceaccount.com"):
            raise ArtifactError(NO_STORAGE)

    def _file(self, id_: str, deadline: float) -> Json:
        found: Json = self.google.send(
            "get",
            f"{FILES}/{id_}",
            what="the folder of files",
            deadline=deadline,
            params={"fields": "id,name,mimeType,parents,driveId,trashed,permissions(type)"}
            | SHARED,
        )
        return found

    def strangers(self, deadline: float) -> list[str]:
        """Return who may open the sheet and not its files: e-mail addresses, `anyone`, domains."""
        if not self._sheet:
            return []
        sheet, folder = (self._readers(id_, deadline) for id_ in (self._sheet, self.id(deadline)))
        return [] if "anyone" in folder else sorted(sheet - folder)

    def _readers(self, id_: str, deadline: float) -> set[str]:
        try:
            reply = self.google.send(
                "get",
                f"{FILES}/{id_}/permissions",
                what="the shares of the folder of files",
                deadline=deadline,
                params={"fields": "permissions(type,emailAddress,domain)", "pageSize": 100}
                | SHARED,
            )
        except SheetError:
            return set()  # only who may share a file sees with whom it is shared
        return {
            str(each.get("emailAddress") or each.get("domain") or each["type"])
            for each in reply.get("permissions", ())
        }


def _anyone(folder: Json) -> bool:
    """Return whether everybody with the link may open a folder, and so the files in it.

    Drive tells it only who may share the folder, and of a Shared Drive's nobody: then it counts as
    one that isn't open.
    """
    return any(each.get("type") == "anyone" for each in folder.get("permissions", ()))


def named(text: str) -> str:
    """Return a text as a file can be called in Drive."""
    clean = re.sub(r"[\x00-\x1f\x7f/\\]+", "_", text.encode("utf-8", "replace").decode())
    return clean.strip() or "file"


def short(text: str) -> str:
    """Return a text as a property can hold it; two that differ stay different."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= LONGEST:
        return raw.decode()
    tail = hashlib.sha256(raw).hexdigest()[:16]
    return raw[: LONGEST - 17].decode("utf-8", "ignore") + "-" + tail


def has(key: str, value: str) -> str:
    """Return the test of a search for files that carry a property."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"properties has {{ key='{key}' and value='{escaped}' }}"
