"""XML edited by span: what is asked for changes, and every other byte stays."""

from __future__ import annotations

import pytest

from sheetlog.errors import RefusedError
from sheetlog.xlsx.spans import Edits, escaped, masked, parse, prefix

DATA = (
    b"<?xml version='1.0'?><x:a xmlns:x=\"u\" xmlns:y='v' b='1' c = \"2>3\" y:b=\"4\">"
    b'<!-- <x:e/> --><x:e/>\n<x:f q="&lt;1">t<![CDATA[<z>]]>u</x:f ><x:f/></x:a>'
)


def changed(data: bytes, name: str, **attributes: str | None) -> bytes:
    root = parse(data, "part")
    edits = Edits(data)
    element = root if root.name == name else root.child(name)
    assert element is not None
    for attribute, value in attributes.items():
        edits.attribute(element, attribute, value)
    return edits.done()


def test_elements_know_their_bytes() -> None:
    """Start, inside, after and end cut an element out of the document."""
    root = parse(DATA, "part")
    assert ("a", "u") == (root.name, root.space)
    assert ["e", "f", "f"] == [child.name for child in root.children]
    f = root.children[1]
    assert b'<x:f q="&lt;1">t<![CDATA[<z>]]>u</x:f >' == DATA[f.start : f.end]
    assert b"t<![CDATA[<z>]]>u" == DATA[f.inside : f.after]
    assert ("t<z>u", "<1") == (f.text, f.attributes["q"])
    assert b"<x:e/>" == DATA[root.children[0].start : root.children[0].end]
    assert root.children[0].alone
    assert b"</x:a>" == DATA[root.after : root.end]


def test_attributes_with_and_without_a_prefix_are_told_apart() -> None:
    """`value` finds one by its bare name, and prefers that without a namespace."""
    root = parse(DATA, "part")
    assert "1" == root.value("b")
    assert {"b": "1", "c": "2>3", "v b": "4"} == root.attributes
    assert "x:" == prefix(DATA, root)


def test_nothing_changes_without_edits() -> None:
    """The very same bytes come back."""
    assert DATA == Edits(DATA).done()


@pytest.mark.parametrize(
    ("name", "value", "old", "new"),
    [
        ("b", "9", b" b='1' c", b' b="9" c'),
        ("c", None, b' c = "2>3" y:b', b" y:b"),
        ("n", '<&"', b"<x:a xmlns:x", b'<x:a n="&lt;&amp;&quot;" xmlns:x'),
    ],
)
def test_one_attribute_changes(name: str, value: str | None, old: bytes, new: bytes) -> None:
    """It gets another value, goes or comes; the one with a prefix isn't taken for it."""
    assert DATA.replace(old, new) == changed(DATA, "a", **{name: value})


def test_text_in_a_value_is_no_attribute() -> None:
    """What looks like an attribute within a value is none."""
    data = b'<a t=" r=\'5\' " r="1"/>'
    assert b'<a t=" r=\'5\' " r="2"/>' == changed(data, "a", r="2")


def test_children_are_put_in() -> None:
    """Behind all others, in the schema's order, and into elements that had none."""
    root = parse(DATA, "part")
    edits = Edits(DATA)
    e, f = root.children[:2]
    edits.append(e, b"<one/>")
    edits.append(e, b"<two/>")
    edits.text(f, "<new>")
    edits.insert(root, b"<x:ee/>", name="ee", order=("d", "e", "ee", "f"))
    edits.append(root, b"<last/>")
    wanted = DATA.replace(b"--><x:e/>", b"--><x:e><one/><two/></x:e><x:ee/>")
    wanted = wanted.replace(b"t<![CDATA[<z>]]>u", b"&lt;new&gt;")
    assert wanted.replace(b"</x:a>", b"<last/></x:a>") == edits.done()


def test_two_changes_of_the_same_bytes_are_a_mistake() -> None:
    """They cannot both be carried out."""
    edits = Edits(b"<a/>")
    edits.replace(0, 3, b"")
    edits.replace(2, 4, b"")
    with pytest.raises(ValueError, match="overlap"):
        edits.done()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "document type"),
        (b"<?xml version='1.0' encoding='latin-1'?><a/>", "latin-1"),
        ("<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"), "UTF-16"),
        (b"<a><b></a>", "damaged"),
        (b"", "damaged"),
        (b"<x:a/>", "damaged"),
    ],
)
def test_what_is_refused(data: bytes, says: str) -> None:
    """Entities, other encodings and broken documents; the message names the part."""
    with pytest.raises(RefusedError, match=says) as error:
        parse(data, "xl/part.xml")
    assert "'xl/part.xml'" in str(error.value)


def test_masked() -> None:
    """Comments, CDATA and instructions become blanks, and every place stays."""
    data = b"<?xml?><a><!-- <r> --><![CDATA[<r>]]><?pi <r>?><r/></a>"
    assert len(data) == len(masked(data))
    assert 1 == masked(data).count(b"<r")
    assert data.index(b"<r/>") == masked(data).index(b"<r/>")


def test_escaped() -> None:
    """A text survives its way through an attribute; what XML cannot hold is replaced."""
    raw = "<&>\"'\t\n\r\x00\ud800é🎉"
    root = parse(f'<a b="{escaped(raw)}"/>'.encode(), "part")
    assert raw.replace("\x00", "\ufffd").replace("\ud800", "\ufffd") == root.value("b")
