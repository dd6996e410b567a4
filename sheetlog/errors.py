"""Every exception that sheetlog raises. Knows nothing of the rest.

SheetlogError
├── MisuseError          the call itself is wrong; the only one that `log()` lets through
├── TemplateError        a template has mistakes; carries all of them
├── SettingsError        a setting has a value that it cannot have
├── WhereError           a `where` or `sort` text cannot be understood
├── JournalError         the journal cannot be written or read
├── ArtifactError        a file cannot be stored or fetched
└── SheetError           rows cannot land in the sheet
    ├── BusyError        not now: locked, open elsewhere, over quota, unreachable (transient)
    ├── StaleError       the sheet is another than the plan was made for: plan again (transient)
    ├── TooLargeError    more than goes into one change: fewer rows at once (transient)
    └── RefusedError     not until somebody acts: damaged, read-only, no access, full
"""

from __future__ import annotations


class SheetlogError(Exception):
    """Base of all. `transient` says whether trying again can help without anybody acting."""

    transient = False


class MisuseError(SheetlogError, TypeError, ValueError):
    """An argument has a type or value that the call cannot take."""


class SettingsError(SheetlogError, ValueError):
    """A setting has a value that it cannot have; the message names the setting's origin."""


class WhereError(SheetlogError, ValueError):
    """A `where` or `sort` text cannot be understood; the message has the nearest right names."""


class TemplateError(SheetlogError, ValueError):
    """A template has mistakes; `mistakes` holds every one, a sentence each, with its path."""

    def __init__(self, source: str, mistakes: tuple[str, ...]) -> None:
        self.source = source
        self.mistakes = mistakes
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        lines = "".join(f"\n  {mistake}" for mistake in mistakes)
        super().__init__(f"the template '{source}' has {count}:{lines}")

    def __reduce__(self) -> tuple[type[TemplateError], tuple[str, tuple[str, ...]]]:
        return type(self), (self.source, self.mistakes)


class JournalError(SheetlogError):
    """The journal cannot be written or read."""


class ArtifactError(SheetlogError):
    """A file cannot be stored or fetched."""


class SheetError(SheetlogError):
    """Rows cannot land in the sheet.

    Attributes:
        ambiguous: the rows may be there all the same.
        soon: trying again within seconds can help; False where a person must let go first.
        hint: what a service said about when to come back, as a `retry.Hint`.
    """

    def __init__(
        self,
        message: str = "",
        *,
        ambiguous: bool = False,
        soon: bool = True,
        hint: object = None,
    ) -> None:
        super().__init__(message)
        self.ambiguous = ambiguous
        self.soon = soon
        self.hint = hint


class BusyError(SheetError):
    """The sheet cannot be written just now: locked, open elsewhere, over quota, unreachable."""

    transient = True


class StaleError(SheetError):
    """The sheet is another than the plan was made for; a new header makes a new plan."""

    transient = True


class TooLargeError(SheetError):
    """More than goes into one change of the sheet; with fewer rows it can be done."""

    transient = True


class RefusedError(SheetError):
    """The sheet cannot be written until somebody acts; the message says who and how."""


class SheetlogWarning(UserWarning):
    """The run is kept, and something should be known or done."""
