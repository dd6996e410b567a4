"""`sheetlog templates`: those that ship with sheetlog, and a new one made of a sheet."""

from __future__ import annotations

import click

import sheetlog
from sheetlog import console


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def templates(context: click.Context, *, as_json: bool) -> int:
    """List the shipped templates; `new` makes one from a sheet."""
    if context.invoked_subcommand is not None:
        return 0
    found = sheetlog.templates()
    rows = [{"name": name, "title": title} for name, title in found]
    click.echo(
        console.json_of(rows) if as_json else console.columns([list(r.values()) for r in rows])
    )
    return 0


@templates.command()
@click.argument("path", metavar="NAME.yaml")
@click.option(
    "--from",
    "sheet",
    metavar="SHEET",
    help="A workbook, a URL or google:TITLE; else the settings'.",
)
@click.option("--overwrite", is_flag=True, help="Write a file that is there anew.")
def new(path: str, sheet: str | None, *, overwrite: bool) -> int:
    """Write a template with the columns of a sheet. People's included."""
    made = sheetlog.new_template(path, sheet=sheet, overwrite=overwrite)
    click.echo(f"{made.path}: {made.columns} columns")
    for sentence in made.left:
        click.echo(f"left out: {sentence}", err=True)
    click.echo("look at it, then name it in sheetlog.yaml: template: " + path)
    return 0
