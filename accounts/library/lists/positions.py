"""Places in a list: numbers with room between them, so that moving one entry writes one row."""

from collections.abc import Sequence
from typing import Final

GAP: Final = 2**20
"""Between neighbours at first: twenty entries can be squeezed in at one spot before a list is numbered anew, and adding at
the end needs 2**43 goes to leave a 64-bit column."""


def between(before: int | None, after: int | None) -> int | None:
    """A place after ``before`` and before ``after`` (``None``: the list's end on that side); ``None`` where no room is left."""
    if before is None:
        return 0 if after is None else after - GAP
    if after is None:
        return before + GAP
    middle = (before + after) // 2
    return None if middle == before else middle


def spread(count: int) -> list[int]:
    """Places for ``count`` entries, with all the room there is."""
    return [number * GAP for number in range(count)]


def moved(ids: Sequence[str], moving: str, after: str | None) -> list[str]:
    """``ids`` with ``moving`` right after ``after``, or (``None``) first; both must be in it."""
    rest = [id_ for id_ in ids if id_ != moving]
    at = 0 if after is None else rest.index(after) + 1
    return [*rest[:at], moving, *rest[at:]]
