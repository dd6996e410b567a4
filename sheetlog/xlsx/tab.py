"""A new tab in a workbook that has none of ours, and a new workbook by the very same code.

Knows the package, the styles and the dressing; knows no plan, no record and no template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetlog.xlsx.columns import NewColumn
    from sheetlog.xlsx.package import Package


def new_workbook(path: Path) -> None:
    """Write an empty package that `Package.open` takes: styles and theme, and no tab yet."""
    ...


def add_tab(
    package: Package,
    name: str,
    columns: Sequence[NewColumn],
    *,
    freeze_columns: int = 0,
    marks: Mapping[str, int] = {},
) -> str:
    """Add a tab: a real Excel table whose header row is row 1, and one blank data row (row 2) with the columns' cell formats.

    The rows of runs are appended by the same code as to any other tab: the first fills the blank row. Nothing else
    in the package is touched but the workbook part, its relationships, the content types and the styles.

    Args:
        name: made unique and legal if need be (31 characters, none of `[]:*?/\\`).
        marks: hidden defined names to write, by name: the 0-based column each points to.

    Returns:
        The worksheet's part name.
    """
    ...
