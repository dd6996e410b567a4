"""Relationships of one part, many at a time: by their bytes, and put in at once.

A sheet's pictures have thousands; one by one, each would be read anew for the next. Knows the
package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sheetlog.xlsx import texts
from sheetlog.xlsx.names import relationships_of, relative, resolved
from sheetlog.xlsx.package import Relationship
from sheetlog.xlsx.spans import escaped

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package

OFFICE = {
    False: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    True: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
"""Where the types of relationships begin: in transitional and in strict workbooks."""

_ROOT = re.compile(rb"</?((?:[\w.-]+:)?)Relationships(?=[\s/>])")
_ID = re.compile(rb"""\sId\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_NUMBERED = re.compile(rb"sl([0-9]{1,15})", re.IGNORECASE)
_NAMED = re.compile(rb"""\s[\w.-]+:id\s*=\s*["']([^"'&]*)["']""")
_NAMED_ANYHOW = re.compile(rb":id\s*=")
_FIRST = 1 << 16
"""Bytes of relationships that are read where they may tell."""
_ATTRIBUTE = re.compile(rb"""\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def target_of(package: Package, part: str, id_: str) -> str | None:
    """Return the name of the part that one relationship leads to; None where it leads to none.

    Of the relationships of a tab nearly all may be links of runs: they are not parsed, and where
    the first ones tell, the others are not read.
    """
    name = relationships_of(part)
    if not package.has(name):
        return None
    data = package.head(name, b"\0", _FIRST)
    found = _target(data, part, id_) if len(data) == _FIRST else None
    if found is None:
        found = _target(package.xml(name), part, id_)
    return found if found is not None and package.has(found) else None


def urls_of(package: Package, part: str, xml: bytes) -> list[Relationship]:
    """Return the relationships that some of a part's XML names, those within the package left out.

    For a few of many: the others are not parsed, unless one of these isn't found without.
    """
    name = relationships_of(part)
    data = package.xml(name) if package.has(name) else b""
    found: dict[str, Relationship] = {}
    for id_ in (id_.decode() for id_ in _NAMED.findall(xml)):
        for said in _said(data, id_):
            url = texts.resolved(said.get(b"Target", b""))
            external = said.get(b"TargetMode", b"").lower() == b"external"
            found[id_] = Relationship(id=id_, type="", target=url, external=external)
    if len(found) < len(_NAMED_ANYHOW.findall(xml)):
        return package.relationships(part)
    return [each for each in found.values() if each.external]


def _target(data: bytes, part: str, id_: str) -> str | None:
    """Return where a relationship leads to, from the bytes of some; None: it isn't among them."""
    for said in _said(data, id_):
        if said.get(b"TargetMode", b"") != b"External":
            return resolved(part, texts.resolved(said.get(b"Target", b"")))
    return None


def _said(data: bytes, id_: str) -> Iterator[dict[bytes, bytes]]:
    """Yield the attributes of the relationships of an id, from the bytes of some."""
    for quoted in (f'"{id_}"'.encode(), f"'{id_}'".encode()):
        at = data.find(quoted)
        while at >= 0:
            tag = data[data.rindex(b"<", 0, at) : data.find(b">", at) + 1]
            said = {key: one or two for key, one, two in _ATTRIBUTE.findall(tag)}
            if said.get(b"Id") == id_.encode():
                yield said
            at = data.find(quoted, at + 1)


class Relations:
    """The relationships that one change makes."""

    def __init__(self, package: Package, part: str) -> None:
        self._package, self._part = package, part
        self._name = relationships_of(part)
        self._ids: dict[tuple[str, str], str] = {}
        self._next = 0
        self._prefix = ""
        self._new: list[str] = []

    def id(self, kind: str, target: str, *, external: bool = False) -> str:
        """Return the id of a relationship, which is made unless this change has made it.

        Args:
            kind: the last word of its type: `image`.
            target: a part's name, or a URL.
            external: the target is a URL.
        """
        found = self._ids.get((kind, target))
        if found is None:
            found = self._ids[kind, target] = self._made(kind, target, external=external)
        return found

    def save(self) -> None:
        """Put what is new into the package."""
        if self._new:
            xml = "".join(f"<{self._prefix}{each}" for each in self._new)
            self._package.grow(self._name, xml.encode())

    def _made(self, kind: str, target: str, *, external: bool) -> str:
        whole = f"{OFFICE[self._package.strict]}/{kind}"
        if not self._package.has(self._name):
            return self._package.relate(self._part, whole, target, external=external)
        number = self._next or self._first()
        self._next = number + 1
        where = target if external else relative(self._part, target)
        mode = ' TargetMode="External"' if external else ""
        self._new.append(
            f'Relationship Id="sl{number}" Type="{whole}" Target="{escaped(where)}"{mode}/>'
        )
        return f"sl{number}"

    def _first(self) -> int:
        """Return the first free number, and find the root's prefix on the way.

        Ids of ours count upwards, and no other program leaves the part extendable: so the last one
        tells, and tens of thousands before it need not be read.
        """
        data = self._package.ending(self._name) or b""
        ids = _ID.findall(data)[-1:]
        if not ids or not _NUMBERED.fullmatch(ids[0]):
            data = self._package.xml(self._name)
            ids = _ID.findall(data)
        root = _ROOT.search(data)
        self._prefix = root[1].decode() if root else ""
        ours = (_NUMBERED.fullmatch(each) for each in ids)
        return 1 + max((int(each[1]) for each in ours if each), default=0)
