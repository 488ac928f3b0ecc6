"""What people, studios and tags let others read: names to suggest, conditions to filter by, and what releases are made of."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

import catalog.people.persons.repository as persons
import catalog.people.studios.repository as studios
import catalog.people.tags.repository as tags
from catalog.people.entries.model import EntryName
from catalog.people.entries.repository import MAX_VALUES, PUBLISHED, EntryTables
from catalog.people.persons.model import StaffRole
from catalog.people.studios.model import StudioRole
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


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What is known of one release, by the aliases of who made it and of what it is about."""

    people: list[tuple[str, StaffRole]] = field(default_factory=list)
    studios: list[tuple[str, StudioRole]] = field(default_factory=list)
    tags: list[tuple[str, int]] = field(default_factory=list)
    """Slug and rank in per cent, spoilers too, the highest rank first."""


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


def releases_naming(kind: EntryKind, aliases: Collection[str], roles: Collection[str] = ()) -> Select[tuple[str]]:
    """The ids of releases, drafts too, that name one of ``aliases``, in one of ``roles``: a condition for ``id.in_(…)``."""
    tables = _TABLES[kind]
    query = select(tables.links.c.release_id).join(tables.entries, tables.entries.c.id == tables.links.c.entry_id)
    query = query.where(tables.entries.c.alias.in_(aliases))
    return query.where(tables.links.c.role.in_(roles)) if roles else query


async def made_of(session: AsyncSession, release_ids: Sequence[str]) -> dict[str, MadeOf]:
    """Who made each of ``release_ids``, and what it is about; drafts too."""
    found = {release_id: MadeOf() for release_id in release_ids}
    for first in range(0, len(release_ids), MAX_VALUES):
        some = release_ids[first : first + MAX_VALUES]
        async for release_id, alias, role in _rows(session, persons.TABLES, "role", some):
            found[release_id].people.append((alias, role))
        async for release_id, alias, role in _rows(session, studios.TABLES, "role", some):
            found[release_id].studios.append((alias, role))
        async for release_id, alias, rank in _rows(session, tags.TABLES, "rank", some):
            found[release_id].tags.append((alias, rank))
    return found


async def _rows(
    session: AsyncSession, tables: EntryTables, what: str, release_ids: Sequence[str]
) -> AsyncIterator[tuple[str, str, Any]]:
    links, entries = tables.links.c, tables.entries.c
    rows = await session.execute(
        select(links.release_id, entries.alias, links[what])
        .join(tables.entries, entries.id == links.entry_id)
        .where(links.release_id.in_(release_ids))
        .order_by(links.release_id, links.position)
    )
    for release_id, alias, value in rows:
        yield release_id, alias, value
