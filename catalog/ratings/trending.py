"""What is trending: counters in which old events weigh less, without a job that makes them older.

An event at ``t`` adds ``w·2^((t − epoch)/7d)``: instead of halving every counter each week, what is new counts double.  Counters
of one epoch compare as they are, and ``counter·2^((epoch − now)/7d)`` is their value today ("forward decay", Cormode, Shkapenyuk,
Srivastava and Xu: Forward Decay, a Practical Time Decay Model for Streaming Systems, ICDE 2009).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

HALF_LIFE: Final = timedelta(days=7)
"""A season's new episode comes every week: last week's weighs half of this week's."""
REBASE_AFTER: Final = 256.0
"""Half-lives (nearly five years) after which the epoch moves on.  A double ends at 2^1024: events times 2^256 leave room for any
number of them, and for an installation that was off for a decade."""
FORGOTTEN: Final = 0.5
"""What a counter is worth today below which nothing trends: one vote a week ago."""
REPEATED_AFTER: Final = HALF_LIFE
"""The same thing done again by the same person within this time is no news: adding and removing a favourite moves nothing."""


class Interest(StrEnum):
    """How somebody showed interest in a release."""

    STARTED = "started"
    FAVORITE = "favorite"
    PLANNED = "planned"
    VOTE = "vote"


WEIGHTS: Final = {Interest.STARTED: 4.0, Interest.FAVORITE: 2.0, Interest.PLANNED: 1.0, Interest.VOTE: 1.0}
"""Starting costs an evening, a favourite is meant to last, planning and voting are one click."""


def half_lives(epoch: datetime, now: datetime) -> float:
    """From ``epoch`` to ``now``; negative before it."""
    return (now - epoch) / HALF_LIFE


def increment(weight: float, epoch: datetime, now: datetime) -> float:
    """What an event of ``weight`` adds at ``now``."""
    return float(weight * 2.0 ** half_lives(epoch, now))


def is_due(epoch: datetime, now: datetime) -> bool:
    """Whether the epoch has to move on before anything is added."""
    return half_lives(epoch, now) > REBASE_AFTER


def rebase_factor(epoch: datetime, now: datetime) -> float:
    """What every counter is multiplied by when the epoch becomes ``now``; 0 where nothing of them is left."""
    # Below 2^-1074 there is no number: what was counted so long ago is nothing today.
    return float(2.0 ** -half_lives(epoch, now))


def value(counter: float, epoch: datetime, now: datetime) -> float:
    """What ``counter`` is worth at ``now``, in events of weight 1."""
    return counter * rebase_factor(epoch, now)


def floor(epoch: datetime, now: datetime) -> float:
    """The counter from which a release trends at ``now``."""
    return increment(FORGOTTEN, epoch, now)
