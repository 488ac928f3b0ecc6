"""Schedules in SQL, and which of them can air in a span of days."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import relationship, selectinload
from sqlalchemy.sql import ColumnElement

from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import AiringStatus, Season, Status
from catalog.releases.queries import seen_by
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader
from catalog.schedule.estimates import INTERVALS
from catalog.schedule.listing import ListedRelease, Listing
from catalog.schedule.model import ADDRESS_MAX, SITE_MAX, Schedule, SlotRow
from catalog.schedule.recurrence import TEXT_MAX
from catalog.schedule.timetable import EPOCH, Break, Override
from catalog.schedule.usecases import AT_ONCE, SEASONS, DueBroadcast, SeasonCount, WantedAirings
from kernel.db import Id, JsonOf, Texts, UnitOfWork, UtcDateTime, is_one_of, mapper_registry, metadata

UNANNOUNCED_MAX: Final = 500
"""Releases whose next episode is estimated at once: more go on in no season, and without schedules few do."""
POSSIBLE_MAX: Final = 5_000
"""Broadcasts looked at for one page: the busiest month of bangumi-data, with all sites, has some 1,900."""


def _tuple_of(kind: type[Any]) -> JsonOf[Any]:
    """Dataclasses as a list of JSON objects."""
    adapter: TypeAdapter[Any] = TypeAdapter(tuple[kind, ...])  # type: ignore[valid-type]  # made at run time
    return JsonOf(partial(adapter.dump_python, mode="json"), adapter.validate_python)


schedule_table = Table(
    "release_schedule",
    metadata,
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("zone", String(64), nullable=False),
    Column("breaks", _tuple_of(Break), nullable=False),
    Column("overrides", _tuple_of(Override), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
)
slot_table = Table(
    "schedule_slot",
    metadata,
    Column("id", Id, primary_key=True),
    Column("release_id", Id, ForeignKey("release_schedule.release_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("site", String(SITE_MAX), nullable=False),
    Column("recurrence", String(TEXT_MAX), nullable=False),
    Column("regions", Texts, nullable=False),
    Column("address", String(ADDRESS_MAX), nullable=False),
    Column("first_ordinal", Float, nullable=False),
    Column("episodes", Integer),
    Column("together", Integer, nullable=False),
    Column("duration_min", Integer),
    # See DayBounds.
    Column("first_day", Integer, nullable=False),
    Column("last_day", Integer),
    Column("step_days", Integer, nullable=False),
    Column("slack_days", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Index(None, "last_day", "first_day"),
    Index(None, "position", "due_at"),
)

airing_mark_table = Table(
    "airing_mark",
    metadata,
    # One row: several could not be moved by whoever finds it where they left it.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("announced_until", UtcDateTime, nullable=False),
)

mapper_registry.map_imperatively(SlotRow, slot_table)
mapper_registry.map_imperatively(
    Schedule,
    schedule_table,
    properties={
        "slot_rows": relationship(SlotRow, cascade="all, delete-orphan", lazy="raise", order_by=slot_table.c.position),
    },
    version_id_col=schedule_table.c.version,
)


class SqlSchedules:
    """Schedules of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, release_id: str) -> Schedule | None:
        """With its slots."""
        return (await self.of_releases([release_id])).get(release_id)

    async def of_releases(self, release_ids: Collection[str]) -> Mapping[str, Schedule]:
        """With their slots."""
        found = await self._session.execute(
            select(Schedule)
            .where(schedule_table.c.release_id.in_(release_ids))
            .options(selectinload(Schedule.slot_rows))  # type: ignore[arg-type]  # mapped
        )
        return {schedule.release_id: schedule for schedule in found.scalars()}

    def add(self, schedule: Schedule) -> None:
        """Written with the next flush."""
        self._session.add(schedule)


class SqlAiringMark:
    """The mark of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def begin(self, now: datetime) -> datetime:
        """Two that begin at once: the second is refused by the primary key, and comes again."""
        known: datetime | None = await self._session.scalar(select(airing_mark_table.c.announced_until))
        if known is None:
            await self._session.execute(insert(airing_mark_table).values(id=1, announced_until=now))
        return known or now

    async def move(self, until: datetime, *, no_further_than: datetime) -> bool:
        """One statement, which locks the row."""
        c = airing_mark_table.c
        moved = await self._session.execute(
            update(airing_mark_table)
            .where(c.announced_until <= no_further_than)
            .values(announced_until=until)
            .returning(c.id)
        )
        return moved.first() is not None


class SqlDueBroadcasts:
    """Those of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def before(self, until: datetime, reader: Reader) -> Sequence[DueBroadcast]:
        """One statement.  As many rows as there are schedules where all of them are new, and else few."""
        r, s, p = release_table.c, slot_table.c, schedule_table.c
        is_seen = (r.status == Status.PUBLISHED) & r.deleted_at.is_(None) & seen_by(reader)
        shown = select(s.id).where(s.position == 0)
        # Two ranges of the index: of an "or" SQLite makes a walk over all of it.
        ids = union_all(shown.where(s.due_at.is_(None)), shown.where(s.due_at < until))
        query = (
            select(*_RELEASE, *s, p.zone, p.breaks, p.overrides, p.version, p.updated_at, is_seen.label("is_seen"))
            .select_from(slot_table)
            .join(schedule_table, p.release_id == s.release_id)
            .join(release_table, r.id == s.release_id)
            .where(s.id.in_(ids))
        )
        due: list[DueBroadcast] = []
        for number, row in enumerate(await self._session.execute(query)):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)  # others get their turn
            due.append(DueBroadcast(slot_id=row.id, listing=_listing(row), is_seen=bool(row.is_seen)))
        return due

    async def look_again(self, due: Mapping[str, datetime]) -> None:
        """Locks no row that somebody else has: an import replaces many, in another order."""
        s = slot_table.c
        free = await self._session.scalars(select(s.id).where(s.id.in_(due)).with_for_update(skip_locked=True))
        rows = [{"of_slot": slot_id, "next_due_at": due[slot_id]} for slot_id in free]
        if rows:
            await self._session.execute(
                update(slot_table).where(s.id == bindparam("of_slot")).values(due_at=bindparam("next_due_at")), rows
            )


class SqlListings:
    """What can air, of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def possible(self, wanted: WantedAirings, reader: Reader) -> Sequence[Listing]:
        """By the days that slots can air on; which of them do is for :mod:`catalog.schedule.timetable` to say."""
        r, s, p = release_table.c, slot_table.c, schedule_table.c
        since, until = _day(wanted.since), _day(wanted.until)
        # An open slot is as long as its release, see limit_of.
        episodes = case((r.episodes_total.is_not(None), r.episodes_total), else_=1)
        last_open = s.first_day + s.slack_days + s.step_days * episodes + 2
        endless = (r.airing_status == AiringStatus.ONGOING) & r.episodes_total.is_(None)
        query = (
            select(*_RELEASE, *s, p.zone, p.breaks, p.overrides, p.version, p.updated_at)
            .select_from(slot_table)
            .join(schedule_table, p.release_id == s.release_id)
            .join(release_table, r.id == s.release_id)
            .where(
                s.first_day <= until, or_(s.last_day >= since, s.last_day.is_(None) & (endless | (last_open >= since)))
            )
        )
        if not wanted.all_sites:
            query = query.where(s.position == 0)
        query = self._of_releases(query, wanted, reader).order_by(s.first_day.desc(), s.id).limit(POSSIBLE_MAX)
        listings: list[Listing] = []
        for number, row in enumerate(await self._session.execute(query)):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)  # others get their turn
            listings.append(_listing(row))
        return listings

    async def unannounced(self, wanted: WantedAirings, reader: Reader) -> Sequence[Listing]:
        """Ongoing releases without any slot, with their newest episodes."""
        r, e = release_table.c, episode_table.c
        nth = func.row_number().over(partition_by=e.release_id, order_by=(e.published_at.desc(), e.ordinal.desc()))
        newest = (
            select(e.release_id, e.published_at, e.ordinal, nth.label("nth"))
            .where(e.status == Status.PUBLISHED, e.published_at.is_not(None))
            .subquery()
        )
        going_on = select(*_RELEASE).where(
            r.airing_status == AiringStatus.ONGOING,
            ~select(slot_table.c.id).where(slot_table.c.release_id == r.id).exists(),
        )
        going_on = self._of_releases(going_on, wanted, reader).order_by(r.updated_at.desc()).limit(UNANNOUNCED_MAX)
        releases = {row.id_of_release: _release(row) for row in await self._session.execute(going_on)}
        dates: dict[str, list[datetime]] = {}
        last: dict[str, float] = {}
        recent = select(newest).where(newest.c.release_id.in_(releases), newest.c.nth <= INTERVALS + 1)
        for row in await self._session.execute(recent):
            dates.setdefault(row.release_id, []).append(row.published_at)
            last[row.release_id] = max(row.ordinal, last.get(row.release_id, 0))
        return [
            Listing(
                release=releases[release_id],
                published=tuple(found),
                last_ordinal=last[release_id],
                changed_at=max(found),
            )
            for release_id, found in dates.items()
        ]

    async def episode_ids(self, release_ids: Collection[str]) -> Mapping[tuple[str, float], str]:
        """Of what is published and plays."""
        e = episode_table.c
        found = await self._session.execute(
            select(e.release_id, e.ordinal, e.id).where(
                e.release_id.in_(release_ids), e.status == Status.PUBLISHED, e.playable
            )
        )
        return {(row.release_id, row.ordinal): row.id for row in found}

    def _of_releases(self, query: Select[Any], wanted: WantedAirings, reader: Reader) -> Select[Any]:
        query = query.where(release_table.c.deleted_at.is_(None), seen_by(reader))
        if not wanted.drafts:
            query = query.where(release_table.c.status == Status.PUBLISHED)
        if wanted.release_ids is not None:
            query = query.where(is_one_of(self._session, release_table.c.id, wanted.release_ids))
        return query

    async def seasons(self, reader: Reader) -> list[SeasonCount]:
        """Seasons that published releases belong to, the newest year first."""
        r = release_table.c
        found = await self._session.execute(
            select(r.year, r.season, func.count())
            .where(r.status == Status.PUBLISHED, seen_by(reader), r.year.is_not(None), r.season.is_not(None))
            .group_by(r.year, r.season)
        )
        counts = [SeasonCount(row[0], row[1], row[2]) for row in found]
        return sorted(counts, key=lambda one: (one.year, SEASONS.index(one.season)), reverse=True)

    async def of_season(self, year: int, season: Season, reader: Reader, limit: int) -> Sequence[Listing]:
        """By name."""
        r = release_table.c
        query = (
            _SCHEDULED_OR_NOT.where(r.status == Status.PUBLISHED, seen_by(reader), r.year == year, r.season == season)
            .order_by(r.name_main, r.id)
            .limit(limit)
        )
        return [_listing(row) for row in await self._session.execute(query)]


_RELEASE: Final[tuple[ColumnElement[Any], ...]] = (
    release_table.c.id.label("id_of_release"),
    release_table.c.alias,
    release_table.c.type,
    release_table.c.name_main,
    release_table.c.name_english,
    release_table.c.name_alternative,
    release_table.c.poster_url,
    release_table.c.episodes_total,
    release_table.c.airing_status,
)


_SCHEDULED_OR_NOT: Final = (
    select(
        *_RELEASE,
        *slot_table.c,
        schedule_table.c.zone,
        schedule_table.c.breaks,
        schedule_table.c.overrides,
        schedule_table.c.version,
        schedule_table.c.updated_at,
    )
    .select_from(release_table)
    .outerjoin(schedule_table, schedule_table.c.release_id == release_table.c.id)
    .outerjoin(slot_table, (slot_table.c.release_id == release_table.c.id) & (slot_table.c.position == 0))
)


def _listing(row: Any) -> Listing:
    if row.recurrence is None:
        return Listing(release=_release(row))
    fields = {column.name: row._mapping[column] for column in slot_table.c if column.name != "release_id"}
    return Listing(
        release=_release(row),
        slot=SlotRow(**fields).slot,
        zone=row.zone,
        version=row.version,
        changed_at=row.updated_at,
        breaks=row.breaks,
        overrides=row.overrides,
    )


def _release(row: Any) -> ListedRelease:
    return ListedRelease(
        release_id=row.id_of_release,
        alias=row.alias,
        type=row.type.value,
        name_main=row.name_main,
        name_english=row.name_english,
        name_alternative=row.name_alternative,
        poster_url=row.poster_url,
        episodes_total=row.episodes_total,
        is_ongoing=row.airing_status is AiringStatus.ONGOING,
    )


def _day(moment: datetime) -> int:
    return (moment.astimezone(UTC).date() - EPOCH).days
