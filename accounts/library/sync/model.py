"""Revisions of a library, for devices that keep a copy of it."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Revised(Protocol):
    """Something with the revision of the library in which it last changed."""

    @property
    def revision(self) -> int:
        """Of the library, when this row last changed."""
        ...


R = TypeVar("R", bound=Revised)


def whole_revisions(rows: Sequence[Revised], limit: int) -> int | None:
    """Up to which revision ``rows`` (by revision, cut off after ``limit``) are complete; ``None``: nothing was cut off.

    Everything stored at once has one revision, and must not reach a device in halves.
    """
    if len(rows) < limit:
        return None
    last = rows[-1].revision
    return max((row.revision for row in rows if row.revision < last), default=last)


def up_to(rows: Sequence[R], revision: int | None) -> list[R]:
    """The rows up to ``revision``; all of them for ``None``."""
    return [row for row in rows if revision is None or row.revision <= revision]
