"""The state of the code: commit, branch, uncommitted changes. Knows no journal and no sheet.

`head` reads git's own files, which takes a fraction of a millisecond and needs no git; `state`
asks git, within a bounded time. Formats: https://git-scm.com/docs/gitrepository-layout
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from sheetlog import redact
from sheetlog.record import Link, Scalar
from sheetlog.secret_forms import compiled

LONGEST = 3.0
"""Seconds that one call of git may take."""
MOST = 1_000_000
"""Bytes of a diff that are kept."""
_SHORT = 12
"""Digits of a commit that a cell shows; what git needs to find it, in any repository there is."""
_DIGITS = frozenset("0123456789abcdef")
# Compiled when a remote is looked at: all at once would slow the first call of every process.
_SCP = r"(?:[^@/\s]+@)?([\w.-]+):(?!//)(.+)"
_URL = r"(?i)([a-z][a-z0-9+.-]*)://(?:[^@/]*@)?([^/]+)/(.+)"
_PATH = r"[\w./~%+-]+"


class Repository:
    """Where git keeps what it knows of a working tree."""

    __slots__ = ("common", "own", "top")

    def __init__(self, top: str, own: str, common: str) -> None:
        """Name the working tree's folder, git's own of it, and git's of all working trees."""
        self.top = top
        self.own = own
        self.common = common


class State:
    """What git itself says of a working tree."""

    __slots__ = ("diff", "values")

    def __init__(self, values: dict[str, Scalar], diff: str) -> None:
        """Give the values of a record, and the diff without its secrets; blank: there is none."""
        self.values = values
        self.diff = diff


def find(folder: str) -> Repository | None:
    """Return the repository that a folder belongs to; None: it belongs to none."""
    folder = os.path.abspath(folder)
    while True:
        own = _own(os.path.join(folder, ".git"))
        if own is not None:
            common = _line(os.path.join(own, "commondir"))
            return Repository(folder, own, os.path.join(own, common) if common else own)
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def head(repository: Repository) -> dict[str, Scalar]:
    """Return what a record says of the commit: `git.commit`, `git.branch`, `git.remote`."""
    pointed = _line(os.path.join(repository.own, "HEAD"))
    branch = ""
    if pointed.startswith("ref:"):
        name = pointed[4:].strip()
        branch = name.removeprefix("refs/heads/")
        pointed = _resolved(repository, name)
    if branch == ".invalid":  # branches lie in a table of git's own, which `state` asks for
        return {}
    commit = pointed if _is_commit(pointed) else ""
    return _values(repository, commit, branch)


def state(repository: Repository, *, without: Sequence[str] = ()) -> State | None:
    """Return whether files that git knows were changed, and how; None: git doesn't say.

    Args:
        without: absolute paths that don't count: the workbook that a run goes to.
    """
    named = [os.path.relpath(os.path.realpath(path), os.path.realpath(repository.top))
             for path in without]  # fmt: skip
    inside = [path.replace(os.sep, "/") for path in named if not path.startswith(os.pardir)]
    paths = ["--", ".", *(f":(top,exclude,literal){path}" for path in inside)]
    told = _git(repository, "status", "--porcelain=v2", "--branch", "--untracked-files=no", *paths)
    if told is None:
        return None
    lines = told.decode("utf-8", "replace").splitlines()
    fields = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# branch."))
    commit, branch = fields.get("branch.oid", ""), fields.get("branch.head", "")
    values = _values(
        repository,
        commit if _is_commit(commit) else "",
        "" if branch == "(detached)" else branch,
    )
    dirty = any(not line.startswith("#") for line in lines)
    values["git.dirty"] = dirty
    return State(values, _diff(repository, paths) if dirty and "git.commit" in values else "")


def tracks(repository: Repository, path: str) -> bool:
    """Return whether git knows a file."""
    return _git(repository, "ls-files", "--error-unmatch", "--", path) is not None


def seen(repository: Repository) -> tuple[object, ...]:
    """Return what changes with every commit, checkout and `git add`, without asking git."""
    index = os.path.join(repository.own, "index")
    stamp = os.stat(index).st_mtime_ns if os.path.exists(index) else 0
    return (repository.own, str(head(repository)), stamp)


def page(remote: str, commit: str) -> str | None:
    """Return the address of a commit's page; None: the remote is no service that is known."""
    found = _address(remote)
    if found is None:
        return None
    host, path = found
    bare = host.partition(":")[0].lower()
    parts = path.split("/")
    if bare in ("ssh.dev.azure.com", "vs-ssh.visualstudio.com") and len(parts) == 4:
        _, owner, project, name = parts
        site = "dev.azure.com/" + owner
        if bare.startswith("vs-ssh"):
            site = f"{owner}.visualstudio.com"
        return f"https://{site}/{project}/_git/{name}/commit/{commit}"
    if bare == "dev.azure.com" or bare.endswith(".visualstudio.com"):
        return f"https://{host}/{path}/commit/{commit}" if "_git" in parts else None
    if "github" in bare:
        return f"https://{host}/{path}/commit/{commit}"
    if "gitlab" in bare:
        return f"https://{host}/{path}/-/commit/{commit}"
    return f"https://{host}/{path}/commits/{commit}" if bare == "bitbucket.org" else None


def _own(path: str) -> str | None:
    """Return the folder that `.git` is, or that it names: in worktrees and submodules."""
    if os.path.isfile(path):
        named = _line(path)
        if not named.startswith("gitdir:"):
            return None
        path = os.path.join(os.path.dirname(path), named[7:].strip())
    return path if os.path.isfile(os.path.join(path, "HEAD")) else None


def _resolved(repository: Repository, name: str) -> str:
    """Return the commit that a branch stands for; blank: it has none yet."""
    for folder in dict.fromkeys((repository.own, repository.common)):
        found = _line(os.path.join(folder, *name.split("/")))
        if found:
            return found
    try:
        with open(os.path.join(repository.common, "packed-refs"), encoding="utf-8") as file:
            for line in file:
                if line.rstrip("\n").endswith(f" {name}"):
                    return line.partition(" ")[0]
    except OSError:
        return ""
    return ""


def _values(repository: Repository, commit: str, branch: str) -> dict[str, Scalar]:
    values: dict[str, Scalar] = {}
    remote = _remote(repository.common, branch)
    url = page(remote, commit) if remote and commit else None
    if commit:
        short = commit[:_SHORT]
        values["git.commit"] = Link(text=short, url=url) if url else short
    if branch:
        values["git.branch"] = branch
    if remote and url is None:
        # The page of a commit says where its repository is; without one this must.
        values["git.remote"] = bare(remote)
    return values


def bare(remote: str) -> str:
    """Return a remote without who logs in there."""
    if "://" not in remote and not _drive(remote) and compiled(_SCP).fullmatch(remote):
        user, at, rest = remote.partition("@")
        remote = remote if not at or user == "git" else rest
    return redact.text(redact.url(remote))


def _remote(common: str, branch: str) -> str:
    """Return the address of the branch's remote, else of `origin`, else of the only one there is.

    Of git's config only what names remotes is read; what a file includes is not.
    """
    remotes: dict[str, str] = {}
    upstream, part = "", ""
    try:
        with open(os.path.join(common, "config"), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return ""
    for line in map(str.strip, lines):
        if line.startswith("["):
            part = line.rstrip("]").removeprefix("[").strip()
        name, _, value = (word.strip() for word in line.partition("="))
        title, _, quoted = part.partition(" ")
        quoted = quoted.strip().strip('"')
        if title == "remote" and name == "url":
            remotes.setdefault(quoted, value.strip('"'))
        elif title == "branch" and quoted == branch and name == "remote":
            upstream = value
    only = next(iter(remotes.values())) if len(remotes) == 1 else ""
    return remotes.get(upstream) or remotes.get("origin") or only


def _is_commit(text: str) -> bool:
    return len(text) in (40, 64) and _DIGITS.issuperset(text)


def _drive(remote: str) -> bool:
    """Return whether this is a path on a drive of Windows."""
    return remote[1:3] in (":\\", ":/") and remote[:1].isalpha()


def _address(remote: str) -> tuple[str, str] | None:
    """Return host and path of a remote: `https://`, `ssh://` or `git@host:path`."""
    if _drive(remote):
        return None
    if match := compiled(_URL).fullmatch(remote):
        scheme, host, path = match[1].lower(), match[2], match[3]
        if scheme not in ("http", "https", "ssh", "git", "git+ssh"):
            return None
        host = host if scheme.startswith("http") else host.partition(":")[0]
    elif match := compiled(_SCP).fullmatch(remote):
        host, path = match[1], match[2]
    else:
        return None
    path = path.strip("/").removesuffix(".git")
    # A path with parameters or blanks is no service's; a token in it must not become a link.
    return (host, path) if compiled(_PATH).fullmatch(path) else None


def _diff(repository: Repository, paths: Sequence[str]) -> str:
    told = _git(repository, "diff", "HEAD", "--no-ext-diff", "--no-textconv", "--no-color", *paths)
    if told is None:
        return ""
    if len(told) <= MOST:
        return redact.text(told.decode("utf-8", "replace"))
    # Half a line could hold half a secret, which nothing would tell from other words.
    whole = told[:MOST].rpartition(b"\n")[0].decode("utf-8", "replace")
    return redact.text(whole) + "\n… the rest of this diff was left out\n"


def _git(repository: Repository, *words: str) -> bytes | None:
    """Return what git prints, a little more than `MOST` bytes at the most; None: it fails."""
    import subprocess
    import threading

    environment = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    # A repository's own config may name programs to run; none of them shall, for a log.
    command = ["git", "-c", "core.fsmonitor=false", "--no-pager", "-C", repository.top, *words]
    flags = 0x0800_0000 if sys.platform == "win32" else 0  # no window of a console
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=flags,
        )
    except OSError:
        return None
    killer = threading.Timer(LONGEST, process.kill)
    killer.daemon = True
    killer.start()
    with process:
        told = process.stdout.read(MOST + 1) if process.stdout else b""
        if len(told) > MOST:
            process.kill()
            process.wait()
        code = 0 if len(told) > MOST else process.wait()
        killer.cancel()
    return told if code == 0 else None


_MISLEADING = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
"""Set where a hook of git's runs a program; they name the hook's repository."""


def _line(path: str) -> str:
    """Return the first line of a file; blank where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readline(4096).strip()
    except OSError:
        return ""
