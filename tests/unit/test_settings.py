"""Where settings come from, in which order, and what a wrong one says."""

from pathlib import Path

import pytest

from sheetlog import settings
from sheetlog.errors import MisuseError, SettingsError


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's own settings out."""
    for name in settings._FIELDS:
        monkeypatch.delenv(f"SHEETLOG_{name.upper()}", raising=False)
    monkeypatch.delenv("COLAB_RELEASE_TAG", raising=False)
    monkeypatch.setattr(settings, "_configured", {})
    monkeypatch.chdir(tmp_path)


def test_nothing_said_means_a_workbook_in_the_working_directory(tmp_path: Path) -> None:
    """The default needs no account and no file."""
    chosen = settings.current()
    assert str(tmp_path / "runs.xlsx") == chosen.sheet
    assert "the default" == chosen.origin("sheet")


def test_colab_means_a_google_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Colab a workbook would vanish with the machine."""
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release")
    assert "google:sheetlog runs" == settings.current().sheet


def test_the_order_is_argument_configure_environment_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each place wins over the ones behind it, and every value remembers its own."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "sheetlog.yaml").write_text(
        "sheet: team.xlsx\ntimeout: 5\nquiet: true\nstrict: true\n"
    )
    monkeypatch.chdir(inner)
    monkeypatch.setenv("SHEETLOG_QUIET", "0")
    monkeypatch.setenv("SHEETLOG_TEMPLATE", "sweep")
    settings.configure(template="minimal")
    chosen = settings.current({"template": "regression", "sheet": None})
    assert str(tmp_path / "team.xlsx") == chosen.sheet
    assert (5.0, False, "regression", True) == (
        chosen.timeout,
        chosen.quiet,
        chosen.template,
        chosen.strict,
    )
    assert f"'{tmp_path / 'sheetlog.yaml'}'" == chosen.origin("sheet")
    assert ("SHEETLOG_QUIET", "the call") == (chosen.origin("quiet"), chosen.origin("template"))
    assert "minimal" == settings.current().template
    settings.configure(template=None)
    assert "sweep" == settings.current().template


@pytest.mark.parametrize(
    ("expected", "content"),
    [
        ("did you mean 'template'?", "templat: sweep"),
        ("'name: value' lines", "- sheet"),
        ("must be true or false", "quiet: maybe"),
        ("number of seconds", "timeout: soon"),
        ("must be a list of texts", "allow: 3"),
        ("cannot tell which sheet", "sheet: notes.txt"),
        ("cannot be read", "sheet: [a"),
    ],
)
def test_a_wrong_line_in_the_file_is_told_with_the_file(
    expected: str, content: str, tmp_path: Path
) -> None:
    """What is wrong, where, and what would be right."""
    (tmp_path / "sheetlog.yaml").write_text(content)
    with pytest.raises(SettingsError) as caught:
        settings.current()
    assert expected in str(caught.value)
    assert "sheetlog.yaml" in str(caught.value)


@pytest.mark.parametrize("wrong", [{"shet": "a.xlsx"}, {"timeout": -1}, {"quiet": "perhaps"}])
def test_configure_refuses_at_once_and_changes_nothing(wrong: dict[str, object]) -> None:
    """A wrong setting among right ones takes none of them."""
    before = settings.current()
    with pytest.raises(MisuseError):
        settings.configure(template="sweep", **wrong)
    assert before == settings.current()


def test_a_deleted_working_directory_is_no_reason_to_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Training scripts do clean up the folder that they were started in."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert settings.current().sheet.endswith("runs.xlsx")
    monkeypatch.chdir(tmp_path)
