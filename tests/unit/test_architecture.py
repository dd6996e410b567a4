"""The rules of the tree: who may import whom, what import loads, which names are public."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sheetlog"
FILES = sorted(PACKAGE.rglob("*.py"))

FLOW = {
    "flatten",
    "redact",
    "patterns",
    "record",
    "template",
    "mistakes",
    "layout",
    "placing",
    "overlong",
    "plan",
    "cells",
    "dress",
    "retry",
    "errors",
    "naming",
    "yaml12",
    "yaml_text",
    "kinds",
    "lists",
    "curves",
    "grammar",
    "formulas",
    "colours",
    "secret_forms",
    "secret_names",
    "secret_text",
    "language",
    "tabs",
    "overview",
    "dictionary",
    "draft",
    "redressing",
    "where",
    "changes",
    "unvarying",
}
FLOW_STDLIB = {
    "__future__",
    "collections",
    "colorsys",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "heapq",
    "io",
    "itertools",
    "json",
    "math",
    "numbers",
    "operator",
    "re",
    "string",
    "textwrap",
    "types",
    "typing",
    "unicodedata",
    "uuid",
    "bisect",
    "array",
    "shlex",
    "ipaddress",
    "urllib",
    "base64",
    "hashlib",
}
LAZY_ELSEWHERE = {"yaml"}
FORBIDDEN = {
    "os",
    "time",
    "random",
    "sqlite3",
    "logging",
    "pathlib",
    "socket",
    "subprocess",
    "sys",
}


def module_of(path: Path) -> str:
    """Give `sheetlog.sinks.base` for its file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, *, top_only: bool = False) -> set[str]:
    """Give the full names of what a file imports, type-checking blocks left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()

    def visit(node: ast.AST, *, inside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            if not (inside and top_only):
                if isinstance(child, ast.Import):
                    found.update(alias.name for alias in child.names)
                elif isinstance(child, ast.ImportFrom) and child.module:
                    found.update(f"{child.module}.{alias.name}" for alias in child.names)
            visit(child, inside=inside or function)

    visit(tree, inside=False)
    return found


MODULES = {module_of(path): path for path in FILES}


def own(names: set[str]) -> set[str]:
    """Give those of the imported names that are modules of ours."""
    found = set()
    for name in names:
        while name and name not in MODULES:
            name = name.rpartition(".")[0]
        if name.startswith("sheetlog."):
            found.add(name)
    return found


@pytest.mark.parametrize("name", sorted(FLOW & {p.stem for p in PACKAGE.glob("*.py")}))
def test_the_flow_imports_only_the_flow(name: str) -> None:
    """Rule 1: a file of the flow imports the flow and an allow-listed standard library."""
    for imported in imports_of(PACKAGE / f"{name}.py"):
        first = imported.split(".")[0]
        if first == "sheetlog":
            part = imported.split(".")[1]
            assert part in FLOW, f"{name} imports {imported}"
        else:
            assert first in FLOW_STDLIB | LAZY_ELSEWHERE, f"{name} imports {imported}"
            assert first not in FORBIDDEN


@pytest.mark.parametrize("folder", ["sinks", "journal", "artifacts"])
def test_siblings_do_not_import_one_another(folder: str) -> None:
    """Rule 2: implementations know their own base and none of the other folders."""
    others = {"sinks", "journal", "artifacts"} - {folder}
    for path in (PACKAGE / folder).rglob("*.py"):
        for module in own(imports_of(path)):
            part = module.split(".")[1]
            assert part not in others, f"{path.name} imports {module}"
            if part == folder and path.stem != "base":
                tail = module.split(".")[2:]
                kin = not tail or tail[0] == "base" or tail[0].startswith(path.stem.split("_")[0])
                assert kin or folder == "artifacts", f"{path.name} imports {module}"


def test_deliver_knows_only_the_bases() -> None:
    """Rule 2: delivery is written against protocols."""
    for module in own(imports_of(PACKAGE / "deliver.py")):
        assert module.split(".")[1] not in {"sinks", "journal", "artifacts"} or module.endswith(
            ".base"
        )


def test_import_loads_one_module_of_ours_and_nothing_else() -> None:
    """Rule 3: `import sheetlog` loads no third-party module and one of ours."""
    code = (
        "import sys; before = set(sys.modules); import sheetlog; "
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ["sheetlog"] == ast.literal_eval(done.stdout)


THIRD_PARTY = {
    "click",
    "filelock",
    "google",
    "gspread",
    "openpyxl",
    "pandas",
    "platformdirs",
    "python_calamine",
    "yaml",
    "numpy",
    "requests",
    "PIL",
    "matplotlib",
    "sklearn",
    "torch",
    "xlsxwriter",
}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_third_party_imports_stand_inside_functions(path: Path) -> None:
    """Rule 3: only files that are loaded on demand import third-party modules at the top."""
    on_demand = (
        "sheetlog.cli",
        "sheetlog.reports.comparison",
        "sheetlog.callbacks.",
        "sheetlog.testing",
    )
    if module_of(path).startswith(on_demand):
        return
    top = {name.split(".")[0] for name in imports_of(path, top_only=True)}
    assert set() == top & THIRD_PARTY


def test_no_public_name_is_a_module() -> None:
    """Rule 4: a public name never shadows a module, nor a module a public name."""
    import sheetlog

    modules = {path.stem for path in PACKAGE.glob("*.py")} | {
        p.name for p in PACKAGE.iterdir() if p.is_dir()
    }
    assert set() == modules & set(sheetlog.__all__)


def test_all_is_exact() -> None:
    """Rule 4: `__all__` is sorted, complete, and every name of it is there."""
    import sheetlog

    assert sorted(sheetlog.__all__) == sheetlog.__all__
    homes = {name for names in sheetlog._HOMES.values() for name in names}
    assert homes == set(sheetlog.__all__)
    for name in sheetlog.__all__:
        assert getattr(sheetlog, name) is not None


def test_type_checkers_see_every_public_name() -> None:
    """The block for type checkers names exactly what `__all__` does."""
    import sheetlog

    text = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    seen = re.findall(r"import (\w+) as \1", text)
    assert sorted(seen) == sheetlog.__all__


def test_callbacks_and_cli_use_public_names_only() -> None:
    """Rule 5: what frameworks and the command line need, users have too."""
    allowed = {"sheetlog", "sheetlog.console", "sheetlog.errors"}
    for path in [*PACKAGE.glob("cli*.py"), *(PACKAGE / "callbacks").glob("*.py")]:
        for module in own(imports_of(path)):
            inside = module.startswith("sheetlog.callbacks")
            assert module in allowed or inside or module.startswith("sheetlog.cli"), (
                f"{path.name}: {module}"
            )


def test_no_import_circles() -> None:
    """Rule 6: following top-level imports never comes back."""
    graph = {name: own(imports_of(path, top_only=True)) for name, path in MODULES.items()}
    done: set[str] = set()

    def follow(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way, name))
        if name not in done:
            for after in graph.get(name, ()):
                if after != name:
                    follow(after, (*way, name))
            done.add(name)

    for name in graph:
        follow(name, ())


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_files_and_functions_stay_small(path: Path) -> None:
    """A file has one idea and at most 420 lines; a function at most 60."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 420
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= 60, f"{node.name} has {lines} lines"


def test_every_core_dependency_is_imported_somewhere() -> None:
    """What users must install is used, and the page of dependencies names exactly that."""
    import tomllib

    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split("[>=<]", each)[0] for each in named["dependencies"]}
    modules = {"google-auth": "google.auth", "pyyaml": "yaml"}
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    for name in wanted:
        assert re.search(rf"(?:import|from) {re.escape(modules.get(name, name))}\b", text), name
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    assert wanted == set(re.findall(r"^\| ([a-z][a-z-]*) \|", page, re.MULTILINE)) - {"package"}


def test_the_page_of_the_architecture_names_every_file() -> None:
    """docs/architecture.md names each module, in the row of its folder, and none that is not there."""
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for folder in [
        PACKAGE,
        *(each for each in PACKAGE.iterdir() if (each / "__init__.py").exists()),
    ]:
        own_rows = folder == PACKAGE
        rows = re.findall(r"^\| (?!file|folder|---)(.*) \|$", page, re.MULTILINE)
        kin = [row for row in rows if own_rows or f"`{folder.name}/`" in row]
        cells = [row.partition(" | ")[0] if own_rows else row for row in kin]
        named = {word for cell in cells for word in re.findall(r"`([a-z_0-9]+)`", cell)}
        there = {path.stem for path in folder.glob("*.py")}
        assert there - {"__init__"} <= named, folder.name
        assert not own_rows or named <= there
