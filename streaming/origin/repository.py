"""Stream sessions in the database, and published assets as ingest left them: rows for the facts, a playlist for the ladder."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import m3u8  # type: ignore[import-untyped]  # it ships no types
import structlog
from sqlalchemy import (
    Column,
    CursorResult,
    Dialect,
    Float,
    Index,
    String,
    Table,
    TypeDecorator,
    delete,
    insert,
    select,
    update,
)

from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata
from kernel.storage import MediaStorage, NotStored
from kernel.storage.ports import read
from streaming.ingest.model import Asset, AssetId
from streaming.ingest.repository import SqlAssets
from streaming.origin.dash_manifest import PACKAGED
from streaming.origin.ladder import IFrames, Ladder, Rendition, Variant
from streaming.origin.model import MAX_TITLE_LENGTH, StreamableAsset, StreamSession, Track
from streaming.origin.quality import PlayerDevice, Throughput

log = structlog.get_logger()

MASTER: Final = "master.m3u8"
EPISODES_AT_ONCE: Final = 500
"""In one query; SQLite takes 32,766 values, PostgreSQL plans few of them faster."""
MAX_LADDERS: Final = 512
"""Parsed ladders kept, about 4 KB each; what is watched at one time is far less."""


class _DeviceColumn(TypeDecorator[PlayerDevice]):
    """A :class:`PlayerDevice` as a JSON object."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: PlayerDevice | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature
        return None if value is None else asdict(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> PlayerDevice | None:  # noqa: ARG002 - signature
        if value is None:
            return None
        return PlayerDevice(value["width_px"], value["height_px"], tuple(value["codecs"]))


stream_sessions = Table(
    "stream_session",
    metadata,
    Column("id", Id, primary_key=True),
    # No foreign keys: episodes, users and sign-ins belong to other features.
    Column("episode_id", Id, nullable=False),
    Column("asset_id", Id, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("user_id", Id),
    Column("login_id", Id),
    Column("region", String(2)),
    Column("device", _DeviceColumn, nullable=False),
    Column("device_key", String(16), nullable=False),
    Column("throughput_bps", Float),
    Column("throughput_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("title", String(MAX_TITLE_LENGTH), nullable=False),
    Column("browser", String(40)),
    Column("platform", String(40)),
    Column("leased_until", UtcDateTime, nullable=False),
    Index(None, "expires_at"),
    Index(None, "login_id"),
    Index(None, "user_id", "leased_until"),
    Index(None, "episode_id", "leased_until"),
)

viewer_throughput = Table(
    "viewer_throughput",
    metadata,
    Column("user_id", Id, primary_key=True),
    Column("device_key", String(16), primary_key=True),
    Column("bps", Float, nullable=False),
    Column("measured_at", UtcDateTime, nullable=False),
)

mapper_registry.map_imperatively(StreamSession, stream_sessions)


class SqlStreamSessions:
    """Stream sessions behind the ``Sessions`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, session: StreamSession) -> None:
        """Keep a new session."""
        self._session.add(session)

    async def get(self, session_id: str) -> StreamSession | None:
        """The session, ended or expired ones included."""
        return await self._session.get(StreamSession, session_id)

    async def unexpired_ids(self, episode_ids: Sequence[str], *, now: datetime) -> Sequence[str]:
        """See ``StreamSessions``."""
        c = stream_sessions.c
        query = select(c.id).where(c.expires_at > now)
        found: list[str] = []
        for first in range(0, len(episode_ids), EPISODES_AT_ONCE):
            some = query.where(c.episode_id.in_(episode_ids[first : first + EPISODES_AT_ONCE]))
            found += (await self._session.scalars(some)).all()
        return found

    async def remembered(self, user_id: str, device_key: str) -> Throughput | None:
        """What the link of a viewer's device carried when it was measured last."""
        query = select(viewer_throughput.c.bps, viewer_throughput.c.measured_at).where(
            viewer_throughput.c.user_id == user_id, viewer_throughput.c.device_key == device_key
        )
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else Throughput(row.bps, int(row.measured_at.timestamp() * 1000))

    async def remember(self, user_id: str, device_key: str, throughput: Throughput) -> None:
        """Keep a measurement for :meth:`remembered`."""
        row = {
            "bps": throughput.bps,
            "measured_at": datetime.fromtimestamp(throughput.measured_at_ms / 1000, UTC),
        }
        key = {"user_id": user_id, "device_key": device_key}
        changed: CursorResult[Any] = await self._session.execute(  # type: ignore[assignment]  # DML gives a cursor
            update(viewer_throughput).filter_by(**key).values(**row)
        )
        if not changed.rowcount:
            await self._session.execute(insert(viewer_throughput).values(**key, **row))

    async def delete_expired(self, before: datetime) -> int:
        """Remove sessions that expired before that moment; how many."""
        done: CursorResult[Any] = await self._session.execute(  # type: ignore[assignment]  # DML gives a cursor
            delete(stream_sessions).where(stream_sessions.c.expires_at < before)
        )
        return done.rowcount

    async def forget_links(self, before: datetime) -> None:
        """Remove what was not measured since that moment."""
        await self._session.execute(delete(viewer_throughput).where(viewer_throughput.c.measured_at < before))


class LadderCache:
    """The ladders of published assets, read from the packager's playlists; remembered, for they never change."""

    def __init__(self, storage: MediaStorage) -> None:
        self._storage = storage
        self._known: dict[str, tuple[Ladder, bool]] = {}

    async def read(self, asset_id: str) -> tuple[Ladder, bool]:
        """The ladder, and whether there is a DASH manifest beside it.

        Raises ``NotStored`` when its files are gone, ``StorageAway``.
        """
        found = self._known.pop(asset_id, None)
        if found is None:
            found = await self._read(asset_id)
        self._known[asset_id] = found  # put back last: the first is the one not asked for longest
        if len(self._known) > MAX_LADDERS:
            del self._known[next(iter(self._known))]
        return found

    async def _read(self, asset_id: str) -> tuple[Ladder, bool]:
        text = await read(await self._storage.file(asset_id, MASTER))
        try:
            await self._storage.file(asset_id, PACKAGED)
        except NotStored:
            return parse_ladder(text.decode()), False
        return parse_ladder(text.decode()), True


class PublishedAssets:
    """Published media behind the ``Assets`` port."""

    def __init__(self, uow: UnitOfWork, ladders: LadderCache) -> None:
        self._assets = SqlAssets(uow)
        self._ladders = ladders

    async def current(self, episode_id: str) -> StreamableAsset | None:
        """The asset of an episode that became ready last."""
        return await self._streamable(await self._assets.current(episode_id))

    async def get(self, asset_id: str) -> StreamableAsset | None:
        """The asset, if it is ready and its files are there.  Raises ``StorageAway``."""
        return await self._streamable(await self._assets.get(AssetId(asset_id)))

    async def _streamable(self, asset: Asset | None) -> StreamableAsset | None:
        if asset is None or not asset.is_ready:
            return None
        try:
            ladder, has_dash = await self._ladders.read(asset.id)
        except NotStored:
            log.error("the files of an asset are gone", asset_id=asset.id)  # noqa: TRY400 - where from is of no interest
            return None
        return StreamableAsset(
            asset_id=asset.id,
            episode_id=asset.episode_id,
            duration_ms=asset.duration_ms or 0,
            ladder=ladder,
            audio=tuple(
                Track(track.language, track.label, channels=(track.surround or track).channels) for track in asset.audio
            ),
            subtitles=tuple(Track(track.language, track.label, track.path) for track in asset.subtitles),
            poster=asset.poster,
            storyboard=asset.storyboard,
            dash=PACKAGED if has_dash else None,
            protection=asset.protection,
        )


def parse_ladder(text: str) -> Ladder:
    """The multivariant playlist that our own packager wrote, as values."""
    parsed = m3u8.loads(text)
    return Ladder(
        variants=tuple(
            Variant(
                uri=each.uri,
                frame_rate=each.stream_info.frame_rate,
                audio=each.stream_info.audio,
                subtitles=each.stream_info.subtitles,
                closed_captions=_unquoted(each.stream_info.closed_captions),
                **_picture(each.stream_info),
            )
            for each in parsed.playlists
        ),
        renditions=tuple(
            Rendition(
                kind=each.type,
                group=each.group_id,
                name=each.name,
                uri=each.uri,
                language=each.language,
                default=each.default == "YES",
                autoselect=each.autoselect == "YES",
                forced=each.forced == "YES",
                channels=each.channels,
                characteristics=each.characteristics,
                instream_id=each.instream_id,
            )
            for each in parsed.media
        ),
        iframes=tuple(IFrames(uri=each.uri, **_picture(each.iframe_stream_info)) for each in parsed.iframe_playlists),
    )


def _picture(info: Any) -> dict[str, Any]:
    width_px, height_px = info.resolution or (0, 0)
    return {
        "bandwidth_bps": info.bandwidth,
        "average_bandwidth_bps": info.average_bandwidth,
        "width_px": width_px,
        "height_px": height_px,
        "codecs": tuple(codec.strip() for codec in (info.codecs or "").split(",") if codec.strip()),
        "video_range": info.video_range,
    }


def _unquoted(text: str | None) -> str | None:
    return None if text is None else text.strip('"')
