"""What merges make of people's choices, in SQL.

Each row that leaves the release that goes is written down.  To undo it the row comes back, unless its owner took back meanwhile
what it says of the release that stays; there it goes again if the merge brought it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, delete, insert, or_, select

from catalog.recommendations.repository import hidden_table, upsert
from catalog.recommendations.similar.model import Pair
from catalog.recommendations.similar.repository import SqlSimilarPairs, pair_table, vote_table
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata

choice_merge_table = Table(
    "recommendation_choice_merge",
    metadata,
    Column("merge_id", Id, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("from_id", Id, primary_key=True),
    Column("into_id", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("brought", Boolean, nullable=False),
)

_KINDS: Final = {
    "hidden": (hidden_table, "release_id", "hidden_at"),
    "similar": (vote_table, "pair_id", "voted_at"),
}
"""Kind → its table, what a row is of, and since when."""
PEOPLE_AT_ONCE: Final = 500
"""Rows of so many are written together: some values each, of the 32,767 that PostgreSQL's protocol takes."""


class SqlChoiceMerges:
    """Rows of people's choices, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session
        self._pairs = SqlSimilarPairs(uow)

    async def merge(self, merge_id: str, source_id: str, target_id: str, now: datetime) -> int:
        """Take along what people chose about ``source_id``; how many rows."""
        count = await self._take(merge_id, "hidden", source_id, target_id)
        p = pair_table.c
        known = await self._session.execute(
            select(p.id, p.low_id, p.high_id)
            .where(or_(p.low_id == source_id, p.high_id == source_id), ~p.removed)
            .order_by(p.id)
        )
        for pair_id, low_id, high_id in known.all():
            other_id = high_id if low_id == source_id else low_id
            if other_id == target_id:
                continue  # one release is not similar to itself; with two again it is there
            into = await self._pairs.add(Pair.of(target_id, other_id), now)
            if not into.removed:
                count += await self._take(merge_id, "similar", pair_id, into.id)
        return count

    async def undo(self, merge_id: str) -> None:
        """Put back what a merge took along; forgotten from now on."""
        c = choice_merge_table.c
        rows = (await self._session.execute(select(choice_merge_table).where(c.merge_id == merge_id))).all()
        await self.forget(merge_id)
        by_place: dict[tuple[str, str, str], list[Any]] = {}
        for row in rows:
            by_place.setdefault((row.kind, row.from_id, row.into_id), []).append(row)
        for (kind, from_id, into_id), some in by_place.items():
            table, of, at = _KINDS[kind]
            held = await self._held(kind, into_id)
            # Whoever took it back where it stands now means both.
            meant = [row for row in some if row.user_id in held]
            await self._put(table, [{"user_id": row.user_id, of: from_id, at: row.at} for row in meant])
            brought = [row.user_id for row in meant if row.brought and held[row.user_id] == row.at]
            await self._remove(kind, into_id, brought)

    async def of_user(self, user_id: str) -> Sequence[tuple[str, str, dict[str, Any] | None, dict[str, Any] | None]]:
        """Merge, kind, and a choice of theirs before and after."""
        c = choice_merge_table.c
        query = select(choice_merge_table).where(c.user_id == user_id).order_by(c.merge_id, c.kind, c.from_id)
        return [
            (row.merge_id, row.kind, {"of": row.from_id, "at": row.at.isoformat()}, {"of": row.into_id})
            for row in await self._session.execute(query)
        ]

    async def forget(self, merge_id: str) -> None:
        """What was written down of a merge that nobody will undo."""
        await self._session.execute(delete(choice_merge_table).where(choice_merge_table.c.merge_id == merge_id))

    async def _take(self, merge_id: str, kind: str, from_id: str, into_id: str) -> int:
        table, of, at = _KINDS[kind]
        moving, held = await self._held(kind, from_id), await self._held(kind, into_id)
        journal = [
            {
                "merge_id": merge_id,
                "kind": kind,
                "user_id": user_id,
                "from_id": from_id,
                "into_id": into_id,
                "at": since,
                "brought": user_id not in held,
            }
            for user_id, since in moving.items()
        ]
        if journal:
            await self._session.execute(insert(choice_merge_table), journal)
        fresh = [
            {"user_id": user_id, of: into_id, at: since} for user_id, since in moving.items() if user_id not in held
        ]
        await self._put(table, fresh)
        await self._remove(kind, from_id, list(moving))
        return len(journal)

    async def _held(self, kind: str, item_id: str) -> dict[str, datetime]:
        table, of, at = _KINDS[kind]
        query = select(table.c.user_id, table.c[at]).where(table.c[of] == item_id).order_by(table.c.user_id)
        return {row[0]: row[1] for row in await self._session.execute(query)}

    async def _put(self, table: Table, rows: list[dict[str, Any]]) -> None:
        if rows:  # one that came in the meantime says the same
            await self._session.execute(upsert(self._session, table).on_conflict_do_nothing(), rows)

    async def _remove(self, kind: str, item_id: str, user_ids: list[str]) -> None:
        table, of, _ = _KINDS[kind]
        for first in range(0, len(user_ids), PEOPLE_AT_ONCE):
            part = user_ids[first : first + PEOPLE_AT_ONCE]
            await self._session.execute(delete(table).where(table.c[of] == item_id, table.c.user_id.in_(part)))
