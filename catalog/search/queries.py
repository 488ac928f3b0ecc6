"""What the search reads of releases: their names, and what changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.model import ReleaseType, Status
from catalog.releases.names import Names, OtherName
from catalog.releases.repository import release_name_table, release_table
from catalog.search.model import Name, NamedRelease, SuggestedRelease
from catalog.translations.model import SubjectKind
from catalog.translations.repository import translation_table

_SIDE_WORKS: Final = {ReleaseType.MOVIE: 1, ReleaseType.OVA: 2, ReleaseType.OAD: 2, ReleaseType.SPECIAL: 2}
_OF_A_RELEASE: Final = translation_table.c.kind == SubjectKind.RELEASE

# Of each suggestion, and put together once: that would take longer than to carry them out.
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_r, _n, _t = release_table.c, release_name_table.c, translation_table.c
_TRANSLATED: Final = select(_t.release_id, _t.name, _t.language).where(_t.release_id.in_(_IDS), _OF_A_RELEASE)
_OTHER_NAMES: Final = (
    select(_n.release_id, _n.text, _n.language, _n.kind).where(_n.release_id.in_(_IDS)).order_by(_n.position)
)
_SUGGESTED: Final = select(
    _r.id, _r.alias, _r.type, _r.year, _r.status, _r.poster_url, _r.name_main, _r.name_english, _r.name_alternative
).where(_r.id.in_(_IDS), _r.deleted_at.is_(None))


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
    r, n = release_table.c, release_name_table.c
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
    for release_id, translated in (await _translated(session, release_ids)).items():
        more.setdefault(release_id, []).extend(translated)
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


async def _translated(session: AsyncSession, release_ids: Sequence[str]) -> dict[str, list[Name]]:
    names = dict[str, list[Name]]()
    for release_id, text, language in await session.execute(_TRANSLATED, {"ids": release_ids}):
        names.setdefault(release_id, []).append(Name(text, language))
    return names


class SqlTranslatedNames:
    """What releases are called in translations, in one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def names(self, release_ids: Sequence[str]) -> Mapping[str, Sequence[Name]]:
        """One query along the index of translations."""
        return await _translated(self._session, release_ids)


class SqlSuggestedReleases:
    """Releases to suggest, in one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def many(self, release_ids: Sequence[str]) -> list[SuggestedRelease]:
        """Two queries for columns, without the ORM."""
        if not release_ids:
            return []
        wanted = {"ids": release_ids}
        names: dict[str, list[OtherName]] = defaultdict(list)
        for release_id, text, language, kind in await self._session.execute(_OTHER_NAMES, wanted):
            names[release_id].append(OtherName(text, language, kind))
        found = {
            row[0]: SuggestedRelease(*row[:6], Names(*row[6:]), names[row[0]])
            for row in await self._session.execute(_SUGGESTED, wanted)
        }
        return [found[release_id] for release_id in release_ids if release_id in found]
