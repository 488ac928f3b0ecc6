"""What somebody chose about their recommendations, for the copy of their data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenKept:
    """A release that is not to be recommended."""

    release_id: str
    hidden_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarVoteKept:
    """Two releases that they find similar."""

    release_id: str
    other_id: str
    voted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationChoices:
    """Switches, what is hidden, and votes."""

    sequels: bool
    count_dropped: bool
    minimum_members: int
    kinds: Sequence[str]
    not_interested: Sequence[HiddenKept]
    similar_votes: Sequence[SimilarVoteKept]


class RecommendationArchive(Protocol):
    """What people chose; bound in ``server/wiring.py``."""

    async def of_user(self, user_id: str) -> RecommendationChoices:
        """All of one person."""
        ...
