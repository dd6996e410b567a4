"""Where the code was written: Colab, Kaggle, Jupyter, VS Code or a script; name, link and source.

Colab's session endpoint is undocumented; its answer and its environment variables are those that
wandb and clearml use. Without it nothing hangs. Knows no journal and no sheet.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from sheetlog import naming, redact
from sheetlog.record import Link, Scalar

LONGEST = 1.0
"""Seconds that Colab may take to say which notebook this is."""
MOST = 1_000_000
"""Characters of a source that are kept."""
_COLAB_PORT = "9000"


def described() -> dict[str, Scalar]:
    """Return `notebook.link`, or `notebook.name` where nothing opens it; a script has neither."""
    if "COLAB_RELEASE_TAG" in os.environ or "google.colab" in sys.modules:
        return _colab()
    if "KAGGLE_KERNEL_RUN_TYPE" in os.environ:
        return {"notebook.name": "Kaggle notebook"}
    path = _file()
    if not path:
        return {"notebook.name": "Jupyter notebook"} if in_notebook() else {}
    name = os.path.basename(path)
    url = _on_server(path)
    return {"notebook.link": Link(text=name, url=url)} if url else {"notebook.name": name}


def in_notebook() -> bool:
    """Return whether the code runs in a notebook's kernel."""
    return "ipykernel" in sys.modules


def script() -> str:
    """Return the absolute path of the script that runs; blank: there is none, or it is a command
    that was installed, such as `sheetlog log`, which says nothing of the run.
    """
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    if not isinstance(path, str) or in_notebook():
        return ""
    path = os.path.abspath(path)
    commands = (os.path.join(sys.prefix, folder) for folder in ("bin", "Scripts"))
    return "" if os.path.dirname(path) in commands else path


def source() -> str:
    """Return the source at this time, without its secrets: a script's, or a notebook's cells as
    they were run. What a notebook's file holds may never have been.
    """
    path = script()
    if path:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(MOST + 1)
        # Half a line could hold half a secret, which nothing would tell from other words.
        return redact.text(text if len(text) <= MOST else text[:MOST].rpartition("\n")[0])
    cells = vars(sys.modules["__main__"]).get("In") if in_notebook() else None
    if not isinstance(cells, list):
        return ""
    run = [f"# In [{at}]\n{cell}\n" for at, cell in enumerate(cells) if cell]
    return redact.text("\n".join(run))[-MOST:]


def _colab() -> dict[str, Scalar]:
    host = os.environ.get("COLAB_JUPYTER_IP")
    session = None
    if host:
        port = os.environ.get("KMP_TARGET_PORT", _COLAB_PORT)
        session = _first(_asked(host, port))
    return session or {"notebook.name": "Colab notebook"}


def _asked(host: str, port: str) -> Any:
    """Return what Colab says of its sessions; None: it says nothing in time."""
    import http.client

    try:
        connection = http.client.HTTPConnection(host, int(port), timeout=LONGEST)
        try:
            connection.request("GET", "/api/sessions")
            return json.loads(connection.getresponse().read(1_000_000))
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException):
        return None


def _first(sessions: Any) -> dict[str, Scalar] | None:
    """Return name and link of the notebook that Colab's answer names."""
    if not isinstance(sessions, list) or not sessions or not isinstance(sessions[0], Mapping):
        return None
    told = sessions[0]
    from urllib.parse import quote, unquote

    path = unquote(str(told.get("path", ""))).removeprefix("fileId=")
    name = unquote(str(told.get("name", ""))) or "Colab notebook"
    if path.startswith("https://github.com/"):
        rest = path.removeprefix("https://github.com/")
        url = f"https://colab.research.google.com/github/{quote(rest)}"
    elif path and all(c.isalnum() or c in "-_" for c in path):
        url = f"https://colab.research.google.com/drive/{path}"
    else:
        return {"notebook.name": name}
    return {"notebook.link": Link(text=name, url=url)}


def _file() -> str:
    """Return the path of a notebook of Jupyter or VS Code; blank: nothing names it."""
    if not in_notebook():
        return ""
    told = vars(sys.modules["__main__"]).get("__vsc_ipynb_file__")
    return str(told) if told else os.environ.get("JPY_SESSION_NAME", "")


def _on_server(path: str) -> str | None:
    """Return the address of a notebook on the Jupyter server that is running, without its token.

    Servers write theirs into `jpserver-PID.json` of Jupyter's runtime folder.
    """
    base = os.path.join(os.path.expanduser("~"), ".local", "share", "jupyter", "runtime")
    folder = os.environ.get("JUPYTER_RUNTIME_DIR", base)
    try:
        names = [name for name in os.listdir(folder) if name.startswith("jpserver-")]
    except OSError:
        return None
    for name in sorted(names):
        if not name.endswith(".json"):
            continue
        try:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                told = json.load(file)
            root, url = str(told["root_dir"]), str(told["url"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        whole = os.path.join(root, path)
        if os.path.isfile(whole) and not os.path.relpath(whole, root).startswith(os.pardir):
            inside = os.path.relpath(whole, root).replace(os.sep, "/")
            return f"{redact.url(url).rstrip('/')}/lab/tree/{naming.quoted(os.fsencode(inside))}"
    return None
