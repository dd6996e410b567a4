"""How sheets are named."""

import pytest

from sheetlog import api, naming, settings
from sheetlog.artifacts.folder import FolderStore
from sheetlog.errors import MisuseError
from sheetlog.naming import SheetName, parse

ID = "1AbC-d_efGHIJKLMNOP"


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        (SheetName(kind="excel", target="runs.xlsx"), "runs.xlsx"),
        (SheetName(kind="excel", target="a#b/runs.XLSM", tab="My tab"), "a#b/runs.XLSM#My tab"),
        (SheetName(kind="google", target="My runs"), "google:My runs"),
        (SheetName(kind="google", target="My runs", tab="Tab"), "google: My runs#Tab"),
        (
            SheetName(kind="url", target=ID, gid=12),
            f"https://docs.google.com/spreadsheets/d/{ID}/edit?usp=sharing#gid=12",
        ),
        (SheetName(kind="url", target=ID), f"https://docs.google.com/spreadsheets/u/1/d/{ID}"),
    ],
)
def test_a_name_is_taken_apart(expected: SheetName, name: str) -> None:
    """Each of the three kinds, with and without a tab."""
    assert expected == parse(name)


@pytest.mark.parametrize(
    "name", ["", "runs", "runs.csv", "google:", "google:  ", "https://example.com"]
)
def test_what_is_no_name_is_refused_with_the_ways_there_are(name: str) -> None:
    """The message shows how each kind is written."""
    with pytest.raises(MisuseError, match="name a workbook") as caught:
        parse(name)
    assert "google:" in str(caught.value)


def test_a_tab_of_a_workbook_is_no_google_sheet_in_a_mounted_drive() -> None:
    """Its files lie as those of the workbook itself do: no Drive id is waited for."""
    for sheet in ("runs.xlsx", "runs.xlsx#Seeds", "RUNS.XLSM"):
        assert not naming.is_google(sheet)
        store = api.store_of(sheet, settings.Settings(), where="/content/drive/MyDrive/files")
        assert FolderStore is type(store)
    for sheet in ("google:My runs", "https://docs.google.com/spreadsheets/d/abc/edit"):
        assert naming.is_google(sheet)


@pytest.mark.parametrize("path", ["a b/ü.pt", "50%#?&=.bin", "emoji \U0001f389", "plain-1_2~3.x"])
def test_a_path_in_a_url(path: str) -> None:
    """Quoted as urllib does it, which the path of a run doesn't load."""
    from urllib.parse import quote

    assert quote(path) == naming.quoted(path.encode())
    assert quote(path, safe="/ ") == naming.quoted(path.encode(), also=b" ")
