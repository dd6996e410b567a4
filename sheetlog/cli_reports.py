"""Commands that read runs back: a second file of the command line, for what prints tables.

Every command is a call of the public API, and prints what it gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

import sheetlog
from sheetlog import cli_table

if TYPE_CHECKING:
    import pandas as pd

_SHEET = click.option("--sheet", metavar="SHEET", help="A workbook, a URL or google:TITLE.")
_WHERE = click.option(
    "--where", metavar="TEXT", help="Which runs: \"acc > 0.9 and model == 'resnet'\"."
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
    """List the runs of a sheet, as many columns as the terminal has room for."""
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


COMMANDS = (runs,)
"""What `cli` has from here."""


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]
