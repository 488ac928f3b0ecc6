"""What a page of the schedule shows: airings of many releases in one order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from catalog.schedule.days import zone_named
from catalog.schedule.estimates import estimated_next
from catalog.schedule.recurrence import EARLIEST, EXPANSION_MAX, LATEST
from catalog.schedule.timetable import EPOCH, Airing, AiringState, Break, Override, Slot, Timetable, limit_of

_NO_SLOT: Final = Slot(site="", recurrence="")
DURATION_MIN: Final = 30
"""Of a broadcast nobody said the length of: the slot of television that most series have."""
LOOK_AGAIN: Final = timedelta(days=1)
"""A broadcast with nothing to come sooner is worked out anew after as long: by then an update may have brought other rules for
the clock of its zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRelease:
    """What is shown of a release beside its time."""

    release_id: str
    alias: str
    type: str
    name_main: str
    name_english: str | None
    name_alternative: str | None
    poster_url: str | None
    episodes_total: int | None
    is_ongoing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A broadcast of a release; without a ``slot`` what is known are episodes that came before."""

    release: ListedRelease
    slot: Slot | None = None
    zone: str = "UTC"
    version: int = 0
    """Of the schedule."""
    changed_at: datetime = EARLIEST
    """When something was last said, or an episode last came."""
    breaks: tuple[Break, ...] = ()
    overrides: tuple[Override, ...] = ()
    published: tuple[datetime, ...] = ()
    last_ordinal: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAiring:
    """An episode, when and where it airs."""

    release: ListedRelease
    ordinal: float
    airs_at: datetime
    state: AiringState
    planned_at: datetime | None
    site: str
    regions: tuple[str, ...]
    address: str
    duration_min: int
    zone: ZoneInfo
    version: int
    changed_at: datetime
    episode_id: str | None = None
    """Where it can be watched here."""

    def playing(self, episode_id: str | None) -> "ListedAiring":
        """The same with the episode that plays here."""
        return replace(self, episode_id=episode_id)


def listed(
    listings: Sequence[Listing], since: datetime, until: datetime, now: datetime, *, limit: int = EXPANSION_MAX
) -> list[ListedAiring]:
    """All that airs from ``since`` to before ``until``, by moment; at most ``limit`` of each broadcast."""
    found = [
        airing
        for listing in listings
        for airing in (_scheduled(listing, listing.slot, since, until, limit) if listing.slot else _guess(listing, now))
        if since <= airing.airs_at < until
    ]
    return sorted(found, key=in_order)


def in_order(airing: ListedAiring) -> tuple[datetime, str, float, str]:
    """By moment, and always alike where there are several."""
    return airing.airs_at, airing.release.release_id, airing.ordinal, airing.site


def timetable_of(listing: Listing, slot: Slot) -> Timetable:
    """The broadcast worked out, as long as its release."""
    release = listing.release
    return Timetable(
        slot,
        zone_named(listing.zone),
        breaks=listing.breaks,
        overrides=listing.overrides,
        limit=limit_of(slot, episodes_total=release.episodes_total, is_ongoing=release.is_ongoing),
    )


def due_after(listing: Listing, slot: Slot, moment: datetime) -> datetime:
    """When to look at a broadcast again, all before ``moment`` being announced: at its next airing, or after :data:`LOOK_AGAIN`.

    That of a release without an end, for a release can get longer, or go on, without a word said of its schedule.
    """
    timetable = Timetable(slot, zone_named(listing.zone), breaks=listing.breaks, overrides=listing.overrides)
    last_day = timetable.bounds().last_day
    if last_day is not None and last_day < (moment.astimezone(UTC).date() - EPOCH).days:
        return LATEST
    coming = timetable.between(moment, moment + LOOK_AGAIN, limit=1)
    return coming[0].airs_at if coming else moment + LOOK_AGAIN


def nothing_known(listing: Listing, now: datetime) -> ListedAiring:
    """A release that nothing is said of the time of."""
    return _listed(listing, _NO_SLOT, Airing(listing.last_ordinal, now, AiringState.ESTIMATED, None))


def _scheduled(listing: Listing, slot: Slot, since: datetime, until: datetime, limit: int) -> list[ListedAiring]:
    return [_listed(listing, slot, airing) for airing in timetable_of(listing, slot).between(since, until, limit=limit)]


def _guess(listing: Listing, now: datetime) -> list[ListedAiring]:
    expected = estimated_next(listing.published, now)
    total = listing.release.episodes_total
    if expected is None or (total is not None and listing.last_ordinal >= total):
        return []
    return [_listed(listing, _NO_SLOT, Airing(listing.last_ordinal // 1 + 1, expected, AiringState.ESTIMATED, None))]


def _listed(listing: Listing, slot: Slot, airing: Airing) -> ListedAiring:
    return ListedAiring(
        release=listing.release,
        ordinal=airing.ordinal,
        airs_at=airing.airs_at.astimezone(UTC),
        state=airing.state,
        planned_at=airing.planned_at,
        site=slot.site,
        regions=slot.regions,
        address=slot.address,
        duration_min=slot.duration_min or DURATION_MIN,
        zone=zone_named(listing.zone),
        version=listing.version,
        changed_at=listing.changed_at,
    )
