"""The catalogue in SQL."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Integer,
    Select,
    String,
    Table,
    Text,
    TypeDecorator,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.orm import composite, relationship, selectinload
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.base import ExecutableOption

from catalog.languages.tags import TAG_MAX
from catalog.releases.external_ids import EXTERNAL_ID_MAX, PATTERNS, ExternalIds
from catalog.releases.model import (
    ALIAS_MAX,
    AgeRating,
    Genre,
    GenreId,
    Release,
    ReleaseId,
    ReleaseType,
    Season,
    Status,
    slug_of,
)
from catalog.releases.names import NAME_MAX, NameKind, NameRow, Names
from catalog.releases.usecases import ReleaseFilter
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from kernel.ids import new_id
from kernel.text.titles import KEY_CHARS


class _AgeRating(TypeDecorator[AgeRating]):
    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: AgeRating | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - signature
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> AgeRating | None:  # noqa: ARG002 - signature
        return None if value is None else AgeRating(value)


genre_table = Table(
    "genre",
    metadata,
    Column("id", Id, primary_key=True),
    Column("slug", String(80), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
)
release_table = Table(
    "release",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alias", String(ALIAS_MAX), nullable=False, unique=True),
    Column("type", text_enum(ReleaseType, length=20), nullable=False),
    Column("name_main", String(NAME_MAX), nullable=False),
    Column("name_english", String(NAME_MAX)),
    Column("name_alternative", String(NAME_MAX)),
    Column("year", Integer, index=True),
    Column("season", text_enum(Season, length=20)),
    Column("description", Text, nullable=False),
    Column("age_rating", _AgeRating, nullable=False),
    Column("is_ongoing", Boolean, nullable=False),
    Column("episodes_total", Integer),
    Column("status", text_enum(Status, length=20), nullable=False),
    Column("poster_url", String(500)),
    Column("search_text", Text, nullable=False),
    *(
        Column(f"key_{name}", String(KEY_CHARS), nullable=False, server_default="", index=True)
        for name in ("main", "english", "alternative")
    ),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    # Not unique, see ExternalIds.
    *(Column(f"external_{catalogue}", String(EXTERNAL_ID_MAX[catalogue]), index=True) for catalogue in PATTERNS),
)
release_name_table = Table(
    "release_name",
    metadata,
    Column("id", Id, primary_key=True),
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("text", String(NAME_MAX), nullable=False),
    Column("language", String(TAG_MAX), nullable=False),
    Column("kind", text_enum(NameKind, length=20), nullable=False),
    Column("key", String(KEY_CHARS), nullable=False, server_default="", index=True),
)
release_genre_table = Table(
    "release_genre",
    metadata,
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("genre_id", Id, ForeignKey("genre.id"), primary_key=True, index=True),
)
mapper_registry.map_imperatively(Genre, genre_table)
mapper_registry.map_imperatively(NameRow, release_name_table)
mapper_registry.map_imperatively(
    Release,
    release_table,
    properties={
        "name": composite(
            Names, release_table.c.name_main, release_table.c.name_english, release_table.c.name_alternative
        ),
        "external_ids": composite(ExternalIds, *(release_table.c[f"external_{catalogue}"] for catalogue in PATTERNS)),
        "name_rows": relationship(
            NameRow, cascade="all, delete-orphan", lazy="raise", order_by=release_name_table.c.position
        ),
        "genres": relationship(Genre, secondary=release_genre_table, lazy="raise", order_by=genre_table.c.name),
    },
    version_id_col=release_table.c.version,
)

_WHOLE: tuple[ExecutableOption, ...] = (
    selectinload(Release.genres),  # type: ignore[arg-type]  # mapped
    selectinload(Release.name_rows),  # type: ignore[arg-type]  # mapped
)
_SORTS: dict[str, ColumnElement[Any]] = {
    "created_at": release_table.c.created_at,
    "updated_at": release_table.c.updated_at,
    "year": release_table.c.year,
    "name": release_table.c.name_main,
}


def _escaped(word: str) -> str:
    """``word`` for LIKE, with its wildcards meant literally."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class TranslatedNames(Protocol):
    """Names of releases in other languages, for the search."""

    def releases_named(self, pattern: str) -> Select[tuple[str]]:
        """The ids of releases with a name like ``pattern`` (folded, of LIKE, escaped by a backslash)."""
        ...


class SqlReleases:
    """Releases of one unit of work; ``translated`` is searched as well."""

    def __init__(self, uow: UnitOfWork, translated: TranslatedNames) -> None:
        self._session = uow.session
        self._translated = translated

    async def get(self, release_id: str) -> Release | None:
        """With its genres."""
        return await self._one(release_table.c.id == release_id)

    async def by_alias(self, alias: str) -> Release | None:
        """With its genres."""
        return await self._one(release_table.c.alias == alias)

    async def _one(self, condition: ColumnElement[bool]) -> Release | None:
        found = await self._session.execute(select(Release).where(condition).options(*_WHOLE))
        return found.scalar_one_or_none()

    async def find(self, wanted: ReleaseFilter, *, offset: int, limit: int) -> tuple[list[Release], int]:
        """One page with genres, and the count of all matches."""
        conditions = [*(self._called(word) for word in wanted.words), *_conditions(wanted)]
        if wanted.ranked is not None and wanted.sort == "relevance":
            return await self._by_rank(wanted.ranked, conditions, offset=offset, limit=limit)
        total = await self._session.execute(select(func.count()).select_from(release_table).where(*conditions))
        column = _SORTS.get(wanted.sort.removeprefix("-"), release_table.c.created_at)
        descending = wanted.sort.startswith("-") or wanted.sort == "relevance"
        ordered = column.desc().nulls_last() if descending else column.asc().nulls_last()
        found = await self._session.execute(
            select(Release)
            .where(*conditions)
            .options(*_WHOLE)
            .order_by(ordered, release_table.c.id.desc())
            .offset(offset)
            .limit(limit)
        )
        return list(found.scalars()), total.scalar_one()

    def _called(self, word: str) -> ColumnElement[bool]:
        """``word`` occurs in a name of the release, in any language."""
        pattern = f"%{_escaped(word)}%"
        return or_(
            release_table.c.search_text.like(pattern, escape="\\"),
            release_table.c.id.in_(self._translated.releases_named(pattern)),
        )

    async def _by_rank(
        self, ranked: Sequence[str], conditions: list[ColumnElement[bool]], *, offset: int, limit: int
    ) -> tuple[list[Release], int]:
        allowed = set((await self._session.execute(select(release_table.c.id).where(*conditions))).scalars())
        kept = [release_id for release_id in ranked if release_id in allowed]
        page = kept[offset : offset + limit]
        found = await self._session.execute(select(Release).where(release_table.c.id.in_(page)).options(*_WHOLE))
        by_id = {release.id: release for release in found.scalars()}
        return [by_id[ReleaseId(release_id)] for release_id in page if release_id in by_id], len(kept)

    async def genres_named(self, names: Sequence[str]) -> list[Genre]:
        """By slug, so that two spellings are one genre."""
        wanted = {slug_of(name): name.strip() for name in names if slug_of(name)}
        found = await self._session.execute(select(Genre).where(genre_table.c.slug.in_(wanted)))
        known = {genre.slug: genre for genre in found.scalars()}
        for slug, name in wanted.items():
            if slug not in known:
                known[slug] = Genre(GenreId(new_id()), slug, name)
                self._session.add(known[slug])
        return [known[slug] for slug in wanted]

    async def genres(self) -> list[Genre]:
        """Those a published release has, by name."""
        used = (
            select(release_genre_table.c.genre_id)
            .join(release_table, release_table.c.id == release_genre_table.c.release_id)
            .where(release_table.c.status == Status.PUBLISHED)
        )
        found = await self._session.execute(
            select(Genre).where(genre_table.c.id.in_(used)).order_by(genre_table.c.name)
        )
        return list(found.scalars())

    def add(self, release: Release) -> None:
        """Written with the next flush."""
        self._session.add(release)

    async def remove(self, release: Release) -> None:
        """The row; its episodes, names and place in genres go by foreign key."""
        await self._session.execute(delete(release_table).where(release_table.c.id == release.id))


def _conditions(wanted: ReleaseFilter) -> list[ColumnElement[bool]]:
    c = release_table.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.ranked is not None:
        conditions.append(c.id.in_(wanted.ranked))
    if wanted.ids:
        conditions.append(c.id.in_(wanted.ids))
    if not wanted.drafts:
        conditions.append(c.status == Status.PUBLISHED)
    if wanted.types:
        conditions.append(c.type.in_(wanted.types))
    if wanted.seasons:
        conditions.append(c.season.in_(wanted.seasons))
    if wanted.age_ratings:
        conditions.append(c.age_rating.in_(wanted.age_ratings))
    if wanted.year_from is not None:
        conditions.append(c.year >= wanted.year_from)
    if wanted.year_to is not None:
        conditions.append(c.year <= wanted.year_to)
    if wanted.genres:
        conditions.append(
            c.id.in_(
                select(release_genre_table.c.release_id)
                .join(genre_table, genre_table.c.id == release_genre_table.c.genre_id)
                .where(genre_table.c.slug.in_(wanted.genres))
            )
        )
    return conditions
