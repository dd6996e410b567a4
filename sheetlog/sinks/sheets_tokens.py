"""Tokens: what makes Google refuse a batch that it has carried out already. Knows no batch.

A token is developer metadata whose id follows from its text. Whoever creates the same id again is
refused, and his batch with it (Sheets API, Metadata: an id that is in use). The value tells whose
it is: `TEXT TIME NONCE`; the same text with another nonce was used up by another batch.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from sheetlog.sinks.sheets_view import TOKEN, metadata_id

LATE = 600.0
"""Seconds after which no copy of a batch can come about any more: Google gives up on a call after
180 s (Sheets API, Usage limits)."""
OLD = 86_400.0
"""Seconds after which a token is nobody's: its process would have deleted it."""
SWEPT = 100
"""Tokens of others that one batch deletes at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A token of this process's that is in the spreadsheet."""

    id: int
    made: float
    """Seconds since 1970."""
    certain: bool
    """Whether its batch was answered at once: then no copy of it is under way."""


def nonce() -> str:
    """Return a text that nobody had before."""
    return base64.urlsafe_b64encode(os.urandom(9)).decode()


class Tokens:
    """The tokens of one process in one spreadsheet.

    Args:
        wall: gives seconds since 1970.
    """

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._used: dict[int, Used] = {}
        self._spent: set[str] = set()
        self._tried: set[str] = set()
        """Those with which something was tried whose end nobody knows."""
        self._foreign: set[int] = set()

    @property
    def foreign(self) -> Collection[int]:
        """Ids of metadata that others have, for other things."""
        return self._foreign

    def fresh(self, texts: Mapping[str, bool], there: Mapping[int, str]) -> dict[int, str]:
        """Return the tokens of a new batch, value by id: those of its entries that are not used
        up, or else one that nobody had before.

        Args:
            texts: of each, whether something was tried with it before.
            there: tokens in the spreadsheet, as far as they are known.
        """
        now, chance = int(self._wall()), base64.urlsafe_b64encode(os.urandom(3)).decode()
        wanted = [text for text in texts if text not in self._spent]
        self._tried |= {text for text in wanted if texts[text]}
        fresh = [text for text in wanted if there.get(self.id(text), "").split(" ")[0] != text]
        if not fresh:
            fresh = [nonce()]
        return {self.id(text): f"{text} {now} {chance}" for text in fresh}

    def id(self, text: str) -> int:
        """Return the metadata id of a token."""
        id_, salt = metadata_id(TOKEN, text), 0
        while id_ in self._foreign:
            salt += 1
            id_ = metadata_id(TOKEN, text, salt)
        return id_

    def foreign_id(self, id_: int) -> None:
        """Note that somebody else has metadata with this id."""
        self._foreign.add(id_)

    def applied(self, values: Mapping[int, str], *, certain: bool) -> None:
        """Note that a batch with these tokens was carried out."""
        for id_, value in values.items():
            text = value.split(" ")[0]
            self._spent.add(text)
            sure = certain and text not in self._tried
            self._used[id_] = Used(id=id_, made=self._wall(), certain=sure)

    def met(self, id_: int, wanted: str | None, found: str | None) -> bool:
        """Note what is there under an id that could not be created; return whether it is the very
        token that was wanted.
        """
        if found is not None and found == wanted:
            return True
        if (
            found is not None
            and wanted is not None
            and found.split(" ")[0] == wanted.split(" ")[0]
        ):
            self._spent.add(wanted.split(" ")[0])
        elif found is not None or wanted is not None:
            self._foreign.add(id_)
        return False

    def to_delete(self, there: Mapping[int, str] | None = None) -> list[int]:
        """Return the ids of tokens that the next batch deletes.

        Args:
            there: those in the spreadsheet, where that was just read: old ones of others go, too.
        """
        now = self._wall()
        own = [
            used.id
            for used in self._used.values()
            if now - used.made < OLD and (used.certain or now - used.made > LATE)
        ]
        if there is None:
            return own
        others = [
            id_
            for id_, value in there.items()
            if id_ not in self._used and now - _time(value, now) > OLD
        ]
        return [id_ for id_ in own if id_ in there] + others[:SWEPT]

    def tried(self, values: Mapping[int, str]) -> None:
        """Note that nobody knows the end of an attempt with these."""
        self._tried |= {value.split(" ")[0] for value in values.values()}

    def deleted(self, ids: Iterable[int]) -> None:
        """Note that these are no longer in the spreadsheet, or no longer worth a try."""
        for id_ in ids:
            self._used.pop(id_, None)


def _time(value: str, now: float) -> float:
    parts = value.split(" ")
    return float(parts[1]) if len(parts) > 1 and parts[1].isdigit() else now
