"""What editors and imports say of schedules, and what viewers read in them."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol, TypeVar

from catalog.releases.model import Release, Season
from catalog.releases.usecases import Reader, Releases, release_called
from catalog.schedule.listing import ListedAiring, Listing, due_after, in_order, listed, nothing_known
from catalog.schedule.model import Schedule, ScheduleDraft
from catalog.schedule.recurrence import EARLIEST, LATEST
from catalog.schedule.timetable import AiringState
from kernel.errors import Stale
from kernel.ids import new_id

Row = TypeVar("Row")


class Schedules(Protocol):
    """Where schedules are kept."""

    async def get(self, release_id: str) -> Schedule | None:
        """``None`` where nobody said anything yet."""
        ...

    async def of_releases(self, release_ids: Collection[str]) -> Mapping[str, Schedule]:
        """Those that there are, by release; for up to 1,000 releases."""
        ...

    def add(self, schedule: Schedule) -> None:
        """Keep a new one."""
        ...


class Listings(Protocol):
    """What can air, out of all schedules."""

    async def possible(self, wanted: "WantedAirings", reader: Reader) -> Sequence[Listing]:
        """Broadcasts that may air in the time asked for, and more; with what is to be shown of their releases."""
        ...

    async def unannounced(self, wanted: "WantedAirings", reader: Reader) -> Sequence[Listing]:
        """Releases that go on without a schedule, with when their last episodes came."""
        ...

    async def episode_ids(self, release_ids: Collection[str]) -> Mapping[tuple[str, float], str]:
        """Release and ordinal → episode, of those that anybody can watch here."""
        ...

    async def seasons(self, reader: Reader) -> "Sequence[SeasonCount]":
        """Seasons that published releases that ``reader`` sees belong to, the newest first."""
        ...

    async def of_season(self, year: int, season: Season, reader: Reader, limit: int) -> Sequence[Listing]:
        """Published releases of a season, with the broadcast that listings show, if there is one."""
        ...


class AiringMark(Protocol):
    """Up to when it was said what aired."""

    async def begin(self, now: datetime) -> datetime:
        """Where it stands; ``now`` the first time ever, for what was before nobody waits to hear."""
        ...

    async def move(self, until: datetime, *, no_further_than: datetime) -> bool:
        """Set it to ``until``, unless it is beyond ``no_further_than``; whether it was set."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DueBroadcast:
    """The broadcast that listings show of a release, and whether people may hear of that release."""

    slot_id: str
    listing: Listing
    is_seen: bool


class DueBroadcasts(Protocol):
    """Which broadcasts are to be looked at for what aired."""

    async def before(self, until: datetime, reader: Reader) -> Sequence[DueBroadcast]:
        """Those of which something may have aired before ``until``, and those that nobody looked at yet."""
        ...

    async def look_again(self, due: Mapping[str, datetime]) -> None:
        """By slot, when to look next.  Slots that are gone or being replaced stay as they are."""
        ...


class MyList(Protocol):
    """What people follow; bound in ``server/wiring.py``."""

    async def release_ids(self, user_id: str) -> Collection[str]:
        """Releases that somebody watches, means to, or likes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAirings:
    """Which airings: from ``since`` to before ``until``, of published releases unless ``drafts``."""

    since: datetime
    until: datetime
    release_ids: Collection[str] | None = None
    """Of these alone."""
    all_sites: bool = False
    """Each site's own time too; without it the first broadcast of each release."""
    drafts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleContext:
    """What the use cases here work with: ports of one transaction, who reads, and the moment."""

    releases: Releases
    schedules: Schedules
    listings: Listings
    reader: Reader
    now: datetime


async def visible_release(context: ScheduleContext, name: str) -> Release:
    """The release with this id or alias, if the reader can see it.  Raises ``ReleaseNotFound``, or why it is blocked."""
    found = await release_called(context.releases, name)
    context.reader.check(found)
    return found


async def schedule_of(context: ScheduleContext, name: str) -> tuple[Release, Schedule | None]:
    """A release and what is said of its schedule.  Raises ``ReleaseNotFound``."""
    release = await visible_release(context, name)
    return release, await context.schedules.get(release.id)


async def put_schedule(
    context: ScheduleContext, name: str, draft: ScheduleDraft, *, version: int | None
) -> tuple[Release, Schedule]:
    """Replace what is said of a release's schedule; ``version`` is the one the editor saw: 0 for none, ``None`` to overwrite any.

    Raises ``ReleaseNotFound``, ``Stale``, and what :meth:`ScheduleDraft.checked` raises.
    """
    release, known = await schedule_of(context, name)
    if version is not None and version != (0 if known is None else known.version):
        raise Stale
    return release, _put(context, release.id, known, draft.checked())[0]


async def put_schedules(context: ScheduleContext, drafts: Mapping[str, ScheduleDraft]) -> set[str]:
    """For imports: the same for up to 1,000 releases by id, that exist, with two statements; returns those that changed.

    Nothing is written, and no event recorded, for a schedule that says the same already.  Raises what
    :meth:`ScheduleDraft.checked` raises, before anything is changed.
    """
    checked = {release_id: draft.checked() for release_id, draft in drafts.items()}
    known = await context.schedules.of_releases(checked)
    changed, slots = set[str](), 0
    for release_id, draft in checked.items():
        schedule = known.get(release_id)
        if (schedule is not None or draft.slots) and _put(context, release_id, schedule, draft)[1]:
            changed.add(release_id)
        slots += len(draft.slots)
        if slots >= PUT_AT_ONCE:
            slots = 0
            await asyncio.sleep(0)
    return changed


def _put(
    context: ScheduleContext, release_id: str, known: Schedule | None, draft: ScheduleDraft
) -> tuple[Schedule, bool]:
    schedule = known
    if schedule is None:
        schedule = Schedule(release_id=release_id, zone="", breaks=(), overrides=(), updated_at=context.now)
    changed = schedule.replace(draft, [new_id() for _ in draft.slots], context.now)
    if known is None:
        context.schedules.add(schedule)
    return schedule, changed


async def airings(context: ScheduleContext, wanted: WantedAirings) -> list[ListedAiring]:
    """What airs then, by moment, estimates of what announces nothing among it."""
    rows = await context.listings.possible(wanted, context.reader)
    guesses = await context.listings.unannounced(wanted, context.reader)
    found: list[ListedAiring] = []
    for part in batched([*rows, *guesses]):
        found += listed(part, wanted.since, wanted.until, context.now)
        await asyncio.sleep(0)
    found.sort(key=in_order)
    here = await context.listings.episode_ids({airing.release.release_id for airing in found})
    playing: list[ListedAiring] = []
    for some in batched(found):
        playing += [airing.playing(here.get((airing.release.release_id, airing.ordinal))) for airing in some]
        await asyncio.sleep(0)
    return playing


@dataclass(frozen=True, slots=True)
class Aired:
    """What people are to hear of, by moment, and by slot, when to look again at the broadcasts that were looked at."""

    airings: Sequence[ListedAiring]
    due: Mapping[str, datetime]


async def aired(broadcasts: DueBroadcasts, reader: Reader, since: datetime, until: datetime) -> Aired:
    """What was broadcast from ``since`` to before ``until``, by what is said and not by estimates."""
    found: list[ListedAiring] = []
    due: dict[str, datetime] = {}
    for part in batched(await broadcasts.before(until, reader)):
        found += listed([one.listing for one in part if one.is_seen], since, until, until)
        for one in part:
            if one.listing.slot is not None:
                due[one.slot_id] = due_after(one.listing, one.listing.slot, until)
        await asyncio.sleep(0)
    said = {AiringState.PLANNED, AiringState.MOVED}
    return Aired(sorted((airing for airing in found if airing.state in said), key=in_order), due)


async def upcoming(context: ScheduleContext, release: Release, period: timedelta) -> list[ListedAiring]:
    """What comes next of a release that the reader can see, on each site."""
    wanted = WantedAirings(
        since=context.now,
        until=context.now + period,
        release_ids=(release.id,),
        all_sites=True,
        drafts=context.reader.sees_drafts,
    )
    return await airings(context, wanted)


@dataclass(frozen=True, slots=True)
class SeasonTitle:
    """A release of a season: its next airing, or with ``has_next`` false its first, or a blank where nothing is known."""

    listed: ListedAiring
    starts_at: datetime | None
    has_next: bool


SEASON_MAX: Final = 500
"""Releases of one chart: the most in bangumi-data is 166 of one quarter."""


async def season_chart(context: ScheduleContext, year: int, season: Season) -> list[SeasonTitle]:
    """The published releases of a season by name, with when they are on."""
    titles: list[SeasonTitle] = []
    for listing in await context.listings.of_season(year, season, context.reader, SEASON_MAX):
        if listing.slot is None:
            titles.append(SeasonTitle(nothing_known(listing, context.now), None, has_next=False))
            continue
        first = listed([listing], EARLIEST, LATEST, context.now, limit=1)
        coming = listed([listing], context.now, LATEST, context.now, limit=1)
        shown = (coming or first or [nothing_known(listing, context.now)])[0]
        titles.append(SeasonTitle(shown, first[0].airs_at if first else None, has_next=bool(coming)))
    return titles


@dataclass(frozen=True, slots=True)
class SeasonCount:
    """How many published releases belong to a season of a year."""

    year: int
    season: Season
    releases: int


AT_ONCE: Final = 50
"""Broadcasts read, worked out or shown before others get their turn: some 3 ms."""
PUT_AT_ONCE: Final = 20
"""Broadcasts put into schedules before others get their turn: some 5 ms, for each is also written down before and after."""


def batched(rows: Sequence[Row], size: int = AT_ONCE) -> Iterator[Sequence[Row]]:
    """``rows`` in parts of ``size``."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


SEASONS: Final = (Season.WINTER, Season.SPRING, Season.SUMMER, Season.AUTUMN)
"""In the order of the year."""


def season_of(day: date) -> tuple[int, Season]:
    """The year and season that a day is in: anime seasons are quarters."""
    return day.year, SEASONS[(day.month - 1) // 3]
