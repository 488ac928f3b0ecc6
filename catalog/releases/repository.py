"""The catalogue in SQL."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    delete,
    false,
    select,
)
from sqlalchemy.orm import composite, relationship, selectinload
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.base import ExecutableOption

from catalog.languages.tags import TAG_MAX
from catalog.releases.blocks import REGIONS, Blocks
from catalog.releases.external_ids import EXTERNAL_ID_MAX, PATTERNS, ExternalIds
from catalog.releases.model import (
    ALIAS_MAX,
    AgeRating,
    AiringStatus,
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
from catalog.releases.poster import Poster
from catalog.releases.trailers import Trailer, kept
from kernel.db import Id, JsonOf, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from kernel.ids import new_id
from kernel.text.titles import KEY_CHARS


class _AgeRating(TypeDecorator[AgeRating]):
    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: AgeRating | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - signature
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> AgeRating | None:  # noqa: ARG002 - signature
        return None if value is None else AgeRating(value)


class _Regions(TypeDecorator[tuple[str, ...]]):
    """Two-letter codes with a blank between them: two letters that stand together are one of them, so LIKE finds it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:  # noqa: ARG002 - signature
        return " ".join(value or ())

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002 - signature
        return tuple((value or "").split())


_TRAILERS: Final = JsonOf[tuple[Trailer, ...]](lambda trailers: [one.row for one in trailers], kept)

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
    Column("airing_status", text_enum(AiringStatus, length=20), nullable=False, server_default=AiringStatus.FINISHED),
    Column("episodes_total", Integer),
    Column("status", text_enum(Status, length=20), nullable=False),
    Column("poster_url", String(500)),
    Column("adopted_poster_url", String(500)),
    Column("poster_key", String(32), index=True),
    Column("poster_width_px", Integer),
    Column("poster_height_px", Integer),
    Column("poster_preview", String(64)),
    Column("search_text", Text, nullable=False),
    *(
        Column(f"key_{name}", String(KEY_CHARS), nullable=False, server_default="", index=True)
        for name in ("main", "english", "alternative")
    ),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("updated_at", UtcDateTime, nullable=False, index=True),
    Column("published_at", UtcDateTime),
    Column("publish_at", UtcDateTime, index=True),
    Column("deleted_at", UtcDateTime),
    Column("deleted_alias", String(ALIAS_MAX)),
    Column("deleted_status", text_enum(Status, length=20)),
    Column("merged_into_id", Id),
    Column("blocked_regions", _Regions(3 * len(REGIONS)), nullable=False, server_default=""),
    Column("blocked_by_copyright", Boolean, nullable=False, server_default=false()),
    Column("trailers", _TRAILERS, nullable=False, server_default="[]"),
    Column("version", Integer, nullable=False),
    # Not unique, see ExternalIds.
    *(Column(f"external_{catalogue}", String(EXTERNAL_ID_MAX[catalogue]), index=True) for catalogue in PATTERNS),
)
for _seldom in (release_table.c.deleted_at, release_table.c.merged_into_id):
    # Not of those that say nothing there: SQLite would read all of them by it, whichever few of them a query asks for.
    Index(
        f"ix_release_{_seldom.name}",
        _seldom,
        sqlite_where=_seldom.is_not(None),
        postgresql_where=_seldom.is_not(None),
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
        "uploaded_poster": composite(
            Poster,
            *(release_table.c[f"poster_{part}"] for part in ("key", "width_px", "height_px", "preview")),
            return_none_on=lambda key, *_: key is None,
        ),
        "external_ids": composite(ExternalIds, *(release_table.c[f"external_{catalogue}"] for catalogue in PATTERNS)),
        "blocks": composite(Blocks, release_table.c.blocked_regions, release_table.c.blocked_by_copyright),
        "name_rows": relationship(
            NameRow, cascade="all, delete-orphan", lazy="raise", order_by=release_name_table.c.position
        ),
        "genres": relationship(Genre, secondary=release_genre_table, lazy="raise", order_by=genre_table.c.name),
    },
    version_id_col=release_table.c.version,
)

WHOLE: tuple[ExecutableOption, ...] = (
    selectinload(Release.genres),  # type: ignore[arg-type]  # mapped
    selectinload(Release.name_rows),  # type: ignore[arg-type]  # mapped
)
_MANY: Final = (
    select(Release)
    .where(release_table.c.id.in_(bindparam("ids", expanding=True)), release_table.c.deleted_at.is_(None))
    .options(*WHOLE)
)
"""Put together once: every page of the catalogue asks for it."""


MERGED_MAX = 8
"""Releases merged one into the next, that a former address leads through."""


class SqlReleases:
    """Releases of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, release_id: str) -> Release | None:
        """With its genres; of one that became part of another, that other one."""
        for _ in range(MERGED_MAX):
            found = await self._one(release_table.c.id == release_id)
            if found is not None:
                return found
            leads_to = await self._session.scalar(
                select(release_table.c.merged_into_id).where(release_table.c.id == release_id)
            )
            if leads_to is None:
                return None
            release_id = leads_to
        return None

    async def locked(self, release_id: str) -> Release | None:
        """With its genres, and nobody else's to change until the end of the transaction."""
        # On SQLite the whole transaction is alone, and this says nothing.
        return await self._one(release_table.c.id == release_id, lock=True)

    async def by_alias(self, alias: str) -> Release | None:
        """With its genres."""
        return await self._one(release_table.c.alias == alias)

    async def _one(self, condition: ColumnElement[bool], *, lock: bool = False) -> Release | None:
        query = select(Release).where(condition, release_table.c.deleted_at.is_(None)).options(*WHOLE)
        found = await self._session.execute(query.with_for_update() if lock else query)
        return found.scalar_one_or_none()

    async def many(self, release_ids: Sequence[str]) -> list[Release]:
        """With their genres and names."""
        found = await self._session.execute(_MANY, {"ids": list(release_ids)})
        by_id = {release.id: release for release in found.scalars()}
        return [by_id[ReleaseId(release_id)] for release_id in release_ids if release_id in by_id]

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

    def add(self, release: Release) -> None:
        """Written with the next flush."""
        self._session.add(release)

    async def remove(self, release: Release) -> None:
        """The row; its episodes, names and place in genres go by foreign key."""
        await self._session.execute(delete(release_table).where(release_table.c.id == release.id))
