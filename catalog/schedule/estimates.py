"""When the next episode may come of what announces no schedule, from when the last ones came."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

INTERVALS: Final = 8
"""Two months of a weekly show: fewer say little, more remember another season's pace."""
SHORTEST: Final = timedelta(days=7)
"""What came faster was caught up, and does not go on like that."""
OVERDUE: Final = timedelta(days=7)
"""An estimate that is wrong by this much is none any more."""


def estimated_next(published: Sequence[datetime], now: datetime) -> datetime | None:
    """The mean of the middle half of the last :data:`INTERVALS` intervals after the newest of ``published``, at least a week.

    ``None`` with fewer than two episodes, and where it is a week overdue.
    """
    newest = sorted(published)[-(INTERVALS + 1) :]
    intervals = sorted(after - before for before, after in pairwise(newest))
    if not intervals:
        return None
    cut = len(intervals) // 4
    middle = intervals[cut : len(intervals) - cut]
    expected = newest[-1] + max(SHORTEST, sum(middle, timedelta()) / len(middle))
    return None if now >= expected + OVERDUE else expected
