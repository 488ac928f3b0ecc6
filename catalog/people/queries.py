"""What people, studios and tags let others read: names to suggest."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

import catalog.people.persons.repository as persons
import catalog.people.studios.repository as studios
import catalog.people.tags.repository as tags
from catalog.people.entries.model import EntryName
from catalog.people.entries.repository import PUBLISHED, EntryTables
from catalog.releases.repository import release_table

SCAN: Final = 500
"""Entries read at once before others get their turn: some 5 ms."""


class EntryKind(StrEnum):
    """What an entry is."""

    PERSON = "person"
    STUDIO = "studio"
    TAG = "tag"


_TABLES: Final[dict[EntryKind, EntryTables]] = {
    EntryKind.PERSON: persons.TABLES,
    EntryKind.STUDIO: studios.TABLES,
    EntryKind.TAG: tags.TABLES,
}


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """A person, a studio or a tag; ``alias`` is a tag's slug, ``releases`` how many published ones name it.

    ``spoiler``: a tag that gives away a story wherever it stands.
    """

    kind: EntryKind
    id: str
    alias: str
    name: str
    names: tuple[EntryName, ...]
    releases: int
    spoiler: bool = False


async def named_entries(session: AsyncSession, kind: EntryKind) -> AsyncIterator[list[NamedEntry]]:
    """Every entry of a kind that a published release names, :data:`SCAN` at a time: for an index of names."""
    e, links = _TABLES[kind].entries.c, _TABLES[kind].links.c
    last: str | None = None
    while True:
        # Counted for these alone, by the index of links, rather than for all of them once a page.
        uses = (
            select(links.entry_id, func.count(links.release_id.distinct()).label("releases"))
            .join(release_table, release_table.c.id == links.release_id)
            .where(PUBLISHED, true() if last is None else links.entry_id > last)
            .group_by(links.entry_id)
            .order_by(links.entry_id)
            .limit(SCAN)
            .subquery()
        )
        query = select(*_named_columns(kind), uses.c.releases).join(uses, uses.c.entry_id == e.id).order_by(e.id)
        rows = (await session.execute(query)).all()
        if rows:
            yield [_named(kind, row, row.releases) for row in rows]
        if len(rows) < SCAN:
            return
        last = rows[-1].id


async def named_entry(session: AsyncSession, kind: EntryKind, entry_id: str) -> NamedEntry | None:
    """One entry; ``None`` where it is gone, or no published release names it."""
    e, links = _TABLES[kind].entries.c, _TABLES[kind].links.c
    row = (await session.execute(select(*_named_columns(kind)).where(e.id == entry_id))).one_or_none()
    releases = await session.scalar(
        select(func.count(links.release_id.distinct()))
        .join(release_table, release_table.c.id == links.release_id)
        .where(links.entry_id == entry_id, PUBLISHED)
    )
    return _named(kind, row, releases) if row and releases else None


def _named(kind: EntryKind, row: Any, releases: int) -> NamedEntry:
    return NamedEntry(kind, row.id, row.alias, row.name, row.names, releases, row.spoiler)


def _named_columns(kind: EntryKind) -> list[ColumnElement[Any]]:
    e = _TABLES[kind].entries.c
    return [e.id, e.alias, e.name, e.names, (e.spoiler if kind is EntryKind.TAG else false()).label("spoiler")]
