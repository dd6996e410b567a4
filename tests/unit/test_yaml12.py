"""YAML by the core rules of 1.2: what words stand for, and where a text is wrong."""

import contextlib
import json
import math
import string
import subprocess
import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetlog import yaml12
from sheetlog.errors import MisuseError, SettingsError


@pytest.fixture(params=["C", "Python"])
def parser(request, monkeypatch):
    """Both parsers of PyYAML: the C one is missing where it was built without libyaml."""
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader")
    return request.param


WORDS = [
    # Example 10.3 of the specification and its neighbours
    ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None),
    ("true", True), ("True", True), ("TRUE", True),
    ("false", False), ("False", False), ("FALSE", False),
    ("0", 0), ("-19", -19), ("+12", 12), ("012", 12), ("0o7", 7), ("0o14", 12), ("0x3A", 58),
    ("0.", 0.0), ("-0.0", -0.0), (".5", 0.5), ("+12e03", 12000.0), ("-2E+05", -200000.0),
    ("1e-4", 0.0001), ("1e5", 100000.0), ("6.02E23", 6.02e23), ("1.", 1.0),
    (".inf", math.inf), ("-.Inf", -math.inf), ("+.INF", math.inf),
    # words, whatever YAML 1.1 or Python make of them
    ("on", "on"), ("off", "off"), ("yes", "yes"), ("No", "No"), ("y", "y"), ("n", "n"),
    ("nULL", "nULL"), ("tRUE", "tRUE"), ("None", "None"), ("nan", "nan"), ("inf", "inf"),
    ("1_000", "1_000"), ("12:30:45", "12:30:45"), ("0b101", "0b101"), ("-0o7", "-0o7"),
    ("0O7", "0O7"), ("0o19", "0o19"), ("0xG", "0xG"), ("0X1F", "0X1F"), ("e5", "e5"), ("1e", "1e"), (".", "."), ("+", "+"),
    ("1.2.3", "1.2.3"), ("2001-12-14", "2001-12-14"), ("١٢", "١٢"),
    ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
    ("1e400", "1e400"), ("9" * 5000, "9" * 5000), (str(2**80), 2**80),
]  # fmt: skip


@pytest.mark.parametrize(("word", "value"), WORDS, ids=[word[:20] or "blank" for word, _ in WORDS])
def test_a_word_without_quotes(word, value, parser):
    """A plain word stands for what section 10.3.2 of the specification says."""
    found = yaml12.load(f"key: {word}", "a.yaml")["key"]
    assert (repr(value), type(value)) == (repr(found), type(found))


def test_not_a_number():
    """The three spellings of not-a-number are one."""
    assert [True] * 3 == [math.isnan(n) for n in yaml12.load("[.nan, .NaN, .NAN]", "a.yaml")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'1e-4'", "1e-4"),
        ('"on"', "on"),
        ('"null"', "null"),
        ("|\n  12\n", "12\n"),
        (">-\n  one\n  two\n", "one two"),
        ("! 12", "12"),
        ("!!str 12", "12"),
        ("!!int 12", 12),
        ("!!float 3", 3.0),
        ("!!float 1e-3", 0.001),
        ("!!null ''", None),
        ("!!bool 'true'", True),
        ("!!timestamp 2001-12-14", "2001-12-14"),
        ("!include other.yaml", "!include other.yaml"),
        ("!!python/name:torch.nn.ReLU", "!!python/name:torch.nn.ReLU"),
        ("!!python/tuple [1, 2]", [1, 2]),
        ("!Model {depth: 3}", {"depth": 3}),
        ("# nothing", None),
        ("\ufeffa: 1", {"a": 1}),
        ("--- \na: 1\n...\n", {"a": 1}),
        ("{a: , b}", {"a": None, "b": None}),
        ("1: one\nfalse: two\n~: three\n.5: x", {1: "one", False: "two", None: "three", 0.5: "x"}),
    ],
)
def test_quotes_tags_and_blanks(text, value, parser):
    """Quotes make text, core tags are obeyed, and other tags lose nothing."""
    assert value == yaml12.load(text, "a.yaml")


MERGES = """
base: &base {lr: 1e-3, layers: 3, name: base}
warm: &warm {warmup: 100, lr: 1e-4}
one: {<<: *base, lr: 2}
list: {<<: [*base, *warm]}
twice:
  <<: *base
  own: 1
  <<: *warm
inline: {<<: {a: 1}, b: 2}
text: {"<<": 3}
deep: &deep {<<: *base}
deeper: {<<: *deep, name: deeper}
"""


def test_merge_keys():
    """`<<` brings in what is not there; of a list the first counts most, of two the later."""
    found = yaml12.load(MERGES, "a.yaml")
    assert {"lr": 2, "layers": 3, "name": "base"} == found["one"]
    assert {"lr": 1e-3, "layers": 3, "name": "base", "warmup": 100} == found["list"]
    assert {"lr": 1e-4, "layers": 3, "name": "base", "warmup": 100, "own": 1} == found["twice"]
    assert {"a": 1, "b": 2} == found["inline"]
    assert {"<<": 3} == found["text"]
    assert {"lr": 1e-3, "layers": 3, "name": "deeper"} == found["deeper"]
    assert ["lr", "layers", "name"] == list(found["one"])


def test_merge_keys_as_pyyaml_reads_them():
    """Stock PyYAML brings in the same keys with the same precedence."""
    text = MERGES.replace("1e-", "0.0e-").replace("inline", "#")
    assert yaml.safe_load(text) == yaml12.load(text, "a.yaml") | {"text": {"<<": 3}}


def test_what_is_repeated_is_one_object():
    """An alias takes no more room than the value it repeats."""
    found = yaml12.load("a: &x [1, 2]\nb: *x\nc: {d: *x}", "a.yaml")
    assert found["a"] is found["b"] is found["c"]["d"]


def bomb(levels):
    lines = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, levels)]
    return "\n".join(["l0: &l0 [1, 2, 3]", *lines])


NO_ANCHOR = "a value that no '&x' names before it; if it is text, put it in quotes"
NO_KEY = "a list or mapping cannot be a key; text with braces or brackets goes in quotes"
# fmt: off
MISTAKES = [
    ("a: 1\nb: 2\na: 3", "3:1: the key 'a' is there already, at 1:1; remove one"),
    ("a: {x: 1,\n  y: {x: 2, x: 3}}", "2:13: the key 'x' is there already, at 2:7; remove one"),
    # In Python 1 and true are one key, so they cannot both be kept.
    ("1: one\ntrue: two", "2:1: the key 'True' is there already, at 1:1; remove one"),
    ("a: b: c", "1:5: ': ' stands where no key can end; text with ': ' in it goes in quotes"),
    ("a:\n\t- 1", "2:1: a tab stands here; YAML is indented with spaces only"),
    ("a: @home", "1:4: a value cannot start with '@'; put it in quotes"),
    ("a: %x", "1:4: a value cannot start with '%'; put it in quotes"),
    ("a: *x", f"1:4: '*x' repeats {NO_ANCHOR}"),
    ("a: &x [1, *x]", "1:11: '*x' stands inside its own value"),
    ("a: 1\n---\nb: 2", "2:1: a second document starts; only one can be read"),
    ("? [1, 2]\n: x", f"1:3: {NO_KEY}"),
    ("a: {<<: 3}", "1:9: '<<' brings in a mapping or a list of mappings only"),
    ("a: &l [1]\nb: {<<: [*l]}", "1:4: '<<' brings in a mapping or a list of mappings only"),
    ("a: !!int three", "1:4: 'three' is no int, as its tag '!!int' says"),
    ("a: !!bool yes", "1:4: 'yes' is no bool, as its tag '!!bool' says"),
    ("é: 1\nb: \x07", "2:4: the character U+0007 cannot stand in YAML; remove it"),
    ("a: \ud800", "1:4: the character U+D800 cannot stand in YAML; remove it"),
    ("[" * 50_000, "1:258: more than 256 lists and mappings inside one another"),
    ("- " * 50_000, "1:515: more than 256 lists and mappings inside one another"),
    (bomb(9), "6:25: aliases repeat more than 100,000 values; write fewer"),
]
# fmt: on


@pytest.mark.parametrize(("text", "words"), MISTAKES, ids=[words[:30] for _, words in MISTAKES])
def test_a_mistake_has_file_line_and_column(text, words, parser):
    """Every mistake says where it is, what is wrong, and mostly what to do."""
    with pytest.raises(MisuseError) as caught:
        yaml12.load(text, "conf/a.yaml")
    assert f"conf/a.yaml:{words}" == str(caught.value)


@pytest.mark.parametrize("text", ["a: [1", "a: 'x", "a: {b", "%YAML 2.0\n---\na: 1"])
def test_whatever_else_the_parser_refuses_is_told(text, parser):
    """No error of PyYAML's own comes through."""
    with pytest.raises(MisuseError, match=r"^a\.yaml:[1-3]:\d+: \w"):
        yaml12.load(text, "a.yaml")


def test_the_caller_chooses_the_exception():
    """Settings and templates have exceptions of their own."""
    with pytest.raises(SettingsError, match=r"^s\.yaml:1:4: "):
        yaml12.load("a: *x", "s.yaml", error=SettingsError)


def test_deep_but_not_too_deep():
    """256 levels are read."""
    found = yaml12.load("[" * 255 + "1" + "]" * 255, "a.yaml")
    for _ in range(255):
        (found,) = found
    assert 1 == found


def test_little_stack_left():
    """Where the caller has used up the stack, that is an error and no crash."""

    def deeper(left):
        return deeper(left - 1) if left else yaml12.load("[" * 200 + "]" * 200, "a.yaml")

    with pytest.raises(MisuseError, match="too deep inside one another"):
        deeper(sys.getrecursionlimit() - 250)


def test_places_of_a_node():
    """Each node knows where it starts, and a mapping where its keys do."""
    root = yaml12.compose("a: 1\nb:\n  - {c: x}\n  - &d [2]\ne: *d\n", "a.yaml")
    assert (1, 1) == root.place
    assert {"a": (1, 1), "b": (2, 1), "e": (5, 1)} == root.keys
    first, second = root.value["b"].value
    assert (3, 5) == first.place
    assert ((3, 9), "x") == (first.value["c"].place, first.value["c"].value)
    assert (4, 5) == second.place
    assert second is root.value["e"]


def test_ten_thousand_aliases_are_no_bomb():
    """People repeat small values often; what they write is read."""
    text = "base: &b {x: 1, y: 2}\nall:\n" + "  - *b\n" * 10_000
    assert [{"x": 1, "y": 2}] * 10_000 == yaml12.load(text, "a.yaml")["all"]


plain = st.characters(
    exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"], exclude_characters="\ufeff"
)
texts = st.text(plain, max_size=20)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)


@given(values)
@settings(max_examples=150, deadline=None)
def test_json_is_yaml(value):
    """Every JSON text reads as JSON says, numbers with exponents among them."""
    text = json.dumps(value, ensure_ascii=False)
    assert json.loads(text) == yaml12.load(text, "a.yaml")


@given(st.text(string.printable, max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text):
    """Nothing but our own error comes out of it."""
    with contextlib.suppress(MisuseError):
        yaml12.load(text, "a.yaml")


def test_import_is_free_of_yaml():
    """PyYAML is loaded when a text is read, not before."""
    code = "import sys, sheetlog.catalog, sheetlog.dress; print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False" == done.stdout.strip()
