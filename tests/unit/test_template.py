"""What a template's text becomes, and the titles of what no template names."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetlog import template
from sheetlog.errors import TemplateError
from sheetlog.template import BestBy, Column

DESIGN = """
# templates/classification.yaml
title: Image classification          # shown by `sheetlog templates`
tab: Runs
freeze_columns: 2
best_by: {metric: metrics.accuracy, goal: max}
columns:
  - {key: run.name, title: Run, width: 24}
  - {key: run.status, title: Status}
  - {key: run.started, title: "Started (UTC)", format: datetime}
  - {key: metrics.accuracy, title: Accuracy, format: percent, goal: max,
     note: "share of test images that were right"}
  - {key: metrics.*}                                    # every other one, in the order first seen
  - {key: run.changed, title: What changed}
  - {title: Verdict, owner: people, choices: [keep, retry, drop]}
  - {title: Notes, owner: people, width: 40}
  - {title: Gap, formula: "={metrics.train_accuracy}-{metrics.accuracy}", format: "0.000"}
  - {key: params.*}
  - {key: artifacts.*}
  - {key: git.commit}
rest: columns            # values that no column names: columns | cell | drop
max_columns: 150         # beyond it they go to one cell, as JSON
"""


def columns(text):
    """Give the columns of a template whose list is this text."""
    return template.parse(f"columns:\n{text}", "ours.yaml").columns


def column(said):
    """Give the one column of a template."""
    (one,) = columns(f"  - {{{said}}}")
    return one


def test_the_template_of_the_design():
    """The design's own example says what its words say."""
    found = template.parse(DESIGN, "templates/image-classes.yaml")
    assert ("image-classes", "Image classification", "Runs") == (
        found.name,
        found.title,
        found.tab,
    )
    assert (2, "columns", 150) == (found.freeze_columns, found.rest, found.max_columns)
    assert BestBy(metric="metrics.accuracy", goal="max") == found.best_by
    assert "templates/image-classes.yaml" == found.source
    assert 12 == len(found.columns)
    assert Column(key="run.name", title="Run", width=24) == found.columns[0]
    assert (
        Column(
            key="metrics.accuracy",
            title="Accuracy",
            format="percent",
            goal="max",
            note="share of test images that were right",
        )
        == found.columns[3]
    )
    assert (
        Column(title="Verdict", owner="people", choices=("keep", "retry", "drop"))
        == found.columns[6]
    )
    gap = found.columns[8]
    assert ("metrics.train_accuracy", "metrics.accuracy") == gap.keys_used
    assert [
        "run.name", "run.status", "run.started", "metrics.accuracy", None, "run.changed",
        "people.Verdict", "people.Notes", "formula.Gap", None, None, "git.commit",
    ] == [each.mark for each in found.columns]  # fmt: skip
    assert [4, 9, 10] == [n for n, each in enumerate(found.columns) if each.wildcard]


def test_what_is_left_out_has_its_default():
    """One column is enough for a template."""
    found = template.parse("columns: [{key: metrics.*}]", r"C:\lab\ours.yml")
    assert ("ours", "ours", "Runs", 0) == (
        found.name, found.title, found.tab, found.freeze_columns,
    )  # fmt: skip
    assert (None, "columns", 150) == (found.best_by, found.rest, found.max_columns)
    assert (Column(key="metrics.*"),) == found.columns


@pytest.mark.parametrize(
    ("said", "attribute", "value"),
    [
        ("key: metrics.a, title: Größe", "title", "Größe"),
        ("key: metrics.a, title: ' x '", "title", "x"),
        ('key: metrics.a, title: "精度"', "title", "精度"),
        ("key: metrics.a, title: on", "title", "on"),
        ("key: metrics.a, width: 255", "width", 255),
        ("key: metrics.a, hidden: true", "hidden", True),
        ("key: metrics.a, note: \u00abX\u00a0\u00bb", "note", "\u00abX\u00a0\u00bb"),
        ("key: metrics.a, unit: °C", "unit", "°C"),
        ("key: metrics.a, goal: min", "goal", "min"),
        ("key: metrics.a, group: Safety", "group", "Safety"),
        ("key: metrics.a, owner: sheetlog", "owner", "sheetlog"),
        ("key: metrics.a, aliases: [acc, metrics.val.acc]", "aliases", ("acc", "metrics.val.acc")),
        ("key: metrics.*, goal: max, format: '0.000'", "goal", "max"),
        ("key: params.optim.*", "wildcard", True),
        ("key: params.a.b.c", "wildcard", False),
        ("key: run.*", "mark", None),
        ("key: 'metrics.a b, \"c\" and 😀'", "key", 'metrics.a b, "c" and 😀'),
        ("title: S, owner: people, choices: [1, on, '2.5']", "choices", ("1", "on", "2.5")),
        ("title: OK, owner: people, format: checkbox", "format", "checkbox"),
        ("title: S, owner: people, goal: max, format: '0.0'", "goal", "max"),
        ("title: S, owner: people", "mark", "people.S"),
        ("title: F, formula: =1+1", "mark", "formula.F"),
        ("title: F, formula: '={metrics.a}-{run.duration}/{metrics.a}'", "keys_used",
         ("metrics.a", "run.duration")),
    ],
)  # fmt: skip
def test_an_attribute(said, attribute, value):
    """Each attribute takes what its words allow."""
    assert value == getattr(column(said), attribute)


PATTERNS = [
    "0", "0.0000", "#,##0.00", "0.0%", "0.00E+00", "@", "yyyy-mm-dd hh:mm:ss", "[h]:mm:ss",
    "mm:ss.0", "h:mm AM/PM", '0.0" s"', '"Δ "0.00;"-Δ "0.00', "$#,##0.00", "0.0 €", "0.00 °",
    "[Red]-0.0;[Green]0.0", "[>=1000]#,##0;0.00", "# ?/?", "_(0_)", "dddd d mmm yyyy", r"0\x",
    "[$-407]d. mmmm yyyy", "0.0;-0.0;0;@", "[mm]:ss", "text", "integer",
    "number", "percent", "scientific", "datetime", "date",
    "duration", "checkbox", "link", "curve", "image", "0" * 255,
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS, ids=[pattern[:20] for pattern in PATTERNS])
def test_a_format(pattern):
    """Names and the patterns that both products read are taken as they are."""
    quoted = "'" + pattern.replace("'", "''") + "'"
    assert pattern == column(f"key: metrics.a, format: {quoted}").format


@pytest.mark.parametrize(
    "pattern",
    ["0.0 s", "percentage", "%.3f", "{:.2f}", "0.00e+00", "General", "", "0.0 ms", "#.##m", "0 кг",
     '0.0"s', "[>10", "[bad]0", "0;0;0;0;0", "h:mm 0", "0" * 256, "yyyy@"],
)  # fmt: skip
def test_no_format(pattern):
    """What would make Excel call the workbook damaged, or means another thing, is refused."""
    quoted = "'" + pattern.replace("'", "''") + "'"
    with pytest.raises(TemplateError, match=r"^the template 'ours.yaml' has 1 mistake"):
        column(f"key: metrics.a, format: {quoted}")


def test_anchors_and_merge_keys():
    """What repeats is written once; a mistake in it is told for each column, where it stands."""
    text = (
        "  - &score {key: metrics.a, format: '0.000', goal: max}\n  - {<<: *score, key: metrics.b}"
    )
    assert [("metrics.a", "0.000"), ("metrics.b", "0.000")] == [
        (each.key, each.format) for each in columns(text)
    ]
    with pytest.raises(TemplateError) as caught:
        columns(text.replace("'0.000'", "percnt"))
    assert ["ours.yaml:2:37", "ours.yaml:2:37"] == [
        re.match(r"[^:]+:\d+:\d+", mistake)[0] for mistake in caught.value.mistakes
    ]


def test_one_title_for_two_values_that_nobody_titled():
    """`metrics.lr` and `params.lr` may both be there: nobody chose that their titles are one."""
    assert ["metrics.lr", "params.lr"] == [
        each.key for each in columns("  - {key: metrics.lr}\n  - {key: params.lr}")
    ]


def test_a_formula_over_what_people_write():
    """A formula may use a person's column of the same template."""
    found = columns(
        "  - {title: Score, owner: people}\n  - {title: Double, formula: '={people.Score}*2'}"
    )
    assert ("people.Score",) == found[1].keys_used


def test_all_mistakes_at_once_in_the_order_of_the_text():
    """A template that is wrong all over is told so once."""
    with pytest.raises(TemplateError) as caught:
        template.parse(
            "rest: x\ncolumns:\n  - {key: a}\n  - {key: metrics.b, width: x}\ntab: '?'", "t.yaml"
        )
    places = [mistake.split(": ")[:2] for mistake in caught.value.mistakes]
    assert [
        ["t.yaml:1:7", "rest"],
        ["t.yaml:3:11", "columns[0].key"],
        ["t.yaml:4:29", "columns[1].width"],
        ["t.yaml:5:6", "tab"],
    ] == places


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("run.started", "Started (UTC)"),
        ("run.name", "Run"),
        ("run.changed", "What changed"),
        ("git.commit", "Commit"),
        ("params.optim.lr", "optim.lr"),
        ("metrics.val.acc", "val.acc"),
        ("artifacts.model", "model"),
        ("data.train", "data: train"),
        ("curves.loss", "curve: loss"),
        ("git.remote", "git: remote"),
        ("params.a\nb\tc\x07\u2028", "a b c"),
        ("params.\ud800", "params"),
        ("params. ", "params"),
        ("params." + "x" * 300, "x" * 254 + "…"),
        ("params.😀 精度", "😀 精度"),
    ],
)
def test_title_of(key, title):
    """A value that no column names is titled with its path, in one line that a header can hold."""
    assert title == template.title_of(key)


ATTRIBUTES = (
    "key", "title", "owner", "formula", "width", "format", "note", "unit", "goal", "choices",
    "hidden", "aliases", "group", "titel",
)  # fmt: skip
odd = st.one_of(
    st.sampled_from(
        ["metrics.a", "params.*", "people", "min", "percent", "0.00", "={metrics.a}", "x"]
    ),
    st.integers(-1, 300).map(str),
    st.sampled_from(["[a, b]", "{a: b}", "true", "~", "''", "[]", "1e-4", "[1, [2]]"]),
    st.text(string.ascii_letters + ".*{}=;()", max_size=8).map(lambda word: f"'{word}'"),
)
mappings = st.dictionaries(st.sampled_from(ATTRIBUTES), odd, max_size=5).map(
    lambda said: "{" + ", ".join(f"{name}: {value}" for name, value in said.items()) + "}"
)


@given(
    st.lists(mappings, max_size=4), st.sampled_from(["", "rest: x", "best_by: {goal: 3}", "3: 4"])
)
@settings(max_examples=200, deadline=None)
def test_whatever_a_template_says_it_is_read_or_told(said, more):
    """A template is read, or every mistake has file, line and column; nothing else happens."""
    text = "columns:\n" + "".join(f"  - {each}\n" for each in said) + more
    try:
        found = template.parse(text, "t.yaml")
    except TemplateError as error:
        places = [re.match(r"t\.yaml:(\d+):\d+: ", mistake) for mistake in error.mistakes]
        assert all(places)
        assert [int(place[1]) for place in places] == sorted(int(place[1]) for place in places)
    else:
        assert len(said) == len(found.columns)
        marks = [each.mark for each in found.columns if each.mark]
        assert len(marks) == len(set(marks))
