"""Every statement over the jobs of the installation: claiming, sweeping, looking at them, forgetting them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.ids import new_id
from kernel.jobs.model import JobRow, Priority, State
from kernel.jobs.table import job_table
from kernel.scope import Container

LOST_AFTER_S: Final = 20
"""A running job without a heartbeat for this long has lost its worker (four beats missed)."""
SWEEP_S: Final = 5
SWEEP_LIMIT: Final = 100
KEPT: Final = timedelta(days=30)
"""How long a job is remembered after its end."""
FORGOTTEN_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker does now."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    owner_id: str | None
    claim_id: str
    is_cancelled: bool
    waiting_since: datetime | None


async def claim(session: AsyncSession, kinds: Iterable[str], now: datetime) -> Claimed | None:
    """Take the most urgent job of ``kinds`` that waits, or whose worker fell silent; ``None`` where there is none.

    Two workers never take the same: on PostgreSQL each skips what another is about to take, on SQLite one writes at a time.
    """
    c = job_table.c
    next_one = (
        select(c.id)
        .where(
            c.kind.in_(sorted(kinds)),
            c.not_before <= now,
            or_(
                c.state == "queued",
                (c.state == "running") & (c.heartbeat_at < now - timedelta(seconds=LOST_AFTER_S)),
            ),
        )
        .order_by(c.priority.desc(), c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claim_id = new_id()
    row = (
        await session.execute(
            update(job_table)
            .where(c.id == next_one.scalar_subquery())
            .values(state="running", heartbeat_at=now, attempts=c.attempts + 1, error=None, claim_id=claim_id)
            .returning(c.id, c.kind, c.payload, c.attempts, c.owner_id, c.cancelled_at, c.waiting_since)
        )
    ).one_or_none()
    if row is None:
        return None
    return Claimed(
        row.id,
        row.kind,
        row.payload,
        row.attempts,
        row.owner_id,
        claim_id,
        row.cancelled_at is not None,
        row.waiting_since,
    )


async def waiting(session: AsyncSession, now: datetime) -> list[str]:
    """Those a worker should hear of again, the most urgent first: at most :data:`SWEEP_LIMIT`."""
    c = job_table.c
    found = await session.execute(
        select(c.id)
        .where(
            or_(
                # A fresh order is on its way through the broker; only one that waits longer needs the sweep.
                (c.state == "queued") & (c.not_before < now - timedelta(seconds=SWEEP_S)),
                (c.state == "running") & (c.heartbeat_at < now - timedelta(seconds=LOST_AFTER_S)),
            )
        )
        .order_by(c.priority.desc(), c.id)
        .limit(SWEEP_LIMIT)
    )
    return list(found.scalars())


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many jobs are in each state; states without any are left out."""
    c = job_table.c
    return {row[0]: row[1] for row in await session.execute(select(c.state, func.count()).group_by(c.state))}


async def jobs(session: AsyncSession, state: State | None, *, offset: int, limit: int) -> tuple[list[JobRow], int]:
    """A page of those in ``state`` (``None``: of all), and how many there are.

    Those that wait come in the order in which they are done, all others the newest first.
    """
    c = job_table.c
    conditions = [] if state is None else [c.state == state]
    order = (c.priority.desc(), c.id) if state == "queued" else (c.created_at.desc(), c.id.desc())
    found = await session.execute(
        select(
            c.id,
            c.kind,
            c.state,
            c.stage,
            c.progress,
            c.priority,
            (c.cancelled_at.is_not(None) & (c.state == "running")).label("is_stopping"),
            c.attempts,
            c.owner_id,
            c.error,
            c.created_at,
            c.ended_at,
            c.not_before,
        )
        .where(*conditions)
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )
    total = await session.scalar(select(func.count()).select_from(job_table).where(*conditions))
    rows = []
    for row in found:
        values = {**row._mapping, "priority": Priority(row.priority)}
        again = tried_again_at(row.state, row.error, values.pop("not_before"))
        rows.append(JobRow(**values, tried_again_at=again))
    return rows, total or 0


def tried_again_at(state: State, error: object, not_before: datetime) -> datetime | None:
    """When a job that came to an error, and waits, is begun again."""
    return not_before if state == "queued" and error is not None else None


async def forget_ended(container: Container) -> None:
    """A periodic task: remove jobs that ended :data:`KEPT` ago, :data:`FORGOTTEN_AT_ONCE` in a transaction."""
    c = job_table.c
    old = select(c.id).where(c.ended_at < container.clock.now() - KEPT).order_by(c.ended_at).limit(FORGOTTEN_AT_ONCE)
    count = FORGOTTEN_AT_ONCE
    while count == FORGOTTEN_AT_ONCE:
        async with container.scope(write=True) as scope:
            removed = await scope.uow.session.execute(delete(job_table).where(c.id.in_(old)).returning(c.id))
            count = len(removed.all())
