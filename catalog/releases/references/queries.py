"""What the reference lists read of the catalogue."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.model import Status
from catalog.releases.queries import seen_by
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader


async def published_years(session: AsyncSession, reader: Reader) -> list[int]:
    """The years of published releases that ``reader`` sees, the latest first."""
    c = release_table.c
    shown = (c.status == Status.PUBLISHED, seen_by(reader), c.year.is_not(None))
    return list(await session.scalars(select(c.year).where(*shown).distinct().order_by(c.year.desc())))
