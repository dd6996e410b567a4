"""The Overview tab: how many runs, which is best, how that came, which settings are good.

Pure: from the columns that a sheet has to cells with formulas, and a chart. Every figure is a
formula over whole columns, so that it stays right while rows arrive, are sorted or deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sheetlog import colours, dress
from sheetlog.language import STATUSES
from sheetlog.record import section
from sheetlog.tabs import OVERVIEW, RUN_LINK, Cells, Chart, Shown, Tab, TabCell, TabStyle
from sheetlog.template import Template

Say = Callable[[str], str]
"""Gives a text of ours in the sheet's language."""

POINTS = 16
"""Of the chart: so many moments, each after the same number of further runs."""
TOP = 10

_INK, _PALE, _LINE = "1E293B", "64748B", "CBD5E1"
_TITLE = TabStyle(ink=colours.TAB, bold=True, size=18)
_UNDER = TabStyle(ink=_PALE)
_LABEL = TabStyle(ink=_INK, align="left")
_TEXT = TabStyle(ink=_INK, align="left")
_WORD = TabStyle(ink=_INK, align="center")
_COUNT = TabStyle(ink=_INK, align="right", number_format="#,##0")
_MOMENT = TabStyle(ink=_INK, align="right", number_format=dress.CODES["datetime"])
_ELAPSED = TabStyle(ink=_INK, align="center", number_format=dress.CODES["duration"])
_LINK = TabStyle(link=True, align="left")
_HEADING = TabStyle(ink=_PALE, bold=True, align="left", underlined=_LINE)
_HEADING_RIGHT = TabStyle(ink=_PALE, bold=True, align="right", underlined=_LINE)
_ASIDE = TabStyle(ink=_PALE)

_WIDTHS = (30, 18, 13, 18, 13, 48, 2, 9, 14, 18, 13)
_RUN, _SECOND, _THIRD, _FOURTH, _FIFTH, _LAST = range(6)
_ROW, _GROUP, _WHEN, _BEST = 7, 8, 9, 10
"""Columns that nobody needs to see: rows of runs, groups, and what the chart is drawn from."""


def overview(template: Template, shown: Mapping[str, Shown], *, say: Say) -> Tab:
    """Return the tab.

    Args:
        template: says which metric decides; without, the first one with a goal does.
        shown: the columns that the sheet has, by key.
        say: gives each text in the sheet's language.
    """
    page = _Page(template, shown, say)
    page.counts()
    charts: tuple[Chart, ...] = ()
    if page.metric is not None:
        page.best()
        page.top()
        page.groups()
        charts = page.chart()
    return Tab(
        name=OVERVIEW,
        title=say("Overview"),
        cells=tuple(sorted(page.cells, key=lambda cell: (cell.row, cell.column))),
        widths=_WIDTHS,
        heights={0: 30.0},
        hidden=frozenset((_ROW, _GROUP, _WHEN, _BEST)),
        charts=charts,
        colour=colours.TAB,
    )


def metric_of(template: Template, shown: Mapping[str, Shown]) -> tuple[str, str] | None:
    """Return the key of the metric that decides, and its goal; None: there is none."""
    best = template.best_by
    if best is not None and best.metric in shown:
        return best.metric, best.goal
    for key, each in shown.items():
        if section(key) in ("metrics", "formula") and each.goal is not None:
            return key, each.goal
    return None


@dataclass(slots=True, eq=False)
class _Page:
    """The tab while it is put together, from top to bottom."""

    template: Template
    shown: Mapping[str, Shown]
    say: Say
    cells: list[TabCell] = field(default_factory=list)
    at: int = 0
    """The next free row."""

    @property
    def metric(self) -> tuple[str, str] | None:
        return metric_of(self.template, self.shown)

    def counts(self) -> None:
        """Write how many runs there are, of each status, and when the newest one was started."""
        say = self.say
        self._put(0, _RUN, say("Overview"), _TITLE)
        self._put(1, _RUN, say("All figures are formulas: they follow the runs."), _UNDER)
        # Where the newest row stands: a number that is larger than all is looked for from the end.
        rows = "IFERROR(MATCH(1E+306,{run.revision},1),1)"
        self._formula(1, _ROW, rows if "run.revision" in self.shown else "1000000", _ASIDE)
        self.at = 3
        self._section(say("Runs"), columns=2)
        self._line(say("Total runs"), "COUNT({run.revision})", _COUNT, "run.revision")
        for status in dress.STATUSES:
            # In every language: people with different ones may log to one sheet.
            words = STATUSES[status]
            count = "+".join(f'COUNTIF({{run.status}},"{_quoted(word)}")' for word in words)
            self._line(say(status.capitalize()), count, _COUNT, "run.status")
        newest = 'IF(COUNT({run.started})=0,"",MAX({run.started}))'
        self._line(say("Newest run"), newest, _MOMENT, "run.started")
        self.at += 1

    def best(self) -> None:
        """Write the best run: its number, its name with a link, and when it was started."""
        metric, goal, say = *self._aim(), self.say
        highest = "Best run: highest {}" if goal == "max" else "Best run: lowest {}"
        title = self.shown[metric].title
        self._section(say(highest).format(title), columns=2)
        row = self.at
        value = f"{'MAX' if goal == 'max' else 'MIN'}({{{metric}}})"
        strong = TabStyle(
            fill=colours.BEST.fill,
            ink=colours.BEST.ink,
            bold=True,
            align="right",
            number_format=self.shown[metric].number_format,
        )
        self._line(title, f'IF(COUNT({{{metric}}})=0,"",{value})', strong)
        found = f'IF({_cell(row, _SECOND)}="","",MATCH({_cell(row, _SECOND)},{{{metric}}},0))'
        self._formula(row, _ROW, found, _ASIDE)
        place = _cell(row, _ROW)
        if "run.name" in self.shown:
            self._line(say("Run"), _linked(place), _LINK)
        self._line(say("Started"), _held("run.started", place), _MOMENT, "run.started")
        self.at += 1

    def top(self) -> None:
        """Write the best ten runs."""
        metric, goal, say = *self._aim(), self.say
        self._section(say("Top ten"))
        number = TabStyle(ink=_INK, align="right", number_format=self.shown[metric].number_format)
        columns = [
            (_THIRD, "run.status", say("Status"), _WORD),
            (_FOURTH, "run.started", say("Started"), _MOMENT),
            (_FIFTH, "run.duration", say("Duration"), _ELAPSED),
            (_LAST, "run.changed", say("What changed"), _TEXT),
        ]
        columns = [each for each in columns if each[1] in self.shown]
        self._put(self.at, _RUN, say("Run"), _HEADING)
        self._put(self.at, _SECOND, self.shown[metric].title, _HEADING_RIGHT)
        for column, _, title, style in columns:
            self._put(self.at, column, title, replace(_HEADING, align=style.align))
        for rank in range(1, TOP + 1):
            row = self.at + rank
            place = _cell(row, _ROW)
            nth = f"{'LARGE' if goal == 'max' else 'SMALL'}({{{metric}}},{rank})"
            self._formula(row, _SECOND, f'IF(COUNT({{{metric}}})<{rank},"",{nth})', number)
            self._formula(row, _ROW, self._where(metric, row, rank), _ASIDE)
            if "run.name" in self.shown:
                self._formula(row, _RUN, _linked(place), _LINK)
            for column, key, _, style in columns:
                self._formula(row, column, _held(key, place), style)
        self.at += TOP + 2

    def _where(self, metric: str, row: int, rank: int) -> str:
        """Return the formula for the row of the run of a rank; of equal ones each has its own."""
        value = _cell(row, _SECOND)
        first = f"MATCH({value},{{{metric}}},0)"
        if rank > 1:
            before = _cell(row - 1, _ROW)
            rest = (
                f"INDEX({{{metric}}},{before}+1):INDEX({{{metric}}},{_cell(1, _ROW, fixed=True)})"
            )
            next_one = f"{before}+MATCH({value},{rest},0)"
            first = f"IF({value}={_cell(row - 1, _SECOND)},{next_one},{first})"
        return f'IF({value}="","",{first})'

    def groups(self) -> None:
        """Write mean and deviation over the runs that differ in their seeds alone."""
        if "run.config" not in self.shown:
            return
        metric, goal, say = *self._aim(), self.say
        self._section(say("Same settings, other seeds"))
        titles = ("Best run", "Mean", "± sd", "Runs", "Best")
        for column, title in enumerate(titles):
            self._put(self.at, column, say(title), _HEADING_RIGHT if column else _HEADING)
        self._put(self.at, _GROUP, say("Group"), _ASIDE)
        number = TabStyle(ink=_INK, align="right", number_format=self.shown[metric].number_format)
        values, ids = self._all(metric), self._all("run.config")
        nth = "LARGE" if goal == "max" else "SMALL"
        for row in range(self.at + 1, self.at + 1 + TOP):
            # The best run whose group isn't in the list yet brings the next group. Each group is
            # compared by itself: COUNTIF over all runs takes LibreOffice seconds.
            best, place, group = (_cell(row, each) for each in (_FIFTH, _ROW, _GROUP))
            above = [_cell(each, _GROUP) for each in range(self.at + 1, row)]
            new = "".join(f"*({ids}<>{each})" for each in ('""', *above))
            first = f'IFERROR({nth}(IF(ISNUMBER({values}){new},{values}),1),"")'
            self._formula(row, _FIFTH, first, number, array=True)
            # Mostly the first run of this number is the one.
            usual = f"MATCH({best},{{{metric}}},0)"
            held = f"INDEX({{run.config}},{usual})"
            known = f"SUM(IF({_cell(self.at, _GROUP)}:{_cell(row - 1, _GROUP)}={held},1,0))"
            other = f"MATCH(1,({values}={best}){new},0)"
            at = f'IF({best}="","",IF(({held}<>"")*({known}=0),{usual},{other}))'
            self._formula(row, _ROW, at, _ASIDE, array=True)
            self._formula(row, _GROUP, _held("run.config", place), _ASIDE)
            if "run.name" in self.shown:
                self._formula(row, _RUN, _linked(place), _LINK)
            mean = f'IF({group}="","",AVERAGEIF({{run.config}},{group},{{{metric}}}))'
            self._formula(row, _SECOND, mean, number)
            spread = f"STDEV(IF(ISNUMBER({values})*({ids}={group}),{values}))"
            # One run has none. By IFERROR: among arrays not every program leaves unseen what IF
            # doesn't choose.
            spread = f'IF({_cell(row, _FOURTH)}="","",IFERROR({spread},""))'
            self._formula(row, _THIRD, spread, number, array=True)
            count = f'IF({group}="","",COUNTIFS({{run.config}},{group},{{{metric}}},"<1E+306"))'
            self._formula(row, _FOURTH, count, _COUNT)
        self.at += TOP + 2

    def chart(self) -> tuple[Chart, ...]:
        """Write what the chart is drawn from, the best run up to each of some moments."""
        if "run.started" not in self.shown:
            return ()
        metric, goal, say = *self._aim(), self.say
        shown = self.shown[metric]
        number = TabStyle(ink=_PALE, number_format=shown.number_format)
        moment = TabStyle(ink=_PALE, number_format=dress.CODES["datetime"])
        self._put(3, _WHEN, say("Started"), _ASIDE)
        self._put(3, _BEST, say("Best so far"), _ASIDE)
        values, times = self._all(metric), self._all("run.started")
        nth = "LARGE" if goal == "max" else "SMALL"
        for step in range(POINTS):
            row = 4 + step
            rank = f"MAX(1,ROUNDUP(COUNT({{run.started}})*{step}/{POINTS - 1},0))"
            self._formula(row, _WHEN, f"IFERROR(SMALL({{run.started}},{rank}),NA())", moment)
            so_far = f"IF(ISNUMBER({values})*({times}<={_cell(row, _WHEN)}),{values})"
            # NA: a chart leaves such a point out.
            self._formula(row, _BEST, f"IFERROR({nth}({so_far},1),NA())", number, array=True)
        last = 3 + POINTS
        return (
            Chart(
                title=say("Best so far: {}").format(shown.title),
                x=Cells(column=_WHEN, first=4, last=last),
                y=Cells(column=_BEST, first=4, last=last),
                x_title=say("Started"),
                y_title=shown.title,
                x_format=dress.CODES["date"],
                y_format=shown.number_format,
                row=3,
                column=_THIRD,
                width=660,
                height=250,
            ),
        )

    def _aim(self) -> tuple[str, str]:
        assert self.metric is not None
        return self.metric

    def _all(self, key: str) -> str:
        """Return the formula for a column's cells down to the newest row, and not further."""
        return f"INDEX({{{key}}},1):INDEX({{{key}}},{_cell(1, _ROW, fixed=True)})"

    def _section(self, title: str, *, columns: int = _LAST + 1) -> None:
        style = colours.header("Run")
        whole = TabStyle(fill=style.fill, ink=style.ink, bold=True)
        for column in range(columns):
            self._put(self.at, column, title if column == 0 else None, whole)
        self.at += 1

    def _line(self, label: str, formula: str, style: TabStyle, needs: str | None = None) -> None:
        """Write a label and a figure in the next row, if the sheet has the column for it."""
        if needs is not None and needs not in self.shown:
            return
        self._put(self.at, _RUN, label, _LABEL)
        self._formula(self.at, _SECOND, formula, style)
        self.at += 1

    def _put(self, row: int, column: int, value: str | None, style: TabStyle) -> None:
        self.cells.append(TabCell(row=row, column=column, value=value, style=style))

    def _formula(
        self, row: int, column: int, text: str, style: TabStyle, *, array: bool = False
    ) -> None:
        cell = TabCell(row=row, column=column, formula=f"={text}", array=array, style=style)
        self.cells.append(cell)


def _cell(row: int, column: int, *, fixed: bool = False) -> str:
    """Return the name of a cell of this tab, which has few columns."""
    dollar = "$" if fixed else ""
    return f"{dollar}{chr(65 + column)}{dollar}{row + 1}"


def _held(key: str, place: str) -> str:
    """Return the formula for what a run's cell holds; blank stays blank, where it would give 0."""
    held = f"INDEX({{{key}}},{place})"
    return f'IF({place}="","",IF({held}="","",{held}))'


def _linked(place: str) -> str:
    """Return the formula for a run's name that leads to its row."""
    return f'IF({place}="","",HYPERLINK({RUN_LINK}&{place},INDEX({{run.name}},{place})&""))'


def _quoted(word: str) -> str:
    return word.replace('"', '""')
