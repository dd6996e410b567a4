"""XML edited by byte spans: an element knows where its bytes stand, and all other bytes stay.

Knows XML and nothing of spreadsheets. Any prefix, attribute order, kind of quotes, comment or
CDATA section is kept as it is, because nothing is written that was not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.parsers import expat

from sheetlog.errors import RefusedError

_TAG = re.compile(rb"""<[^\s/>"']+(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_NAME = re.compile(rb"<([^\s/>]*:)?[^\s/>]+")
_HIDDEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_SMALL = 1 << 16
"""Bytes of documents that are kept for the next time."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Element:
    """An element, and where its bytes stand."""

    __slots__ = ("_data", "_end_tag", "attributes", "children", "name", "space", "start", "text")

    def __init__(
        self, name: str, space: str, attributes: dict[str, str], start: int, data: bytes
    ) -> None:
        self.name = name
        """Without its prefix."""
        self.space = space
        """The namespace's URI; blank where there is none."""
        self.attributes = attributes
        """By name; a name with a namespace is `URI name`."""
        self.start = start
        """Of its `<`."""
        self.text = ""
        """Its own, without that of the elements in it."""
        self.children: list[Element] = []
        self._data = data
        self._end_tag = 0

    # Most elements are only looked at, so that these are found when they are asked for.

    @property
    def inside(self) -> int:
        """Where its start tag ends."""
        tag = _TAG.match(self._data, self.start)
        return tag.end() if tag else self._end_tag

    @property
    def alone(self) -> bool:
        """Whether it is one tag (`<a/>`)."""
        # Expat gives the start tag's own place as the end of such an element.
        return self._end_tag <= self.start or self._data[self.inside - 2 : self.inside] == b"/>"

    @property
    def after(self) -> int:
        """Where its end tag starts; behind the element where it has none."""
        return self.inside if self.alone else self._end_tag

    @property
    def end(self) -> int:
        """Behind it."""
        return self.inside if self.alone else self._data.index(b">", self._end_tag) + 1

    def child(self, *names: str) -> Element | None:
        """Return the first child of the first name, its first child of the second name, ..."""
        found: Element | None = self
        for name in names:
            if found is None:
                return None
            found = next((child for child in found.children if child.name == name), None)
        return found

    def walk(self, *names: str) -> Iterator[Element]:
        """Yield every element of these names within this one, in document order."""
        waiting = self.children[::-1]
        while waiting:
            element = waiting.pop()
            if element.name in names:
                yield element
            waiting.extend(element.children[::-1])

    def value(self, name: str) -> str | None:
        """Return an attribute's value, found by its name without namespace."""
        found = self.attributes.get(name)
        if found is None:
            for known, value in self.attributes.items():
                if known.rpartition(" ")[2] == name:
                    return value
        return found


def parse(data: bytes, what: str) -> Element:
    """Return the root element of a document; it must not be changed.

    Args:
        data: UTF-8.
        what: the part's name, for messages.

    Raises:
        RefusedError: it isn't well-formed, declares a document type, or isn't UTF-8.
    """
    return (_parsed_again if len(data) <= _SMALL else _parsed)(data, what)


def check(data: bytes, what: str) -> None:
    """Return if a document is one that `parse` takes; that costs a quarter of its time.

    Raises:
        RefusedError: as `parse`.
    """
    _read(expat.ParserCreate(namespace_separator=" "), data, what)


def _parsed(data: bytes, what: str) -> Element:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    top = Element("", "", {}, 0, data)
    open_: list[Element] = [top]

    def started(tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        element = Element(name, space, attributes, parser.CurrentByteIndex, data)
        open_[-1].children.append(element)
        open_.append(element)

    def ended(_tag: str) -> None:
        open_.pop()._end_tag = parser.CurrentByteIndex  # noqa: SLF001

    def said(text: str) -> None:
        open_[-1].text += text

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = said
    _read(parser, data, what)
    return top.children[0]


def _read(parser: expat.XMLParserType, data: bytes, what: str) -> None:
    """Have a document read, and refuse what cannot be edited by its bytes."""

    def declared(*_about: object) -> None:
        raise RefusedError(
            f"'{what}' declares a document type, which no spreadsheet program writes; "
            "save the workbook anew in Excel or LibreOffice"
        )

    def encoded(_version: str, encoding: str | None, _alone: int) -> None:
        if encoding and encoding.lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
            raise RefusedError(
                f"'{what}' is written in '{encoding}' instead of UTF-8; "
                "save the workbook anew in Excel or LibreOffice"
            )

    parser.StartDoctypeDeclHandler = declared
    parser.XmlDeclHandler = encoded
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encoded("", "UTF-16", 0)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise RefusedError(
            f"'{what}' is damaged ({error}); open the workbook in Excel, let it be repaired, "
            "and save it"
        ) from error


# From one row to the next most parts stay as they are.
_parsed_again = lru_cache(maxsize=32)(_parsed)


def prefix(data: bytes, element: Element) -> str:
    """Return an element's prefix with its colon, or an empty text."""
    found = _NAME.match(data, element.start)
    return (found[1] or b"").decode() if found else ""


def masked(data: bytes) -> bytes:
    """Return the same bytes with blanks for comments, CDATA sections and instructions.

    For those who look for tags by their bytes: every place stays where it is.
    """
    if b"<!" not in data and data.find(b"<?", 2) < 0:
        return data
    return _HIDDEN.sub(lambda found: b" " * len(found[0]), data)


def escaped(text: str) -> str:
    """Return a text as it stands between two tags or in an attribute.

    What XML can't hold becomes U+FFFD: whoever has a better form for it has used it before.
    """
    text = _ILLEGAL.sub("\ufffd", text)
    for raw, entity in _ENTITIES:
        if raw in text:
            text = text.replace(raw, entity)
    return text


_ENTITIES = (
    ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"),
    ("\r", "&#13;"), ("\n", "&#10;"), ("\t", "&#9;"),
)  # fmt: skip


class Edits:
    """Changes to a document, collected by place and carried out at once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._spans: list[tuple[int, int, list[bytes]]] = []
        self._filled: dict[int, list[bytes]] = {}

    def __bool__(self) -> bool:
        return bool(self._spans or self._filled)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put `new` in the place of what stands from `start` to `end`."""
        self._spans.append((start, end, [new]))

    def remove(self, element: Element) -> None:
        """Take an element out, with all that is in it."""
        self.replace(element.start, element.end, b"")

    def attribute(self, element: Element, name: str, value: str | None) -> None:
        """Set an attribute that has no prefix; None takes it away."""
        tag = self._data[element.start : element.inside]
        found = _attribute(tag, name)
        if found is not None:
            start, end = found.span()
            new = b"" if value is None else f' {name}="{escaped(value)}"'.encode()
            self.replace(element.start + start, element.start + end, new)
        elif value is not None:
            named = _NAME.match(tag)
            at = element.start + (named.end() if named else 1)
            self.replace(at, at, f' {name}="{escaped(value)}"'.encode())

    def text(self, element: Element, text: str) -> None:
        """Give an element that holds nothing but text another one."""
        new = escaped(text).encode()
        if element.inside == element.end:
            self.append(element, new)
        else:
            self.replace(element.inside, element.after, new)

    def append(self, parent: Element, xml: bytes) -> None:
        """Put something behind all that an element holds."""
        if parent.inside != parent.end:
            self.replace(parent.after, parent.after, xml)
        elif id(parent) in self._filled:
            self._filled[id(parent)].insert(-1, xml)
        else:
            self._filled[id(parent)] = self._open(parent, xml)

    def insert(self, parent: Element, xml: bytes, *, name: str, order: Sequence[str]) -> None:
        """Put a new child at its place in the schema's order of children."""
        before = order[: order.index(name)]
        at = parent.inside
        for child in parent.children:
            # What the schema's list doesn't have (mc:AlternateContent) stays where it is.
            if child.name in before:
                at = child.end
        if parent.inside == parent.end:
            self.append(parent, xml)
        else:
            self.replace(at, at, xml)

    def _open(self, element: Element, xml: bytes) -> list[bytes]:
        """Make `<a/>` a pair of tags; return the pieces, between which more may be put later."""
        named = _NAME.match(self._data, element.start)
        close = b"</" + (named[0][1:] if named else b"") + b">"
        slash = self._data.rindex(b"/", element.start, element.inside)
        pieces = [b">", xml, close]
        self._spans.append((slash, element.inside, pieces))
        return pieces

    def done(self) -> bytes:
        """Return the document with all changes."""
        if not self:
            return self._data
        pieces: list[bytes] = []
        at = 0
        for start, end, new in sorted(self._spans, key=lambda span: (span[0], span[1])):
            if start < at:
                raise ValueError(f"two changes overlap at byte {start}")
            pieces += (self._data[at:start], *new)
            at = end
        pieces.append(self._data[at:])
        return b"".join(pieces)


def _attribute(tag: bytes, name: str) -> re.Match[bytes] | None:
    """Return where an attribute stands in a start tag, with the blank before it.

    Values are skipped over as wholes: ` r="5"` within another value is no attribute.
    """
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name.encode():
            return found
    return None


_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>"']+)\s*=\s*(?:"[^"]*"|'[^']*')""")
