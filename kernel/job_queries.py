"""Looking at all jobs, for administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.jobs import State, job_table


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it is stored; ``progress`` runs from 0 to 1."""

    id: str
    kind: str
    state: State
    stage: str
    progress: float
    attempts: int
    owner_id: str | None
    error: Mapping[str, Any] | None
    created_at: datetime
    ended_at: datetime | None


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many jobs are in each state; states without any are left out."""
    c = job_table.c
    return {row[0]: row[1] for row in await session.execute(select(c.state, func.count()).group_by(c.state))}


async def jobs(session: AsyncSession, state: State | None, *, offset: int, limit: int) -> tuple[list[JobRow], int]:
    """A page of those in ``state`` (``None``: of all), the newest first, and how many there are."""
    c = job_table.c
    conditions = [] if state is None else [c.state == state]
    found = await session.execute(
        select(c.id, c.kind, c.state, c.stage, c.progress, c.attempts, c.owner_id, c.error, c.created_at, c.ended_at)
        .where(*conditions)
        .order_by(c.created_at.desc(), c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    total = await session.scalar(select(func.count()).select_from(job_table).where(*conditions))
    return [JobRow(**row._mapping) for row in found], total or 0
