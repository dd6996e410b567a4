"""Where templates are found, and that those we ship say what a team wants to see."""

import os
from pathlib import Path

import pytest

from sheetlog import catalog
from sheetlog.errors import TemplateError
from sheetlog.record import SECTIONS

NAMES = ["default", "classification", "llm-finetune", "minimal", "regression", "sweep"]
SHIPPED = Path(__file__).parents[2] / "templates"


def written(path, text="columns: [{key: metrics.*}]"):
    """Write a template, and give its path back."""
    path.write_text(text, encoding="utf-8")
    return path


def test_names():
    """The six, the default first, each with a title of its own."""
    found = catalog.names()
    assert NAMES == [name for name, _ in found]
    assert 6 == len({title for _, title in found})


def test_the_files_are_those_of_the_names():
    """What the folder holds is what is offered."""
    assert sorted(NAMES) == sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def test_a_name_is_a_shipped_template(tmp_path, monkeypatch):
    """A word is a shipped template's name, even where a file of that name lies about."""
    written(tmp_path / "default", "columns: [{key: params.*}]")
    monkeypatch.chdir(tmp_path)
    text, source = catalog.read("default")
    assert (SHIPPED / "default.yaml").read_text(encoding="utf-8") == text
    assert "default.yaml" == os.path.basename(source)
    assert "params.*" == catalog.load("./default").columns[0].key


@pytest.mark.parametrize("name", ["ours.yaml", "o.yml", "plain", "folder/ours.yaml", "größe.yaml"])
def test_a_path_is_a_file(name, tmp_path, monkeypatch):
    """An ending, a folder, or a file that is there makes it a path, as text or as an object."""
    (tmp_path / "folder").mkdir()
    written(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert "metrics.*" == catalog.load(name).columns[0].key
    assert "metrics.*" == catalog.load(tmp_path / name).columns[0].key
    assert name == catalog.load(name).source


def test_a_file_with_a_byte_order_mark(tmp_path):
    """Windows' editors write one; it is no part of the text."""
    path = tmp_path / "ours.yaml"
    path.write_bytes("\ufefftitle: Größe\ncolumns: [{key: metrics.*}]".encode())
    assert catalog.read(path)[0].startswith("title: Größe")
    assert "Größe" == catalog.load(path).title


NO_SUCH = (
    "no template is called '{0}';{1} there are: classification, default, llm-finetune, minimal,"
    " regression, sweep; or give the path of a YAML file"
)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("clasification", " did you mean 'classification'?"),
        ("Default", " did you mean 'default'?"),
        ("regresion", " did you mean 'regression'?"),
        ("vision", ""),
        ("", ""),
    ],
)
def test_an_unknown_name(name, hint):
    """An unknown name is told with the nearest one and all there are."""
    with pytest.raises(TemplateError) as caught:
        catalog.load(name)
    assert (NO_SUCH.format(name, hint),) == caught.value.mistakes


def test_a_file_that_cannot_be_read(tmp_path):
    """A missing file, a folder, and what is no text are told with the path."""
    missing = tmp_path / "none.yaml"
    with pytest.raises(TemplateError, match=r"none\.yaml' cannot be read: No such file"):
        catalog.load(missing)
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(TemplateError, match=r"folder\.yaml' cannot be read"):
        catalog.load(tmp_path / "folder.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("columns:\n  - {key: metrics.größe}".encode("latin-1"))
    with pytest.raises(TemplateError, match=r"latin\.yaml:2:1: is not UTF-8 text"):
        catalog.load(latin)


def test_a_template_is_read_again_when_it_has_changed(tmp_path):
    """A notebook's user edits the file and logs again; nothing else is read twice."""
    path = written(tmp_path / "ours.yaml")
    first = catalog.load(path)
    assert first is catalog.load(path)
    written(path, "columns: [{key: params.optim.*}]")
    assert "params.optim.*" == catalog.load(path).columns[0].key
    path.unlink()
    with pytest.raises(TemplateError, match="cannot be read"):
        catalog.load(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_has_what_every_sheet_needs(name):
    """The run first; its id, revision and what has no column hidden at the end; room for notes."""
    columns = {each.mark: each for each in catalog.load(name).columns if each.mark}
    assert "run.name" == next(iter(columns))
    for mark in ("run.id", "run.revision", "run.more"):
        assert columns[mark].hidden
    assert ["run.id", "run.revision", "run.more"] == list(columns)[-3:]
    assert "people" == columns["people.Notes"].owner
    shown = [each for each in columns.values() if not each.hidden]
    assert all(each.title for each in shown)
    assert len(shown) <= 16


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_shows_results_before_settings(name):
    """What came out stands left of what went in, and every section has its place."""
    found = catalog.load(name)
    keys = [each.key for each in found.columns]
    assert keys.index("metrics.*") < keys.index("params.*")
    if found.rest == "columns":
        missing = [section for section in SECTIONS if f"{section}.*" not in keys]
        assert [] == missing
    if found.best_by is not None:
        goals = [each.goal for each in found.columns if each.key == found.best_by.metric]
        assert [found.best_by.goal] == goals
