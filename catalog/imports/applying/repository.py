"""Records of sources, and the catalogue as an importer needs it, in SQL."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, ForeignKey, Index, String, Table, delete, insert, select
from sqlalchemy.orm import selectinload

from catalog.imports.applying.model import KnownRecord, RecordState
from catalog.imports.limits import CANDIDATES_MAX, KEY_MAX
from catalog.imports.matching.rules import Candidate, keys_of
from catalog.imports.records.model import SourceRecord
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

_VALUES_MAX: Final = 500
"""Values in one list of a statement."""


class SqlRecords:
    """Records of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

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
