"""Studios and their part in releases, in SQL."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Column, select
from typing_extensions import override

from catalog.people.entries.repository import (
    EntryTables,
    SqlEntries,
    SqlReleaseList,
    entry_table,
    link_table,
    redirect_table,
)
from catalog.people.studios.model import Studio, StudioPart, StudioRole
from catalog.people.studios.usecases import StudioParts
from kernel.db import UnitOfWork, mapper_registry, text_enum

studio_table = entry_table("studio")
studio_part_table = link_table(
    "release_studio", "studio", Column("role", text_enum(StudioRole, length=20), nullable=False)
)
mapper_registry.map_imperatively(Studio, studio_table, version_id_col=studio_table.c.version)

TABLES: Final = EntryTables(studio_table, redirect_table("studio"), studio_part_table, ("role",))


class SqlStudios(SqlEntries[Studio]):
    """Studios of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        super().__init__(uow, Studio, TABLES)


class SqlStudioParts(StudioParts, SqlReleaseList):
    """The studios of releases, of one unit of work."""

    async def of_release(self, release_id: str) -> list[StudioPart]:
        """By position."""
        c = studio_part_table.c
        found = await self._session.execute(
            select(Studio, c.role)
            .join(studio_table, studio_table.c.id == c.entry_id)
            .where(c.release_id == release_id)
            .order_by(c.position)
        )
        return [StudioPart(studio, role) for studio, role in found]

    @override
    async def roles_in(self, studio_id: str, release_ids: Sequence[str]) -> dict[str, list[StudioRole]]:
        c, roles = studio_part_table.c, dict[str, list[StudioRole]]()
        found = await self._session.execute(
            select(c.release_id, c.role)
            .where(c.entry_id == studio_id, c.release_id.in_(release_ids))
            .order_by(c.release_id, c.position)
        )
        for release_id, role in found:
            roles.setdefault(release_id, []).append(role)
        return roles

    @override
    async def replace(self, release_id: str, parts: Sequence[StudioPart]) -> None:
        rows = [{"entry_id": part.studio.id, "role": part.role} for part in parts]
        await self._replace(studio_part_table, release_id, rows)
