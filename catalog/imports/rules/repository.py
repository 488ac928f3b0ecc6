"""Rules of imports in SQL."""

from collections.abc import Sequence

from sqlalchemy import Column, ForeignKey, String, Table, delete, func, insert, or_, select

from catalog.imports.limits import KEY_MAX
from catalog.imports.rules.model import (
    GENRE_MAX,
    Blacklist,
    BlacklistEntry,
    GenreMap,
    GenreRule,
    Mark,
    SourceGenre,
    genre_key,
)
from catalog.releases.names import NAME_MAX
from catalog.releases.repository import genre_table
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata, text_enum
from kernel.events import Event

import_genre_table = Table(
    "import_genre",
    metadata,
    Column("source_id", Id, ForeignKey("import_source.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(GENRE_MAX), primary_key=True),
    Column("name", String(GENRE_MAX), nullable=False),
    Column("rule", text_enum(GenreRule, length=20), nullable=False),
    Column("genre", String(GENRE_MAX)),
)
import_blacklist_table = Table(
    "import_blacklist",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", Id, ForeignKey("import_source.id", ondelete="CASCADE"), index=True),
    Column("mark", text_enum(Mark, length=20), nullable=False),
    Column("value", String(max(NAME_MAX, KEY_MAX)), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("created_by", Id),
    Column("created_at", UtcDateTime, nullable=False),
)


class SqlRules:
    """Rules of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    async def genre_map(self, source_id: str) -> GenreMap:
        """Two small tables."""
        rules = {genre_key(each.name): each for each in await self.genres(source_id)}
        ours = {
            row.slug: row.name for row in await self._session.execute(select(genre_table.c.slug, genre_table.c.name))
        }
        return GenreMap(rules, ours)

    async def genres(self, source_id: str) -> Sequence[SourceGenre]:
        """By rule, then by name."""
        c = import_genre_table.c
        found = await self._session.execute(
            select(c.name, c.rule, c.genre)
            .where(c.source_id == source_id)
            .order_by((c.rule == GenreRule.UNMAPPED).desc(), c.name)
        )
        return [SourceGenre(row.name, row.rule, row.genre) for row in found]

    async def note_unmapped(self, source_id: str, names: Sequence[str]) -> None:
        """Insert the new ones."""
        c = import_genre_table.c
        known = set(await self._session.scalars(select(c.key).where(c.source_id == source_id)))
        new = {genre_key(name): name for name in names if genre_key(name) not in known}
        rows = [
            {"source_id": source_id, "key": key, "name": name, "rule": GenreRule.UNMAPPED} for key, name in new.items()
        ]
        if rows:
            await self._session.execute(insert(import_genre_table), rows)

    async def map_genres(self, source_id: str, genres: Sequence[SourceGenre]) -> None:
        """Delete and insert; records forget what they said, and so are taken up again."""
        c = import_genre_table.c
        rows = {genre_key(each.name): each for each in genres if genre_key(each.name)}
        await self._session.execute(delete(import_genre_table).where(c.source_id == source_id, c.key.in_(rows.keys())))
        values = [
            {"source_id": source_id, "key": key, "name": each.name, "rule": each.rule, "genre": each.genre}
            for key, each in rows.items()
        ]
        if values:
            await self._session.execute(insert(import_genre_table), values)

    async def blacklist_for(self, source_id: str) -> Blacklist:
        """With what counts for all sources."""
        c = import_blacklist_table.c
        found = await self._session.execute(
            select(import_blacklist_table).where(or_(c.source_id == source_id, c.source_id.is_(None)))
        )
        return Blacklist.of([BlacklistEntry(**row._mapping) for row in found])

    async def blacklist(self, *, offset: int, limit: int) -> tuple[Sequence[BlacklistEntry], int]:
        """By age."""
        found = await self._session.execute(
            select(import_blacklist_table).order_by(import_blacklist_table.c.id.desc()).offset(offset).limit(limit)
        )
        total = await self._session.scalar(select(func.count()).select_from(import_blacklist_table))
        return [BlacklistEntry(**row._mapping) for row in found], total or 0

    async def add_entry(self, entry: BlacklistEntry) -> None:
        """Insert."""
        await self._session.execute(
            insert(import_blacklist_table).values(
                id=entry.id,
                source_id=entry.source_id,
                mark=entry.mark,
                value=entry.value,
                reason=entry.reason,
                created_by=entry.created_by,
                created_at=entry.created_at,
            )
        )

    async def remove_entry(self, entry_id: str) -> bool:
        """Delete."""
        done = await self._session.execute(
            delete(import_blacklist_table)
            .where(import_blacklist_table.c.id == entry_id)
            .returning(import_blacklist_table.c.id)
        )
        return done.first() is not None

    def announce(self, event: Event) -> None:
        """Into the outbox of the unit of work."""
        self._uow.record(event)
