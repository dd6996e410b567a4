"""What surrounds a run, in its record: each piece by itself, a failing one, and all of it off."""

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest

import sheetlog
from sheetlog.context import around, environment, git, hardware, notebook
from sheetlog.record import Link
from sheetlog.settings import PIECES

LENT = ("COLAB_RELEASE_TAG", "COLAB_JUPYTER_IP", "KMP_TARGET_PORT", "KAGGLE_KERNEL_RUN_TYPE")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*LENT, "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    around.forget()


@pytest.fixture
def work(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a working directory in which all pieces are recorded."""
    monkeypatch.setattr(
        sys.modules["__main__"], "__file__", str(place / "train.py"), raising=False
    )
    (place / "train.py").write_text("lr = 0.1\n")
    sheetlog.configure(quiet=True, context=True, strict=True)
    return place


def values(**given: object) -> dict[str, object]:
    """Give what the journal has of a run that was just logged."""
    return sheetlog.show(sheetlog.log({"lr": 1.0}, {"acc": 1}, **given).run_id).values


def test_a_run_has_its_surroundings(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python, platform, command, person, computer and hardware, without being asked."""
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.setattr(sys, "orig_argv", ["/usr/bin/python3", "train.py", "--lr", "0.1"])
    found = values()
    assert ".".join(map(str, sys.version_info[:3])) == found["env.python"]
    assert ("python3 train.py --lr 0.1", "ada") == (found["env.command"], found["run.user"])
    assert {"run.host", "env.platform", "hardware.cpus", "hardware.memory"} <= set(found)
    assert 0 < found["hardware.memory"] < 1000
    lock = (work / found["env.lock"].url).read_text()
    assert f"\npytest=={pytest.__version__}\n" in lock
    assert "lr = 0.1\n" == (work / found["env.source"].url).read_text()


@pytest.mark.parametrize("given", [False, "off", []])
def test_off_turns_all_off(work: Path, given: object) -> None:
    """With `context: off` a record has what the call gave, and no file is made."""
    sheetlog.configure(context=given)
    found = values()
    assert {"run", "metrics", "params"} == {key.partition(".")[0] for key in found}
    assert not {"run.user", "run.host"} & set(found)
    assert not (work / "runs_files").exists()


def test_pieces_by_name(work: Path) -> None:
    """Pieces are chosen by name, or left out by name."""
    sheetlog.configure(context=["env"])
    assert {"env.python", "env.platform", "env.command"} == {
        key
        for key in values()
        if key.startswith(("env.", "git.", "hardware.")) or key == "run.host"
    } - {"env.packages"}
    sheetlog.configure(context="-user, -host, -files, -git")
    found = values()
    assert "hardware.cpus" in found
    assert not {"run.user", "run.host", "env.lock"} & set(found)


@pytest.mark.parametrize("wrong", ["nothing", ["git", "-env"], 3, ["gits"]])
def test_wrong_pieces_are_told(place: Path, wrong: object) -> None:
    """What is no piece is misuse, and the message names those that are."""
    with pytest.raises(sheetlog.SheetlogError, match="git, env, hardware"):
        sheetlog.configure(context=wrong)


@pytest.mark.parametrize(
    ("module", "name", "key"),
    [
        (git, "find", "git.commit"),
        (environment, "described", "env.python"),
        (environment, "packages", "env.packages"),
        (environment, "user", "run.user"),
        (environment, "installed", "env.lock"),
        (hardware, "described", "hardware.cpus"),
        (hardware, "nvidia", "hardware.gpu"),
        (notebook, "described", "notebook.name"),
        (notebook, "source", "env.source"),
    ],
)
def test_a_piece_that_fails_is_a_missing_cell(
    work: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str, key: str
) -> None:
    """Whatever a piece raises costs its own values alone: no error, no warning."""

    def fail(*args: object) -> object:
        raise OSError("no such thing")

    monkeypatch.setattr(module, name, fail)
    found = values()
    assert key not in found
    assert {"params.lr", "metrics.acc"} <= set(found)


def test_a_later_state_leaves_alone_what_surrounded_the_run(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that adds a metric to a run afterwards does not become its command."""
    monkeypatch.setattr(sys, "orig_argv", ["python", "train.py"])
    sheetlog.log({"lr": 1.0}, {"acc": 1}, run_id="one")
    around.forget()
    before = sheetlog.show("one").values["env.lock"]
    monkeypatch.setattr(sys, "orig_argv", ["python", "evaluate.py"])
    monkeypatch.setattr(environment, "installed", lambda: "other==1.0\n")
    sheetlog.log(metrics={"test": 2}, run_id="one")
    found = sheetlog.show("one").values
    assert before == found["env.lock"]
    assert ("python train.py", 2, 1.0) == tuple(
        found[key] for key in ("env.command", "metrics.test", "params.lr")
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_changed_code_is_kept_once(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a process share one diff; a commit in between is seen by the next run."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "train.py"], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", *who, *words], check=True, capture_output=True)
    (work / "train.py").write_text("lr = 0.2\n")
    first, second = values(), values()
    assert first["git.dirty"] is second["git.dirty"] is True
    assert first["git.diff"] == second["git.diff"]
    assert "+lr = 0.2" in (work / first["git.diff"].url).read_text()
    subprocess.run(["git", *who, "commit", "-q", "-a", "-m", "y"], check=True, capture_output=True)
    third = values()
    assert third["git.dirty"] is False
    assert "git.diff" not in third
    assert first["git.commit"] != third["git.commit"]


class Sessions(http.server.BaseHTTPRequestHandler):
    """Stands in for Colab's session endpoint."""

    answer = b""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/sessions" else 404)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        (
            {
                "notebook.link": Link(
                    text="My net.ipynb", url="https://colab.research.google.com/drive/1AbC-_9"
                )
            },
            [{"path": "fileId=1AbC-_9", "name": "My%20net.ipynb"}],
        ),
        (
            {
                "notebook.link": Link(
                    text="a.ipynb",
                    url="https://colab.research.google.com/github/o/r/blob/main/a.ipynb",
                )
            },
            [
                {
                    "path": "fileId=https%3A%2F%2Fgithub.com%2Fo%2Fr%2Fblob%2Fmain%2Fa.ipynb",
                    "name": "a.ipynb",
                }
            ],
        ),
        ({"notebook.name": "b.ipynb"}, [{"path": 'fileId="><x>', "name": "b.ipynb"}]),
        ({"notebook.name": "Colab notebook"}, []),
        ({"notebook.name": "Colab notebook"}, {"error": 1}),
    ],
)
def test_colab_s_notebook(
    expected: dict[str, object], answer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Colab's session endpoint gives name and link of the notebook."""
    monkeypatch.setattr(Sessions, "answer", json.dumps(answer).encode())
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sessions) as server:
        threading.Thread(target=functools.partial(server.serve_forever, 0.01), daemon=True).start()
        monkeypatch.setenv("COLAB_RELEASE_TAG", "release")
        monkeypatch.setenv("COLAB_JUPYTER_IP", "127.0.0.1")
        monkeypatch.setenv("KMP_TARGET_PORT", str(server.server_port))
        assert expected == notebook.described()
        server.shutdown()


def test_colab_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that takes the call and never answers, or is not there, costs no link."""
    import socket

    monkeypatch.setattr(notebook, "LONGEST", 0.05)
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release")
    monkeypatch.setenv("COLAB_JUPYTER_IP", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("KMP_TARGET_PORT", str(silent.getsockname()[1]))
        assert {"notebook.name": "Colab notebook"} == notebook.described()
    assert {"notebook.name": "Colab notebook"} == notebook.described()
    monkeypatch.setenv("KMP_TARGET_PORT", "no number")
    assert {"notebook.name": "Colab notebook"} == notebook.described()


def test_colab_s_names_of_chance_are_left_out(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither `root` nor a container's name says who ran something where."""
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Batch")
    found = values()
    assert not {"run.user", "run.host"} & set(found)
    assert "Kaggle notebook" == found["notebook.name"]


def test_a_notebook_of_jupyter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name and address come from the server that runs, without its token; the source is what ran."""
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    main = types.ModuleType("__main__")
    main.In = ["", "lr = 0.1", "token = 'hunter2hunter2'"]
    monkeypatch.setitem(sys.modules, "__main__", main)
    runtime, root = tmp_path / "runtime", tmp_path / "root"
    (root / "a b").mkdir(parents=True)
    (root / "a b" / "n.ipynb").write_text("{}")
    runtime.mkdir()
    told = {"url": "http://localhost:8888/", "root_dir": str(root), "token": "abc"}
    (runtime / "jpserver-1.json").write_text("{")
    (runtime / "jpserver-2.json").write_text(json.dumps(told))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    assert {"notebook.name": "Jupyter notebook"} == notebook.described()
    monkeypatch.setenv("JPY_SESSION_NAME", str(root / "a b" / "n.ipynb"))
    link = Link(text="n.ipynb", url="http://localhost:8888/lab/tree/a%20b/n.ipynb")
    assert {"notebook.link": link} == notebook.described()
    assert "# In [1]\nlr = 0.1\n\n# In [2]\ntoken = '[redacted]'\n" == notebook.source()
    main.__vsc_ipynb_file__ = "/home/x/other.ipynb"
    assert {"notebook.name": "other.ipynb"} == notebook.described()
    assert "" == environment.command()


def test_gpus_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, number and peak memory come from PyTorch where it has used a GPU, else nothing."""
    cuda = types.SimpleNamespace(
        is_initialized=lambda: True,
        device_count=lambda: 2,
        get_device_name=lambda number: "NVIDIA A100",
        max_memory_allocated=lambda number: 3_000_000_000,
    )
    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(cuda=cuda, __version__="2.9"))
    expected = {"hardware.gpu": "NVIDIA A100 ×2", "hardware.gpu_memory": 6.0}
    assert expected == hardware.torch()
    assert "torch 2.9" in str(environment.packages()["env.packages"])
    cuda.is_initialized = lambda: False
    assert {} == hardware.torch()


def test_nothing_is_looked_at_twice_within_a_moment(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes a while is told once; after a time, where there is git, it is looked at anew."""
    assert around.due(PIECES, "s")
    around.remember(PIECES, "s", {})
    assert not around.due(PIECES, "s")
    now = time.monotonic()
    monkeypatch.setattr(around.time, "monotonic", lambda: now + around.FRESH + 1)
    assert around.due(PIECES, "s")
    assert not around.due(("env", "user"), "s")


def test_the_working_directory_may_be_gone(work: Path) -> None:
    """A run in a folder that somebody deleted is logged like any other."""
    gone = work / "gone"
    gone.mkdir()
    sheetlog.configure(sheet=str(work / "runs.xlsx"))
    os.chdir(gone)
    gone.rmdir()
    assert "env.python" in values()


def test_a_notebook_s_later_cells_belong_to_later_runs(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once another cell was run, the source of the next run has it."""
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    main = types.ModuleType("__main__")
    main.In = ["", "lr = 0.1"]
    monkeypatch.setitem(sys.modules, "__main__", main)
    first = values()
    main.In.append("lr = 0.2")
    second, third = values(), values()
    assert "lr = 0.2" not in (work / first["env.source"].url).read_text()
    assert "lr = 0.2" in (work / second["env.source"].url).read_text()
    assert second["env.source"] == third["env.source"]
