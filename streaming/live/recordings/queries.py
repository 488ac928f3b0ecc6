"""What recordings let others read."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from streaming.live.recordings.repository import recording_table


async def totals(session: AsyncSession) -> tuple[int, int]:
    """How many there are, and their bytes."""
    c = recording_table.c
    row = (await session.execute(select(func.count(), func.sum(c.size_bytes)).select_from(recording_table))).one()
    return row[0], int(row[1] or 0)
