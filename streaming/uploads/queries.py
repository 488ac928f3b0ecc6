"""What uploads let others read."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from streaming.uploads.repository import uploads


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A file that was sent, and by whom."""

    owner_id: str
    file_name: str


async def last_ingested(session: AsyncSession, episode_id: str) -> UploadRow | None:
    """The newest upload for an episode whose ingest was ordered; ``None`` where nobody sent one."""
    c = uploads.c
    row = (
        await session.execute(
            select(c.owner_id, c.file_name)
            .where(c.episode_id == episode_id, c.job_id.is_not(None))
            .order_by(c.created_at.desc())
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else UploadRow(row.owner_id, row.file_name)
