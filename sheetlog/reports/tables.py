"""Runs as tables in files: CSV, Parquet, Markdown, HTML and LaTeX, by the file's suffix.

Takes a DataFrame; reads no sheet. CSV and Parquet hold every column for programs; the others hold
what tells runs apart, for people.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sheetlog.errors import MisuseError
from sheetlog.reports.content import plain

if TYPE_CHECKING:
    import pandas as pd

FOR_PROGRAMS = (".csv", ".parquet")
FOR_PEOPLE = (".md", ".html", ".tex")

_TEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
}  # fmt: skip
_MARKDOWN = re.compile(r"([\\|*_`\[\]<>])")


def for_programs(frame: pd.DataFrame, suffix: str) -> bytes:
    """Return a file's content with every column.

    Raises:
        MisuseError: Parquet, and pyarrow isn't installed.
    """
    if suffix == ".csv":
        text = _in_seconds(frame).to_csv(index=False, lineterminator="\n")
        # Excel takes a CSV file for UTF-8 only if it says so.
        return b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass")
    try:
        import pyarrow  # noqa: F401, ICN001  whether it is there
    except ImportError:
        raise MisuseError(
            "a Parquet file needs pyarrow: 'pip install pyarrow', or name a .csv file"
        ) from None
    found = frame.copy()
    for name in found.columns:
        kinds = {type(value) for value in found[name].dropna()}
        if found[name].dtype == object and len(kinds) > 1:
            found[name] = found[name].map(lambda value: None if value is None else str(value))
    return bytes(found.to_parquet(index=False))


def for_people(
    frame: pd.DataFrame, suffix: str, *, titles: Mapping[str, str], title: str
) -> bytes:
    """Return a file's content as a table to read; numbers have four digits that say something.

    Args:
        titles: what the columns are called.
        title: the page's, of an HTML file; the caption, of LaTeX.
    """
    heads = [titles.get(str(name), str(name)) for name in frame.columns]
    rows = [[plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    right = [_right(frame.iloc[:, at]) for at in range(len(heads))]
    make = {".md": _markdown, ".html": _page, ".tex": _latex}[suffix]
    return make(heads, rows, right, title).encode("utf-8", "replace")


def _right(column: pd.Series[Any]) -> bool:
    from sheetlog.reports.findings import is_numeric

    return is_numeric(column)


def _in_seconds(frame: pd.DataFrame) -> pd.DataFrame:
    for name in frame.select_dtypes("timedelta").columns:
        frame = frame.assign(**{str(name): frame[name].dt.total_seconds()})
    return frame


Rows = Sequence[Sequence[str]]


def _markdown(heads: Sequence[str], rows: Rows, right: Sequence[bool], _: str) -> str:
    def line(cells: Sequence[str]) -> str:
        safe = (_MARKDOWN.sub(r"\\\1", " ".join(cell.split())) for cell in cells)
        return f"| {' | '.join(safe)} |"

    rule = "|".join("---:" if each else "---" for each in right)
    return "\n".join([line(heads), f"|{rule}|", *map(line, rows)]) + "\n"


def _page(heads: Sequence[str], rows: Rows, right: Sequence[bool], title: str) -> str:
    style = (
        "body{font:14px/1.45 system-ui,sans-serif;color:#1e293b;margin:2rem}"
        "table{border-collapse:collapse}th,td{padding:.35rem .7rem;text-align:left;"
        "border-bottom:1px solid #cbd5e1;vertical-align:top}th{background:#e2e8f0;position:sticky;"
        "top:0}.n{text-align:right;font-variant-numeric:tabular-nums}"
    )

    def line(cells: Sequence[str], tag: str) -> str:
        inner = (
            f"<{tag}{' class=n' if at_right else ''}>{html.escape(cell)}</{tag}>"
            for cell, at_right in zip(cells, right, strict=True)
        )
        return f"<tr>{''.join(inner)}</tr>"

    body = "\n".join(line(row, "td") for row in rows)
    shown = html.escape(title)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{shown}</title>'
        f"<style>{style}</style></head>\n<body><h1>{shown}</h1>\n<table>\n<thead>"
        f"{line(heads, 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n</table></body></html>\n"
    )


def _latex(heads: Sequence[str], rows: Rows, right: Sequence[bool], title: str) -> str:
    def safe(text: str) -> str:
        return "".join(_TEX.get(character, character) for character in " ".join(text.split()))

    def line(cells: Sequence[str]) -> str:
        return f"  {' & '.join(map(safe, cells))} \\\\"

    letters = "".join("r" if each else "l" for each in right)
    return "\n".join([
        "% needs \\usepackage{booktabs}", "\\begin{table}", "\\centering",
        f"\\caption{{{safe(title)}}}", f"\\begin{{tabular}}{{{letters}}}", "\\toprule",
        line(heads), "\\midrule", *map(line, rows), "\\bottomrule", "\\end{tabular}",
        "\\end{table}", "",
    ])  # fmt: skip
