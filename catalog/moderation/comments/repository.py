"""Comments in SQL."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import (
    Column,
    Index,
    String,
    Table,
    func,
    select,
    update,
)

from catalog.moderation.comments.model import Comment
from catalog.moderation.limits import COMMENT_MAX
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata

comment_table = Table(
    "proposal_comment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("proposal_id", Id, nullable=False),
    Column("author_id", Id, nullable=False),
    Column("text", String(COMMENT_MAX), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("deleted_at", UtcDateTime),
    Index("ix_proposal_comment_proposal", "proposal_id", "created_at"),
    Index("ix_proposal_comment_author", "author_id", "id"),
)

mapper_registry.map_imperatively(Comment, comment_table)


class SqlComments:
    """Comments of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def lock(self, comment_id: str) -> Comment | None:
        """The comment, with its row locked (``FOR UPDATE``)."""
        return await self._session.get(Comment, comment_id, with_for_update=True)

    def add(self, comment: Comment) -> None:
        """Written with the next flush."""
        self._session.add(comment)

    async def of_proposal(self, proposal_id: str) -> list[Comment]:
        """Oldest first."""
        c = comment_table.c
        found = await self._session.execute(
            select(Comment).where(c.proposal_id == proposal_id).order_by(c.created_at, c.id)
        )
        return list(found.scalars())

    async def count(self, proposal_id: str) -> int:
        """How many rows, deleted ones included."""
        found = await self._session.execute(
            select(func.count()).select_from(comment_table).where(comment_table.c.proposal_id == proposal_id)
        )
        return found.scalar_one()

    async def proposals_of(self, comment_ids: Collection[str]) -> Mapping[str, str]:
        """Comment → its proposal; unknown ids are left out."""
        c = comment_table.c
        found = await self._session.execute(select(c.id, c.proposal_id).where(c.id.in_(comment_ids)))
        return {row.id: row.proposal_id for row in found}

    async def forget_author(self, author_id: str, now: datetime) -> None:
        """Empty and mark as deleted all that somebody said."""
        c = comment_table.c
        await self._session.execute(
            update(comment_table)
            .where(c.author_id == author_id, c.deleted_at.is_(None))
            .values(text="", deleted_at=now)
        )
