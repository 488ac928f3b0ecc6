"""What the search reads of releases: their names, and what changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.people.queries import EntryKind, counts_seen
from catalog.releases.model import ReleaseType, Status
from catalog.releases.repository import release_name_table, release_table
from catalog.releases.usecases import Reader
from catalog.search.model import Name, NamedRelease
from catalog.translations.model import SubjectKind
from catalog.translations.repository import translation_table

_SIDE_WORKS: Final = {ReleaseType.MOVIE: 1, ReleaseType.OVA: 2, ReleaseType.OAD: 2, ReleaseType.SPECIAL: 2}
_OF_A_RELEASE: Final = translation_table.c.kind == SubjectKind.RELEASE


async def state(session: AsyncSession) -> tuple[int, str]:
    """How many releases there are, and what is different whenever a name is."""
    releases, translations = release_table.c, translation_table.c
    count, newest = (
        await session.execute(select(func.count().filter(releases.deleted_at.is_(None)), func.max(releases.updated_at)))
    ).one()
    others, latest = (
        await session.execute(select(func.count(), func.max(translations.updated_at)).where(_OF_A_RELEASE))
    ).one()
    return count, f"{count} {newest} {others} {latest}"


async def changed_since(session: AsyncSession, moment: datetime) -> list[str]:
    """Releases that were edited, or one of whose translations was, at ``moment`` or later."""
    found = await session.execute(
        union(
            select(release_table.c.id).where(release_table.c.updated_at >= moment),
            select(translation_table.c.release_id).where(_OF_A_RELEASE, translation_table.c.updated_at >= moment),
        )
    )
    return list(found.scalars())


async def ids_after(session: AsyncSession, last: str | None, limit: int) -> list[str]:
    """The next ``limit`` identifiers of releases in their order, or the first."""
    c = release_table.c
    found = select(c.id).where(c.deleted_at.is_(None)).order_by(c.id).limit(limit)
    if last is not None:
        found = found.where(c.id > last)
    return list((await session.execute(found)).scalars())


async def named(session: AsyncSession, release_ids: Sequence[str]) -> list[NamedRelease]:
    """These releases, as far as they are there, with all their names: the three, the others, and those of translations."""
    r, n, t = release_table.c, release_name_table.c, translation_table.c
    rows = await session.execute(
        select(r.id, r.name_main, r.name_english, r.name_alternative, r.status, r.year, r.type).where(
            r.id.in_(release_ids), r.deleted_at.is_(None)
        )
    )
    more: dict[str, list[Name]] = {}
    for release_id, text, language in await session.execute(
        select(n.release_id, n.text, n.language).where(n.release_id.in_(release_ids)).order_by(n.position)
    ):
        more.setdefault(release_id, []).append(Name(text, language))
    for release_id, text, language in await session.execute(
        select(t.release_id, t.name, t.language).where(t.release_id.in_(release_ids), _OF_A_RELEASE)
    ):
        more.setdefault(release_id, []).append(Name(text, language))
    return [
        NamedRelease(
            row.id,
            (
                Name(row.name_main),
                *([Name(row.name_english, "en")] if row.name_english else []),
                *([Name(row.name_alternative)] if row.name_alternative else []),
                *more.get(row.id, ()),
            ),
            published=row.status is Status.PUBLISHED,
            year=row.year or 0,
            side_work=_SIDE_WORKS.get(row.type, 0),
        )
        for row in rows
    ]


class SqlEntriesSeen:
    """Counted in one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def counts(self, kind: EntryKind, entry_ids: Collection[str], reader: Reader) -> Mapping[str, int]:
        """One query along the index of links."""
        return await counts_seen(self._session, kind, entry_ids, reader)


class SqlNames:
    """The names of releases in every language, in one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def names(self, release_ids: Sequence[str]) -> Mapping[str, Sequence[Name]]:
        """As the index takes them."""
        return {release.release_id: release.names for release in await named(self._session, release_ids)}
