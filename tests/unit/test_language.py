"""The languages: whole, unambiguous, and without any effect on what a cell means."""

import re
from importlib import import_module
from pathlib import Path

import openpyxl
import pytest
import yaml

import sheetlog
from sheetlog import catalog, dictionary, language, languages, layout, overview, settings
from sheetlog.errors import MisuseError, SettingsError
from sheetlog.plan import Header, HeaderRow, Plan
from sheetlog.record import Record
from sheetlog.tabs import Shown

ROOT = Path(__file__).parents[2]
OTHERS = ("de", "es", "fr", "ja", "zh")
SAME = {"RMSE", "MAE", "R²", "Python", "GPU", "Diff", "Commit", "git: ", "Run id", "Revision"}
TEMPLATES = sorted((ROOT / "templates").glob("*.yaml"))


def shipped_texts() -> set[str]:
    """Give what the shipped templates and the tables of titles say, read without our reader."""
    found: set[str] = set()
    for path in TEMPLATES:
        for column in yaml.safe_load(path.read_text(encoding="utf-8"))["columns"]:
            found |= {column[name] for name in ("title", "note", "group") if name in column}
            found |= {str(word) for word in column.get("choices", ())}
    source = (ROOT / "sheetlog/template.py").read_text(encoding="utf-8")
    found |= set(re.findall(r'^    "[a-z]+(?:\.[a-z_]+)?": "(.+)",$', source, re.MULTILINE))
    return {text for text in found if not text.isdigit()}


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_that_ships_is_in_every_language(code: str) -> None:
    """A text without its translation would stand in English in the midst of the others."""
    words = import_module(f"sheetlog.languages.{code}").WORDS
    plain = {"de": {"Status", "Name", "Notebook", "Branch", "CPUs", "hardware: "}}
    plain |= {"fr": {"Notes", "Types", "Commit", "Verdict", "Notebook"}, "es": {"Error"}}
    allowed = SAME | plain.get(code, set()) | {"Notebook", "notebook: ", "hardware: "}
    assert set() == shipped_texts() - words.keys() - allowed


@pytest.mark.parametrize("code", OTHERS)
def test_no_two_columns_have_one_title_in_any_language(code: str) -> None:
    """A title is what a column is found by when its mark is lost."""
    for path in TEMPLATES:
        template = catalog.load(path.stem, code)
        titles = [
            column.shown(column.title or "").casefold()
            for column in template.columns
            if column.title
        ]
        assert len(titles) == len(set(titles)), path.stem


@pytest.mark.parametrize("code", OTHERS)
def test_notes_and_choices_keep_within_excels_limits(code: str) -> None:
    """255 characters for a note, for a list of choices, and no comma in a choice."""
    for path in TEMPLATES:
        for column in catalog.load(path.stem, code).columns:
            note = column.shown(column.note or "") + "." + column.words.text("Higher is better.")
            assert 255 >= len(note)
            choices = [column.shown(word) for word in column.choices]
            assert 255 >= len(",".join(choices))
            assert len(choices) == len(set(choices))
            assert not any("," in word for word in choices)


def test_every_status_is_told_apart_in_every_language() -> None:
    """One word for two statuses would be read back as the wrong one."""
    words = [word for row in language.STATUSES.values() for word in row]
    assert len(words) == len(set(words))
    for status, row in language.STATUSES.items():
        assert len(language.CODES) == len(row)
        assert {status} == {language.status_of(word) for word in row}
    assert "ours, abandoned" == language.status_of("ours, abandoned")


@pytest.mark.parametrize(
    ("code", "title", "word"),
    [
        ("en", "Status", "finished"),
        ("de", "Status", "fertig"),
        ("es", "Estado", "terminado"),
        ("fr", "État", "terminé"),
        ("ja", "状態", "完了"),
        ("zh", "状态", "已完成"),
    ],
)
def test_a_status_shows_in_the_language_and_reads_as_what_it_is(
    place: Path, code: str, title: str, word: str
) -> None:
    """`runs(where="status == 'finished'")` is the same line of code in every language."""
    sheetlog.configure(language=code, sheet="runs.xlsx", quiet=True)
    run = sheetlog.log({"lr": 0.1}, {"accuracy": 0.9})
    sheet = openpyxl.load_workbook(place / "runs.xlsx").active
    header, row = sheet.iter_rows(max_row=2, values_only=True)
    assert word == row[header.index(title)]
    read = sheetlog.runs(where="status == 'finished'")
    assert [run.run_id] == list(read.index)
    assert ["finished"] == read["run.status"].tolist()


def test_people_with_different_languages_log_to_one_sheet(place: Path) -> None:
    """Columns are known by their marks, so that none is there twice, and words by their meaning."""
    sheetlog.configure(sheet="runs.xlsx", template="classification", quiet=True)
    for code, status in (("de", "failed"), ("ja", "finished"), ("en", "finished")):
        sheetlog.configure(language=code)
        sheetlog.log({"lr": 0.1}, {"accuracy": 0.9}, status=status)
    sheet = openpyxl.load_workbook(place / "runs.xlsx").active
    header, *rows = sheet.iter_rows(values_only=True)
    titles = [title for title in header if title]
    assert {"Lauf", "Genauigkeit", "Urteil", "Notizen"} <= set(titles)
    assert not {"Run", "Verdict", "判定"} & set(titles)
    assert ["fehlgeschlagen", "完了", "finished"] == [row[header.index("Status")] for row in rows]
    assert 2 == len(sheetlog.runs(where="status == 'finished'"))


def test_titles_of_a_template_of_ones_own_stay_as_they_are(place: Path) -> None:
    """What a user wrote is not translated, even where it is a word that sheetlog knows."""
    (place / "ours.yaml").write_text(
        "language: fr\ncolumns: [{key: run.name, title: Run}, {key: run.user},"
        " {title: Verdict, owner: people, choices: [keep, drop]}, {key: params.*}]\n"
    )
    template = catalog.load("ours.yaml")
    made = layout.plan(
        template, Header(exists=False), [Record(id="a", revision=1, values={"git.branch": "x"})]
    )
    titles = {added.key: added.title for added in made.added}
    assert "Run" == titles["run.name"]
    assert "Utilisateur" == titles["run.user"]
    assert "Verdict" == titles["people.Verdict"]
    assert "Branche" == titles["git.branch"]


def test_the_setting_comes_before_the_template(place: Path) -> None:
    """A template is a team's, a setting one person's."""
    (place / "ours.yaml").write_text("language: fr\ncolumns: [{key: run.user}]\n")
    sheetlog.configure(sheet="runs.xlsx", template="ours.yaml", language="de", quiet=True)
    sheetlog.log({"lr": 0.1}, {})
    sheet = openpyxl.load_workbook(place / "runs.xlsx").active
    assert "Benutzer" == sheet["A1"].value


def edits_for(before: str, there: str, after: str) -> Plan:
    """Give the plan for a run whose status went from one to another, the sheet showing a third."""
    old = Record(id="a", revision=1, values={"run.status": before})
    new = Record(id="a", revision=2, values={"run.status": after})
    template = catalog.load("minimal", "de")
    made = layout.plan(template, Header(exists=False), [old])
    row = HeaderRow(place=1, revision=1, cells={"run.id": "a", "run.status": there})
    header = Header(columns=made.columns(), rows={"a": row})
    return layout.plan(template, header, [new], shown={"a": old})


def test_a_status_in_another_language_is_nobodys_change() -> None:
    """It was written by a process with another language, and goes on to the next status."""
    made = edits_for("running", "実行中", "finished")
    assert ["fertig"] == [edit.cell for edit in made.edits if edit.key == "run.status"]
    assert () == made.warnings


def test_a_status_that_says_the_same_is_left_alone() -> None:
    """No cell changes only because somebody else reads another language."""
    made = edits_for("running", "完了", "finished")
    assert [] == [edit for edit in made.edits if edit.key == "run.status"]
    assert () == made.warnings


def test_a_status_of_a_persons_own_stays() -> None:
    """What a person put into the sheet is never changed."""
    made = edits_for("running", "kaputt", "finished")
    assert [] == [edit for edit in made.edits if edit.key == "run.status"]
    assert 1 == len(made.warnings)


def test_a_language_that_there_is_not_is_a_misuse_with_the_list(place: Path) -> None:
    """The message names what was said and what there is."""
    with pytest.raises(MisuseError, match=r"no language 'klingon'; there are: en, de, es"):
        sheetlog.configure(language="klingon")
    (place / "sheetlog.yaml").write_text("language: xx\n")
    with pytest.raises(SettingsError, match=r"sheetlog\.yaml"):
        settings.current()


@pytest.mark.parametrize("said", ["DE", "de_AT", "de-CH", " de "])
def test_a_region_is_left_out(said: str) -> None:
    """Systems say `de_AT`, and that is German."""
    assert "de" == languages.of(said).code


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_of_the_tabs_is_in_every_language(code: str) -> None:
    """Overview and Dictionary ask for their texts one by one."""
    asked: set[str] = set()

    def say(text: str) -> str:
        asked.add(text)
        return text

    for name in ("classification", "regression", "default"):
        template = catalog.load(name)
        shown = {
            column.mark: dictionary.shown(column, column.mark, column.title or column.mark)
            for column in template.columns
            if column.mark is not None
        }
        shown |= {key: Shown(title="x") for key in ("run.config", "run.revision")}
        overview.overview(template, shown, say=say)
        dictionary.dictionary(shown, say=say)
        asked |= set(dictionary._KINDS.values())
    words = import_module(f"sheetlog.languages.{code}").WORDS
    same = {"Status", "Text", "Link", "Type", "Error", "Date", "Notes", *language.STATUSES}
    assert set() == asked - words.keys() - same
