"""`sheetlog dress`: a sheet's looks brought to what its template says now."""

from __future__ import annotations

import click

import sheetlog
from sheetlog import console


@click.command()
@click.option("--sheet", metavar="SHEET", help="A workbook, a URL or google:TITLE.")
@click.option("--template", metavar="NAME", help="Name or path of a template.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def dress(sheet: str | None, template: str | None, *, dry_run: bool, as_json: bool) -> int:
    """Bring a sheet's looks to its template. What people restyled stays."""
    dressed = sheetlog.redress(sheet, template=template, dry_run=dry_run)
    if as_json:
        click.echo(console.json_of(dressed))
        return 0
    for sentence in dressed.done:
        click.echo(f"would: {sentence}" if dry_run else sentence)
    if not dressed.done:
        click.echo("nothing to do: the sheet looks as its template says")
    for sentence in dressed.left:
        click.echo(f"left: {sentence}")
    return 0
