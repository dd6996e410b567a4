"""What a sheet looks like: widths, digits, words and colours, by what a column is."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from sheetlog import catalog, colours, dress, patterns
from sheetlog.cells import Formula
from sheetlog.collecting import STATUSES
from sheetlog.grammar import FORMATS
from sheetlog.record import SECTIONS, Link, Series
from sheetlog.template import Column, Template, title_of

CURVE = Series(values=(1.0, 0.5), count=2, last=0.5, lowest=0.5, highest=1.0)
LINK = Link(text="model.pt", url="files/model.pt")
TIME = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def dressed(key, *, sample=None, title="Title", **said):
    """Dress a column that a wildcard, or the template itself, brought in."""
    return dress.dress_column(Column(key=key, **said), key, title, sample=sample)


def people(title="Title", **said):
    """Dress a person's column."""
    return dress.dress_column(Column(title=title, owner="people", **said), None, title)


@pytest.mark.parametrize(
    ("key", "sample", "code"),
    [
        # metrics: four digits that say something
        ("metrics.accuracy", None, "0.0000"),
        ("metrics.accuracy", 0.93487, "0.0000"),
        ("metrics.accuracy", 3e-5, "0.0000"),
        ("metrics.val_loss", None, "0.0000"),
        ("metrics.val.loss", 0.2, "0.0000"),
        ("metrics.val.loss", 2.3e-5, "0.00E+00"),
        ("metrics.train/loss", 153.2, "0.00"),
        ("metrics.elbo", -2512.7, "#,##0.0"),
        ("metrics.elbo", -0.53, "0.0000"),
        ("metrics.samples_per_second", 1532.8, "#,##0.0"),
        ("metrics.total_flos", 1.234e18, "0.00E+00"),
        ("metrics.total_flos", 99_999_999.5, "#,##0"),
        ("metrics.epoch", 3.0, "General"),
        ("metrics.epoch", 2.97, "0.0000"),
        ("metrics.foo", None, "General"),
        ("metrics.foo", 0.0, "General"),
        ("metrics.foo", float("nan"), "General"),
        ("metrics.foo", "NaN", "General"),
        ("metrics.epoch", 12, "General"),
        ("metrics.converged", True, "General"),
        # params: as they were written
        ("params.lr", 1e-5, "General"),
        ("params.batch_size", 64, "General"),
        ("params.model", "resnet18", "General"),
        # what sheetlog itself fills
        ("run.name", None, "@"),
        ("run.id", "01h", "@"),
        ("run.started", None, "yyyy-mm-dd hh:mm"),
        ("run.duration", None, "[h]:mm:ss"),
        ("run.error", None, "General"),
        ("run.more", "{}", "General"),
        ("run.revision", 1, "General"),
        ("git.commit", "1e10", "@"),
        ("artifacts.model", LINK, "General"),
        ("curves.loss", CURVE, "General"),
        # by the first value
        ("params.since", TIME, "yyyy-mm-dd hh:mm"),
        ("metrics.time", timedelta(hours=30), "[h]:mm:ss"),
    ],
)
def test_a_number_format_without_a_format(key, sample, code):
    """Where the template says nothing, the key does, and then the first value."""
    assert code == dressed(key, sample=sample).number_format


@pytest.mark.parametrize(
    ("format_", "code"),
    [
        ("text", "@"), ("integer", "#,##0"), ("number", "#,##0.00##"), ("percent", "0.0%"),
        ("scientific", "0.00E+00"), ("datetime", "yyyy-mm-dd hh:mm"), ("date", "yyyy-mm-dd"),
        ("duration", "[h]:mm:ss"), ("checkbox", "General"), ("link", "General"),
        ("curve", "General"), ("image", "General"), ('0.0" s"', '0.0" s"'), ("0.0000", "0.0000"),
    ],
)  # fmt: skip
def test_a_number_format_by_the_format(format_, code):
    """The template's format decides, for values of every kind and for people's columns."""
    assert code == dressed("metrics.a", format=format_, sample=0.5).number_format
    assert code == people(format=format_).number_format


def test_percents_that_are_percents_already():
    """An accuracy of 93.1 is not shown as 9310 %."""
    assert "0.0%" == dressed("metrics.a", format="percent", sample=1.0).number_format
    assert '0.0"%"' == dressed("metrics.a", format="percent", sample=93.1).number_format
    assert "0.0%" == dressed("metrics.a", format="percent", sample="NaN").number_format


def test_every_code_is_one_that_both_products_read():
    """Our own codes pass the check that users' patterns must pass, and have no conditions."""
    codes = {*dress.CODES.values(), *(code for _, code in dress.DIGITS), dress.TINY}
    codes |= {dress.ALREADY_PERCENT}
    assert {} == {code: patterns.problem(code) for code in codes if patterns.problem(code)}
    # LibreOffice shows -0.53 as 0.53 in the last part of a code with conditions.
    assert [] == [code for code in codes if re.search(r"\[[<>=]", code)]


def test_every_format_is_known():
    """No name of the grammar is taken for a pattern."""
    kinds = {name: dressed("metrics.a", format=name).kind for name in FORMATS}
    assert {name: name for name in FORMATS} == kinds
    assert "pattern" == dressed("metrics.a", format="0.00").kind


@pytest.mark.parametrize(
    ("key", "sample", "kind"),
    [
        ("artifacts.model", None, "link"),
        ("artifacts.model", LINK, "link"),
        ("artifacts.model", "model.pt", "general"),
        ("curves.loss", None, "curve"),
        ("curves.loss", 0.5, "general"),
        ("params.config", LINK, "link"),
        ("params.prompt", "x" * 121, "long"),
        ("params.prompt", "x" * 120, "general"),
        ("run.changed", None, "long"),
        ("metrics.foo", CURVE, "curve"),
    ],
)
def test_a_kind(key, sample, kind):
    """What a column holds, by its key and its first value."""
    assert kind == dressed(key, sample=sample).kind


@pytest.mark.parametrize(
    ("key", "goal"),
    [
        ("metrics.loss", "min"), ("metrics.val_loss", "min"), ("metrics.val/Loss", "min"),
        ("metrics.eval.loss", "min"), ("metrics.test-rmse", "min"), ("metrics.error_rate", "min"),
        ("metrics.accuracy", "max"), ("metrics.val.acc", "max"), ("metrics.f1_macro", "max"),
        ("metrics.mAP@50", "max"), ("metrics.r2", "max"),
        # no doubt allowed
        ("metrics.loss_scale", None), ("metrics.accuracy_loss", None), ("metrics.score", None),
        ("metrics.acc_steps", None), ("metrics.closs", None), ("metrics.lr", None),
        ("params.loss", None), ("curves.loss", None), ("metrics.f1_threshold", None),
    ],
)  # fmt: skip
def test_a_goal_that_the_name_tells(key, goal):
    """Only metrics whose name leaves no doubt are marked without the template saying so."""
    found = dressed(key)
    assert goal == found.goal
    assert (colours.SCALE if goal else None) == found.scale


def test_a_goal_of_the_template():
    """The template's goal is the last word, and its note tells the direction."""
    found = dressed("metrics.loss", goal="max", note="How far it went")
    assert ("max", "How far it went. Higher is better.") == (found.goal, found.note)
    assert "Done? Lower is better." == dressed("params.a", goal="min", note="Done?").note
    assert "As it is" == dressed("metrics.loss", note="As it is").note
    assert dressed("metrics.loss").note is None
    assert dressed("metrics.a", format="text").scale is None


@pytest.mark.parametrize(
    ("key", "title", "sample", "width"),
    [
        ("run.name", "Run", None, 26),
        ("run.status", "Status", None, 12),
        ("run.started", "Started (UTC)", None, 17),
        ("metrics.a", "a", None, 12),
        ("metrics.a", "Validation accuracy", None, 23),
        ("metrics.a", "x" * 200, None, 30),
        ("metrics.a", "検証データの正解率", None, 22),
        ("params.model", "model", "distilbert-base-uncased", 25),
        ("params.model", "model", "x" * 100, 28),
        ("params.model", "model", "Ridge", 18),
        ("run.changed", "What changed", None, 40),
    ],
)
def test_a_width(key, title, sample, width):
    """A title fits with its filter button, and so does what stands below, within reason."""
    assert width == dressed(key, title=title, sample=sample).width


def test_what_is_picked_fits_with_its_arrow():
    """The longest word is read whole, in any language; a sentence is not."""
    assert 18 == people(choices=("ja", "fehlgeschlagen")).width
    assert 20 == people(choices=("a whole sentence to be picked",)).width


def test_the_template_decides_width_group_and_hidden():
    """What the template says is done."""
    found = dressed("metrics.a", width=7, group="Safety", hidden=True)
    assert (7, "Safety", True) == (found.width, found.group, found.hidden)


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("run.name", "Run"), ("metrics.a", "Results"), ("curves.a", "Results"),
        ("params.a", "Settings"), ("artifacts.a", "Files"), ("data.a", "Data"),
        ("git.commit", "Surroundings"), ("env.python", "Surroundings"),
    ],
)  # fmt: skip
def test_a_group(key, group):
    """Each section has its heading."""
    assert group == dressed(key).group


def test_groups_of_people_and_formulas():
    """What people write is for review; what a formula gives is a result."""
    assert "Review" == people().group
    formula = Column(title="Gap", formula="={metrics.a}-{metrics.b}")
    assert "Results" == dress.dress_column(formula, "formula.Gap", "Gap").group
    assert (
        "General"
        == dress.dress_column(
            formula, "formula.Gap", "Gap", sample=Formula(text="=1")
        ).number_format
    )


def test_alignment_and_wrapping():
    """Numbers right, text left, a word to pick in the middle; room for notes wraps."""
    assert ["right", "right", "left", "center", "center", "left", None] == [
        each.align
        for each in (
            dressed("metrics.a"), dressed("run.duration"), dressed("run.name"),
            dressed("run.status"), people(choices=("a", "b")), dressed("params.a"),
            dressed("data.a"),
        )
    ]  # fmt: skip
    assert [True, False, False, True, False] == [
        each.wrap
        for each in (
            people(width=40), people(), people(width=40, choices=("a",)), dressed("run.error"),
            dressed("run.more"),
        )
    ]  # fmt: skip


def words(found):
    """Give what can be picked, with the ink that each has."""
    return {choice.word: choice.style.ink for choice in found.choices}


def test_statuses_are_choices():
    """Every status that a run can have is offered, and coloured by its meaning."""
    found = dressed("run.status")
    assert set(STATUSES) == {choice.word for choice in found.choices}
    assert 4 == len({choice.style for choice in found.choices})


def test_verdicts_by_their_meaning():
    """Good is green, doubt amber, bad red, in any case; other words get tints in turn."""
    found = words(people(choices=("Keep", "retry", "DROP", "apple", "pear")))
    assert words(dressed("run.status"))["finished"] == found["Keep"]
    assert words(dressed("run.status"))["failed"] == found["DROP"]
    assert 5 == len(set(found.values()))


def test_numbers_to_pick_are_coloured_by_the_goal():
    """A score from 1 to 5 says nothing by itself, and with a goal which end is good."""
    marks = ("1", "2", "3", "4", "5")
    assert {None} == set(words(people(choices=marks)).values())
    up = words(people(choices=marks, goal="max"))
    down = words(people(choices=marks, goal="min"))
    assert (up["1"], up["5"]) == (down["5"], down["1"])
    assert 3 == len(set(up.values()))
    assert people(choices=marks, goal="max").scale is None


def brightness(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(
        weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )


def contrast(one, other):
    """Contrast ratio as WCAG 2.2 defines it."""
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_pair_of_colours_is_easy_to_read():
    """Fill and ink of headers, choices and the best run differ by 7 or more, as level AAA asks."""
    groups = [dressed(f"{name}.a").group for name in SECTIONS] + [f"own {n}" for n in range(9)]
    styles = [colours.header(group) for group in (*groups, "Review")]
    styles += colours.choices([*colours._MEANINGS, *(f"word {n}" for n in range(9))])
    styles += colours.choices(["1", "2", "3"], "max")
    styles.append(dress.dressing(Template(name="t", title="t")).best)
    assert [] == [style for style in styles if contrast(style.fill, style.ink) < 7]
    assert all(contrast(colour, "000000") > 7 for colour in colours.SCALE)
    assert contrast(colours.TAB, "FFFFFF") > 4.5


def test_the_sheet_as_a_whole():
    """Header frozen, and so many columns as the template says."""
    found = dress.dressing(Template(name="t", title="t", freeze_columns=3))
    assert (1, 3) == (found.freeze_rows, found.freeze_columns)


@pytest.mark.parametrize("name", [name for name, _ in catalog.names()])
def test_shipped_templates_fit_a_screen(name):
    """What is frozen leaves most of a laptop's width free, and no header is cut short."""
    found = catalog.load(name)
    dressing = [
        (each, dress.dress_column(each, each.mark, each.title or title_of(each.mark)))
        for each in found.columns
        if not each.wildcard
    ]
    frozen = [d.width for each, d in dressing if not each.hidden][: found.freeze_columns]
    assert sum(frozen) <= 45
    for each, d in dressing:
        assert each.hidden or d.width >= len(each.title) + 4
        assert len(d.note or "") <= 255


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"goal": "max"}, (colours.BETTER, colours.WORSE)),
        ({"goal": "min"}, (colours.WORSE, colours.BETTER)),
        ({}, None),
    ],
)
def test_differences_are_coloured_by_their_goal(said, expected):
    """More is better or worse; a column that compares has no best run of its own."""
    column = Column(title="Δ", formula="={metrics.x}", delta="metrics.x", **said)
    found = dress.dress_column(column, "formula.Δ", "Δ", sample=0.5)
    assert expected == found.signs
    assert (None, None, "right") == (found.goal, found.scale, found.align)


@pytest.mark.parametrize(
    ("format_", "sample", "code"),
    [
        ("percent", 0.93, "+0.0%;-0.0%;0.0%"),
        ("percent", 93.1, '+0.0"%";-0.0"%";0.0"%"'),
        (None, 56.5, "+0.00;-0.00;0.00"),
        (None, 2e-5, "+0.00E+00;-0.00E+00;0.00E+00"),
        (None, None, "+0.0000;-0.0000;0.0000"),
        ("0.000", 0.5, "+0.000;-0.000;0.000"),
    ],
)
def test_differences_have_the_digits_of_what_they_compare(format_, sample, code):
    """A difference shows as many digits as the values, and its sign."""
    column = Column(title="Δ", formula="={metrics.x}", delta="metrics.x", format=format_)
    found = dress.dress_column(column, "formula.Δ", "Δ", sample=sample)
    assert code == found.number_format
    assert patterns.problem(code) is None
