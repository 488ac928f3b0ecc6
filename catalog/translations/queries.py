"""What translations let others read."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.translations.model import SubjectKind
from catalog.translations.repository import translation_table


async def names_of_releases(session: AsyncSession, release_ids: Collection[str]) -> dict[str, list[str]]:
    """The translated names of those of ``release_ids`` that have any, by language."""
    c, names = translation_table.c, dict[str, list[str]]()
    query = select(c.release_id, c.name).where(c.kind == SubjectKind.RELEASE, c.release_id.in_(release_ids))
    for row in await session.execute(query.order_by(c.release_id, c.language)):
        names.setdefault(row.release_id, []).append(row.name)
    return names


async def releases_with_name_keys(session: AsyncSession, keys: Collection[str]) -> list[str]:
    """The releases with a translated name whose stored key (``kernel.text.titles``) is one of ``keys``, drafts too."""
    c = translation_table.c
    found = await session.scalars(select(c.release_id).where(c.kind == SubjectKind.RELEASE, c.name_key.in_(keys)))
    return list(found)
