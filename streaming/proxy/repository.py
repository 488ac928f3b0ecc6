"""Sources in the database."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Dialect, Integer, Table, Text, TypeDecorator, UniqueConstraint, func, select, update
from typing_extensions import override

from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata
from kernel.scope import Scope
from kernel.secrets.reencryption import SecretStore, StoredSecret
from streaming.proxy.detect.corrections import Clock, Correction
from streaming.proxy.model import Findings, SourceSettings, VideoSource
from streaming.proxy.sealing import HEADERS
from streaming.proxy.strip.strip import AdPolicy


class _Settings(TypeDecorator[SourceSettings]):
    """``SourceSettings`` as a JSON object."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: SourceSettings | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature
        if value is None:
            return None
        corrections = [{**asdict(said), "at": said.at.isoformat()} for said in value.corrections]
        return {**asdict(value), "mode": value.mode.value, "corrections": corrections}

    def process_result_value(self, value: Any, dialect: Dialect) -> SourceSettings | None:  # noqa: ARG002 - signature
        if value is None:
            return None
        lists = {name: tuple(value[name]) for name in ("allowed_hosts", "ad_addresses", "programme_addresses")}
        corrections = tuple(
            Correction(**{**said, "clock": Clock(said["clock"]), "at": datetime.fromisoformat(said["at"])})
            for said in value.get("corrections", ())  # sources of before had none
        )
        return SourceSettings(**{**value, **lists, "mode": AdPolicy(value["mode"]), "corrections": corrections})


class _Findings(TypeDecorator[Findings]):
    """``Findings`` as a JSON object."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Findings | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature
        return None if value is None else asdict(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Findings | None:  # noqa: ARG002 - signature
        if value is None:
            return None
        return Findings(**{**value, **{name: tuple(value[name]) for name in ("codecs", "encryption", "ad_signals")}})


video_sources = Table(
    "video_sources",
    metadata,
    Column("id", Id, primary_key=True),
    # No foreign key: episodes belong to another feature.
    Column("episode_id", Id, nullable=False),
    Column("settings", _Settings, nullable=False),
    Column("sealed_headers", Text, nullable=False),
    Column("findings", _Findings, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("episode_id"),
)

mapper_registry.map_imperatively(VideoSource, video_sources, version_id_col=video_sources.c.version)


class SqlSources:
    """Sources behind the ``Sources`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, source: VideoSource) -> None:
        """Keep a new source."""
        self._session.add(source)

    async def get(self, source_id: str) -> VideoSource | None:
        """The source, or ``None``."""
        return await self._session.get(VideoSource, source_id)

    async def of_episode(self, episode_id: str) -> VideoSource | None:
        """The source an episode is played from, or ``None``."""
        query = select(VideoSource).where(video_sources.c.episode_id == episode_id)
        return (await self._session.scalars(query)).one_or_none()

    async def page(self, *, limit: int, offset: int) -> tuple[Sequence[VideoSource], int]:
        """Sources, newest first, and how many there are in all."""
        query = select(VideoSource).order_by(video_sources.c.id.desc()).limit(limit).offset(offset)
        total = await self._session.scalar(select(func.count()).select_from(video_sources))
        return (await self._session.scalars(query)).all(), total or 0

    async def remove(self, source: VideoSource) -> None:
        """Delete the row."""
        await self._session.delete(source)


class SourceCredentials(SecretStore):
    """The headers of sources, encrypted, as ``kernel.secrets.reencryption`` knows them."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    @override
    async def secrets(self) -> list[StoredSecret]:
        rows = await self._session.execute(select(video_sources.c.id, video_sources.c.sealed_headers))
        return [StoredSecret(row.id, row.sealed_headers, HEADERS) for row in rows]

    async def replace(self, owner_id: str, before: str, after: str) -> None:
        """See ``SecretStore``.  Beside the version of the source: nothing that anybody can see changes."""
        known = video_sources.c
        await self._session.execute(
            update(video_sources)
            .where(known.id == owner_id, known.sealed_headers == before)
            .values(sealed_headers=after)
        )
