"""What a new column looks like: one description, carried out by each sink's own means.

Pure: from a template's columns to widths, number formats, colours and words. Knows no product, but
keeps to what Excel and Google Sheets both show. A column is dressed once, when it is made;
of those that are there, `redressing` says what changes.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sheetlog import colours
from sheetlog.cells import Cell
from sheetlog.colours import BETTER, WORSE, Style
from sheetlog.formulas import signed
from sheetlog.record import Link, Series, path, section
from sheetlog.template import Column, Template

# No code here has conditions such as `[>=100]`: LibreOffice shows -0.53 as 0.53 under them.
TINY = "0.00E+00"
"""For numbers that are smaller or larger than all others."""
DIGITS = (
    (1e8, TINY),  # such as `total_flos`: with all their digits they show as ##### in Excel
    (1e5, "#,##0"),
    (1000.0, "#,##0.0"),
    (10.0, "0.00"),
    (0.001, "0.0000"),
)
"""From this size on, this code: four digits that say something, or a few more."""

CODES = {
    "text": "@",
    "integer": "#,##0",
    "number": "#,##0.00##",
    "percent": "0.0%",
    "scientific": TINY,
    "datetime": "yyyy-mm-dd hh:mm",
    "date": "yyyy-mm-dd",
    "duration": "[h]:mm:ss",
}
"""Number format codes by `format`; those that are no numbers have none."""

ALREADY_PERCENT = '0.0"%"'
"""For a column of percents whose first value is 93.1 and not 0.931."""

STATUSES = ("finished", "running", "failed", "stopped")
"""What `run.status` can be; the choices of its column."""

# fmt: off
_WIDTHS = {
    "text": 16, "long": 40, "datetime": 17, "date": 12, "duration": 11, "link": 20, "curve": 22,
    "image": 18, "checkbox": 10, "general": 12,
}
_KEY_WIDTHS = {"run.name": 26, "run.id": 20, "run.status": 12, "git.commit": 13}
_WIDEST_TITLE = 30
_WORD = 18
"""For settings in words: after `Ridge` comes `RandomForestRegressor`."""
_NUMBERS = (
    "integer", "number", "percent", "scientific", "pattern", "duration", "datetime", "date",
)

_KINDS = {
    "run.name": "text", "run.id": "text", "run.status": "text", "run.parent": "text",
    "run.user": "text", "run.host": "text", "run.source": "text", "run.tags": "text",
    "run.started": "datetime", "run.duration": "duration", "run.notes": "long",
    "run.changed": "long", "run.error": "long", "run.more": "text", "notebook.link": "link",
    "git.commit": "text", "git.branch": "text", "env.python": "text", "env.platform": "text",
}
_SECTION_KINDS = {"artifacts": "link", "curves": "curve"}

_GROUPS = {
    "run": "Run", "metrics": "Results", "curves": "Results", "params": "Settings",
    "artifacts": "Files", "data": "Data", "people": "Review", "formula": "Results",
}

_BETTER_LOW = frozenset((
    "loss", "error", "err", "mae", "mse", "rmse", "mape", "smape", "perplexity", "ppl", "nll",
    "wer", "cer", "fid", "latency",
))
_BETTER_HIGH = frozenset((
    "accuracy", "acc", "f1", "auc", "auroc", "auprc", "precision", "recall", "map", "miou", "iou",
    "dice", "r2", "bleu", "rouge", "psnr", "ssim", "kappa", "mcc", "reward",
))
_NEITHER = frozenset((
    "scale", "weight", "coef", "threshold", "std", "var", "num", "count", "time", "step", "steps",
    "epoch", "epochs",
))
"""Words beside which those above mean another thing: `loss_scale`, `acc_steps`."""
# fmt: on
_COUNTED = frozenset(("epoch", "epochs", "step", "steps", "num", "count", "samples", "tokens"))
"""Words of what is counted: trainers write 3.0 for the third epoch, and 2.97 shows as that."""
_BOUNDED = _BETTER_HIGH - {"psnr", "reward"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dressing:
    """What a sheet looks like as a whole, when it is made."""

    freeze_rows: int
    freeze_columns: int
    tab_colour: str
    """Six hex digits, red, green, blue, as every colour here."""
    header_height: float
    """In points: two lines."""
    vertical: str
    """How cells of a row stand to one another where one of them is higher."""
    best: Style
    """Of the cell of the best run, in columns with a goal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that a person picks, and how it shows."""

    word: str
    style: Style


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDress:
    """What one column looks like, when it is made."""

    kind: str
    """One of `grammar.FORMATS`, or `pattern`, `long` (a text of some lines), `general` (any)."""
    number_format: str
    """The code; `General` where there is none."""
    width: int
    """In characters."""
    note: str | None
    """Shows at the header cell; at most 255 characters."""
    choices: tuple[Choice, ...]
    """What the cells offer; other words are allowed all the same."""
    hidden: bool
    goal: str | None
    """`min` or `max`: the best run is marked."""
    scale: tuple[str, str] | None
    """Colours from the worst number to the best."""
    signs: tuple[Style, Style] | None
    """Of numbers above and below zero, in a column that compares with the baseline."""
    group: str
    header: Style
    align: str | None
    """`left`, `right`, `center`, of its cells; None: as the product thinks best."""
    wrap: bool
    """Whether a long text goes over several lines."""


def dressing(template: Template) -> Dressing:
    """Return what the sheet of a template looks like as a whole."""
    return Dressing(
        freeze_rows=1,
        freeze_columns=template.freeze_columns,
        tab_colour=colours.TAB,
        header_height=32.0,
        vertical="top",
        best=colours.BEST,
    )


def dress_column(
    column: Column, key: str | None, title: str, *, sample: Cell = None
) -> ColumnDress:
    """Return what a column looks like.

    Args:
        column: of the template; for a column that a wildcard brought in, the wildcard's.
        key: the column's own key; None for people's columns and formulas.
        title: what its header cell shows, its unit included.
        sample: the first value that the column gets, where it is known: what the template leaves
            open follows it.
    """
    kind = _kind(column, key, sample)
    goal = _goal(column, column.delta or key, kind)
    choices = _choices(column, key)
    group = column.group or _group(column, key)
    return ColumnDress(
        kind=kind,
        number_format=_code(column, key, kind, sample),
        width=column.width or max(_width(key, kind, title, sample), _picked(choices)),
        note=_note(column),
        choices=choices,
        hidden=column.hidden,
        goal=None if column.delta else goal,
        scale=colours.SCALE if goal and not column.choices and not column.delta else None,
        signs=_signs(goal) if column.delta else None,
        group=group,
        header=colours.header(group),
        align=_align(column, key, kind),
        wrap=_wraps(column, kind),
    )


def _kind(column: Column, key: str | None, sample: Cell) -> str:
    """Return what a column holds: by its format, else its key, else its first value."""
    if column.delta is not None:
        return "pattern"
    if column.format is not None:
        return column.format if column.format in _formats() else "pattern"
    if key is None or key.startswith(("people.", "formula.")):
        return "general"
    known = _KINDS.get(key) or _SECTION_KINDS.get(section(key))
    # A file that is stored nowhere is a text, and a curve of one point a number.
    if known in ("link", "curve") and sample is not None and not isinstance(sample, Link | Series):
        known = None
    return known or _kind_of(sample)


def _formats() -> frozenset[str]:
    return frozenset((*CODES, "checkbox", "link", "curve", "image"))


def _kind_of(sample: Cell) -> str:
    if isinstance(sample, datetime):
        return "datetime"
    if isinstance(sample, timedelta):
        return "duration"
    if isinstance(sample, Link):
        return "link"
    if isinstance(sample, Series):
        return "curve"
    return "long" if isinstance(sample, str) and len(sample) > 120 else "general"


def _signs(goal: str | None) -> tuple[Style, Style] | None:
    """Return how differences show; None: nobody knows which are the better ones."""
    if goal is None:
        return None
    return (BETTER, WORSE) if goal == "max" else (WORSE, BETTER)


def _code(column: Column, key: str | None, kind: str, sample: Cell) -> str:
    if column.delta is not None:
        plain = replace(column, delta=None, formula=None)
        return signed(_code(plain, column.delta, _kind(plain, column.delta, sample), sample))
    if kind == "pattern":
        return column.format or "General"
    if kind == "percent" and _number(sample) > 1.5:
        return ALREADY_PERCENT
    if kind in CODES:
        return "General" if key == "run.more" else CODES[kind]
    if kind != "general" or key is None or section(key) != "metrics":
        return "General"
    if isinstance(sample, int | str) or (_words(key) & _COUNTED and _number(sample).is_integer()):
        return "General"
    size = abs(_number(sample))
    if not 0 < size < math.inf or (size < 1 and _words(key) & _BOUNDED):
        # Nothing is known of the numbers but their name.
        return "0.0000" if _words(key) & (_BOUNDED | _BETTER_LOW) else "General"
    return next((code for least, code in DIGITS if size >= least), TINY)


def _number(sample: Cell) -> float:
    """Return a number as it is, and 0 for anything else."""
    return sample if isinstance(sample, int | float) and not isinstance(sample, bool) else 0.0


def _words(key: str) -> frozenset[str]:
    """Return the words of a key's path: `val_loss` and `val/Loss` both give val and loss."""
    return frozenset(re.split(r"[^a-z0-9]+", path(key).lower()))


def _goal(column: Column, key: str | None, kind: str) -> str | None:
    """Return a column's goal: the template's, else that of metrics whose name leaves no doubt."""
    if column.goal or key is None or section(key) != "metrics":
        return column.goal
    words = _words(key)
    low, high = bool(words & _BETTER_LOW), bool(words & _BETTER_HIGH)
    if low == high or words & _NEITHER or kind not in ("general", *_NUMBERS):
        return None
    return "min" if low else "max"


def _group(column: Column, key: str | None) -> str:
    if column.owner == "people":
        return "Review"
    return "Results" if key is None else _GROUPS.get(section(key), "Surroundings")


def _width(key: str | None, kind: str, title: str, sample: Cell) -> int:
    """Return a width that fits the title with its filter button, and what will stand below."""
    least = _KEY_WIDTHS.get(key or "") or _WIDTHS.get(kind, 11)
    wide = _cells(title) + 4
    # Both products show ten digits of a number that has no format, and what changed is bold.
    plain = isinstance(sample, float) and key is not None and section(key) == "params"
    shown = f"{sample:.10g}" if plain else sample
    text = _cells(shown) + 2 if isinstance(shown, str) and kind == "general" else 0
    if isinstance(sample, str) and text and key is not None and section(key) == "params":
        text = max(text, _WORD)
    return max(least, min(wide, _WIDEST_TITLE), min(text, 28))


def _picked(choices: tuple[Choice, ...]) -> int:
    """Return a width that fits the longest word with the arrow beside it, within reason."""
    return min(max((_cells(each.word) + 4 for each in choices), default=0), 20)


def _cells(text: str) -> int:
    """Return how many characters wide a text is; Chinese and its like are two wide."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


def _note(column: Column) -> str | None:
    if not column.note:
        return column.note
    note = column.shown(column.note)
    if not column.goal:
        return note
    better = "Higher is better." if column.goal == "max" else "Lower is better."
    stop = "" if note[-1] in ".!?。！？" else column.words.text(".")
    return f"{note}{stop} {column.words.text(better)}"


def _choices(column: Column, key: str | None) -> tuple[Choice, ...]:
    words = STATUSES if key == "run.status" else column.choices
    # What a word means is known of the English one.
    styles = colours.choices(words, column.goal)
    shown = column.words.text if key == "run.status" else column.shown
    return tuple(
        Choice(word=shown(word), style=style) for word, style in zip(words, styles, strict=True)
    )


def _align(column: Column, key: str | None, kind: str) -> str | None:
    if kind == "checkbox" or key == "run.status" or column.choices:
        return "center"
    if kind in _NUMBERS or (key is not None and section(key) == "metrics" and kind == "general"):
        return "right"
    # Words and numbers mix among the params: at one side they read as one column.
    mixed = key is not None and section(key) == "params" and kind == "general"
    return "left" if mixed or kind in ("text", "long", "link") else None


def _wraps(column: Column, kind: str) -> bool:
    """Return whether a text goes on in the next line: where there is room to write some."""
    written = column.owner == "people" and kind in ("general", "text") and not column.choices
    return kind == "long" or (written and (column.width or 0) >= 30)
