"""A report as a workbook, by XlsxWriter: its pages in the order wanted, written at one go.

Native charts, no macros, every page printable. Knows no sink and no setting.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sheetlog.reports.book import Book
from sheetlog.reports.content import Content

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[str], object]
"""Is told the name of each page before it is written."""


def write(path: Path, content: Content, progress: Progress | None = None) -> None:
    """Write a report; a file that is there is replaced once the new one is whole.

    Raises:
        OSError: the file cannot be written.
    """
    import xlsxwriter
    import xlsxwriter.exceptions

    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
        "in_memory": False,
    }
    try:
        with xlsxwriter.Workbook(os.fspath(beside), options) as workbook:
            _pages(workbook, content, progress or (lambda _: None))
        os.replace(beside, path)
    except xlsxwriter.exceptions.FileCreateError as error:
        reason = error.args[0] if error.args else error
        raise reason if isinstance(reason, OSError) else OSError(str(reason)) from error
    finally:
        if os.path.exists(beside):
            os.remove(beside)


def _pages(workbook: Any, content: Content, progress: Progress) -> None:
    from sheetlog.reports import charts_page, runs_page, summary_page, table_pages

    draw: dict[str, Callable[[Book], None]] = {
        "runs": runs_page.write,
        "summary": summary_page.write,
        "leaderboard": table_pages.leaderboard,
        "compare": table_pages.compare,
        "charts": charts_page.write,
        "dictionary": table_pages.dictionary,
    }
    say = content.say
    wanted = [page for page in content.wanted.pages if content.aim or page not in _JUDGING]
    sheets = {page: workbook.add_worksheet(say(page)) for page in wanted}
    sheets["data"] = workbook.add_worksheet(say("data"))
    sheets["data"].hide()
    book = Book(content, workbook, sheets)
    workbook.set_properties({
        "title": content.title,
        "subject": content.wanted.question or "",
        "comments": f"{content.source}, {content.when:%Y-%m-%d %H:%M} UTC",
        "created": content.when.replace(tzinfo=None),
    })  # fmt: skip
    # The page of runs comes first: others calculate from its cells.
    for page in sorted(wanted, key=lambda page: page != "runs"):
        progress(say(page))
        draw[page](book)
    sheets[wanted[0]].activate()


_JUDGING = ("leaderboard",)
"""Pages that have nothing to say without a metric to judge by."""
