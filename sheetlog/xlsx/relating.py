"""Relationships of one part, many at a time: by their bytes, and put in at once.

A sheet's pictures have thousands; one by one, each would be read anew for the next. Knows the
package.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sheetlog.xlsx import texts
from sheetlog.xlsx.names import relationships_of, relative, resolved
from sheetlog.xlsx.spans import Edits, escaped, parse, prefix

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package

OFFICE = {
    False: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    True: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
"""Where the types of relationships begin: in transitional and in strict workbooks."""

_END = re.compile(rb"</((?:[\w.-]+:)?)Relationships\s*>\s*(?:<!--[^>]*-->\s*)?\Z")
_TAIL = 512
"""Bytes in which a part ends."""
_ATTRIBUTE = re.compile(rb"""\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def target_of(package: Package, part: str, id_: str) -> str | None:
    """Return the name of the part that one relationship leads to; None where it leads to none.

    Of the relationships of a tab nearly all may be links of runs: they are not parsed.
    """
    name = relationships_of(part)
    data = package.xml(name) if package.has(name) else b""
    for quoted in (f'"{id_}"'.encode(), f"'{id_}'".encode()):
        at = data.find(quoted)
        while at >= 0:
            tag = data[data.rindex(b"<", 0, at) : data.index(b">", at)]
            said = {key: one or two for key, one, two in _ATTRIBUTE.findall(tag)}
            if said.get(b"Id") == id_.encode() and said.get(b"TargetMode", b"") != b"External":
                found = resolved(part, texts.resolved(said.get(b"Target", b"")))
                return found if package.has(found) else None
            at = data.find(quoted, at + 1)
    return None


class Relations:
    """The relationships that one change makes."""

    def __init__(self, package: Package, part: str) -> None:
        self._package, self._part = package, part
        self._name = relationships_of(part)
        self._data = package.xml(self._name) if package.has(self._name) else b""
        self._ids: dict[tuple[str, str], str] = {}
        self._next = 0
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
        if not self._new:
            return
        end = _END.search(self._data, max(len(self._data) - _TAIL, 0))
        if end is None:  # `<Relationships/>`
            root = parse(self._data, self._name)
            edits = Edits(self._data)
            tag = f"<{prefix(self._data, root)}"
            edits.append(root, "".join(tag + each for each in self._new).encode())
            self._package.replace(self._name, edits.done())
            return
        tag = f"<{end[1].decode()}"
        new = "".join(tag + each for each in self._new).encode()
        at = end.start()
        self._package.replace(self._name, self._data[:at] + new + self._data[at:])

    def _made(self, kind: str, target: str, *, external: bool) -> str:
        whole = f"{OFFICE[self._package.strict]}/{kind}"
        if not self._data:
            made = self._package.relate(self._part, whole, target, external=external)
            self._data = self._package.xml(self._name)
            return made
        number = self._next or self._data.count(b"<")
        while f"rId{number}".encode() in self._data:
            number += 1
        self._next = number + 1
        where = target if external else relative(self._part, target)
        mode = ' TargetMode="External"' if external else ""
        self._new.append(
            f'Relationship Id="rId{number}" Type="{whole}" Target="{escaped(where)}"{mode}/>'
        )
        return f"rId{number}"
