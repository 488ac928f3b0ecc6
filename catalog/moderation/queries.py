"""What moderation lets others read: its own rows by whoever made them, and what things are called."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.moderation.comments.model import Comment
from catalog.moderation.comments.repository import comment_table
from catalog.moderation.proposals.model import Proposal
from catalog.moderation.proposals.repository import proposal_table
from catalog.moderation.reports.model import Report
from catalog.moderation.reports.repository import report_table


async def proposals_of(session: AsyncSession, author_id: str, after: str | None, limit: int) -> Sequence[Proposal]:
    """Somebody's proposals, oldest first, from beyond the id ``after``."""
    c = proposal_table.c
    query = select(Proposal).where(c.author_id == author_id, *_beyond(c.id, after)).order_by(c.id).limit(limit)
    return (await session.scalars(query)).all()


async def comments_of(session: AsyncSession, author_id: str, after: str | None, limit: int) -> Sequence[Comment]:
    """Somebody's comments, oldest first, from beyond the id ``after``."""
    c = comment_table.c
    query = select(Comment).where(c.author_id == author_id, *_beyond(c.id, after)).order_by(c.id).limit(limit)
    return (await session.scalars(query)).all()


async def reports_of(session: AsyncSession, reporter_id: str, after: str | None, limit: int) -> Sequence[Report]:
    """Somebody's reports, oldest first, from beyond the id ``after``."""
    c = report_table.c
    query = select(Report).where(c.reporter_id == reporter_id, *_beyond(c.id, after)).order_by(c.id).limit(limit)
    return (await session.scalars(query)).all()


async def proposal_title(session: AsyncSession, proposal_id: str) -> str | None:
    """``None`` where there is no such proposal (any more)."""
    return await session.scalar(select(proposal_table.c.title).where(proposal_table.c.id == proposal_id))


async def report_title(session: AsyncSession, report_id: str) -> str | None:
    """``None`` where there is no such report (any more)."""
    return await session.scalar(select(report_table.c.title).where(report_table.c.id == report_id))


def _beyond(column: Column[Any], after: str | None) -> list[ColumnElement[bool]]:
    return [] if after is None else [column > after]
