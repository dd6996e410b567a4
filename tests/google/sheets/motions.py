"""What happens to an index, and to a span of indexes, when rows or columns come, go or move.

Pure arithmetic on one axis; who has indexes is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Inserted:
    """`count` new rows or columns before index `at`."""

    at: int
    count: int

    @property
    def first(self) -> int:
        """The first index that is not what it was."""
        return self.at

    def index(self, index: int) -> int | None:
        return index + self.count if index >= self.at else index

    def span(self, start: int | None, end: int | None, *, grows_at_end: bool) -> Span | None:
        """A span grows when something comes between two of its parts.

        What comes right behind it belongs to it only where `grows_at_end` says so.
        """
        if start is not None and start >= self.at:
            start += self.count
        if end is not None and (end > self.at or (grows_at_end and end == self.at)):
            end += self.count
        return start, end


@dataclass(frozen=True, slots=True)
class Deleted:
    """The rows or columns from `start` to before `end` are gone."""

    start: int
    end: int

    @property
    def first(self) -> int:
        """The first index that is not what it was."""
        return self.start

    def index(self, index: int) -> int | None:
        if self.start <= index < self.end:
            return None
        return self._edge(index)

    def span(self, start: int | None, end: int | None, *, grows_at_end: bool) -> Span | None:
        """A span loses what is gone; None if nothing of it is left."""
        del grows_at_end
        new_start = None if start is None else self._edge(start)
        new_end = None if end is None else self._edge(end)
        if new_end is not None and new_end <= (new_start or 0):
            return None
        return new_start, new_end

    def _edge(self, edge: int) -> int:
        return edge - max(0, min(edge, self.end) - self.start)


@dataclass(frozen=True, slots=True)
class Moved:
    """The rows or columns from `start` to before `end` go before `to`, as counted before."""

    start: int
    end: int
    to: int

    @property
    def first(self) -> int:
        """The first index that is not what it was."""
        return min(self.start, self.to)

    @property
    def target(self) -> int:
        """Where the moved ones begin afterwards."""
        return self.to if self.to <= self.start else self.to - (self.end - self.start)

    def index(self, index: int) -> int | None:
        if self.start <= index < self.end:
            return self.target + index - self.start
        rest = Deleted(self.start, self.end).index(index)
        assert rest is not None
        return Inserted(self.target, self.end - self.start).index(rest)

    def span(self, start: int | None, end: int | None, *, grows_at_end: bool) -> Span | None:
        """A span that moves as a whole goes along; one that everything stays within stays."""
        del grows_at_end
        first = start or 0
        count = self.end - self.start
        if end is not None and self.start <= first and end <= self.end:
            return self.target + first - self.start, self.target + end - self.start
        inside = first <= self.start and (end is None or self.end <= end)
        if inside and first <= self.target and (end is None or self.target + count <= end):
            return start, end
        rest = Deleted(self.start, self.end).span(start, end, grows_at_end=False)
        if rest is None:
            return None
        return Inserted(self.target, count).span(*rest, grows_at_end=False)


Motion = Inserted | Deleted | Moved
