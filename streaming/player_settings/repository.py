"""Player settings in the database."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Index, Integer, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from typing_extensions import override

from kernel.db import Id, Json, UnitOfWork, UtcDateTime, metadata
from streaming.player_settings.model import (
    FIELDS,
    MAX_DEVICES,
    MAX_SERIES,
    AudioChoice,
    CaptionEdge,
    CaptionStyle,
    Changes,
    DeviceSettings,
    KeptDevice,
    OwnSettings,
    PlayerSettings,
    RememberedSeries,
    SeriesChoice,
    SubtitleChoice,
    SubtitleKind,
    TrackWish,
)
from streaming.player_settings.usecases import PlayerSettingsStore

# No foreign keys: users, sign-ins and releases belong to other features.
player_settings = Table(
    "player_settings",
    metadata,
    Column("user_id", Id, primary_key=True),
    Column("settings", Json, nullable=False),
    Column("version", Integer, nullable=False),
)

player_settings_of_device = Table(
    "player_settings_of_device",
    metadata,
    Column("login_id", Id, primary_key=True),
    Column("user_id", Id, nullable=False),
    Column("changes", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "changed_at"),
)

player_series_choice = Table(
    "player_series_choice",
    metadata,
    Column("user_id", Id, primary_key=True),
    Column("release_id", Id, primary_key=True),
    Column("choice", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "user_id", "at"),
)


class SqlPlayerSettings(PlayerSettingsStore):
    """Settings behind the ``PlayerSettingsStore`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def own(self, user_id: str, *, lock: bool = False) -> OwnSettings:
        c = player_settings.c
        query = select(c.settings, c.version).where(c.user_id == user_id)
        if lock:
            # Whoever comes second waits for this row, there or not.
            await self._put(player_settings, {"user_id": user_id}, {"settings": {}, "version": 0}, replaces=False)
            query = query.with_for_update()
        row = (await self._session.execute(query)).one_or_none()
        return OwnSettings() if row is None else OwnSettings(PlayerSettings(**_read(row.settings)), row.version)

    @override
    async def store_own(self, user_id: str, own: OwnSettings) -> None:
        settings = {name: getattr(own.settings, name) for name in FIELDS}
        await self._put(player_settings, {"user_id": user_id}, {"settings": _written(settings), "version": own.version})

    @override
    async def device(self, user_id: str, login_id: str) -> DeviceSettings:
        c = player_settings_of_device.c
        query = select(c.changes, c.version).where(c.login_id == login_id, c.user_id == user_id)
        row = (await self._session.execute(query)).one_or_none()
        return DeviceSettings() if row is None else DeviceSettings(_read(row.changes), row.version)

    @override
    async def store_device(self, user_id: str, login_id: str, device: DeviceSettings, now: datetime) -> None:
        values = {
            "user_id": user_id,
            "changes": _written(device.changes),
            "version": device.version,
            "changed_at": now,
        }
        await self._put(player_settings_of_device, {"login_id": login_id}, values)
        c = player_settings_of_device.c
        kept = select(c.login_id).where(c.user_id == user_id).order_by(c.changed_at.desc(), c.login_id)
        surplus = (await self._session.scalars(kept.offset(MAX_DEVICES))).all()
        if surplus:
            await self._session.execute(delete(player_settings_of_device).where(c.login_id.in_(surplus)))

    @override
    async def forget_device(self, login_id: str) -> None:
        table = player_settings_of_device
        await self._session.execute(delete(table).where(table.c.login_id == login_id))

    @override
    async def remembered(self, user_id: str, release_id: str) -> SeriesChoice:
        c = player_series_choice.c
        query = select(c.choice).where(c.user_id == user_id, c.release_id == release_id)
        found = (await self._session.scalars(query)).one_or_none()
        return SeriesChoice() if found is None else _read_choice(found)

    @override
    async def remember(self, user_id: str, series: RememberedSeries) -> None:
        key = {"user_id": user_id, "release_id": series.release_id}
        await self._put(player_series_choice, key, {"choice": asdict(series.choice), "at": series.at})
        c = player_series_choice.c
        kept = select(c.release_id).where(c.user_id == user_id).order_by(c.at.desc(), c.release_id)
        surplus = (await self._session.scalars(kept.offset(MAX_SERIES))).all()
        if surplus:
            old = delete(player_series_choice).where(c.user_id == user_id, c.release_id.in_(surplus))
            await self._session.execute(old)

    @override
    async def forget_series(self, user_id: str, release_id: str | None = None) -> None:
        c = player_series_choice.c
        mine = delete(player_series_choice).where(c.user_id == user_id)
        await self._session.execute(mine if release_id is None else mine.where(c.release_id == release_id))

    @override
    async def series_count(self, user_id: str) -> int:
        c = player_series_choice.c
        return await self._session.scalar(select(func.count()).where(c.user_id == user_id)) or 0

    @override
    async def all_series(self, user_id: str) -> Sequence[RememberedSeries]:
        c = player_series_choice.c
        query = select(c.release_id, c.choice, c.at).where(c.user_id == user_id).order_by(c.at.desc(), c.release_id)
        return [
            RememberedSeries(row.release_id, _read_choice(row.choice), row.at)
            for row in await self._session.execute(query)
        ]

    @override
    async def devices(self, user_id: str) -> Sequence[KeptDevice]:
        c = player_settings_of_device.c
        query = select(c.login_id, c.changes).where(c.user_id == user_id).order_by(c.login_id)
        return [KeptDevice(row.login_id, _read(row.changes)) for row in await self._session.execute(query)]

    @override
    async def forget_user(self, user_id: str) -> None:
        for table in (player_settings, player_settings_of_device, player_series_choice):
            await self._session.execute(delete(table).where(table.c.user_id == user_id))

    async def _put(self, table: Table, key: dict[str, Any], values: dict[str, Any], *, replaces: bool = True) -> None:
        insert = sqlite.insert if self._session.get_bind().dialect.name == "sqlite" else postgresql.insert
        statement = insert(table).values(**key, **values)
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=list(key), set_=values)
            if replaces
            else statement.on_conflict_do_nothing()
        )


_PLAIN: Final = frozenset({"quality_px", "rate", "autoplay_next", "skip_openings"})


def _written(values: Changes) -> dict[str, Any]:
    """Some of the settings as a JSON object."""
    written = {name: value for name, value in values.items() if name in _PLAIN}
    if "tracks" in values:
        written["tracks"] = [asdict(wish) for wish in values["tracks"]]
    if "captions" in values:
        written["captions"] = asdict(values["captions"])
    return written


def _read(kept: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {name: value for name, value in kept.items() if name in _PLAIN}
    if "tracks" in kept:
        read["tracks"] = tuple(TrackWish(**{**each, "kind": SubtitleKind(each["kind"])}) for each in kept["tracks"])
    if "captions" in kept:
        captions = kept["captions"]
        read["captions"] = CaptionStyle(**{**captions, "edge": CaptionEdge(captions["edge"])})
    return read


def _read_choice(kept: dict[str, Any]) -> SeriesChoice:
    audio, subtitles = kept["audio"], kept["subtitles"]
    return SeriesChoice(
        audio and AudioChoice(**audio),
        subtitles and SubtitleChoice(**{**subtitles, "kind": SubtitleKind(subtitles["kind"])}),
    )
