"""Assets in the database."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    select,
)
from sqlalchemy.types import BigInteger

from kernel.db import Id, Json, Texts, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from kernel.storage import StorageAway
from streaming.ingest.model import Asset, AssetId, AssetState, AudioTrack, Chapter, PublishedRendition, SubtitleTrack
from streaming.keys.model import Protection

SWEPT_AT_ONCE: Final = 20
"""Folders removed in one go; each is thousands of files."""


class _Records(TypeDecorator[tuple[Any, ...]]):
    """A tuple of one kind of frozen dataclass as a JSON list of objects."""

    impl = Json
    cache_ok = True

    def __init__(self, make: Callable[..., Any]) -> None:
        super().__init__()
        self.make = make

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature
        return None if value is None else [asdict(record) for record in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:  # noqa: ARG002 - signature
        return None if value is None else tuple(self.make(**record) for record in value)


assets = Table(
    "assets",
    metadata,
    Column("id", Id, primary_key=True),
    # No foreign key: episodes belong to another feature, which may one day live in another database.
    Column("episode_id", Id, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("state", text_enum(AssetState, length=16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration_ms", BigInteger),
    Column("frame_rate", Float),
    Column("renditions", _Records(PublishedRendition), nullable=False),
    Column("audio", _Records(AudioTrack.of), nullable=False),
    Column("subtitles", _Records(SubtitleTrack), nullable=False),
    Column("poster", Text),
    Column("storyboard", Text),
    Column("size_bytes", BigInteger),
    Column("warnings", Texts, nullable=False),
    Column("error_code", Text),
    Column("error", Text),
    Column("protection", text_enum(Protection, length=16), nullable=False, server_default=Protection.NONE.value),
    Column("replaces", Id),
    Column("superseded_at", UtcDateTime),
    Column("chapters", _Records(Chapter), nullable=False, server_default="[]"),
    UniqueConstraint("episode_id", "fingerprint"),
    Index(None, "state"),
)

mapper_registry.map_imperatively(Asset, assets)


class SqlAssets:
    """Assets behind the ``Assets`` ports of ingest and origin."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, asset: Asset) -> None:
        """Keep a new asset."""
        self._session.add(asset)

    async def get(self, asset_id: AssetId) -> Asset | None:
        """The asset in whatever state, or ``None``."""
        return await self._session.get(Asset, asset_id)

    async def find(self, episode_id: str, fingerprint: str) -> Asset | None:
        """The asset made, or being made, of this very file."""
        query = select(Asset).where(assets.c.episode_id == episode_id, assets.c.fingerprint == fingerprint)
        return (await self._session.scalars(query)).one_or_none()

    async def current(self, episode_id: str) -> Asset | None:
        """The asset viewers of an episode get: the one that became ready last."""
        query = (
            select(Asset)
            .where(assets.c.episode_id == episode_id, assets.c.state == AssetState.READY)
            .order_by(assets.c.finished_at.desc(), assets.c.id.desc())
            .limit(1)
        )
        return (await self._session.scalars(query)).one_or_none()

    async def superseded(self, before: datetime) -> Sequence[Asset]:
        """Those that another packaging took the place of before that moment; at most :data:`SWEPT_AT_ONCE`."""
        query = (
            select(Asset).where(assets.c.superseded_at < before).order_by(assets.c.superseded_at).limit(SWEPT_AT_ONCE)
        )
        return (await self._session.scalars(query)).all()

    async def unstored(self) -> Sequence[Asset]:
        """Those that failed because the storage was away; at most :data:`SWEPT_AT_ONCE`."""
        query = (
            select(Asset)
            .where(assets.c.state == AssetState.FAILED, assets.c.error_code == StorageAway.code)
            .order_by(assets.c.id)
            .limit(SWEPT_AT_ONCE)
        )
        return (await self._session.scalars(query)).all()

    async def of_episodes(self, episode_ids: Sequence[str]) -> Sequence[Asset]:
        """Every asset of these episodes, whatever became of it."""
        return (await self._session.scalars(select(Asset).where(assets.c.episode_id.in_(episode_ids)))).all()

    async def remove(self, asset: Asset) -> None:
        """Delete the row; the files are the storage's."""
        await self._session.delete(asset)
