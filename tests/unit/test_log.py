"""`log()` as a user meets it: what lands where, what it says, and what cannot bring it down."""

import enum
import json
import math
import os
import warnings
from pathlib import Path

import openpyxl
import pytest

import sheetlog
from sheetlog.errors import MisuseError


def cells(path: Path, tab: int = 0) -> tuple[list[object], list[list[object]]]:
    """Give titles and rows as another library reads them."""
    sheet = openpyxl.load_workbook(path).worksheets[tab]
    titles, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    return titles, rows


def test_one_call_with_nothing_configured(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One row, keys by section and path, and one printed line that says where it is."""
    receipt = sheetlog.log(
        {"optim": {"lr": 1e-3}, "layers": [64, 64]}, {"val": {"acc": 0.93}}, name="first"
    )
    assert (True, "first", None) == (receipt.delivered, receipt.name, receipt.problem)
    out = capsys.readouterr().out
    assert f"sheetlog: run 'first' is in {receipt.url}\n" == out
    frame = sheetlog.runs()
    assert [receipt.run_id] == list(frame.index)
    expected = {"params.optim.lr": 0.001, "params.layers": "[64, 64]", "metrics.val.acc": 0.93}
    assert expected == {key: frame[key].iloc[0] for key in expected}


def test_other_keys_join_where_rule_3_says_and_the_first_row_is_untouched(place: Path) -> None:
    """New metrics stand behind the metrics, new params behind the params."""
    sheetlog.log({"lr": 1}, {"acc": 0.5})
    before, rows = cells(place / "runs.xlsx")
    first = dict(zip(before, rows[0], strict=True))
    sheetlog.log({"lr": 2, "wd": 3}, {"acc": 0.6, "f1": 0.7})
    after, rows = cells(place / "runs.xlsx")
    assert ["acc", "f1"] == after[after.index("acc") : after.index("acc") + 2]
    assert ["lr", "wd"] == after[after.index("lr") : after.index("lr") + 2]
    now = dict(zip(after, rows[0], strict=True))
    assert {**first, "f1": None, "wd": None} == now


def test_a_later_state_of_a_run_edits_its_row(place: Path) -> None:
    """`run_id` makes it a revision: one row, old values kept, new ones added."""
    receipt = sheetlog.log({"lr": 1}, {"acc": 0.5}, name="a", status="running")
    sheetlog.log(metrics={"acc": 0.9, "f1": 0.8}, run_id=receipt.run_id)
    frame = sheetlog.runs()
    assert 1 == len(frame)
    row = frame.iloc[0]
    assert ("a", "finished", 0.9, 0.8, 1) == (
        row["run.name"], row["run.status"], row["metrics.acc"], row["metrics.f1"], row["params.lr"],
    )  # fmt: skip


def test_a_run_id_of_the_user_s_own_is_one_row_however_often(place: Path) -> None:
    """The same id from another process and journal finds the same row."""
    sheetlog.log({"lr": 1}, {"acc": 0.5}, run_id="mine")
    os.environ["SHEETLOG_JOURNAL"] = str(place / "other.sqlite3")
    sheetlog.log({"lr": 1}, {"acc": 0.6}, run_id="mine")
    frame = sheetlog.runs()
    assert [("mine", 0.6)] == list(zip(frame.index, frame["metrics.acc"], strict=True))


def test_params_may_be_files(place: Path) -> None:
    """YAML by the 1.2 rules, JSON and TOML."""
    Path("c.yaml").write_text("lr: 1e-4\nuse: on\ncode: 012\n")
    Path("m.json").write_text('{"acc": 0.5}')
    sheetlog.log("c.yaml", Path("m.json"))
    Path("c.toml").write_text("lr = 0.5")
    sheetlog.log("c.toml")
    frame = sheetlog.runs()
    assert [1e-4, 0.5] == list(frame["params.lr"])
    assert ("on", 12, 0.5) == (
        frame["params.use"].iloc[0], frame["params.code"].iloc[0], frame["metrics.acc"].iloc[0],
    )  # fmt: skip


def test_a_params_file_that_cannot_be_read_costs_its_values_and_not_the_run(place: Path) -> None:
    """The run is there with the path, and one warning says why."""
    with pytest.warns(sheetlog.SheetlogWarning, match=r"'gone\.yaml' cannot be read"):
        receipt = sheetlog.log("gone.yaml", {"acc": 1})
    assert receipt.delivered
    assert "gone.yaml" == sheetlog.runs()["params.file"].iloc[0]


@pytest.mark.parametrize(
    ("expected", "arguments"),
    [
        ("give a mapping, or the path", {"params": "lr=3"}),
        ("params", {"params": 3}),
        ("metrics", {"metrics": object()}),
        ("'name' must be a text", {"name": 3}),
        ("'tags' must be a list", {"tags": 3}),
        ("'status' must be one of finished, failed", {"status": "done"}),
        ("'run_id' is blank", {"run_id": " "}),
        ("name a workbook", {"sheet": "runs.ods"}),
        ("'sheet' must be a text or a path", {"sheet": 3}),
        ("'template' must be a text or a path", {"template": 3}),
    ],
)
def test_misuse_raises_at_once(expected: str, arguments: dict[str, object], place: Path) -> None:
    """A wrong argument is told at the call; nothing was written."""
    with pytest.raises(MisuseError, match=expected):
        sheetlog.log(**arguments)
    assert [] == list(place.iterdir())


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class Colour(enum.Enum):
    RED = 1


def cyclic() -> dict[str, object]:
    """Make a mapping that holds itself."""
    made: dict[str, object] = {"a": 1}
    made["self"] = made
    return made


def deep(levels: int) -> dict[str, object]:
    """Make a mapping in a mapping in a mapping."""
    made: dict[str, object] = {"end": 1}
    for _ in range(levels):
        made = {"d": made}
    return made


@pytest.mark.parametrize(
    "params",
    [
        {"a.b": 1, "a": {"b": 2}},
        {'quo"te': 1, "apo'strophe": 2, "emoji 🎉": 3, "new\nline": 4, "tab\t": 5, "": 6, " ": 7},
        {"<tag>": "<&>", "]]>": "]]>", "&amp;": "&lt;", "$A$1": "A1", "=1+1": "x", "R1C1": 1},
        {f"key{number}": number for number in range(10_000)},
        deep(200),
        deep(5000),
        cyclic(),
        {"long": "x" * 1_000_000, "wide": "🎉" * 500_000},
        {"nan": math.nan, "inf": math.inf, "ninf": -math.inf, "big": 2**63, "huge": 10**400},
        {"f": "=cmd()|' /C calc'!A0", "plus": "+1", "minus": "-1", "at": "@SUM(A1)", "q": "'1"},
        {"control": "".join(map(chr, range(32))), "del": "\x7f\x80\x9f\ufffe\uffff", "esc": "_x0041_"},
        {"lone": "\ud800", "lone2": "a\udfffb", "\ud800key": 1, "pair": "\ud83d\ude00"},
        {"repr": Hostile(), "type": Hostile, "enum": Colour.RED, "lambda": lambda: 1, "gen": iter([1])},
        {1: "int key", None: "none key", (1, 2): "tuple key", Colour.RED: "enum key", 1.5: "float"},
        {"k" * 5000: 1, "k" * 5001: 2, "K" * 5000: 3},
        {"run.id": "fake", "run": {"id": "fake2"}, "_sheetlog": 1, "more": "x"},
    ],
    ids=lambda params: str(next(iter(params)))[:10].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_hostile_params_land_whole(params: dict[object, object], place: Path) -> None:
    """`log()` returns, the row is there, and the journal has every value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sheetlog.SheetlogWarning)
        receipt = sheetlog.log(params, {"acc": 0.5})
        again = sheetlog.log(params, {"acc": 0.6})
    assert (True, True) == (receipt.delivered, again.delivered), (receipt.problem, again.problem)
    titles, rows = cells(place / "runs.xlsx")
    assert [0.5, 0.6] == [row[titles.index("acc")] for row in rows]
    frame = sheetlog.runs()
    assert [receipt.run_id, again.run_id] == list(frame.index)
    held = sheetlog.show(receipt.run_id).values
    assert len(params) <= sum(key.startswith("params.") for key in held) or len(params) == 1


def test_nothing_is_dropped_of_ten_thousand_keys(place: Path) -> None:
    """What has no column is in the overflow cell, and all of it in the journal."""
    params = {f"k{number}": number for number in range(3000)}
    receipt = sheetlog.log(params, {})
    frame = sheetlog.runs()
    own = {k: frame[k].iloc[0] for k in frame.columns if k.startswith("params.")}
    more = json.loads(frame["run.more"].iloc[0]) if "cut" not in frame["run.more"].iloc[0] else {}
    held = sheetlog.show(receipt.run_id).values
    assert {f"params.{k}": v for k, v in params.items()}.items() <= held.items()
    assert {f"params.{k}" for k in params} - set(own) - set(more) == set() or not more


SECRETS = {
    "password": "hunter2secret", "db_password": "pw-12345678", "apiKey": "zzz-yyy-xxx",
    "OPENAI_API_KEY": "sk-proj-abcdefghijklmnopqrstuvwxyz123456", "hf_token": "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH",
    "wandb-api-key": "0123456789abcdef0123456789abcdef01234567", "aws": {"secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
    "AccessToken": "ya29.a0AfH6SMBxxxxxxxxxxxxxxxxxxxxxxxx", "url": "https://bob:s3cr3tpw@example.com/x",
    "remote": "https://x-access-token:ghp_abcdefghijklmnopqrstuvwxyz0123456789@github.com/a/b",
    "note": "use Bearer abcdefghijklmnopqrstuvwxyz012345", "client_secret": "GOCSPX-abcdefghijklmnopqrstuvwx",
    "credentials": "user:topsecretpw", "private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----",
    "slack": "xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx", "auth_token": "tok-987654321",
    "secrets": ["first-secret-value", "second-secret-value"], "passwd": "rootpw99", "dsn": "postgres://u:dbpass77@db/x",
    "pwd": "mypwd8888",
}  # fmt: skip
NEEDLES = [
    "hunter2secret", "pw-12345678", "zzz-yyy-xxx", "sk-proj-abc", "hf_abcdef", "0123456789abcdef0123",
    "wJalrXUtn", "ya29.a0", "s3cr3tpw", "ghp_abc", "abcdefghijklmnopqrstuvwxyz012345", "GOCSPX-", "topsecretpw",
    "MIIEvQ", "xoxb-", "tok-987654321", "first-secret-value", "second-secret-value", "rootpw99", "dbpass77",
    "mypwd8888",
]  # fmt: skip


def test_no_secret_reaches_journal_sheet_or_screen(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twenty kinds of names and values; innocent ML names stay."""
    import zipfile

    innocent = {
        "use_cls_token": True,
        "num_memory_tokens": 4,
        "max_tokens": 512,
        "tokenizer": "bpe",
    }
    with pytest.warns(sheetlog.SheetlogWarning, match="look like secrets") as caught:
        sheetlog.log({**SECRETS, **innocent}, {"acc": 1})
    parts = [zipfile.ZipFile("runs.xlsx").read(n) for n in zipfile.ZipFile("runs.xlsx").namelist()]
    state = [path.read_bytes() for path in (place.parent / "state").iterdir()]
    said = capsys.readouterr()
    words = [said.out.encode(), said.err.encode(), *(str(w.message).encode() for w in caught)]
    for needle in NEEDLES:
        for content in (*parts, *state, *words):
            assert needle.encode() not in content, needle
    row = sheetlog.runs().iloc[0]
    assert innocent == {name: row[f"params.{name}"] for name in innocent}


def test_no_setting_of_warnings_takes_a_training_down(place: Path) -> None:
    """Even where every warning is an error, `log()` returns."""
    (place / "runs.xlsx").mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not sheetlog.log({}, {"acc": 1}).delivered


def test_offline_keeps_and_sync_delivers(place: Path) -> None:
    """`offline` is said, and `sync()` brings the row."""
    sheetlog.configure(offline=True)
    with pytest.warns(sheetlog.SheetlogWarning, match="'offline' is set"):
        receipt = sheetlog.log({}, {"acc": 1})
    assert (False, 1) == (receipt.delivered, receipt.waiting)
    assert not (place / "runs.xlsx").exists()
    sheetlog.configure(offline=None)
    assert (receipt.run_id,) == sheetlog.sync().delivered
    assert [1] == list(sheetlog.runs()["metrics.acc"])


def test_a_mistake_in_the_settings_file_keeps_the_run_until_it_is_mended(place: Path) -> None:
    """The run waits for the sheet that the mended file names."""
    Path("sheetlog.yaml").write_text("shet: team.xlsx")
    with pytest.warns(sheetlog.SheetlogWarning, match="did you mean 'sheet'"):
        receipt = sheetlog.log({}, {"acc": 1})
    assert not receipt.delivered
    Path("sheetlog.yaml").write_text("sheet: team.xlsx")
    assert (receipt.run_id,) == sheetlog.sync().delivered
    assert [1] == list(sheetlog.runs("team.xlsx")["metrics.acc"])


def test_a_mistake_in_a_template_keeps_the_run_and_names_every_mistake(place: Path) -> None:
    """The training goes on; `sync` delivers once the template is mended."""
    Path("ours.yaml").write_text("title: T\ncolumns: [{kee: run.name}]\nrset: cell\n")
    with pytest.warns(sheetlog.SheetlogWarning, match="mistakes") as caught:
        receipt = sheetlog.log({}, {"acc": 1}, template="ours.yaml")
    assert "kee" in str(caught[0].message)
    assert "rset" in str(caught[0].message)
    Path("ours.yaml").write_text("title: T\ncolumns: [{key: 'metrics.*'}]\n")
    assert (receipt.run_id,) == sheetlog.sync().delivered


def test_a_deleted_row_stays_deleted_and_comes_back_by_name(place: Path) -> None:
    """Rule 7, through the whole program."""
    receipt = sheetlog.log({}, {"acc": 1})
    sheetlog.log({}, {"acc": 2})
    book = openpyxl.load_workbook("runs.xlsx")
    book.worksheets[0].delete_rows(2)
    table = next(iter(book.worksheets[0].tables.values()))
    table.ref = table.ref.replace("3", "2")
    book.save("runs.xlsx")
    with pytest.warns(sheetlog.SheetlogWarning, match="a person deleted the row"):
        sheetlog.log(metrics={"acc": 3}, run_id=receipt.run_id)
    assert [2] == list(sheetlog.runs()["metrics.acc"])
    sheetlog.sync(runs=[receipt.run_id])
    assert [2, 3] == list(sheetlog.runs()["metrics.acc"])


def test_strict_raises_instead_of_warning(place: Path) -> None:
    """For those who want their pipeline to stop."""
    (place / "runs.xlsx").mkdir()
    sheetlog.configure(strict=True)
    with pytest.raises(sheetlog.SheetlogError):
        sheetlog.log({}, {"acc": 1})
    sheetlog.configure(strict=None)
    (place / "runs.xlsx").rmdir()
    assert 1 == len(sheetlog.sync().delivered)
