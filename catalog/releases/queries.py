"""What the catalogue lets others read: plain rows, without the rules of a release."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, String, false, select, true, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.external_ids import PATTERNS
from catalog.releases.model import AiringStatus, Genre, ReleaseType, Status
from catalog.releases.repository import genre_table, release_genre_table, release_name_table, release_table
from catalog.releases.usecases import Reader


def seen_by(reader: Reader) -> ColumnElement[bool]:
    """Which rows of ``release`` a reader sees: :meth:`Reader.sees` in SQL, for lists that are paged and counted there."""
    c = release_table.c
    if reader.sees_drafts:
        return true()
    seen = (c.status == Status.PUBLISHED) & (c.blocked_by_copyright == false())
    if reader.everywhere:
        return seen
    # As text, and not as the tuple that it is read as.
    regions = type_coerce(c.blocked_regions, String)
    free = regions == ""
    # Between codes is a blank, so that two letters side by side are one of them.
    return seen & (free if reader.region is None else free | regions.not_like(f"%{reader.region}%"))


async def listed_genres(session: AsyncSession, reader: Reader) -> list[Genre]:
    """Those that a published release has which ``reader`` sees, by name."""
    used = (
        select(release_genre_table.c.genre_id)
        .join(release_table, release_table.c.id == release_genre_table.c.release_id)
        .where(release_table.c.status == Status.PUBLISHED, seen_by(reader))
    )
    found = await session.execute(select(Genre).where(genre_table.c.id.in_(used)).order_by(genre_table.c.name))
    return list(found.scalars())


MAX_VALUES: Final = 1_000
"""Values in one statement; PostgreSQL's protocol ends at 32,767."""

SCAN: Final = 250
"""Releases read at once before others get their turn: some 5 ms."""


@dataclass(frozen=True, slots=True)
class SeasonLength:
    """How many episodes a release is to have; ``None`` where nobody knows, or more are still to come."""

    release_id: str
    episodes_total: int | None


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """What identifies a published release to other catalogues; ``external_ids`` are those it has, by catalogue."""

    release_id: str
    names: tuple[str, ...]
    year: int | None
    kind: str
    external_ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FactsRow:
    """What a published release is counted by; ``genres`` by name."""

    release_id: str
    kind: str
    year: int | None
    genres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamesRow:
    """Everything a release is called, but for its translations."""

    release_id: str
    alias: str
    names: tuple[str, ...]
    year: int | None
    kind: ReleaseType


async def names_of(session: AsyncSession, release_ids: Collection[str]) -> list[NamesRow]:
    """Those of ``release_ids`` that are not deleted, drafts too."""
    c, others, held, rows = release_table.c, release_name_table.c, sorted(release_ids), list[NamesRow]()
    for first in range(0, len(held), MAX_VALUES):
        some, more = held[first : first + MAX_VALUES], dict[str, list[str]]()
        query = select(others.release_id, others.text).where(others.release_id.in_(some))
        for release_id, text in await session.execute(query.order_by(others.release_id, others.position)):
            more.setdefault(release_id, []).append(text)
        columns = (c.id, c.alias, c.name_main, c.name_english, c.name_alternative, c.year, c.type)
        for row in await session.execute(select(*columns).where(c.id.in_(some), c.deleted_at.is_(None)).order_by(c.id)):
            main = [name for name in (row.name_main, row.name_english, row.name_alternative) if name]
            rows.append(NamesRow(row.id, row.alias, (*main, *more.get(row.id, ())), row.year, row.type))
    return rows


async def ids_of_aliases(session: AsyncSession, aliases: Collection[str]) -> set[str]:
    """The releases with one of ``aliases``, drafts too."""
    c, held, ids = release_table.c, sorted(aliases), set[str]()
    for first in range(0, len(held), MAX_VALUES):
        some = held[first : first + MAX_VALUES]
        ids.update(await session.scalars(select(c.id).where(c.alias.in_(some), c.deleted_at.is_(None))))
    return ids


async def published_facts(session: AsyncSession, release_ids: Collection[str]) -> list[FactsRow]:
    """Those of up to :data:`MAX_VALUES` releases that are published."""
    c, genres = release_table.c, dict[str, list[str]]()
    filed = (
        select(release_genre_table.c.release_id, genre_table.c.name)
        .join(genre_table, genre_table.c.id == release_genre_table.c.genre_id)
        .where(release_genre_table.c.release_id.in_(release_ids))
        .order_by(genre_table.c.name)
    )
    for row in await session.execute(filed):
        genres.setdefault(row.release_id, []).append(row.name)
    found = await session.execute(
        select(c.id, c.type, c.year).where(c.id.in_(release_ids), c.status == Status.PUBLISHED)
    )
    return [FactsRow(row.id, str(row.type), row.year, tuple(genres.get(row.id, ()))) for row in found]


async def id_of_alias(session: AsyncSession, alias: str) -> str | None:
    """The release with this alias, a draft too; ``None`` where there is none."""
    c = release_table.c
    found: str | None = await session.scalar(select(c.id).where(c.alias == alias, c.deleted_at.is_(None)))
    if found is not None:
        return found
    # The former alias of what became part of another release leads there.
    leads_to: str | None = await session.scalar(
        select(c.merged_into_id).where(c.deleted_alias == alias, c.merged_into_id.is_not(None)).limit(1)
    )
    return leads_to


async def published_lengths(session: AsyncSession, release_ids: Collection[str]) -> dict[str, SeasonLength]:
    """Those of ``release_ids`` that are published."""
    c = release_table.c
    found = await session.execute(
        select(c.id, c.episodes_total, c.airing_status).where(c.id.in_(release_ids), c.status == Status.PUBLISHED)
    )
    return {
        row.id: SeasonLength(row.id, None if row.airing_status is AiringStatus.ONGOING else row.episodes_total)
        for row in found
    }


async def published_releases(session: AsyncSession, release_ids: Collection[str]) -> AsyncIterator[list[ReleaseRow]]:
    """Those of ``release_ids`` that are published, :data:`SCAN` at a time."""
    held = list(release_ids)
    for first in range(0, len(held), SCAN - 1):  # each is one page, which is not full, and so the last
        async for page in _releases(session, release_table.c.id.in_(held[first : first + SCAN - 1])):
            yield page


async def releases_with_external_ids(
    session: AsyncSession, catalogue: str, numbers: Collection[str]
) -> AsyncIterator[list[ReleaseRow]]:
    """The published releases that another ``catalogue`` (``external_ids.PATTERNS``) has under ``numbers``, page by page."""
    held = list(numbers)
    for first in range(0, len(held), MAX_VALUES):
        condition = release_table.c[f"external_{catalogue}"].in_(held[first : first + MAX_VALUES])
        async for page in _releases(session, condition):
            yield page


async def releases_with_name_keys(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """The releases with a name whose stored key (``kernel.text.titles``) is one of up to :data:`MAX_VALUES`, drafts too."""
    c, ids = release_table.c, set[str]()
    for column in (c.key_main, c.key_english, c.key_alternative):
        ids.update(await session.scalars(select(c.id).where(column.in_(keys), c.deleted_at.is_(None))))
    names = release_name_table.c
    others = select(names.release_id).join(release_table, c.id == names.release_id)
    ids.update(await session.scalars(others.where(names.key.in_(keys), c.deleted_at.is_(None)).distinct()))
    return ids


async def _releases(session: AsyncSession, condition: ColumnElement[bool]) -> AsyncIterator[list[ReleaseRow]]:
    """Releases by number, page by page."""
    c, last = release_table.c, None
    columns = [c.id, c.name_main, c.name_english, c.name_alternative, c.year, c.type]
    columns += [c[f"external_{catalogue}"] for catalogue in PATTERNS]
    query = select(*columns).where(c.status == Status.PUBLISHED, condition).order_by(c.id).limit(SCAN)
    while True:
        page: Sequence[Any] = (await session.execute(query if last is None else query.where(c.id > last))).all()
        yield [_release(row) for row in page]
        if len(page) < SCAN:
            return
        last = page[-1].id


def _release(row: Any) -> ReleaseRow:
    return ReleaseRow(
        release_id=row.id,
        names=tuple(name for name in (row.name_main, row.name_english, row.name_alternative) if name),
        year=row.year,
        kind=row.type.value,
        external_ids={
            catalogue: number for catalogue in PATTERNS if (number := row._mapping[f"external_{catalogue}"]) is not None
        },
    )
