"""Which columns never vary."""

from sheetlog.plan import HeaderColumn
from sheetlog.record import Link
from sheetlog.unvarying import unvarying

KEYS = ("run.name", "params.lr", "params.model", "params.note", None, "git.commit", "metrics.acc")
COLUMNS = tuple(
    HeaderColumn(place=place, title=str(key), key=key) for place, key in enumerate(KEYS, 2)
)


def row(lr, *, note=None, commit="abc", acc=0.5):
    """Give a row in which only some cells vary."""
    return ["same name", lr, "vit", note, "theirs", commit, acc]


def test_only_what_is_the_same_everywhere():
    """Names and people's columns stay, and so does a column that is blank in some rows only."""
    rows = [row(1, acc=0.1), row(2, note="x"), row(2)]
    assert (4, 7) == unvarying(COLUMNS, rows)


def test_blank_columns_are_the_same_everywhere():
    """A column in which nothing stands says nothing."""
    assert (3, 4, 5, 7, 8) == unvarying(COLUMNS, [row(1), row(1.0), row(1)])


def test_what_is_kept():
    """The metric that the template judges by is looked at, however alike."""
    found = unvarying(COLUMNS, [row(1)] * 3, keep=frozenset(["metrics.acc"]))
    assert (3, 4, 5, 7) == found


def test_few_rows():
    """Two runs may have a thing in common by chance."""
    assert () == unvarying(COLUMNS, [row(1), row(1)])


def test_links_are_looked_at():
    """A file that all runs share is still opened by somebody."""
    link = Link(text="abc", url="https://x.test/abc")
    assert (3, 4, 5, 8) == unvarying(COLUMNS, [row(1, commit=link)] * 3)


def test_one_and_true_are_two():
    """A switch is no number."""
    assert 3 not in unvarying(COLUMNS, [row(1), row(True), row(1)])
