"""Commands around a run's surroundings: its params as a config, and secrets that have leaked.

Every command is a call of the public API, and prints what it gives.
"""

from __future__ import annotations

import click

import sheetlog
from sheetlog import console

_SHEET = click.option("--sheet", metavar="SHEET", help="A workbook, a URL or google:TITLE.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@click.argument("run")
@_SHEET
@_JSON
def params(run: str, sheet: str | None, as_json: bool) -> int:
    """Print the params of a RUN as YAML that `log` takes. RUN: id, beginning of one, or name."""
    found = sheetlog.params(run, sheet=sheet)
    click.echo(console.json_of(found) if as_json else console.yaml_of(found))
    return 0


@click.command()
@_SHEET
@click.option("--journal", is_flag=True, help="Look into the journal instead of a sheet.")
@click.option("--blank", is_flag=True, help="Put [redacted] where a secret is.")
@_JSON
def scan(sheet: str | None, journal: bool, blank: bool, as_json: bool) -> int:
    """Look for secrets that have leaked into a sheet or journal."""
    leaks = sheetlog.scan(sheet, journal=journal, blank=blank)
    left = [leak for leak in leaks if not leak.blanked]
    if as_json:
        click.echo(console.json_of(leaks))
    elif not leaks:
        click.echo("no secrets found")
    else:
        rows = [
            ["blanked" if leak.blanked else "!!", leak.run_id or "-", leak.key, leak.kind]
            for leak in leaks
        ]
        click.echo(console.columns([[console.value_text(word) for word in row] for row in rows]))
        if left:
            click.echo(
                "\na secret that was shared is none any more: take it back where it is from"
            )
    return 1 if left else 0


COMMANDS = (params, scan)
"""What `cli` has from here."""
