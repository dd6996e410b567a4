"""Makes docs/cli.md from the commands themselves: `python tests/docs/cli_page.py > docs/cli.md`."""

import sys
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[2]))

HEAD = """# Command line

Every command calls the public API and prints what it gives; `--json` wherever a table is printed. Exit codes: 0 done, 1 problem,
2 misuse, 3 kept but not delivered. This page is made from the commands' own `--help` (`tests/docs/cli_page.py`) and checked by a test.
"""


def page() -> str:
    """Give the page as it should be."""
    from sheetlog.cli import cli

    parts = [HEAD]
    names = ["", *sorted(cli.commands)]
    for name in names:
        command = cli.commands[name] if name else cli
        title = f"sheetlog {name}".strip()
        context = click.Context(
            command, info_name=title, max_content_width=100, terminal_width=100,
            help_option_names=["-h", "--help"],
        )  # fmt: skip
        parts.append(f"## {title}\n\n```text\n{command.get_help(context)}\n```\n")
        for inner in sorted(getattr(command, "commands", {})) if name else ():
            nested = command.commands[inner]
            within = click.Context(
                nested, info_name=f"{title} {inner}", max_content_width=100, terminal_width=100,
                help_option_names=["-h", "--help"],
            )  # fmt: skip
            parts.append(f"### {title} {inner}\n\n```text\n{nested.get_help(within)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
