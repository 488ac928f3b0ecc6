"""Reference lists in SQL: one table of entries, one of what they were called before a merge, one of releases that name them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    Select,
    String,
    Table,
    Text,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql import ColumnElement
from typing_extensions import override

from catalog.people.entries.model import ENTRY_NAME_MAX, Entry, EntryName
from catalog.people.entries.usecases import Among, Counted, Entries, ReleaseLists
from catalog.releases.model import ALIAS_MAX, Status
from catalog.releases.queries import seen_by
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader
from kernel.db import Id, JsonOf, UnitOfWork, UtcDateTime, metadata
from kernel.events import Event
from kernel.ids import is_id
from kernel.text.titles import KEY_CHARS

MAX_VALUES: Final = 500
"""Values in one statement: SQLite and PostgreSQL take more, and no list here is longer but those of imports."""

PUBLISHED: Final = release_table.c.status == Status.PUBLISHED


_NAMES: Final = JsonOf[tuple[EntryName, ...]](
    lambda names: [[name.text, name.language] for name in names],
    lambda kept: tuple(EntryName(text, language) for text, language in kept),
)


@dataclass(frozen=True, slots=True)
class EntryTables:
    """The tables of one kind of entry."""

    entries: Table
    redirects: Table
    links: Table
    """With ``release_id``, ``entry_id`` and the rest of what a release says of it."""
    same: tuple[str, ...]
    """Columns of ``links`` beside ``release_id`` in which two rows of one entry must not be alike."""


def entry_table(name: str, *more: Column[Any]) -> Table:
    """The table of one kind of entry, with columns of its own."""
    return Table(
        name,
        metadata,
        Column("id", Id, primary_key=True),
        Column("alias", String(ALIAS_MAX), nullable=False, unique=True),
        Column("name", String(ENTRY_NAME_MAX), nullable=False, index=True),
        Column("names", _NAMES, nullable=False),
        Column("description", Text, nullable=False),
        Column("search_text", Text, nullable=False),
        Column("name_key", String(KEY_CHARS), nullable=False, index=True),
        *more,
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        Column("version", Integer, nullable=False),
    )


def redirect_table(entries: str) -> Table:
    """Ids and aliases of entries that were merged into others."""
    return Table(
        f"{entries}_redirect",
        metadata,
        Column("key", String(ALIAS_MAX), primary_key=True),
        Column("entry_id", Id, ForeignKey(f"{entries}.id", ondelete="CASCADE"), nullable=False, index=True),
    )


def link_table(name: str, entries: str, *more: Column[Any]) -> Table:
    """The places of entries in the lists of releases, from 0."""
    return Table(
        name,
        metadata,
        Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("entry_id", Id, ForeignKey(f"{entries}.id"), nullable=False, index=True),
        *more,
    )


E = TypeVar("E", bound=Entry[Any])


class SqlEntries(Entries[E]):
    """The entries of one kind, of one unit of work."""

    def __init__(self, uow: UnitOfWork, kind: type[E], tables: EntryTables) -> None:
        self._session = uow.session
        self._kind, self._tables = kind, tables

    async def get(self, entry_id: str) -> E | None:
        """By primary key."""
        return await self._session.get(self._kind, entry_id)

    async def by_alias(self, alias: str) -> E | None:
        """By the unique key."""
        found = await self._session.execute(select(self._kind).where(self._tables.entries.c.alias == alias))
        return found.scalar_one_or_none()

    async def find(
        self, words: Sequence[str], among: Among, reader: Reader, *, offset: int, limit: int
    ) -> tuple[list[Counted[E]], int]:
        """What begins like the search first, then what more releases name; without a search by name."""
        c = self._tables.entries.c
        conditions: list[ColumnElement[bool]] = [
            c.search_text.like(f"%{_escaped(word)}%", escape="\\") for word in words
        ]
        conditions += [c[field].in_(values) for field, values in among.items() if values]
        if not reader.sees_drafts:
            conditions.append(exists(self._uses(reader).where(self._tables.links.c.entry_id == c.id)))
        total = await self._session.scalar(select(func.count()).select_from(self._tables.entries).where(*conditions))
        releases = (
            self._uses(reader, count=True)
            .where(self._tables.links.c.entry_id == c.id)
            .correlate(self._tables.entries)
            .scalar_subquery()
        )
        first = []
        if words:
            beginning = c.search_text.like(f"{_escaped(' '.join(words))}%", escape="\\")
            first = [case((beginning, 0), else_=1), releases.desc()]
        found = await self._session.execute(
            select(self._kind, releases).where(*conditions).order_by(*first, c.name, c.id).offset(offset).limit(limit)
        )
        return [Counted(entry, count) for entry, count in found], total or 0

    @override
    async def count_releases(self, entry_id: str, reader: Reader, *, drafts: bool) -> int:
        query = self._uses(reader, drafts=drafts, count=True).where(self._tables.links.c.entry_id == entry_id)
        return await self._session.scalar(query) or 0

    async def releases_of(self, entry_id: str, reader: Reader, *, offset: int, limit: int) -> tuple[Sequence[str], int]:
        """By year, the newest first."""
        c = release_table.c
        query = (
            select(c.id)
            .where(c.id.in_(self._uses(reader, drafts=True).where(self._tables.links.c.entry_id == entry_id)))
            .order_by(c.year.desc().nulls_last(), c.id.desc())
            .offset(offset)
            .limit(limit)
        )
        ids = list((await self._session.execute(query)).scalars())
        return ids, await self.count_releases(entry_id, reader, drafts=True)

    def _uses(self, reader: Reader, *, drafts: bool = False, count: bool = False) -> Select[Any]:
        """The releases in which entries are named, or how many: published ones, with ``drafts`` all that ``reader`` sees."""
        links = self._tables.links
        query = select(func.count(links.c.release_id.distinct()) if count else links.c.release_id)
        query = query.select_from(links).join(release_table, release_table.c.id == links.c.release_id)
        return query.where(seen_by(reader), true() if drafts else PUBLISHED)

    @override
    async def resolved(self, keys: Collection[str]) -> Mapping[str, E]:
        c, r, found = self._tables.entries.c, self._tables.redirects.c, dict[str, E]()
        for some in _portions(keys):
            ids = [key for key in some if is_id(key)]
            rows = await self._session.scalars(select(self._kind).where(or_(c.id.in_(ids), c.alias.in_(some))))
            found |= {key: entry for entry in rows for key in (entry.id, entry.alias)}
            if missing := [key for key in some if key not in found]:
                moved = await self._session.execute(
                    select(r.key, self._kind).join(self._tables.entries, c.id == r.entry_id).where(r.key.in_(missing))
                )
                found.update((key, entry) for key, entry in moved)
        return {key: found[key] for key in keys if key in found}

    @override
    async def with_name_keys(self, keys: Collection[str]) -> Mapping[str, E]:
        c, found = self._tables.entries.c, dict[str, E]()
        for some in _portions(keys):
            rows = await self._session.scalars(select(self._kind).where(c.name_key.in_(some)).order_by(c.id.desc()))
            found |= {entry.name_key: entry for entry in rows}
        return found

    def add(self, entry: E) -> None:
        """Written with the next flush."""
        self._session.add(entry)

    async def remove(self, entry: E) -> None:
        """The row; what was merged into it is gone as well."""
        await self._session.delete(entry)

    @override
    async def merge(self, entry: E, into: E) -> None:
        links, redirects = self._tables.links, self._tables.redirects
        other = links.alias()
        alike = [other.c[name] == links.c[name] for name in ("release_id", *self._tables.same)]
        await self._session.execute(
            delete(links).where(
                links.c.entry_id == entry.id, exists(select(1).where(other.c.entry_id == into.id, *alike))
            )
        )
        await self._session.execute(update(links).where(links.c.entry_id == entry.id).values(entry_id=into.id))
        await self._session.execute(update(redirects).where(redirects.c.entry_id == entry.id).values(entry_id=into.id))
        # What another merge left under the same alias gives way: the last one who had it is meant.
        keys = (entry.id, entry.alias)
        await self._session.execute(delete(redirects).where(redirects.c.key.in_(keys)))
        await self._session.execute(insert(redirects), [{"key": key, "entry_id": into.id} for key in keys])
        await self._session.delete(entry)


class SqlReleaseList(ReleaseLists):
    """The list of entries of one kind that a release names, of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._session = uow, uow.session

    async def lock(self, release_id: str) -> None:
        """On SQLite there is one writer anyway."""
        await self._session.execute(
            select(release_table.c.id).where(release_table.c.id == release_id).with_for_update()
        )

    @override
    def announce(self, event: Event) -> None:
        self._uow.record(event)

    async def _replace(self, links: Table, release_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._session.execute(delete(links).where(links.c.release_id == release_id))
        if rows:
            values = [{"release_id": release_id, "position": place, **row} for place, row in enumerate(rows)]
            await self._session.execute(insert(links), values)


def _portions(keys: Collection[str]) -> list[list[str]]:
    every = list(dict.fromkeys(keys))
    return [every[first : first + MAX_VALUES] for first in range(0, len(every), MAX_VALUES)]


def _escaped(word: str) -> str:
    """``word`` for LIKE, with its wildcards meant literally."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
