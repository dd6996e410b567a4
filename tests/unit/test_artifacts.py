"""Artifacts: what each value becomes as a file, how a folder keeps it, and what the row says."""

import hashlib
import io
import os
import sys
import threading
import wave
import zipfile
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import openpyxl
import pandas as pd
import pytest

import sheetlog
from sheetlog.artifacts import folder
from sheetlog.artifacts.folder import FolderStore, safe_name
from sheetlog.artifacts.media import render
from sheetlog.errors import ArtifactError, MisuseError
from sheetlog.record import Link


def figure() -> object:
    """Make a matplotlib figure."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib.figure import Figure

    made = Figure()
    made.subplots().plot([1, 2, 3])
    return made


def picture() -> object:
    """Make a PIL picture."""
    from PIL import Image

    return Image.new("RGB", (8, 8), "red")


def read_png(path: str) -> tuple[int, int]:
    """Give width and height, read by another library."""
    from PIL import Image

    with Image.open(path) as opened:
        opened.load()
        return opened.size


NOISE = np.random.default_rng(0).random((20, 30, 3))


@pytest.mark.parametrize(
    ("expected", "make"),
    [
        (".png", figure),
        (".png", picture),
        (".png", lambda: (NOISE * 255).astype("uint8")),
        (".png", lambda: NOISE),
        (".png", lambda: np.moveaxis(NOISE, 2, 0)),
        (".npy", lambda: np.arange(10.0)),
        (".npy", lambda: np.full((20, 20), 7.5)),
        (".csv", lambda: pd.DataFrame({"a": [1, 2]})),
        (".csv", lambda: pd.Series([1, 2], name="a")),
        (".html", lambda: sheetlog.Html("<p>é</p>")),
        (".bin", lambda: b"abc"),
        (".yaml", lambda: {"lr": 1e-3, "layers": [1, 2]}),
        (".wav", lambda: (16_000, np.zeros(1600))),
    ],
)
def test_each_kind_of_value_becomes_its_file(expected: str, make: object, tmp_path: Path) -> None:
    """By duck type; the file is what its ending says."""
    path = render(make(), str(tmp_path), "it")  # type: ignore[operator]
    assert str(tmp_path / f"it{expected}") == path
    assert os.path.getsize(path) > 0
    if expected == ".png":
        assert min(read_png(path)) >= 8


def test_an_array_comes_back_equal(tmp_path: Path) -> None:
    """What doesn't look like a picture keeps every number; a picture keeps its pixels."""
    from PIL import Image

    numbers = np.linspace(-5, 5, 50)
    assert np.array_equal(numbers, np.load(render(numbers, str(tmp_path), "n")))
    pixels = (NOISE * 255).astype("uint8")
    with Image.open(render(pixels, str(tmp_path), "p")) as opened:
        assert np.array_equal(pixels, np.asarray(opened))


def test_a_folder_is_zipped_and_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    """Times of files don't count."""
    source = tmp_path / "model"
    (source / "sub").mkdir(parents=True)
    (source / "sub" / "w.bin").write_bytes(b"w" * 100)
    (source / "empty").write_bytes(b"")
    (source / "gone").symlink_to(tmp_path / "nowhere")
    one = Path(render(source, str(tmp_path), "one")).read_bytes()
    os.utime(source / "empty", (1, 1))
    assert one == Path(render(str(source), str(tmp_path), "two")).read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as package:
        assert ["empty", "sub/w.bin"] == package.namelist()


def test_a_folder_that_cannot_be_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of it would pass for the whole: that is told, and which file it was."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "w.bin").write_bytes(b"w")
    real = open

    def refusing(path: object, *given: object, **more: object) -> object:
        if str(path).endswith("w.bin"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *given, **more)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", refusing)
    with pytest.raises(ArtifactError, match=r"cannot be made: '.*w.bin' Permission denied"):
        render(tmp_path / "model", str(tmp_path), "it")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_in_no_encoding(tmp_path: Path) -> None:
    """Old archives unpacked: its bytes are no UTF-8, and the folder is stored all the same."""
    (tmp_path / "model").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "model") + b"/\xff.txt")).write_bytes(b"x")
    with zipfile.ZipFile(render(tmp_path / "model", str(tmp_path), "it")) as package:
        assert ["\ufffd.txt"] == package.namelist()


@pytest.mark.parametrize(
    ("expected", "array"),
    [
        ((1, [0, 32767]), np.array([np.nan, 1.5])),
        ((2, [0, 1] * 9), np.array([[0] * 9, [1] * 9], "int16")),
        ((1, [1, -2]), np.array([1 << 16, -2 << 16], "int32")),
        ((1, [-32768, 0, 32512]), np.array([0, 128, 255], "uint8")),
        ((1, []), np.zeros(0)),
    ],
)
def test_sounds(expected: tuple[int, list[int]], array: object, tmp_path: Path) -> None:
    """Channels first or last, of any depth; nothing wraps around."""
    with wave.open(render((16_000, array), str(tmp_path), "it")) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert expected == (file.getnchannels(), frames.tolist())


@pytest.mark.parametrize("value", [object(), 3, "no/such/file.pt", {1, 2}])
def test_what_cannot_become_a_file_is_told(value: object, tmp_path: Path) -> None:
    """The name of the artifact and what would do."""
    with pytest.raises(ArtifactError, match="the artifact 'it'"):
        render(value, str(tmp_path), "it")


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """Give a folder store beside a workbook."""
    (tmp_path / "book").mkdir()
    return FolderStore(str(tmp_path / "book" / "runs_files"), beside=str(tmp_path / "book"))


def put(
    store: FolderStore, tmp_path: Path, content: bytes, *, name: str = "f.bin", run: str = "r"
) -> object:
    """Store a content."""
    source = tmp_path / "source"
    source.write_bytes(content)
    return store.put(str(source), run=run, name=name).link


def at(tmp_path: Path, link: object) -> Path:
    """Give the file that a link opens."""
    return tmp_path / "book" / unquote(link.url)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["a.pt", "sub/dir.pt", "q'uo\"te.pt", "emoji 🎉.png", "x" * 300 + ".bin", "nul", "..", " ", "a:b?*.txt", "%41.bin"]
)  # fmt: skip
def test_a_folder_keeps_any_name(name: str, store: FolderStore, tmp_path: Path) -> None:
    """The link opens the bytes; size and hash are told."""
    link = put(store, tmp_path, b"content", name=name)
    assert b"content" == at(tmp_path, link).read_bytes()
    assert (7, hashlib.sha256(b"content").hexdigest()) == (link.size, link.sha256)  # type: ignore[attr-defined]
    assert at(tmp_path, link).resolve().is_relative_to(tmp_path / "book" / "runs_files" / "r")


def test_the_same_bytes_are_stored_once(store: FolderStore, tmp_path: Path) -> None:
    """Two runs with one content share it on disk."""
    one = put(store, tmp_path, b"x" * 1000, run="one")
    two = put(store, tmp_path, b"x" * 1000, run="two")
    assert os.stat(at(tmp_path, one)).st_ino == os.stat(at(tmp_path, two)).st_ino
    held = (tmp_path / "book" / "runs_files" / ".store").iterdir()
    assert 1 == len([path for path in held if path.is_file()])


@pytest.mark.skipif(os.name == "nt", reason="there such files could not be deleted")
def test_what_is_stored_is_read_only(store: FolderStore, tmp_path: Path) -> None:
    """An editor that saves in place would change the files of all runs with the same bytes."""
    links = [put(store, tmp_path, b"x", run=run) for run in ("r1", "r2")]
    assert [0o444, 0o444] == [at(tmp_path, link).stat().st_mode & 0o777 for link in links]
    assert 0o600 == (tmp_path / "source").stat().st_mode & 0o600, "the given one is left alone"


def test_one_name_with_two_contents_keeps_both(store: FolderStore, tmp_path: Path) -> None:
    """Neither run's file is overwritten; the same again is the same link."""
    one, two = put(store, tmp_path, b"one"), put(store, tmp_path, b"two")
    again = put(store, tmp_path, b"one")
    assert (b"one", b"two") == (at(tmp_path, one).read_bytes(), at(tmp_path, two).read_bytes())
    assert one == again


def test_an_empty_file_and_a_missing_one(store: FolderStore, tmp_path: Path) -> None:
    """Nothing is something; what isn't there is told and leaves nothing behind."""
    assert b"" == at(tmp_path, put(store, tmp_path, b"")).read_bytes()
    with pytest.raises(ArtifactError, match="cannot be kept"):
        store.put(str(tmp_path / "gone"), run="r", name="gone")
    assert [] == list((tmp_path / "book" / "runs_files" / ".store" / "parts").iterdir())


def test_a_log_without_end(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that grows faster than it is read is kept as it was when its reading began."""

    class Growing(io.FileIO):
        def read(self, size: int | None = -1) -> bytes:
            with Path(str(self.name)).open("ab") as more:
                more.write(b"more")
            assert os.path.getsize(str(self.name)) < 1000, "it is read for ever"
            return super().read(size)

    def opening(path: str, mode: str) -> io.FileIO:
        return (Growing if path == str(tmp_path / "source") else io.FileIO)(path, mode)

    monkeypatch.setattr(folder, "open", opening, raising=False)
    link = put(store, tmp_path, b"at first")
    assert b"at first" == at(tmp_path, link).read_bytes()


def test_without_hard_links(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On file systems that have none everything is as elsewhere, but for the room."""

    def none(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    one, two = put(store, tmp_path, b"one"), put(store, tmp_path, b"two")
    assert one == put(store, tmp_path, b"one")
    assert (b"one", b"two") == (at(tmp_path, one).read_bytes(), at(tmp_path, two).read_bytes())
    assert [1, 2] == [
        store.put(str(tmp_path / "source"), run=run, name="it.bin", artifact="it").version
        for run in ("a", "b")
    ]


def test_ten_writers_at_once(store: FolderStore, tmp_path: Path) -> None:
    """Each content is there, whole, whoever comes first."""
    files = []
    for number in range(10):
        path = tmp_path / f"s{number}"
        path.write_bytes(bytes([number % 3]) * 100_000)
        files.append(path)
    links: list[object] = [None] * 10

    def work(number: int) -> None:
        links[number] = store.put(str(files[number]), run=f"r{number % 2}", name="f").link

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, link in enumerate(links):
        assert files[number].read_bytes() == at(tmp_path, link).read_bytes()


def test_safe_names_stay_apart() -> None:
    """What was cut off may be all that two names differ in."""
    assert safe_name("x" * 200 + "a.pt") != safe_name("x" * 200 + "b.pt")
    assert "a_b" == safe_name("a/b")


def test_artifacts_of_a_run_are_links_in_its_row(place: Path) -> None:
    """Relative links beside the workbook, that survive moving the folder."""
    (place / "model.pt").write_bytes(b"weights")
    table = pd.DataFrame({"a": [1]})
    receipt = sheetlog.log(
        {"lr": 1}, {"acc": 1}, name="n", artifacts={"model": "model.pt", "errors": table}
    )
    assert receipt.delivered
    sheet = openpyxl.load_workbook("runs.xlsx").worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    cell = sheet.cell(2, titles.index("model") + 1)
    assert "model.pt" == cell.value
    target = unquote(cell.hyperlink.target)
    assert not os.path.isabs(target)
    moved = place.parent / "moved"
    place.rename(moved)
    assert b"weights" == (moved / target).read_bytes()
    moved.rename(place)
    assert 1 == len(sheetlog.runs())


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
@pytest.mark.parametrize("named", ["", "own/kept"])
def test_a_link_to_a_team_s_workbook(
    named: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files lie beside the workbook itself, and open from there, unless the settings name a place."""
    for name in ("team", "own"):
        (place / name).mkdir()
    sheetlog.log(name="a", sheet=place / "team" / "runs.xlsx")
    (place / "own" / "mine.xlsx").symlink_to(place / "team" / "runs.xlsx")
    (place / "via").symlink_to(place / "own", target_is_directory=True)
    if named:
        monkeypatch.setenv("SHEETLOG_ARTIFACTS", str(place / named))
    for path in ("own/mine.xlsx", "via/mine.xlsx"):
        sheetlog.log(artifacts={"m": b"m"}, sheet=place / path)
    kept = place / (named or "team/runs_files")
    assert 2 == len([path for path in kept.rglob("m.bin") if ".store" not in path.parts])
    sheet = openpyxl.load_workbook(place / "team" / "runs.xlsx").worksheets[0]
    links = [cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    opened = [place / "team" / unquote(link.removeprefix("file://")) for link in links]
    assert [b"m", b"m"] == [path.read_bytes() for path in opened]


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_folder_with_two_names_keeps_relative_links(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place below the workbook's folder moves with it, by whichever name it is called."""
    (place / "real").mkdir()
    (place / "short").symlink_to(place / "real", target_is_directory=True)
    monkeypatch.setenv("SHEETLOG_ARTIFACTS", str(place / "short" / "kept"))
    sheetlog.log(artifacts={"m": b"m"}, sheet=place / "short" / "runs.xlsx")
    sheet = openpyxl.load_workbook(place / "real" / "runs.xlsx").worksheets[0]
    [link] = [cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert b"m" == (place / "real" / link).read_bytes()


def test_an_artifact_that_fails_costs_its_cell_only(place: Path) -> None:
    """The row lands, says so in the cell, and one warning says why."""
    with pytest.warns(sheetlog.SheetlogWarning, match="there is no file or folder 'gone.pt'"):
        receipt = sheetlog.log({}, {"acc": 1}, artifacts={"model": "gone.pt", "ok": b"1"})
    assert receipt.delivered
    row = sheetlog.runs().iloc[0]
    assert ("ok.bin", True) == (
        row["artifacts.ok"],
        row["artifacts.model"].startswith("not stored"),
    )


def test_without_room_for_temporary_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row lands, and says what is missing."""

    def refuse(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuse)
    with pytest.warns(sheetlog.SheetlogWarning, match="no place for temporary files"):
        assert sheetlog.log({}, {"acc": 1}, artifacts={"ok": b"1"}).delivered
    assert sheetlog.runs()["artifacts.ok"].iloc[0].startswith("not stored")


def test_a_secret_in_a_name_reaches_no_column(place: Path) -> None:
    """Nor a folder of the store; two that are alike without it stay apart."""
    secrets = ["ghp_" + "aB1" * 12, "ghp_" + "xY2" * 12]
    for secret in secrets:
        Path(f"{secret}.txt").write_text(secret[4:])
    sheetlog.log({}, {}, artifacts=[f"{secret}.txt" for secret in secrets])
    sheetlog.log({}, {}, artifacts=dict.fromkeys(secrets, b"x"))
    assert {"artifacts.[redacted]", "artifacts.[redacted]~2"} <= set(sheetlog.runs().columns)
    assert [] == [path for path in Path("runs_files").rglob("*") if "ghp_" in path.name]


@pytest.mark.parametrize(
    ("words", "arguments"),
    [("'artifacts' must be", {"artifacts": 3}), ("'artifacts' must be", {"artifacts": [object()]}),
     ("'data' must be", {"data": "x.csv"}), ("names no path", {"data": {"train": 3}})],
)  # fmt: skip
def test_wrong_kinds_are_told_at_once(
    words: str, arguments: dict[str, object], place: Path
) -> None:
    """Before anything is written."""
    with pytest.raises(MisuseError, match=words):
        sheetlog.log({}, {}, **arguments)
    assert [] == list(place.iterdir())


def test_a_list_of_paths_is_named_by_its_files(place: Path) -> None:
    """Two files of one name both find a place."""
    for name in ("a/model.pt", "b/model.pt"):
        Path(name).parent.mkdir()
        Path(name).write_text(name)
    sheetlog.log({}, {}, artifacts=["a/model.pt", Path("b/model.pt")])
    row = sheetlog.runs().iloc[0]
    assert {"artifacts.model", "artifacts.model~2"} <= set(row.index)


def test_data_is_described_and_not_copied(place: Path) -> None:
    """Size and content hash; a folder's also counts its files; a URL loses its password."""
    Path("train.csv").write_bytes(b"a,b\n1,2\n")
    Path("images").mkdir()
    Path("images/1.png").write_bytes(b"1")
    Path("images/2.png").write_bytes(b"22")
    given = {
        "train": "train.csv",
        "images": Path("images"),
        "web": "s3://u:pw@bucket/d.csv",
        "gone": "no.csv",
    }
    sheetlog.log({}, {"acc": 1}, data=given)
    row = sheetlog.runs().iloc[0]
    digest = hashlib.sha256(b"a,b\n1,2\n").hexdigest()[:12]
    assert f"v1 · sha256 {digest} · 8 bytes · 1 row · train.csv" == row["data.train"]
    assert row["data.images"].endswith("2 files · 3 bytes · images")
    assert "pw" not in row["data.web"]
    assert row["data.gone"].startswith("not read")
    assert {"runs.xlsx", "train.csv", "images", ".runs.xlsx.lock"} == {
        p.name for p in place.iterdir()
    }


def test_a_link_to_a_file_of_somebody_else_s(store: FolderStore, tmp_path: Path) -> None:
    """What a person wrote into the sheet reaches no other file of this computer."""
    (tmp_path / "secret").write_text("mine")
    os.symlink(tmp_path / "secret", tmp_path / "book" / "linked")
    for url in ("../secret", (tmp_path / "secret").as_uri(), "linked"):
        with pytest.raises(ArtifactError, match="is no file of the folder"):
            store.fetch(Link(text="x", url=url), str(tmp_path / "target"))
    assert not (tmp_path / "target").exists()
