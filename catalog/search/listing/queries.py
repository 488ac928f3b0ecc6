"""What the list reads of releases: the rows of its columns, and what changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Integer, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

import catalog.people.persons.repository
import catalog.people.studios.repository
import catalog.people.tags.repository
import catalog.ratings.queries
from catalog.people.entries.repository import EntryTables
from catalog.ratings.model import ReleaseStats
from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import Status
from catalog.releases.repository import genre_table, release_genre_table, release_table
from catalog.search.listing.model import EVERYWHERE, SOMEWHERE, CatalogueRow, Facet, Script, Term
from catalog.translations.model import SubjectKind
from catalog.translations.repository import translation_table

ENTRIES: Final[Mapping[Facet, EntryTables]] = {
    Facet.TAG: catalog.people.tags.repository.TABLES,
    Facet.STUDIO: catalog.people.studios.repository.TABLES,
    Facet.PERSON: catalog.people.persons.repository.TABLES,
}
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")


async def state(session: AsyncSession) -> tuple[int, str]:
    """How many releases there are, and what is different whenever the columns are."""
    r, e = release_table.c, episode_table.c
    count, newest = (
        await session.execute(select(func.count().filter(r.deleted_at.is_(None)), func.max(r.updated_at)))
    ).one()
    fresh = await session.scalar(select(func.max(e.published_at)))
    return count, f"{count} {newest} {fresh}"


@dataclass(frozen=True, slots=True)
class Edited:
    """A release that was edited of late."""

    release_id: str
    version: int
    at: datetime
    deleted: bool


_EDITED: Final = (
    select(release_table.c.id, release_table.c.version, release_table.c.updated_at, release_table.c.deleted_at)
    .where(release_table.c.updated_at >= bindparam("moment"))
    .limit(bindparam("most", type_=Integer))
)
"""Put together once: that would take longer than to carry it out."""


async def versions_since(session: AsyncSession, moment: datetime, limit: int) -> list[Edited]:
    """Up to ``limit`` releases that were edited or deleted at ``moment`` or later."""
    found = await session.execute(_EDITED, {"moment": moment, "most": limit})
    return [Edited(row.id, row.version, row.updated_at, row.deleted_at is not None) for row in found]


async def rows(session: AsyncSession, release_ids: Sequence[str]) -> list[CatalogueRow]:
    """These releases, as far as they are there."""
    r, e, g = release_table.c, episode_table.c, genre_table.c
    found = await session.execute(
        select(
            r.id, r.version, r.status, r.type, r.year, r.season, r.age_rating, r.airing_status, r.created_at, r.updated_at,
            r.published_at, r.name_main, r.name_english, r.name_alternative, r.blocked_regions, r.blocked_by_copyright,
        ).where(r.id.in_(release_ids), r.deleted_at.is_(None))
    )  # fmt: skip
    genres: dict[str, list[Term]] = {}
    for release_id, slug, name in await session.execute(
        select(release_genre_table.c.release_id, g.slug, g.name)
        .join(genre_table, g.id == release_genre_table.c.genre_id)
        .where(release_genre_table.c.release_id.in_(release_ids))
        .order_by(g.slug)
    ):
        genres.setdefault(release_id, []).append(Term(slug, name))
    published = await session.execute(
        select(e.release_id, func.max(e.published_at))
        .where(e.release_id.in_(release_ids), e.status == Status.PUBLISHED)
        .group_by(e.release_id)
    )
    fresh = {row[0]: row[1] for row in published}
    made = {facet: await _entries(session, tables, release_ids) for facet, tables in ENTRIES.items()}
    rated = await catalog.ratings.queries.stats(session, release_ids)
    return [
        _row(
            row,
            {Facet.GENRE: genres.get(row.id, [])} | {facet: terms.get(row.id, ()) for facet, terms in made.items()},
            fresh.get(row.id),
            rated.get(row.id),
        )
        for row in found
    ]


async def _entries(
    session: AsyncSession, tables: EntryTables, release_ids: Sequence[str]
) -> dict[str, tuple[Term, ...]]:
    """The people, studios or tags of releases, each once whatever they did."""
    links, entries, found = tables.links.c, tables.entries.c, dict[str, dict[Term, None]]()
    for release_id, alias, name in await session.execute(
        select(links.release_id, entries.alias, entries.name)
        .join(tables.entries, entries.id == links.entry_id)
        .where(links.release_id.in_(release_ids))
        .order_by(links.release_id, links.position)
    ):
        found.setdefault(release_id, {})[Term(alias, name)] = None
    return {release_id: tuple(terms) for release_id, terms in found.items()}


async def releases_of_entry(session: AsyncSession, facet: Facet, entry_id: str, limit: int) -> list[str]:
    """Up to ``limit`` releases that a person, a studio or a tag is an entry of."""
    c = ENTRIES[facet].links.c
    return list(await session.scalars(select(c.release_id).where(c.entry_id == entry_id).distinct().limit(limit)))


async def all_stats(session: AsyncSession, after: str | None, limit: int) -> list[tuple[str, tuple[float, int, float]]]:
    """Release and its rating, members and trend, of the next ``limit`` releases that have any."""
    return [(one.release_id, _figures(one)) for one in await catalog.ratings.queries.all_stats(session, after, limit)]


def _figures(stats: ReleaseStats | None) -> tuple[float, int, float]:
    return (0.0, 0, 0.0) if stats is None else (stats.weighted or 0.0, max(0, stats.members), stats.trend)


def _row(
    row: Any, sets: Mapping[Facet, Sequence[Term]], fresh_at: datetime | None, stats: ReleaseStats | None
) -> CatalogueRow:
    latin = row.name_english or row.name_main
    cyrillic = next((name for name in (row.name_main, row.name_alternative) if name and _CYRILLIC.search(name)), latin)
    fresh = max((moment for moment in (fresh_at, row.published_at) if moment is not None), default=None)
    rating, members, trend = _figures(stats)
    return CatalogueRow(
        release_id=row.id,
        version=row.version,
        published=row.status is Status.PUBLISHED,
        year=row.year or 0,
        created_at_s=row.created_at.timestamp(),
        updated_at_s=row.updated_at.timestamp(),
        fresh_at_s=0.0 if fresh is None else fresh.timestamp(),
        rating=rating,
        members=members,
        trend=trend,
        sort_names={Script.MAIN: row.name_main, Script.LATIN: latin, Script.CYRILLIC: cyrillic},
        terms={
            **sets,
            Facet.TYPE: (Term(row.type.value),),
            Facet.SEASON: () if row.season is None else (Term(row.season.value),),
            Facet.AGE_RATING: (Term(str(int(row.age_rating))),),
            Facet.STATUS: (Term(row.airing_status.value),),
            Facet.BLOCKED: _blocked(row),
        },
    )


def _blocked(row: Any) -> Sequence[Term]:
    if row.blocked_by_copyright:
        return (Term(EVERYWHERE),)
    return tuple(Term(region) for region in (SOMEWHERE, *row.blocked_regions)) if row.blocked_regions else ()


async def called(session: AsyncSession, words: Sequence[str], limit: int) -> list[str]:
    """Up to ``limit`` releases in whose names, in any language, all the folded ``words`` occur; for want of an index of names."""
    r, t = release_table.c, translation_table.c
    query = select(r.id).where(r.deleted_at.is_(None)).limit(limit)
    for word in words:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        translated = select(t.release_id).where(t.kind == SubjectKind.RELEASE, t.search_text.like(pattern, escape="\\"))
        query = query.where(or_(r.search_text.like(pattern, escape="\\"), r.id.in_(translated)))
    return list((await session.execute(query)).scalars())
