"""Translations of a release and its episodes, when it is merged into another."""

from datetime import datetime
from typing import Any

from catalog.releases.merging.model import Move
from catalog.translations.repository import SqlTranslationMoves
from kernel.scope import Scope


class TranslationFollower:
    """A translation goes over where there is none into its language; one that was edited since stays where it is."""

    name = "translations"

    def __init__(self, scope: Scope) -> None:
        self._rows = SqlTranslationMoves(scope.uow)

    async def merge(self, move: Move) -> Any:
        """What changed its subject: translation, from where, to where, and when it was edited last."""
        await self._rows.follow(move.moved, move.target_id)
        await self._rows.follow(move.exchanged, move.source_id)
        goes = {move.source_id: move.target_id, **move.replaced}
        held = await self._rows.of_subjects([*goes, *goes.values()])
        taken = {(one.subject_id, one.language) for one in held}
        record = []
        for one in held:
            there = goes.get(one.subject_id)
            if there is None or (there, one.language) in taken:
                continue
            record.append([one.id, one.subject_id, there, one.updated_at.isoformat()])
            one.move(there, move.target_id, move.now)
        return record

    async def contradictions(self, move: Move, record: Any) -> list[str]:  # noqa: ARG002 - the port's signature
        """Nothing."""
        return []

    async def undo(self, move: Move, record: Any) -> None:
        """Back to where each was."""
        await self._rows.follow(move.moved, move.source_id)
        await self._rows.follow(move.exchanged, move.target_id)
        exchanged = set(move.exchanged)
        for translation_id, before, there, edited_at in record or ():
            one = await self._rows.get(translation_id)
            if one is None or one.subject_id != there or one.updated_at != datetime.fromisoformat(edited_at):
                continue  # deleted or edited since
            release_id = move.target_id if before in exchanged else move.source_id
            one.move(before, release_id, move.now)
