"""The weighted score: few votes say little, so they are mixed with what is usual.

``WR = v/(v+m)·S + m/(v+m)·C``: ``v`` votes with the mean ``S``, as if ``m`` more had said the mean of all votes ``C``.  It is the
mean of a Bayesian estimate with a prior of ``m`` votes, known from the lists of IMDb and MyAnimeList.
"""

from dataclasses import dataclass
from typing import Final

SCORE_MIN: Final = 1
SCORE_MAX: Final = 10
MINIMUM_PRIOR: Final = 5
"""The least ``m``.  A fixed 50, as large sites have it, would leave a small installation without any order."""
MINIMUM_VOTES: Final = MINIMUM_PRIOR
"""Votes from which a score is shown and ranked: below, the prior would say more of it than the people did."""
MIDDLE: Final = (SCORE_MIN + SCORE_MAX) / 2
"""What is usual while nobody has voted."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What a score is mixed with: the mean of all votes ``mean`` (``C``), weighing as much as ``votes`` votes (``m``)."""

    votes: float = float(MINIMUM_PRIOR)
    mean: float = MIDDLE


def prior_of(*, median_votes: float, votes: int, total: int) -> Prior:
    """The prior of a catalogue with so many ``votes``, whose scores are ``total`` together; ``median_votes`` is that of the
    releases that have any."""
    return Prior(max(float(MINIMUM_PRIOR), median_votes), total / votes) if votes else Prior()


def weighted(votes: int, total: int, prior: Prior) -> float | None:
    """The weighted score of ``votes`` that are ``total`` together, from 1 to 10; ``None`` below :data:`MINIMUM_VOTES`."""
    if votes < MINIMUM_VOTES:
        return None
    return (total + prior.votes * prior.mean) / (votes + prior.votes)


def differs(before: Prior, after: Prior) -> bool:
    """Whether scores mixed with ``after`` are worth storing anew: they would move by a hundredth, which is what people see."""
    return abs(before.mean - after.mean) >= 0.005 or abs(before.votes - after.votes) >= 0.02 * before.votes
