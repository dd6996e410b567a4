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
    """Print the params of a RUN (id, beginning of an id, or name) as YAML that `log` takes."""
    found = sheetlog.params(run, sheet=sheet)
    click.echo(console.json_of(found) if as_json else console.yaml_of(found))
    return 0


COMMANDS = (params,)
"""What `cli` has from here."""
