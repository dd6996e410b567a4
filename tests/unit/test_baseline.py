"""The run that people tick, and the columns that compare with it: live, as people change the sheet.

What a formula gives is calculated by LibreOffice and compared with a subtraction.
"""

from pathlib import Path

import openpyxl
import pytest

import sheetlog
from sheetlog import formulas, template
from sheetlog.errors import TemplateError
from tests.people import office, sheet

TEMPLATE = """
tab: Runs
columns:
  - {key: run.name, title: Run}
  - {key: metrics.accuracy, title: Accuracy, goal: max, aliases: [acc]}
  - {title: Compared, delta: metrics.accuracy}
  - {title: Baseline, owner: people, format: checkbox, role: baseline}
  - {key: params.*}
  - {key: run.id, hidden: true}
"""
SCORES = {"a": 0.5, "b": 0.75, "c": 0.625, "d": None, "e": "diverged"}
BASELINE = "D"


def columns(text):
    """Give the columns of a template."""
    return template.parse(f"columns:\n{text}", "ours.yaml").columns


def log(names):
    """Log some of the runs."""
    for name in names:
        metrics = {} if SCORES[name] is None else {"acc": SCORES[name]}
        sheetlog.log({"lr": 1}, metrics, name=name, template="ours.yaml")


@pytest.fixture
def book(place) -> Path:
    """Give a workbook with five runs, of which two have no number."""
    Path("ours.yaml").write_text(TEMPLATE)
    log("abcde")
    return place / "runs.xlsx"


def compared(cells):
    """Give what the column shows, by run."""
    found = sheet.cells(cells)
    at = {
        name: place[1] for name, (place, *_) in sheet.places(found).items() if name == "Compared"
    }
    column = at["Compared"]
    names = {found[row, col]: row for row, col in found if found[row, col] in SCORES}
    return {name: found.get((row, column), "") for name, row in names.items()}


def against(base, names="abcde"):
    """Give what it should show, by the numbers alone."""
    numbers = {name: SCORES[name] for name in names}
    return {
        name: number - base if isinstance(number, float) and base is not None else ""
        for name, number in numbers.items()
    }


def calculated(book, *steps):
    """Have a person do some things, and give what the column shows then."""
    running = office.running()
    with running.opened(book, save=book):
        for verb, given in steps:
            running.do(verb, tab="Runs", **given)
        running.do("calculate")
        return compared(running.do("cells", tab="Runs"))


def ticked(row, value=formulas.TICKS[0]):
    """Give the step by which a person ticks a run."""
    return "write", {"cell": f"{BASELINE}{row}", "value": value}


def test_nobody_ticked(book):
    """Without a tick the column is blank, and shows no error."""
    assert against(None) == calculated(book)


@pytest.mark.parametrize("tick", [formulas.TICKS[0], True])
def test_ticked(book, tick):
    """Every run with a number is compared with the ticked one, whatever kind of box it is."""
    assert against(0.75) == calculated(book, ticked(3, tick))


def test_ticked_twice_or_not(book):
    """The first of several counts, and a box that was unticked does not."""
    assert against(0.75) == calculated(book, ticked(2, formulas.TICKS[1]), ticked(3), ticked(4))


@pytest.mark.parametrize("row", [5, 6])
def test_a_baseline_without_a_number(book, row):
    """Nothing can be compared with a blank, or with a text."""
    assert against(None) == calculated(book, ticked(row))


def test_after_a_persons_work(book):
    """Sorted, with rows and columns put in, a column moved, another ticked: still right."""
    assert against(0.75) == calculated(
        book,
        ticked(3),
        ("sort", {"area": "A1:F6", "column": 1, "descending": True}),
        ("insert_rows", {"place": 1, "count": 2}),
        ("insert_columns", {"place": 1}),
        ("move_column", {"place": 4, "to": 0}),
    )
    log("a")
    assert against(0.75) == calculated(book)


def test_rows_that_come_later(book):
    """A run that is logged afterwards is compared as well, in a box of its own."""
    calculated(book, ticked(2))
    sheetlog.log({"lr": 1}, {"acc": 0.875}, name="later", template="ours.yaml")
    running = office.running()
    with running.opened(book):
        running.do("calculate")
        found = sheet.cells(running.do("cells", tab="Runs"))
        shown = running.do("shown", tab="Runs", area="C2:C7")
    assert 0.375 == found[7, 3]
    expected = ["0.0000", "+0.2500", "+0.1250", "", "", "+0.3750"]
    assert expected == [text for (text,) in shown]
    rules = openpyxl.load_workbook(book)["Runs"].data_validations.dataValidation
    (boxes,) = (rule.sqref for rule in rules if "☑" in str(rule.formula1))
    assert "D7" in boxes


def test_ticks_are_read_as_true(book):
    """Code sees whether a run is the baseline, whatever the product shows."""
    calculated(book, ticked(3), ticked(2, formulas.TICKS[1]))
    frame = sheetlog.runs()
    assert {"a": False, "b": True} == frame.set_index("run.name")["Baseline"].dropna().to_dict()
    assert ["b"] == list(sheetlog.runs(where="Baseline == true")["run.name"])


def test_the_smallest_template():
    """A delta has its title, format and goal from the column that it compares."""
    ours = columns("""
  - {key: metrics.accuracy, title: Accuracy, goal: max, format: percent}
  - {delta: metrics.accuracy}
  - {title: Baseline, owner: people, format: checkbox, role: baseline}
  - {delta: metrics.f1, title: F1 gained}
""")
    assert ("Δ Accuracy", "percent", "max", "formula.Δ Accuracy") == (
        ours[1].title,
        ours[1].format,
        ours[1].goal,
        ours[1].mark,
    )
    assert ("F1 gained", None, None) == (ours[3].title, ours[3].format, ours[3].goal)
    assert ("metrics.f1", "people.Baseline") == ours[3].keys_used


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("{delta: metrics.a}", r"columns\[0\].delta: needs a column in which people tick"),
        ("{delta: metrics.*}", r"stands for many values"),
        ("{delta: acc}", r"did you mean 'metrics.acc'"),
        ("{delta: metrics.a, key: metrics.b}", r"cannot have 'key' and 'delta' at once"),
        ("{title: B, owner: people, role: baseline}", r"role: needs 'owner: people' and 'format:"),
        ("{key: metrics.a, role: baseline}", r"role: needs 'owner: people'"),
        ("{title: B, owner: people, role: winner}", r"role: .*baseline"),
    ],
)
def test_mistakes(said, problem):
    """What does not fit together is told, with what to write instead."""
    with pytest.raises(TemplateError, match=problem):
        columns(f"  - {said}\n")


def test_a_whole_column():
    """A formula of one's own can use all of a column."""
    (best, _) = columns("""
  - {title: Gap, formula: "={metrics.a}-MAX({:metrics.a})"}
  - {key: metrics.a}
""")
    assert ("metrics.a",) == best.keys_used


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0.0%", "+0.0%;-0.0%;0.0%"),
        ("0.000", "+0.000;-0.000;0.000"),
        ("General", "+0.0000;-0.0000;0.0000"),
        ('0" up";0" down"', "+0.0000;-0.0000;0.0000"),
    ],
)
def test_signs(code, expected):
    """A difference says whether it is more or less."""
    assert expected == formulas.signed(code)
