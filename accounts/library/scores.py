"""The scores one gives, which the catalogue keeps as votes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OwnScore:
    """What somebody gave a release, from 1 to 10, and when."""

    score: int
    at: datetime


class OwnScores(Protocol):
    """Scores by person; bound in ``server/wiring.py``."""

    async def of(self, user_id: str, release_ids: Collection[str]) -> Mapping[str, OwnScore]:
        """Release → score, of those of ``release_ids`` that have one."""
        ...

    async def all_of(self, user_id: str) -> Mapping[str, OwnScore]:
        """Release → score, of all that have one."""
        ...

    async def give(self, user_id: str, scores: Mapping[str, OwnScore]) -> None:
        """Vote, in this transaction; best its last statement, for others vote on the same releases."""
        ...
