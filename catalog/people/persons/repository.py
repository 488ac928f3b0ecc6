"""People and their credits in SQL."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Column, String, select
from typing_extensions import override

from catalog.people.entries.repository import (
    EntryTables,
    SqlEntries,
    SqlReleaseList,
    entry_table,
    link_table,
    redirect_table,
)
from catalog.people.persons.model import CHARACTER_MAX, Person, StaffCredit, StaffRole
from catalog.people.persons.usecases import StaffCredits
from kernel.db import UnitOfWork, mapper_registry, text_enum

person_table = entry_table("person")
credit_table = link_table(
    "release_credit",
    "person",
    Column("role", text_enum(StaffRole, length=30), nullable=False),
    Column("character", String(CHARACTER_MAX), nullable=False),
)
mapper_registry.map_imperatively(Person, person_table, version_id_col=person_table.c.version)

TABLES: Final = EntryTables(person_table, redirect_table("person"), credit_table, ("role", "character"))


class SqlPersons(SqlEntries[Person]):
    """People of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        super().__init__(uow, Person, TABLES)


class SqlStaffCredits(StaffCredits, SqlReleaseList):
    """Credits of one unit of work."""

    async def of_release(self, release_id: str) -> list[StaffCredit]:
        """By position."""
        c = credit_table.c
        found = await self._session.execute(
            select(Person, c.role, c.character)
            .join(person_table, person_table.c.id == c.entry_id)
            .where(c.release_id == release_id)
            .order_by(c.position)
        )
        return [StaffCredit(person, role, character) for person, role, character in found]

    @override
    async def roles_in(self, person_id: str, release_ids: Sequence[str]) -> dict[str, list[tuple[StaffRole, str]]]:
        c, roles = credit_table.c, dict[str, list[tuple[StaffRole, str]]]()
        found = await self._session.execute(
            select(c.release_id, c.role, c.character)
            .where(c.entry_id == person_id, c.release_id.in_(release_ids))
            .order_by(c.release_id, c.position)
        )
        for release_id, role, character in found:
            roles.setdefault(release_id, []).append((role, character))
        return roles

    @override
    async def replace(self, release_id: str, credits_: Sequence[StaffCredit]) -> None:
        rows = [{"entry_id": one.person.id, "role": one.role, "character": one.character} for one in credits_]
        await self._replace(credit_table, release_id, rows)
