"""Commands that read runs back: a second file of the command line, for what prints tables.

Every command is a call of the public API, and prints what it gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

import sheetlog
from sheetlog import cli_table, console

if TYPE_CHECKING:
    import pandas as pd

_SHEET = click.option("--sheet", metavar="SHEET", help="A workbook, a URL or google:TITLE.")
_WHERE = click.option(
    "--where", metavar="TEXT", help="Which runs: \"acc > 0.9 and model == 'resnet'\"."
)
_GOAL = click.option(
    "--goal", type=click.Choice(["min", "max"]), help="Which end of the metric is the better one."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_CSV = click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")


@click.command()
@_WHERE
@click.option(
    "--sort", metavar="NAMES", help="By which columns, with commas; - in front: greatest first."
)
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="So many runs at the most.")
@click.option("--columns", metavar="NAMES", help="Which columns, with commas.")
@_SHEET
@_JSON
@_CSV
def runs(columns: str | None, sort: str | None, as_json: bool, as_csv: bool, **given: Any) -> int:
    """List the runs of a sheet. As many columns as the terminal has room for."""
    asked = _names(columns)
    found = sheetlog.runs(sort=_names(sort) or None, columns=asked or None, **given)
    frame = found.reset_index() if found.index.name else found
    if as_json or as_csv:
        click.echo(cli_table.json(frame) if as_json else cli_table.csv(frame).rstrip("\n"))
    elif frame.empty:
        click.echo("no runs" if given["where"] is None else "no run is like that")
    else:
        click.echo(_listed(frame, choose=not asked))
    return 0


def _listed(frame: pd.DataFrame, *, choose: bool) -> str:
    """Return runs as a table, and below it how many there are and what is not shown."""
    chosen = cli_table.telling(frame) if choose else frame
    table, shown = cli_table.text(chosen, heads=cli_table.short([str(n) for n in chosen.columns]))
    hidden = len(frame.columns) - shown
    count = f"{len(frame)} run" + "s" * (len(frame) != 1)
    more = f"; {hidden} more column{'s' * (hidden != 1)}: --columns, --json, --csv"
    return f"{table}\n\n{count}{more if hidden else ''}"


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...")
@click.option("--all", "everything", is_flag=True, help="Also what is the same in all of them.")
@_SHEET
@_JSON
@_CSV
def compare(
    runs: tuple[str, ...], everything: bool, sheet: str | None, as_json: bool, as_csv: bool
) -> int:
    """Set RUNs side by side: what differs from the first. RUN: id, beginning of one, or name."""
    frame = sheetlog.compare(*runs, sheet=sheet, changed_only=not everything)
    if as_json or as_csv:
        plain = frame.reset_index()
        click.echo(cli_table.json(plain) if as_json else cli_table.csv(plain).rstrip("\n"))
    else:
        click.echo(cli_table.beside(frame) if len(frame) else "these runs differ in nothing")
    return 0


@click.command()
@click.argument("metric", required=False)
@_GOAL
@_WHERE
@_SHEET
@_JSON
def best(as_json: bool, **given: Any) -> int:
    """Show the best run: by a METRIC, else by the template's."""
    run = sheetlog.best(**given)
    frame = run.to_frame().T.rename_axis("run.id").reset_index()
    if as_json:
        click.echo(cli_table.json(frame, one=True))
    else:
        click.echo(cli_table.upright(frame))
    return 0


@click.command()
@click.argument("stage")
@click.option("--column", metavar="TITLE", default="Stage", help="Where people write stages.")
@_WHERE
@_SHEET
@_JSON
def promoted(as_json: bool, **given: Any) -> int:
    """Show the run that people gave a STAGE to. With where its artifacts are."""
    frame = sheetlog.promoted(**given).to_frame().T.rename_axis("run.id").reset_index()
    click.echo(cli_table.json(frame, one=True) if as_json else cli_table.upright(frame))
    return 0


@click.command()
@click.argument("metric", required=False)
@click.option("--group", metavar="NAMES", help="What runs of a group share, with commas.")
@_GOAL
@_WHERE
@_SHEET
@_JSON
@_CSV
def leaderboard(group: str | None, as_json: bool, as_csv: bool, **given: Any) -> int:
    """Rank groups of runs by their mean. Without --group: configurations over their seeds."""
    frame = sheetlog.leaderboard(group=_names(group) or None, **given).reset_index()
    if as_json or as_csv:
        click.echo(cli_table.json(frame) if as_json else cli_table.csv(frame).rstrip("\n"))
    else:
        click.echo(
            cli_table.text(frame, heads=cli_table.short([str(n) for n in frame.columns]))[0]
        )
    return 0


@click.command()
@click.argument("path")
@_WHERE
@click.option("--metric", metavar="NAME", help="By which metric runs are judged.")
@_GOAL
@click.option("--group", metavar="NAMES", help="What runs of a group share, with commas.")
@click.option("--question", metavar="TEXT", help="What the runs were to answer.")
@click.option("--top", type=int, metavar="N", help="So many runs are set side by side.")
@click.option("--language", metavar="CODE", help="en, de or fr.")
@click.option("--template", metavar="NAME", help="Name or path of a report template.")
@_SHEET
@_JSON
def export(path: str, group: str | None, as_json: bool, **given: Any) -> int:
    """Write a report or a table to PATH. Its ending: .xlsx, .csv .parquet .md .html .tex."""
    with cli_table.steps() as progress:
        made = sheetlog.export(path, group=_names(group) or None, progress=progress, **given)
    click.echo(console.json_of({"path": str(made)}) if as_json else str(made))
    return 0


COMMANDS = (runs, compare, best, promoted, leaderboard, export)
"""What `cli` has from here."""


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]
