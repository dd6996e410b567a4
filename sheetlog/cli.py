"""The command line: every command is a call of the public API, and prints what it gives.

Exit codes: 0 done, 1 problem, 2 misuse, 3 kept but not delivered.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

import click

import sheetlog
from sheetlog import cli_again, cli_dress, cli_reports, cli_templates, console
from sheetlog.errors import MisuseError, SheetlogError, TemplateError, WhereError

if TYPE_CHECKING:
    from sheetlog.checking import Finding

PROBLEM, MISUSE, KEPT = 1, 2, 3
_GIVEN = ("params", "metrics", "artifacts", "name", "notes", "tags", "run_id")
"""What a run is logged for; without any of it, `sheetlog log` was a slip of the fingers."""

_SHEET = click.option("--sheet", metavar="SHEET", help="A workbook, a URL or google:TITLE.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(sheetlog.__version__, prog_name="sheetlog")
def cli() -> None:
    """Put runs into the sheet that your team already shares."""


def main() -> None:
    """Run the command line; turn what goes wrong into one line and an exit code."""
    warnings.showwarning = _warned
    try:
        result = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("sheetlog: stopped", err=True)
        sys.exit(PROBLEM)
    except click.ClickException as error:
        error.show()
        sys.exit(MISUSE if isinstance(error, click.UsageError) else PROBLEM)
    except (MisuseError, WhereError, TemplateError) as error:
        _fail(error, MISUSE)
    except SheetlogError as error:
        _fail(error, PROBLEM)
    except BrokenPipeError:
        # Whoever read us has seen enough (`| head`); stdout must not complain at exit.
        sys.stdout = None
        sys.exit(0)
    sys.exit(result if isinstance(result, int) else 0)


def _fail(error: BaseException, code: int) -> None:
    click.echo(f"sheetlog: {error}", err=True)
    sys.exit(code)


def _warned(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning as a line: on the command line there is no user's code to point at."""
    click.echo(f"sheetlog: {str(message).removeprefix('sheetlog: ')}", err=True)


@cli.command()
@click.argument("params", required=False, type=click.Path(exists=True))
@click.argument("metrics", required=False, type=click.Path(exists=True))
@click.option("--name", help="What people call the run.")
@click.option("--tag", "tags", multiple=True, help="A word to find it by; may be given again.")
@click.option("--notes", help="A sentence about it.")
@click.option("--artifact", "artifacts", multiple=True, metavar="PATH", help="A file to keep.")
@click.option("--run", "run_id", metavar="ID", help="Make this a later state of that run.")
@click.option(
    "--status",
    type=click.Choice(["finished", "failed", "running", "stopped"]),
    default="finished",
    show_default=True,
)
@click.option("--template", metavar="NAME", help="Name or path of a template.")
@_SHEET
@_JSON
def log(as_json: bool, **given: Any) -> int:
    """Log a run from a PARAMS and a METRICS file. They are YAML, JSON or TOML."""
    if given["status"] == "finished" and not any(given[name] for name in _GIVEN):
        raise click.UsageError(
            "nothing to log: give a file of params, one of metrics, or --name, --notes, --artifact"
        )
    given["artifacts"] = list(given["artifacts"]) or None
    sheetlog.configure(quiet=True)
    receipt = sheetlog.log(given.pop("params"), given.pop("metrics"), **given)
    if as_json:
        click.echo(console.json_of(receipt))
    elif receipt.delivered:
        click.echo(str(receipt))
    return 0 if receipt.delivered else KEPT


@cli.command()
@click.argument("run")
@click.option("--how", is_flag=True, help="Print how to do the run again.")
@click.option("--artifact", metavar="NAME", help="Fetch that file of it, and print where it is.")
@_JSON
def show(run: str, how: bool, artifact: str | None, as_json: bool) -> int:
    """Show everything that a RUN holds. RUN: an id, the beginning of one, or a name."""
    if artifact is not None:
        fetched = str(sheetlog.artifact(artifact, run=run))
        click.echo(console.json_of({"path": fetched}) if as_json else fetched)
        return 0
    if how:
        told = sheetlog.how(run)
        click.echo(console.json_of({"how": told.splitlines()}) if as_json else told)
        return 0
    shown = sheetlog.show(run)
    click.echo(console.json_of(shown) if as_json else console.run_text(shown))
    return 0


@cli.command()
@_JSON
def status(as_json: bool) -> int:
    """Tell what waits in the journal, and why."""
    waiting = sheetlog.status()
    click.echo(console.json_of(waiting) if as_json else console.waiting_text(waiting))
    return KEPT if any(each.count or each.files for each in waiting) else 0


@cli.command()
@click.option(
    "--run",
    "runs",
    multiple=True,
    metavar="RUN",
    help="Only this run, by id or name; may be given again.",
)
@_SHEET
@_JSON
def sync(sheet: str | None, runs: tuple[str, ...], as_json: bool) -> int:
    """Deliver what waits in the journal."""
    done = sheetlog.sync(sheet, runs=[sheetlog.show(run).run_id for run in runs])
    click.echo(console.json_of(done) if as_json else str(done))
    return KEPT if done.waiting or done.pending else 0


@cli.command()
@click.option(
    "--sheet",
    metavar="SHEET",
    prompt="Sheet (google:TITLE, a URL, or runs.xlsx)",
    help="A workbook, a URL or google:TITLE.",
)
@click.option(
    "--template", metavar="NAME", default="default", show_default=True, help="Name or path."
)
@click.option(
    "--share-with",
    multiple=True,
    metavar="EMAIL",
    help="Share a new Google Sheet; again for more.",
)
@click.option(
    "--drive-folder", metavar="URL", default="", help="Where a new Google Sheet is made."
)
@click.option("--overwrite", is_flag=True, help="Write a sheetlog.yaml that is there anew.")
@_JSON
def init(as_json: bool, **given: Any) -> int:
    """Write sheetlog.yaml here, and make or check the sheet."""
    findings = sheetlog.init(given.pop("sheet"), **given)
    return _told(findings, as_json=as_json)


@cli.command()
@_SHEET
@_JSON
def check(sheet: str | None, as_json: bool) -> int:
    """Tell whether settings, journal, login and sheet are in order."""
    return _told(sheetlog.check(sheet), as_json=as_json)


def _told(findings: list[Finding], *, as_json: bool) -> int:
    """Print what was looked at; return the exit code."""
    if as_json:
        click.echo(console.json_of(findings))
    else:
        rows = [["ok" if f.good else "!!", f.what, f.words] for f in findings]
        click.echo(console.columns(rows))
    return 0 if all(finding.good for finding in findings) else PROBLEM


@cli.command(name="open")
@_SHEET
@click.option("--print", "only_print", is_flag=True, help="Print where it is and open nothing.")
def open_(sheet: str | None, only_print: bool) -> int:
    """Open the sheet in the program that belongs to it."""
    url = sheetlog.location(sheet)
    click.echo(url)
    return 0 if only_print else click.launch(url)


for _command in (
    *cli_reports.COMMANDS,
    *cli_again.COMMANDS,
    cli_dress.dress,
    cli_templates.templates,
):
    cli.add_command(_command)
