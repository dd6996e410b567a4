"""The styles part (`xl/styles.xml`): looking styles up, and adding some. Knows no worksheet.

Edited by span: what stands there keeps its bytes and its number, what is new goes to the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package


class Styles:
    """The styles of one workbook. Adding gives back an index; `save` puts the part into the package."""

    def __init__(self, package: Package) -> None:
        """Read the styles part, or start an empty one where the workbook has none."""
        ...

    def xf_like(
        self,
        base: int = 0,
        *,
        number_format: str | None = None,
        hyperlink: bool | None = None,
        bold: bool | None = None,
        font_color: str | None = None,
        fill: str | None = None,
        wrap: bool | None = None,
        horizontal: str | None = None,
        vertical: str | None = None,
    ) -> int:
        """Return the index of a cell format that is `base` but for what is given (None: as in `base`).

        Reuses an equal one, else adds it at the end of `cellXfs`.

        Args:
            number_format: a code such as `0.00%` or `yyyy\\-mm\\-dd`; `General` takes the format away.
            hyperlink: blue and underlined.
            font_color: six hex digits RGB; fill: likewise, solid.

        Raises:
            RefusedError: the workbook has the 64,000 cell formats that Excel allows.
        """
        ...

    def number_format_of(self, xf: int) -> str | None:
        """Return the number format's code, None for an unknown one; `General` where there is none."""
        ...

    def is_date(self, xf: int) -> bool:
        """Return whether numbers in this cell format show as a date or time of day."""
        ...

    def is_duration(self, xf: int) -> bool:
        """Return whether numbers in this cell format show as elapsed time (`[h]:mm:ss`)."""
        ...

    def dxf(self, *, font_color: str | None = None, fill: str | None = None, bold: bool | None = None) -> int:
        """Return the index of a differential format, for conditional formats; reuses an equal one."""
        ...

    def save(self) -> None:
        """Put the part into the package if anything was added; else nothing is done."""
        ...
