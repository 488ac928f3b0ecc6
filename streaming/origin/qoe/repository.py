"""How streams went, in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CursorResult,
    Dialect,
    Enum,
    Float,
    Index,
    Integer,
    String,
    Table,
    TypeDecorator,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    true,
)
from typing_extensions import override

from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata
from streaming.origin.model import MAX_TITLE_LENGTH
from streaming.origin.qoe.events import MAX_ERROR_CHARACTERS, PlaybackEvent, PlayerState
from streaming.origin.qoe.figures import Counted, Observation, Outcome, Totals
from streaming.origin.qoe.model import PlaybackQuality, QualitySummary
from streaming.origin.qoe.usecases import QualityRecords

AT_ONCE: Final = 500
"""In one query; SQLite takes 32,766 values, PostgreSQL plans few of them faster."""


class _ObservationJson(TypeDecorator[Observation]):
    """The open reports as lists: they are written anew every 15 s of each stream, and names would be most of it."""

    impl = Json
    cache_ok = True

    @override
    def process_bind_param(self, value: Observation | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return {
            "open": [
                [each.at_ms, each.sequence, each.state, each.bitrate_bps, each.switched_to_bps, each.error]
                for each in value.open
            ],
            "until": value.summed_until,
            "totals": asdict(value.totals),
            "counted": asdict(value.counted),
            "by_requests": value.by_requests,
        }

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> Observation | None:
        if value is None:
            return None
        return Observation(
            open=tuple(
                PlaybackEvent(at_ms, sequence, _state(state), bitrate, switched, error=error)
                for at_ms, sequence, state, bitrate, switched, error in value["open"]
            ),
            summed_until=None if value["until"] is None else tuple(value["until"]),
            totals=Totals(**{**value["totals"], "state": _state(value["totals"]["state"])}),
            counted=Counted(**value["counted"]),
            by_requests=value.get("by_requests", False),  # rows of an earlier version have none
        )


def _state(text: str | None) -> PlayerState | None:
    return None if text is None else PlayerState(text)


playback_quality = Table(
    "playback_quality",
    metadata,
    # No foreign keys: the stream session is forgotten long before.
    Column("session_id", Id, primary_key=True),
    Column("episode_id", Id, nullable=False),
    Column("title", String(MAX_TITLE_LENGTH), nullable=False),
    Column("browser", String(40)),
    Column("platform", String(40)),
    Column("started_at", UtcDateTime, nullable=False),
    Column("started_hour", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("observation", _ObservationJson, nullable=False),
    Column(
        "outcome",
        Enum(Outcome, native_enum=False, length=20, values_callable=lambda kind: [each.value for each in kind]),
        nullable=False,
    ),
    Column("startup_ms", Integer),
    Column("played_ms", Integer, nullable=False),
    Column("rebuffers", Integer, nullable=False),
    Column("rebuffered_ms", Integer, nullable=False),
    Column("mean_bitrate_bps", BigInteger),
    Column("switches", Integer, nullable=False),
    Column("dropped_frames", Integer),
    Column("error", String(MAX_ERROR_CHARACTERS), nullable=False),
    Index(None, "started_at"),
)

mapper_registry.map_imperatively(PlaybackQuality, playback_quality)

_c = playback_quality.c
_FAILED: Final = (Outcome.FAILED, Outcome.FAILED_START)


class SqlQualityRecords(QualityRecords):
    """See :class:`QualityRecords`."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    def add(self, quality: PlaybackQuality) -> None:
        self._session.add(quality)

    @override
    async def held(self, session_ids: Sequence[str]) -> Mapping[str, PlaybackQuality]:
        found: dict[str, PlaybackQuality] = {}
        for first in range(0, len(session_ids), AT_ONCE):
            # In one order: two processes that hear of the same streams must not wait for each other.
            some = session_ids[first : first + AT_ONCE]
            query = select(PlaybackQuality).where(_c.session_id.in_(some)).order_by(_c.session_id).with_for_update()
            found |= {each.session_id: each for each in await self._session.scalars(query)}
        return found

    @override
    async def page(self, *, failed: bool, offset: int, limit: int) -> tuple[Sequence[PlaybackQuality], int]:
        wanted = _c.outcome.in_(_FAILED) if failed else true()
        total = await self._session.scalar(select(func.count()).select_from(playback_quality).where(wanted))
        query = select(PlaybackQuality).where(wanted).order_by(_c.started_at.desc(), _c.session_id.desc())
        return (await self._session.scalars(query.offset(offset).limit(limit))).all(), total or 0

    @override
    async def summary(self, since: datetime) -> QualitySummary:
        return (await self._summed(since, literal(0))).get(0, QualitySummary())

    @override
    async def by_hour(self, since: datetime) -> Mapping[int, QualitySummary]:
        return await self._summed(since, _c.started_hour)

    @override
    async def forget_before(self, moment: datetime) -> int:
        done: CursorResult[Any] = await self._session.execute(  # type: ignore[assignment]  # DML gives a cursor
            delete(playback_quality).where(_c.started_at < moment)
        )
        return done.rowcount

    async def _summed(self, since: datetime, by: ColumnElement[int]) -> dict[int, QualitySummary]:
        """A summary for each value of ``by``."""
        group = by.label("group")
        sums = (
            select(
                group,
                func.count().label("sessions"),
                _count(_c.outcome.in_((Outcome.PLAYED, Outcome.FAILED))).label("played"),
                _count(_c.outcome == Outcome.FAILED_START).label("failed_starts"),
                _count(_c.outcome == Outcome.FAILED).label("failed"),
                func.sum(_c.played_ms).label("played_ms"),
                func.sum(_c.rebuffers).label("rebuffers"),
                func.sum(_c.rebuffered_ms).label("rebuffered_ms"),
                func.sum(_c.switches).label("switches"),
                func.sum(func.coalesce(_c.dropped_frames, 0)).label("dropped_frames"),
                # The rate is in no sum of whole numbers: a month of it at 10 Gbit/s is more than 64 bits.
                func.sum(cast(_c.mean_bitrate_bps, Float) * _c.played_ms).label("bits"),
                func.sum(case((_c.mean_bitrate_bps.is_not(None), _c.played_ms), else_=0)).label("measured_ms"),
            )
            .where(_c.started_at >= since)
            .group_by(group)
        )
        percentiles = await self._startup(since, by)
        found: dict[int, QualitySummary] = {}
        for row in await self._session.execute(sums):
            fields = {name: int(value or 0) for name, value in row._mapping.items()}
            p50_ms, p95_ms = percentiles.get(fields.pop("group"), (None, None))
            bits, measured_ms = fields.pop("bits"), fields.pop("measured_ms")
            found[row.group] = QualitySummary(
                **fields,
                startup_p50_ms=p50_ms,
                startup_p95_ms=p95_ms,
                mean_bitrate_bps=round(bits / measured_ms) if measured_ms else None,
            )
        return found

    async def _startup(self, since: datetime, by: ColumnElement[int]) -> dict[int, tuple[int, int]]:
        """The 50th and the 95th percentile by nearest rank, which SQLite has no function for."""
        ranked = (
            select(
                by.label("group"),
                _c.startup_ms,
                func.row_number().over(partition_by=by, order_by=_c.startup_ms).label("rank"),
                func.count().over(partition_by=by).label("all"),
            )
            .where(_c.started_at >= since, _c.startup_ms.is_not(None))
            .subquery()
        )
        r = ranked.c

        def percentile(percent: int) -> ColumnElement[int]:
            return func.min(case((r.rank * 100 >= r.all * percent, r.startup_ms)))

        query = select(r.group, percentile(50), percentile(95)).group_by(r.group)
        return {group: (p50_ms, p95_ms) for group, p50_ms, p95_ms in await self._session.execute(query)}


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
