"""The package: parts by name, their types and relationships, and what is to change in them.

Knows the open packaging conventions (ECMA-376, part 2), and nothing of spreadsheets but how the
workbook part is found. Nothing is read but what is asked for; nothing is written before `save`.
"""

from __future__ import annotations

import os
from types import TracebackType
from typing import NamedTuple, Self

from sheetlog.errors import RefusedError
from sheetlog.xlsx import edges, growing, names, spans, writing
from sheetlog.xlsx.archive import MAX_PART, MAX_SHEET, Archive
from sheetlog.xlsx.changes import Changes, packed, unpacked
from sheetlog.xlsx.records import key
from sheetlog.xlsx.stream import SheetStream

TYPES = "[Content_Types].xml"

_RELATIONSHIPS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships'
    b' xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_WORKBOOKS = (
    b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml",
    b"spreadsheetml.template.main+xml", b"ms-excel.template.macroEnabled.main+xml",
    b"ms-excel.addin.macroEnabled.main+xml",
)  # fmt: skip
_SMALL = 1 << 16
"""Bytes of parts that are kept once they have been read: several ask for them."""
_STRICT = "http://purl.oclc.org/ooxml/"


# Named tuples here and beside: as frozen dataclasses they would double the time of the import.
class FileIdentity(NamedTuple):
    """What tells whether a file is still the one that was read."""

    size: int
    mtime_ns: int
    inode: int


class Relationship(NamedTuple):
    """A part's pointer to another part, or to something outside of the package."""

    id: str
    type: str
    """The whole URI; `kind` is its last word."""
    target: str
    """A part's name, as `names` has it (or would, where it is missing); an external one's URL."""
    external: bool

    @property
    def kind(self) -> str:
        """The type's last word: `worksheet`, `table`; the same in transitional and strict."""
        return self.type.rpartition("/")[2]


class Package:
    """A workbook file, opened. Parts are found whatever the case of their names."""

    workbook: str
    """The name of the workbook part, `xl/workbook.xml` say."""
    strict: bool
    """Whether it uses the strict namespaces (purl.oclc.org) instead of the transitional ones."""

    def __init__(self, archive: Archive) -> None:
        """Take an archive; `open` is the way to get a package."""
        self._archive = archive
        self._contents: dict[str, bytes] = {}
        self._added: dict[str, str] = {}
        self._removed: set[str] = set()
        self._sheets: dict[str, SheetStream] = {}
        self._parsed: dict[str, spans.Element] = {}
        self._small: dict[str, bytes] = {}
        self._grown: dict[str, bytes] = {}
        self._extendable: set[str] = set()
        self._types: tuple[dict[str, str | None], dict[str, str | None]] | None = None
        roots = self.relationships("")
        found = [one for one in roots if one.kind == "officeDocument"]
        if not found or not self.has(found[0].target) or not self.has(TYPES):
            raise self._refused("it holds no workbook; name one that Excel saved as .xlsx")
        if any("/digital-signature/" in one.type for one in roots):
            raise archive.signed()
        self.workbook = found[0].target
        self.strict = found[0].type.startswith(_STRICT)
        # All types are worth parsing only where no part is plainly a workbook.
        types = self.read(TYPES)
        if not any(kind in types for kind in _WORKBOOKS):
            said = (self.content_type(self.workbook) or "").lower()
            if "binary" in said:
                raise self._refused("it is a binary workbook; save it as .xlsx or .xlsm")
            if not any(said.endswith(kind.decode().lower()) for kind in _WORKBOOKS):
                raise self._refused("it is another kind of document; name a workbook")

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Package:
        """Open a workbook; only the archive's directory, root relationships and types are read.

        Raises:
            RefusedError: no such file, no access, or nothing that can be edited safely: encrypted,
                signed, damaged, an old .xls, a binary workbook, duplicate members, path tricks.
            BusyError: another program keeps it locked.
        """
        archive = Archive(os.path.realpath(path))
        try:
            return cls(archive)
        except BaseException:
            archive.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go; changes that were not saved are forgotten."""
        self._archive.close()

    @property
    def path(self) -> str:
        """The real file's, symbolic links followed."""
        return self._archive.path

    @property
    def identity(self) -> FileIdentity:
        """What the file was when it was opened."""
        seen = self._archive.stat
        return FileIdentity(size=seen.st_size, mtime_ns=seen.st_mtime_ns, inode=seen.st_ino)

    def names(self) -> tuple[str, ...]:
        """Return the names of all parts, in the archive's order, added ones last."""
        there = (
            member.name
            for same, member in self._archive.members.items()
            if not member.folder and same not in self._removed
        )
        return (*there, *self._added.values())

    def has(self, name: str) -> bool:
        """Return whether there is such a part."""
        same = key(name)
        member = self._archive.members.get(same)
        there = member is not None and not member.folder and same not in self._removed
        return there or same in self._added

    def read(self, name: str) -> bytes:
        """Return a part's content, with the changes made so far.

        Raises:
            RefusedError: there is no such part, it is damaged, or inflates beyond all measure.
        """
        same = self._found(name)
        sheet = self._sheets.get(same)
        if sheet is not None and sheet.pending:
            return unpacked(self._archive, sheet.pending)
        found = self._contents.get(same, self._small.get(same))
        if found is None:
            member = self._archive.members[same]
            found = self._archive.read(member, MAX_SHEET if sheet else MAX_PART)
            if len(found) <= _SMALL:
                self._small[same] = found
        more = self._grown.get(same)
        return found if more is None else growing.inserted(found, more) or found

    def xml(self, name: str) -> bytes:
        """Return the content of an XML part as UTF-8 bytes, as `read` does.

        Raises:
            RefusedError: as `read`; or it isn't UTF-8, or declares a document type (entities).
        """
        data = self.read(name)
        if reason := edges.foreign(data):
            raise self._refused(f"'{name}' in it {reason}; save it anew in Excel or LibreOffice")
        return data

    def head(self, name: str, until: bytes, limit: int = 1 << 20) -> bytes:
        """Return a part's content from its start up to and with `until`; all of it without that.

        Only so much is inflated, at most `limit` bytes, and no checksum is checked.
        """
        same = self._found(name)
        sheet = self._sheets.get(same)
        if same in self._contents or (sheet is not None and sheet.pending):
            data = self.read(name)
            found = data.find(until)
            return data[: found + len(until) if found >= 0 else None][:limit]
        return self._archive.head(self._archive.members[same], until, limit)

    def relationships(self, name: str) -> list[Relationship]:
        """Return the relationships of a part, or of the package (""); with those made so far."""
        rels = names.relationships_of(name)
        if not self.has(rels):
            return []
        found = [one for one in self._root(rels).children if one.name == "Relationship"]
        return [self._relationship(name, one) for one in found]

    def content_type(self, name: str) -> str | None:
        """Return the content type that a part has, or would have; None: it has none."""
        if self._types is None:
            overrides, defaults = {}, {}
            for one in self._root(TYPES).children:
                part, extension = one.value("PartName"), one.value("Extension")
                if part is not None:
                    overrides[key(names.normal(part))] = one.value("ContentType")
                elif extension is not None:
                    defaults[extension.lower()] = one.value("ContentType")
            self._types = overrides, defaults
        overrides, defaults = self._types
        same = key(name)
        return overrides.get(same) or defaults.get(same.rpartition(".")[2])

    def replace(self, name: str, data: bytes) -> None:
        """Give a part that is there another content."""
        same = self._found(name)
        self._extendable.discard(same)
        for kept in (self._sheets, self._parsed, self._grown):
            kept.pop(same, None)
        if same == key(TYPES):
            self._types = None
        member = self._archive.members.get(same)
        if name.endswith(".rels") and member is not None and member.name != name:
            # Readers that tell cases apart look for it under its part's name, and nowhere else.
            self._removed.add(same)
            self._added[same] = name
        self._contents[same] = data

    def ending(self, name: str) -> bytes | None:
        """Return the last elements of a part that `grow` has grown before, and its end tag.

        Returns:
            None where all of it has to be read, as somebody else wrote it.
        """
        same = self._found(name)
        if same in self._contents or same in self._grown:
            return None
        found = growing.growing(self._archive, self._archive.members[same])
        return None if found is None else found.last

    def grow(self, name: str, xml: bytes) -> None:
        """Put elements behind all others of a part's root, at a cost that its size hardly adds to.

        The first time it is written anew, so that more can be put behind them.
        """
        same = self._found(name)
        if self.ending(name) is not None or same in self._grown:
            self._grown[same] = self._grown.get(same, b"") + xml
            self._parsed.pop(same, None)
            return
        data = self.xml(name)
        new = growing.inserted(data, xml)
        if new is None:  # `<Relationships/>`, or a comment at the end
            edits = spans.Edits(data)
            edits.append(self._root(name), xml)
            new = edits.done()
        self.replace(name, new)
        self._extendable.add(same)

    def add(self, name: str, data: bytes, *, content_type: str | None = None) -> None:
        """Add a part; `content_type` is written unless the part has it by its extension."""
        if self.has(name):
            raise ValueError(f"'{name}' is there already")
        same = key(name)
        if same in self._removed:
            self._removed.remove(same)
        else:
            self._added[same] = name
        self._contents[same] = data
        if content_type is not None and self.content_type(name) != content_type:
            part, kind = spans.escaped("/" + name), spans.escaped(content_type)
            self._append(TYPES, f'Override PartName="{part}" ContentType="{kind}"/>')

    def allow(self, extension: str, content_type: str) -> None:
        """Give all parts with an extension a content type, unless they have one by it."""
        if self.content_type(f"any.{extension}") is None:
            kind = spans.escaped(content_type)
            self._append(TYPES, f'Default Extension="{extension}" ContentType="{kind}"/>')

    def relate(self, name: str, type: str, target: str, *, external: bool = False) -> str:  # noqa: A002
        """Add a relationship to a part's (or the package's, "") and return its id.

        Args:
            name: of the part that the relationship starts at.
            type: whole URI.
            target: a part's name as in `names`, or a URL.
            external: the target is a URL.
        """
        rels = names.relationships_of(name)
        if not self.has(rels):
            self.add(rels, _RELATIONSHIPS, content_type=_RELATIONSHIPS_TYPE)
        taken = {one.id.lower() for one in self.relationships(name)}
        number = len(taken) + 1
        while f"rid{number}" in taken:
            number += 1
        where = target if external else names.relative(name, target)
        mode = ' TargetMode="External"' if external else ""
        self._append(
            rels,
            f'Relationship Id="rId{number}" Type="{spans.escaped(type)}"'
            f' Target="{spans.escaped(where)}"{mode}/>',
        )
        return f"rId{number}"

    def remove(self, name: str, *, source: str) -> None:
        """Remove a part, its relationships and content type, and what in `source` leads to it."""
        same = self._found(name)
        for gone in (same, key(names.relationships_of(name))):
            if self._added.pop(gone, None) is None and gone in self._archive.members:
                self._removed.add(gone)
            for kept in (self._contents, self._sheets, self._parsed, self._grown):
                kept.pop(gone, None)
        self._take(
            TYPES,
            [
                one
                for one in self._root(TYPES).children
                if key(names.normal(one.attributes.get("PartName", ""))) == same
            ],
        )
        rels = names.relationships_of(source)
        if self.has(rels):
            self._take(
                rels,
                [
                    one
                    for one in self._root(rels).children
                    if key(self._relationship(source, one).target) == same
                ],
            )

    def sheet(self, name: str) -> SheetStream:
        """Return a worksheet part as a stream; always the same one for a name.

        Raises:
            RefusedError: there is no such part, it is damaged, not UTF-8, or declares a document
                type.
        """
        same = self._found(name)
        if same not in self._sheets:
            data = self._contents.get(same)
            member = None if data is not None else self._archive.members[same]
            self._sheets[same] = SheetStream(self._archive, name, member, data or b"")
        return self._sheets[same]

    def save(self, *, mode: int | None = None) -> None:
        """Write all changes as one atomic, durable change of the file; the package is closed then.

        Args:
            mode: permission bits of the file; None: as they are.

        Raises:
            StaleError: the file is no longer the one that was opened; it was not changed.
            BusyError: somebody has it open; it was not changed.
            RefusedError: no room, no access, or more would have changed than was asked for; it was
                not changed.
        """
        changes = {
            same: growing.extendable(data) if same in self._extendable else packed(data)
            for same, data in self._contents.items()
        }
        for same, xml in self._grown.items():
            found = growing.growing(self._archive, self._archive.members[same])
            assert found is not None
            changes[same] = found.extended(xml)
        changes |= {same: one.pending for same, one in self._sheets.items() if one.pending}
        if changes or self._removed or mode is not None:
            plan = Changes(changes, dict(self._added), frozenset(self._removed))
            writing.write(self._archive, plan, mode=mode)
        self.close()

    def _found(self, name: str) -> str:
        if not self.has(name):
            raise self._refused(f"'{name}' is missing in it; let Excel repair it and save it")
        return key(name)

    def _root(self, name: str) -> spans.Element:
        same = key(name)
        if same not in self._parsed:
            self._parsed[same] = spans.parse(self.xml(name), name)
        return self._parsed[same]

    def _relationship(self, source: str, element: spans.Element) -> Relationship:
        said = element.attributes
        external = said.get("TargetMode", "").lower() == "external"
        target = said.get("Target", "")
        if not external:
            target = names.resolved(source, target)
            member = self._archive.members.get(key(target))
            target = self._added.get(key(target), member.name if member else target)
        return Relationship(
            id=said.get("Id", ""), type=said.get("Type", ""), target=target, external=external
        )

    def _append(self, name: str, element: str) -> None:
        """Put an element behind all others of a document's root, in the root's namespace."""
        data, root = self.xml(name), self._root(name)
        edits = spans.Edits(data)
        edits.append(root, f"<{spans.prefix(data, root)}{element}".encode())
        self.replace(name, edits.done())

    def _take(self, name: str, elements: list[spans.Element]) -> None:
        edits = spans.Edits(self.xml(name))
        for element in elements:
            edits.remove(element)
        if edits:
            self.replace(name, edits.done())

    def _refused(self, what: str) -> RefusedError:
        return RefusedError(f"'{self._archive.path}' cannot be edited: {what}")
