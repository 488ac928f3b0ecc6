"""What is not to be recommended, and what is found similar, when a release is merged into another."""

from typing import Any

from catalog.recommendations.merging.repository import SqlChoiceMerges
from catalog.releases.merging.model import Move
from kernel.scope import Scope


class ChoiceFollower:
    """One choice a person; what somebody changed since stays theirs, so nothing contradicts."""

    name = "recommendations"

    def __init__(self, scope: Scope) -> None:
        self._choices = SqlChoiceMerges(scope.uow)

    async def merge(self, move: Move) -> Any:
        """The rows are written down in a table of their own; here how many."""
        return await self._choices.merge(move.merge_id, move.source_id, move.target_id, move.now)

    async def contradictions(self, move: Move, record: Any) -> list[str]:  # noqa: ARG002 - the port's signature
        """Nothing."""
        return []

    async def undo(self, move: Move, record: Any) -> None:  # noqa: ARG002 - the port's signature
        """Every row whose owner still means it."""
        await self._choices.undo(move.merge_id)
