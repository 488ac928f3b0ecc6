"""Added subtitles, when the release of their episode is merged into another."""

from typing import Any

from catalog.releases.merging.model import Move
from catalog.subtitles.repository import SqlSubtitleMoves
from kernel.scope import Scope


class SubtitleFollower:
    """Subtitles stay with their episode, whose video they are timed to, and belong to its release."""

    name = "subtitles"

    def __init__(self, scope: Scope) -> None:
        self._rows = SqlSubtitleMoves(scope.uow)

    async def merge(self, move: Move) -> Any:
        """There is nothing to remember: the episodes say it."""
        await self._rows.follow(move.moved, move.target_id)
        await self._rows.follow(move.exchanged, move.source_id)

    async def contradictions(self, move: Move, record: Any) -> list[str]:  # noqa: ARG002 - the port's signature
        """Nothing."""
        return []

    async def undo(self, move: Move, record: Any) -> None:  # noqa: ARG002 - the port's signature
        """With their episodes, those added since as well."""
        await self._rows.follow(move.moved, move.source_id)
        await self._rows.follow(move.exchanged, move.target_id)
