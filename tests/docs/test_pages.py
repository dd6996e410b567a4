"""What the pages say is what the program does: blocks are run, commands and links exist."""

import ast
import importlib.util
import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```(?:console|bash|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
NOT_RUN = {"google.md", "live.md"}
"""Pages whose blocks need Google; tests of their own run them against the local one."""


def blocks(page: Path) -> list[str]:
    """Give the page's Python blocks."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda page: page.name)
def test_python_blocks_run(page: Path, place: Path) -> None:
    """The blocks of a page run in their order, in one fresh place; nothing is mocked."""
    if page.name in NOT_RUN:
        pytest.skip("run by the tests of the local Google")
    names: dict[str, object] = {}
    for number, block in enumerate(blocks(page)):
        ast.parse(block)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(block, f"{page.name} block {number}", "exec"), names)


def test_the_command_line_s_page_is_what_the_commands_say() -> None:
    """`python tests/docs/cli_page.py > docs/cli.md` makes it anew."""
    spec = importlib.util.spec_from_file_location("cli_page", ROOT / "tests/docs/cli_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.page() == (ROOT / "docs/cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_pages_name_exist(page: Path) -> None:
    """Every `sheetlog WORD` in a console block or in code is a command, and its options are its own."""
    from sheetlog.cli import cli

    text = page.read_text(encoding="utf-8")
    lines = [line for block in CONSOLE.findall(text) for line in block.splitlines()]
    lines += re.findall(r"`(sheetlog [^`]+)`", text)
    for line in lines:
        found = re.match(r"(?:\$ )?sheetlog ([a-z]+)(.*)", line)
        if not found:
            continue
        name, rest = found.groups()
        assert name in cli.commands, f"{page.name}: {line}"
        known = {o for p in cli.commands[name].params for o in p.opts} | {"--help", "-h"}
        nested = getattr(cli.commands[name], "commands", {})
        known |= {o for c in nested.values() for p in c.params for o in p.opts}
        for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", rest.partition("#")[0]):
            assert option in known, f"{page.name}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A page that is named is there."""
    for target, _ in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_and_public_name_is_in_the_pages() -> None:
    """What is not in the docs does not exist for users."""
    import sheetlog
    from sheetlog.cli import cli

    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert set() == {name for name in cli.commands if f"sheetlog {name}" not in text}
    assert set() == {name for name in sheetlog.__all__ if name not in text}
