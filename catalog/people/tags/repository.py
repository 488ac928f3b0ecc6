"""Tags and what releases are about, in SQL."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Boolean, Column, Integer, select
from typing_extensions import override

from catalog.people.entries.repository import (
    EntryTables,
    SqlEntries,
    SqlReleaseList,
    entry_table,
    link_table,
    redirect_table,
)
from catalog.people.tags.model import ReleaseTag, Tag, TagCategory
from catalog.people.tags.usecases import ReleaseTags
from kernel.db import UnitOfWork, mapper_registry, text_enum

tag_table = entry_table(
    "tag",
    Column("category", text_enum(TagCategory, length=20), nullable=False),
    Column("spoiler", Boolean, nullable=False),
)
release_tag_table = link_table(
    "release_tag", "tag", Column("rank", Integer, nullable=False), Column("spoils", Boolean, nullable=False)
)
mapper_registry.map_imperatively(Tag, tag_table, version_id_col=tag_table.c.version)

TABLES: Final = EntryTables(tag_table, redirect_table("tag"), release_tag_table, ())


class SqlTags(SqlEntries[Tag]):
    """Tags of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        super().__init__(uow, Tag, TABLES)


class SqlReleaseTags(ReleaseTags, SqlReleaseList):
    """The tags of releases, of one unit of work."""

    async def of_release(self, release_id: str) -> list[ReleaseTag]:
        """By position, which is by rank."""
        c = release_tag_table.c
        found = await self._session.execute(
            select(Tag, c.rank, c.spoils)
            .join(tag_table, tag_table.c.id == c.entry_id)
            .where(c.release_id == release_id)
            .order_by(c.position)
        )
        return [ReleaseTag(tag, rank, spoils) for tag, rank, spoils in found]

    @override
    async def replace(self, release_id: str, tags: Sequence[ReleaseTag]) -> None:
        rows = [{"entry_id": one.tag.id, "rank": one.rank, "spoils": one.spoils} for one in tags]
        await self._replace(release_tag_table, release_id, rows)
