"""What git's state is in real repositories of every kind: right or absent, never an error."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sheetlog.context import around, git
from sheetlog.record import Link

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(autouse=True)
def _own_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    around.forget()


def run(folder: Path, *words: str) -> str:
    """Run git and give what it prints."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    local = ["-c", "protocol.file.allow=always"]
    done = subprocess.run(
        ["git", *who, *local, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a repository with one commit, clean."""
    folder = tmp_path / "code"
    folder.mkdir()
    run(folder, "init", "-q")
    (folder / "train.py").write_text("lr = 0.1\n")
    run(folder, "add", ".")
    run(folder, "commit", "-q", "-m", "first")
    return folder


def told(folder: Path) -> tuple[dict[str, object], str]:
    """Give what is told without git and with it, and the diff."""
    found = git.find(str(folder))
    assert found is not None
    state = git.state(found)
    assert state is not None
    return {**git.head(found), **state.values}, state.diff


def commit_of(folder: Path) -> str:
    """Give the commit as git has it."""
    return run(folder, "rev-parse", "HEAD")[:12]


def test_clean(repository: Path) -> None:
    """A clean tree: commit and branch, and no diff."""
    expected = {"git.commit": commit_of(repository), "git.branch": "main", "git.dirty": False}
    assert (expected, "") == told(repository)


def test_below_the_top(repository: Path) -> None:
    """A folder deep inside belongs to the repository, and the whole of it counts."""
    inside = repository / "a" / "b"
    inside.mkdir(parents=True)
    (repository / "train.py").write_text("lr = 0.2\n")
    values, diff = told(inside)
    assert values["git.dirty"] is True
    assert "+lr = 0.2" in diff


@pytest.mark.parametrize("staged", [False, True])
def test_dirty(repository: Path, *, staged: bool) -> None:
    """Changes are told, added to the index or not; the diff holds them without secrets."""
    (repository / "train.py").write_text("lr = 0.2\npassword = 'correct-horse-1'\n")
    if staged:
        run(repository, "add", ".")
    values, diff = told(repository)
    assert values["git.dirty"] is True
    assert "-lr = 0.1\n+lr = 0.2\n" in diff
    assert "correct-horse" not in diff


def test_files_that_git_does_not_know_and_the_workbook_do_not_count(repository: Path) -> None:
    """A new file is no change of the code, and neither is the workbook that runs go to."""
    (repository / "runs.xlsx").write_text("one")
    run(repository, "add", ".")
    run(repository, "commit", "-q", "-m", "second")
    (repository / "runs.xlsx").write_text("two")
    (repository / "new.py").write_text("")
    found = git.find(str(repository))
    assert found is not None
    state = git.state(found, without=[str(repository / "runs.xlsx")])
    assert state is not None
    assert (False, "") == (state.values["git.dirty"], state.diff)


def test_detached(repository: Path) -> None:
    """A commit that is checked out by itself has no branch."""
    run(repository, "checkout", "-q", "--detach")
    assert ({"git.commit": commit_of(repository), "git.dirty": False}, "") == told(repository)


def test_packed_branches(repository: Path) -> None:
    """A branch whose file `git gc` has packed away is found all the same."""
    run(repository, "checkout", "-q", "-b", "topic/one")
    run(repository, "pack-refs", "--all")
    assert not (repository / ".git" / "refs" / "heads" / "topic" / "one").exists()
    found = git.find(str(repository))
    assert found is not None
    expected = {"git.commit": commit_of(repository), "git.branch": "topic/one"}
    assert expected == git.head(found)


def test_no_commits(tmp_path: Path) -> None:
    """A repository without a commit has a branch and nothing else."""
    run(tmp_path, "init", "-q")
    assert ({"git.branch": "main", "git.dirty": False}, "") == told(tmp_path)


def test_shallow(repository: Path, tmp_path: Path) -> None:
    """A shallow clone knows its commit, and where it came from."""
    (repository / "train.py").write_text("lr = 0.3\n")
    run(repository, "commit", "-q", "-a", "-m", "second")
    run(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "clone")
    values, _ = told(tmp_path / "clone")
    assert (commit_of(repository), "main") == (values["git.commit"], values["git.branch"])
    assert f"file://{repository}" == values["git.remote"]


def test_worktree(repository: Path, tmp_path: Path) -> None:
    """A second working tree has its own branch, and the config of the first."""
    run(repository, "remote", "add", "origin", "git@github.com:org/code.git")
    run(repository, "worktree", "add", "-q", "-b", "other", str(tmp_path / "second"))
    (tmp_path / "second" / "train.py").write_text("lr = 0.4\n")
    values, diff = told(tmp_path / "second")
    commit = run(repository, "rev-parse", "HEAD")
    page = f"https://github.com/org/code/commit/{commit}"
    assert Link(text=commit[:12], url=page) == values["git.commit"]
    assert ("other", True) == (values["git.branch"], values["git.dirty"])
    assert "+lr = 0.4" in diff
    assert told(repository)[0]["git.dirty"] is False


def test_submodule(repository: Path, tmp_path: Path) -> None:
    """Code in a submodule has the submodule's commit."""
    outer = tmp_path / "outer"
    outer.mkdir()
    run(outer, "init", "-q")
    run(outer, "submodule", "--quiet", "add", str(repository), "part")
    assert commit_of(repository) == told(outer / "part")[0]["git.commit"]


def test_no_git_installed(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git the commit is known from its files; what only git can tell is absent."""
    commit = commit_of(repository)
    monkeypatch.setenv("PATH", "")
    found = git.find(str(repository))
    assert found is not None
    assert {"git.commit": commit, "git.branch": "main"} == git.head(found)
    assert git.state(found) is None


def test_a_repository_of_somebody_else(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git refuses to work for its owner's sake, its state is absent."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    refused = subprocess.run(["git", "status"], cwd=repository, capture_output=True, check=False)
    if refused.returncode == 0:
        pytest.skip("this git cannot be made to refuse")
    found = git.find(str(repository))
    assert found is not None
    assert git.state(found) is None
    assert "main" == git.head(found)["git.branch"]


def test_a_huge_diff_is_cut(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a diff a bounded part is kept, and it says that there was more."""
    monkeypatch.setattr(git, "MOST", 5_000)
    (repository / "train.py").write_text("".join(f"x{n} = {n}\n" for n in range(100_000)))
    values, diff = told(repository)
    assert values["git.dirty"] is True
    assert 4_900 < len(diff) < 5_100
    assert diff.endswith("the rest of this diff was left out\n")


def test_a_cut_leaves_no_half_of_a_secret(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a diff is cut, nothing of a secret is left, nor of a key of many lines."""
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQ\n" * 9
    (repository / "train.py").write_text(f"a = 1\ntoken = 'ghp_{'aB3' * 12}'\n{key}b = 2\n")
    found = git.find(str(repository))
    assert found is not None
    for most in range(100, 520, 7):
        monkeypatch.setattr(git, "MOST", most)
        state = git.state(found)
        assert state is not None
        assert "aB3" not in state.diff
        assert "MIIEvQ" not in state.diff


def test_git_that_hangs_is_stopped(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that doesn't come back is ended, and its state is absent."""
    tools = repository.parent / "tools"
    tools.mkdir()
    (tools / "git").write_text("#!/bin/sh\nexec sleep 600\n")
    (tools / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(git, "LONGEST", 0.05)
    found = git.find(str(repository))
    assert found is not None
    assert git.state(found) is None


def test_programs_that_a_repository_names_are_not_run(repository: Path, tmp_path: Path) -> None:
    """A repository's config may name programs for status and diff; logging starts none."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "diff.x.textconv", "core.pager"):
        run(repository, "config", name, str(program))
    (repository / ".gitattributes").write_text("*.py diff=x\n")
    (repository / "train.py").write_text("lr = 0.5\n")
    assert "+lr = 0.5" in told(repository)[1]
    assert not (tmp_path / "started").exists()


def test_broken_repositories_are_absent(tmp_path: Path) -> None:
    """A `.git` that is nothing of git's is passed by; one without a readable HEAD tells nothing."""
    (tmp_path / ".git").write_text("gitdir: ../nowhere\n")
    assert git.find(str(tmp_path)) is None or git.find(str(tmp_path)).top != str(tmp_path)
    (tmp_path / ".git").unlink()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(b"\xff\xfe\x00")
    found = git.find(str(tmp_path))
    assert found is not None
    assert {} == git.head(found)


SHA = "1a2b3c4d5e6f" + "0" * 28


@pytest.mark.parametrize(
    ("expected", "remote"),
    [
        (f"https://github.com/o/r/commit/{SHA}", "https://github.com/o/r.git"),
        (f"https://github.com/o/r/commit/{SHA}", "https://user:pass@github.com/o/r"),
        (f"https://github.com/o/r/commit/{SHA}", "git@github.com:o/r.git"),
        (f"https://github.com/o/r/commit/{SHA}", "ssh://git@github.com:22/o/r.git"),
        (f"https://gitlab.com/a/b/c/-/commit/{SHA}", "git@gitlab.com:a/b/c.git"),
        (f"https://gitlab.lab.org:8443/a/b/-/commit/{SHA}", "https://gitlab.lab.org:8443/a/b.git"),
        (f"https://bitbucket.org/o/r/commits/{SHA}", "git@bitbucket.org:o/r.git"),
        (f"https://dev.azure.com/o/p/_git/r/commit/{SHA}", "https://o@dev.azure.com/o/p/_git/r"),
        (f"https://dev.azure.com/o/p/_git/r/commit/{SHA}", "git@ssh.dev.azure.com:v3/o/p/r"),
        (
            f"https://o.visualstudio.com/p/_git/r/commit/{SHA}",
            "https://o.visualstudio.com/p/_git/r",
        ),
        (
            f"https://o.visualstudio.com/p/_git/r/commit/{SHA}",
            "o@vs-ssh.visualstudio.com:v3/o/p/r",
        ),
        (None, "git@git.lab.org:o/r.git"),
        (None, "/srv/git/r.git"),
        (None, "C:\\git\\r"),
        (None, "file:///srv/github.git"),
        (None, "https://github.com/o/r?token=abc"),
        (None, ""),
    ],
)
def test_pages_of_commits(expected: str | None, remote: str) -> None:
    """A commit on a known service has a page; user info is no part of its address."""
    assert expected == git.page(remote, SHA)


@pytest.mark.parametrize(
    ("expected", "remote"),
    [
        ("https://git.lab.org/o/r", "https://user:hunter22@git.lab.org/o/r"),
        (
            "https://git.lab.org/o/r",
            "https://ghp_abcdefghijklmnopqrstuvwxyz0123456789@git.lab.org/o/r",
        ),
        ("git@git.lab.org:o/r.git", "git@git.lab.org:o/r.git"),
        ("git.lab.org:o/r.git", "ghp_abcdefghijklmnopqrstuvwxyz0123456789@git.lab.org:o/r.git"),
        ("/srv/git/r.git", "/srv/git/r.git"),
    ],
)
def test_remotes_without_user_info(expected: str, remote: str) -> None:
    """A remote without a page is kept as text, without who logs in."""
    assert expected == git.bare(remote)


def test_the_branch_s_own_remote_comes_first(repository: Path) -> None:
    """Of several remotes the one that the branch follows counts, then `origin`."""
    run(repository, "remote", "add", "origin", "git@github.com:fork/r.git")
    run(repository, "remote", "add", "team", "git@github.com:team/r.git")
    first = told(repository)[0]["git.commit"]
    run(repository, "config", "branch.main.remote", "team")
    second = told(repository)[0]["git.commit"]
    assert isinstance(first, Link)
    assert isinstance(second, Link)
    assert ("fork", "team") == (first.url.split("/")[3], second.url.split("/")[3])
