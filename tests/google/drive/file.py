"""What Drive knows of a file: its data, and nothing of how an answer shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

GOOGLE_APPS = "application/vnd.google-apps."
FOLDER = GOOGLE_APPS + "folder"
SHORTCUT = GOOGLE_APPS + "shortcut"
SPREADSHEET = GOOGLE_APPS + "spreadsheet"
BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The bytes of a file, on disk and never changed: a new upload is a new Content."""

    path: Path
    size: int
    md5: str
    sha1: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Who may do what with a file; `holder` is an e-mail address, a domain, or "" for anyone."""

    permission_id: str
    kind: str
    """"user", "group", "domain" or "anyone"."""
    role: str
    holder: str = ""
    discoverable: bool = False


@dataclass(slots=True, kw_only=True)
class DriveFile:
    """One file, folder, shortcut or Google document."""

    file_id: str
    name: str
    mime_type: str
    owner: str
    """The owner's e-mail address; "" in a shared drive, which owns its files itself."""
    app: str
    """The app that made it; under drive.file only it sees the file."""
    created: float
    modified: float
    modified_by: str
    parents: list[str] = field(default_factory=list)
    drive_id: str = ""
    trashed: bool = False
    version: int = 1
    properties: dict[str, str] = field(default_factory=dict)
    app_properties: dict[str, dict[str, str]] = field(default_factory=dict)
    """App → its private properties."""
    permissions: dict[str, Permission] = field(default_factory=dict)
    """What was granted on the file itself, by permission id."""
    granted_to: set[str] = field(default_factory=set)
    """The apps that the user opened the file with."""
    content: Content | None = None
    other: dict[str, Any] = field(default_factory=dict)
    """Metadata that is kept and shown as it came: description, starred, folderColorRgb, …"""

    @property
    def is_google_type(self) -> bool:
        """Whether it has no bytes of its own."""
        return self.mime_type.startswith(GOOGLE_APPS)
