"""LibreOffice as a person's hands: opens workbooks, edits them as people do, saves and reads them.

One LibreOffice lives for a whole test session, on a profile of its own; `desk.py` runs beside it
under the interpreter that has `uno`, and takes one JSON line for each thing to do. Knows nothing
of sheetlog.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

DESK = Path(__file__).with_name("desk.py")
PYTHONS = (
    "/usr/bin/python3",
    "/usr/lib/libreoffice/program/python",
    "/opt/libreoffice/program/python",
)


@functools.cache
def missing() -> str | None:
    """Return why LibreOffice cannot be driven here, or None."""
    if shutil.which("soffice") is None:
        return "LibreOffice (soffice) is not installed"
    if _python() is None:
        return "no interpreter here has LibreOffice's 'uno' module (Debian: python3-uno)"
    return None


@functools.cache
def _python() -> str | None:
    for python in (os.environ.get("SHEETLOG_TEST_UNO_PYTHON", ""), *PYTHONS):
        if python and Path(python).exists():
            done = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
            if done.returncode == 0:
                return python
    return None


class Office:
    """A running LibreOffice: `office.do("write", tab="Runs", cell="A1", value=3)`."""

    def __init__(self, profile: Path) -> None:
        python = _python()
        assert python is not None, missing()
        self.process = subprocess.Popen(
            [python, str(DESK), str(profile)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"

    @property
    def alive(self) -> bool:
        """Whether it still runs: a document may have been too much for it."""
        return self.process.poll() is None

    def do(self, verb: str, **given: Any) -> Any:
        """Have one thing done and return what the desk answers."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": verb, **given}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("LibreOffice is gone")
        answer = json.loads(line)
        if "error" in answer:
            raise OfficeError(answer["error"])
        return answer["is"]

    @contextmanager
    def opened(self, path: Path, save: Path | None = None) -> Iterator[Office]:
        """Open a workbook; afterwards save it (to `save`, where given) and close it."""
        self.do("open", path=str(path))
        try:
            yield self
            if save is not None:
                # LibreOffice writes a file step by step: the workbook is put there whole.
                made = save.with_name(f".{save.stem}.saved{save.suffix}")
                self.do("save", path=str(made))
                made.replace(save)
        finally:
            self.do("close")

    def cells(self, path: Path, tab: str | None = None) -> dict[str, Any]:
        """Return what stands in the used cells, by cell name, of the first tab or a named one."""
        tabs = self.do("open", path=str(path))
        try:
            return dict(self.do("cells", tab=tab or tabs[0]))
        finally:
            self.do("close")

    def convert(self, path: Path, to: Path) -> Path:
        """Write a workbook in another format, by the ending of `to`: xlsx, ods or pdf."""
        with self.opened(path):
            self.do("save", path=str(to))
        return to

    def picture(self, path: Path, to: Path, *, page: int = 1, dpi: int = 80) -> Path:
        """Write one printed page of a workbook as a PNG."""
        with tempfile.TemporaryDirectory() as folder:
            pdf = self.convert(path, Path(folder, "pages.pdf"))
            command = [
                "pdftoppm",
                "-png",
                "-r",
                str(dpi),
                "-f",
                str(page),
                "-l",
                str(page),
                "-singlefile",
            ]
            subprocess.run([*command, str(pdf), str(to.with_suffix(""))], check=True)
        return to

    def close(self) -> None:
        """End LibreOffice."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()


_running: list[Office] = []


def running() -> Office:
    """Return the LibreOffice of this test session, started when first asked for; skip without."""
    import pytest

    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    if not _running or not _running[-1].alive:
        profile = tempfile.mkdtemp(prefix="sheetlog-office-")
        atexit.register(shutil.rmtree, profile, ignore_errors=True)
        _running.append(Office(Path(profile)))
        atexit.register(_running[-1].close)
    return _running[-1]


class OfficeError(Exception):
    """LibreOffice could not do it; the text says why."""
