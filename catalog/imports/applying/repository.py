"""Records of sources, and the catalogue as an importer needs it, in SQL."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, delete, exists, insert, select, update
from sqlalchemy.orm import selectinload

from catalog.franchises.relations import RelationKind
from catalog.imports.applying.model import MERGED, KnownRecord, RecordMark, RecordState
from catalog.imports.applying.relations import OpenRelation, WaitingRelation
from catalog.imports.limits import CANDIDATES_MAX, KEY_MAX
from catalog.imports.matching.rules import Candidate, keys_of
from catalog.imports.records.model import SourceRecord, SourceRelation
from catalog.releases.external_ids import PATTERNS
from catalog.releases.locks.queries import locked_fields
from catalog.releases.merge_locks.queries import never_merged
from catalog.releases.merging.queries import merged_into
from catalog.releases.model import AiringStatus, Genre, Release, slug_of
from catalog.releases.repository import release_name_table, release_table
from catalog.releases.usecases import Releases
from kernel.db import Id, Json, UnitOfWork, metadata, text_enum

import_record_table = Table(
    "import_record",
    metadata,
    Column("source_id", Id, ForeignKey("import_source.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(KEY_MAX), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("state", text_enum(RecordState, length=20), nullable=False),
    # Without a foreign key: that a release was deleted is to be remembered, or the next run would make it again.
    Column("release_id", Id),
    Column("written", Json, nullable=False),
    Index("ix_import_record_release_id", "release_id", "source_id"),
)

import_relation_table = Table(
    "import_relation",
    metadata,
    Column("source_id", Id, ForeignKey("import_source.id", ondelete="CASCADE"), primary_key=True),
    Column("from_key", String(KEY_MAX), primary_key=True),
    Column("to_key", String(KEY_MAX), primary_key=True),
    Column("kind", text_enum(RelationKind, length=20), primary_key=True),
    # Made, or refused for good.
    Column("settled", Boolean, nullable=False),
    Index("ix_import_relation_settled", "source_id", "settled"),
)

_VALUES_MAX: Final = 500
"""Values in one list of a statement."""


class SqlRecords:
    """Records of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def marks(self, source_id: str, keys: Collection[str]) -> Mapping[str, RecordMark]:
        """By primary key, without what was written, which is most of a row."""
        c, found = import_record_table.c, {}
        merged = c.written[MERGED].as_string().is_not(None)
        for some in _some(keys):
            query = select(c.key, c.digest, c.state, c.release_id, merged)
            for row in await self._session.execute(query.where(c.source_id == source_id, c.key.in_(some))):
                found[row.key] = RecordMark(*row)
        return found

    async def of(self, source_id: str, keys: Collection[str]) -> Mapping[str, KnownRecord]:
        """By primary key."""
        c, found = import_record_table.c, {}
        for some in _some(keys):
            rows = await self._session.execute(
                select(import_record_table).where(c.source_id == source_id, c.key.in_(some))
            )
            for row in rows:
                found[row.key] = KnownRecord(row.source_id, row.key, row.digest, row.state, row.release_id, row.written)
        return found

    async def keep(self, records: Sequence[KnownRecord]) -> None:
        """Delete and insert: one way for both databases."""
        if not records:
            return
        c = import_record_table.c
        for some in _some({record.key for record in records}):
            await self._session.execute(
                delete(import_record_table).where(c.source_id == records[0].source_id, c.key.in_(some))
            )
        await self._session.execute(
            insert(import_record_table),
            [
                {
                    "source_id": record.source_id,
                    "key": record.key,
                    "digest": record.digest,
                    "state": record.state,
                    "release_id": record.release_id,
                    "written": dict(record.written),
                }
                for record in records
            ],
        )

    async def claims(self, source_id: str, release_ids: Collection[str]) -> Mapping[str, str]:
        """By the index of releases."""
        c, found = import_record_table.c, {}
        for some in _some(release_ids):
            rows = await self._session.execute(
                select(c.release_id, c.key).where(c.source_id == source_id, c.release_id.in_(some))
            )
            found.update({row.release_id: row.key for row in rows})
        return found


class SqlSourceRelations:
    """What records say of each other, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def say(self, source_id: str, told: Mapping[str, Sequence[SourceRelation]]) -> None:
        """Only what is different is written."""
        c = import_relation_table.c
        wanted = {(key, one.key, one.kind) for key, relations in told.items() for one in relations}
        known: set[tuple[str, str, RelationKind]] = set()
        for some in _some(told):
            query = select(c.from_key, c.to_key, c.kind).where(c.source_id == source_id, c.from_key.in_(some))
            known.update((row.from_key, row.to_key, row.kind) for row in await self._session.execute(query))
        for from_key, to_key, kind in known - wanted:
            await self._session.execute(
                delete(import_relation_table).where(
                    c.source_id == source_id, c.from_key == from_key, c.to_key == to_key, c.kind == kind
                )
            )
        fresh = [
            {"source_id": source_id, "from_key": from_key, "to_key": to_key, "kind": kind, "settled": False}
            for from_key, to_key, kind in sorted(wanted - known)
        ]
        if fresh:
            await self._session.execute(insert(import_relation_table), fresh)

    async def unsettled(
        self, source_id: str, told: Mapping[str, Sequence[SourceRelation]]
    ) -> Mapping[str, tuple[SourceRelation, ...]]:
        """By primary key."""
        c, known, settled = import_relation_table.c, set[str](), set[tuple[str, SourceRelation]]()
        for some in _some(told):
            query = select(c.from_key, c.to_key, c.kind, c.settled)
            for row in await self._session.execute(query.where(c.source_id == source_id, c.from_key.in_(some))):
                known.add(row.from_key)
                if row.settled:
                    settled.add((row.from_key, SourceRelation(row.kind, row.to_key)))
        return {
            key: tuple(one for one in relations if (key, one) not in settled)
            for key, relations in told.items()
            if relations or key in known
        }

    async def waiting(self, source_id: str, limit: int) -> Sequence[WaitingRelation]:
        """Along the index of what is not settled."""
        c, one = import_relation_table.c, import_record_table.c
        query = (
            select(c.from_key, c.to_key, c.kind, one.release_id)
            .where(c.source_id == source_id, c.settled.is_(False))
            .where(one.source_id == c.source_id, one.key == c.from_key, one.state == RecordState.LINKED)
            .order_by(c.from_key, c.to_key, c.kind)
            .limit(limit)
        )
        return [
            WaitingRelation(row.from_key, SourceRelation(row.kind, row.to_key), row.release_id)
            for row in await self._session.execute(query)
        ]

    async def open(self, source_id: str, limit: int) -> Sequence[OpenRelation]:
        """Along the index of what is not settled; most sources say nothing, and their records are not looked at."""
        c, one, other = import_relation_table.c, import_record_table.alias().c, import_record_table.alias().c
        if not await self._session.scalar(select(exists().where(c.source_id == source_id, c.settled.is_(False)))):
            return []
        query = (
            select(c.from_key, c.to_key, c.kind, one.release_id.label("from_id"), other.release_id.label("to_id"))
            .where(c.source_id == source_id, c.settled.is_(False))
            .where(one.source_id == c.source_id, one.key == c.from_key, one.state == RecordState.LINKED)
            .where(other.source_id == c.source_id, other.key == c.to_key, other.state == RecordState.LINKED)
            .order_by(c.from_key, c.to_key, c.kind)
            .limit(limit)
        )
        return [
            OpenRelation(row.from_key, SourceRelation(row.kind, row.to_key), row.from_id, row.to_id)
            for row in await self._session.execute(query)
        ]

    async def settle(self, source_id: str, relations: Sequence[OpenRelation]) -> None:
        """By primary key."""
        c = import_relation_table.c
        for each in relations:
            await self._session.execute(
                update(import_relation_table)
                .where(
                    c.source_id == source_id,
                    c.from_key == each.from_key,
                    c.to_key == each.relation.key,
                    c.kind == each.relation.kind,
                )
                .values(settled=True)
            )


class SqlCatalogue:
    """The catalogue of one unit of work."""

    def __init__(self, uow: UnitOfWork, releases: Releases) -> None:
        self._session = uow.session
        self._releases = releases

    async def releases(self, release_ids: Collection[str]) -> Mapping[str, Release]:
        """With genres and names."""
        found: dict[str, Release] = {}
        whole = (selectinload(Release.genres), selectinload(Release.name_rows))  # type: ignore[arg-type]  # mapped
        for some in _some(release_ids, 50):  # some 10 ms of the ORM
            c = release_table.c
            # What an editor deleted is there until it is purged.
            query = select(Release).where(c.id.in_(some), c.deleted_at.is_(None)).options(*whole)
            rows = await self._session.execute(query)
            found.update({release.id: release for release in rows.scalars()})
            await asyncio.sleep(0)
        return found

    async def candidates(self, records: Sequence[SourceRecord]) -> Sequence[Sequence[Candidate]]:
        """Two queries by identifiers and keys, two for what they found."""
        wanted: dict[str, set[str]] = defaultdict(set)
        keys: list[frozenset[str]] = []
        for record in records:
            for catalogue, number in record.external_ids.items():
                wanted[catalogue].add(number)
            keys.append(keys_of(name.text for name in record.all_names))
        by_id: dict[tuple[str, str], set[str]] = defaultdict(set)
        for catalogue, numbers in wanted.items():
            column = release_table.c[f"external_{catalogue}"]
            for some in _some(numbers):
                for row in await self._session.execute(select(column, release_table.c.id).where(column.in_(some))):
                    by_id[catalogue, row[0]].add(row.id)
        by_key = await self._by_keys({key for group in keys for key in group})
        groups = []
        for record, group in zip(records, keys, strict=True):
            ids = {one for pair in record.external_ids.items() for one in by_id.get(pair, ())}
            titled = {one for key in group for one in by_key.get(key, ())} - ids
            groups.append([*sorted(ids), *sorted(titled)][:CANDIDATES_MAX])
        found = {one for group in groups for one in group}
        known, gone = await self._described(found), await self._gone(found)
        return [[known[one] for one in _to_choose(group, gone) if one in known] for group in groups]

    async def _gone(self, release_ids: Collection[str]) -> Mapping[str, str | None]:
        """Release that was deleted or merged → the one it was merged into."""
        c, found = release_table.c, dict[str, str | None]()
        for some in _some(release_ids):
            query = select(c.id, c.merged_into_id).where(c.id.in_(some), c.deleted_at.is_not(None))
            found.update((row.id, row.merged_into_id) for row in await self._session.execute(query))
        return found

    async def _by_keys(self, keys: Collection[str]) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        r, n = release_table.c, release_name_table.c
        for some in _some(keys):
            for column in (r.key_main, r.key_english, r.key_alternative):
                for row in await self._session.execute(select(column, r.id).where(column.in_(some))):
                    found[row[0]].add(row.id)
            for row in await self._session.execute(select(n.key, n.release_id).where(n.key.in_(some))):
                found[row.key].add(row.release_id)
        return found

    async def _described(self, release_ids: Collection[str]) -> Mapping[str, Candidate]:
        r, n = release_table.c, release_name_table.c
        found, names = {}, defaultdict(list)
        columns: list[Any] = [r.id, r.name_main, r.name_english, r.name_alternative, r.type, r.year]
        columns += [r.episodes_total, r.airing_status, *(r[f"external_{catalogue}"] for catalogue in PATTERNS)]
        for some in _some(release_ids):
            for row in await self._session.execute(select(n.release_id, n.text).where(n.release_id.in_(some))):
                names[row.release_id].append(row.text)
            for row in await self._session.execute(select(*columns).where(r.id.in_(some))):
                main = [name for name in (row.name_main, row.name_english, row.name_alternative) if name]
                ids = {catalogue: row._mapping[f"external_{catalogue}"] for catalogue in PATTERNS}
                found[row.id] = Candidate(
                    release_id=row.id,
                    title=row.name_main,
                    names=(*main, *names[row.id]),
                    type=row.type,
                    year=row.year,
                    episodes_total=row.episodes_total,
                    is_ongoing=row.airing_status is AiringStatus.ONGOING,
                    external_ids={catalogue: number for catalogue, number in ids.items() if number is not None},
                )
        return found

    async def merged_into(self, release_ids: Collection[str]) -> Mapping[str, str]:
        """As the catalogue has it."""
        found: dict[str, str] = {}
        for some in _some(release_ids):
            found.update(await merged_into(self._session, some))
        return found

    async def never_merged(self, release_ids: Collection[str]) -> set[frozenset[str]]:
        """As the catalogue has it."""
        found: set[frozenset[str]] = set()
        for some in _some(release_ids):
            found |= await never_merged(self._session, some)
        return found

    async def aliases_taken(self, aliases: Collection[str]) -> set[str]:
        """By the unique index."""
        taken: set[str] = set()
        for some in _some(aliases):
            taken.update(
                await self._session.scalars(select(release_table.c.alias).where(release_table.c.alias.in_(some)))
            )
        return taken

    async def genres_named(self, names: Collection[str]) -> Mapping[str, Genre]:
        """As the catalogue itself makes them."""
        if not names:
            return {}
        by_slug = {genre.slug: genre for genre in await self._releases.genres_named(list(names))}
        return {name: by_slug[slug] for name in names if (slug := slug_of(name)) in by_slug}

    async def locked_fields(self, release_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """As the locks' room says."""
        return await locked_fields(self._session, release_ids)

    def add(self, release: Release) -> None:
        """Written with the next flush."""
        self._session.add(release)

    async def flush(self) -> None:
        """Also yields to the event loop where there is nothing to write."""
        await self._session.flush()
        await asyncio.sleep(0)


def _to_choose(group: Sequence[str], gone: Mapping[str, str | None]) -> list[str]:
    """Without what became part of another of them; deleted ones where there are no others alone."""
    apart = [one for one in group if gone.get(one) is None or gone[one] not in group]
    alive = [one for one in apart if one not in gone or gone[one] is not None]
    return alive or apart


def _some(values: Iterable[str], size: int = _VALUES_MAX) -> Iterator[list[str]]:
    every = list(values)
    for first in range(0, len(every), size):
        yield every[first : first + size]
