"""Schedules over HTTP."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from aiohttp import hdrs

from catalog.languages.schemas import Localised
from catalog.releases.model import ReleaseNotFound
from catalog.releases.routes import reader
from catalog.releases.usecases import Releases, TranslatedTexts
from catalog.schedule import usecases
from catalog.schedule.days import UnknownZone, starts_at, viewer_day, zone_named
from catalog.schedule.listing import ListedAiring
from catalog.schedule.model import BadBreak, BadOverride, BadSlot, TwoSlotsOfOneSite
from catalog.schedule.recurrence import BadRecurrence
from catalog.schedule.schemas import (
    AiringList,
    AiringOut,
    AiringsQuery,
    MonthQuery,
    NowOut,
    ScheduleIn,
    ScheduleOut,
    ScheduleQuery,
    SeasonCountOut,
    SeasonOut,
    SeasonQuery,
    SeasonsOut,
    SeasonTitleOut,
    ZonedQuery,
)
from catalog.schedule.usecases import Listings, MyList, ScheduleContext, Schedules, WantedAirings, batched
from kernel.access import Role
from kernel.errors import Conflict, Stale, Unauthenticated, UnavailableForLegalReasons
from kernel.http import Call, Reply, Router, etag
from kernel.versions import version_of

router = Router(tag="Schedule")

AROUND: Final = timedelta(hours=24)
UPCOMING: Final = timedelta(weeks=8)
"""What a release's page says comes next: two months, as the estimates look back on."""
_VARY: Final = {"Vary": "Accept-Language"}


def context_of(call: Call) -> ScheduleContext:
    """What the use cases work with, for whoever calls."""
    return ScheduleContext(
        releases=call.port(Releases),
        schedules=call.port(Schedules),
        listings=call.port(Listings),
        reader=reader(call),
        now=call.clock.now(),
    )


async def _shown(call: Call, query: Localised, airings: Sequence[ListedAiring], tz: str) -> list[AiringOut]:
    language = query.wanted(call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    release_ids = list(dict.fromkeys(airing.release.release_id for airing in airings))
    translated = {} if language is None else await call.port(TranslatedTexts).best(release_ids, language)
    shown: list[AiringOut] = []
    for part in batched(airings):
        shown += [AiringOut.of(airing, tz, translated.get(airing.release.release_id)) for airing in part]
        await asyncio.sleep(0)
    return shown


async def _only(call: Call, query: AiringsQuery) -> frozenset[str] | None:
    if not query.mine:
        return None
    if call.actor is None:
        raise Unauthenticated
    return frozenset(await call.port(MyList).release_ids(call.actor.user_id))


async def _days(call: Call, query: AiringsQuery, first: date, behind: date) -> list[AiringOut]:
    zone = zone_named(query.tz)
    wanted = WantedAirings(
        since=starts_at(first, zone),
        until=starts_at(behind, zone),
        release_ids=await _only(call, query),
        all_sites=query.sites == "all",
    )
    return await _shown(call, query, await usecases.airings(context_of(call), wanted), query.tz)


@router.get("/schedule", summary="What airs on some days", raises=(UnknownZone,))
async def list_airings(call: Call, query: ScheduleQuery) -> Reply[AiringList]:
    """By moment, of published releases; days are those of `tz`. What announces nothing is estimated."""
    items = await _days(call, query, query.since, query.until + timedelta(days=1))
    return Reply(AiringList(since=query.since, until=query.until, tz=query.tz, items=items), headers=_VARY)


@router.get("/schedule/month", summary="What airs in a month", raises=(UnknownZone,))
async def list_month(call: Call, query: MonthQuery) -> Reply[AiringList]:
    """Days begin by the time zone `tz`."""
    first, behind = query.days()
    items = await _days(call, query, first, behind)
    body = AiringList(since=first, until=behind - timedelta(days=1), tz=query.tz, items=items)
    return Reply(body, headers=_VARY)


@router.get("/schedule/now", summary="What is on now", raises=(UnknownZone,))
async def list_now(call: Call, query: AiringsQuery) -> Reply[NowOut]:
    """And in the 24 hours before and after."""
    zone_named(query.tz)
    now = call.clock.now()
    wanted = WantedAirings(
        since=now - AROUND,
        until=now + AROUND,
        release_ids=await _only(call, query),
        all_sites=query.sites == "all",
    )
    found = await _shown(call, query, await usecases.airings(context_of(call), wanted), query.tz)
    on_air: list[AiringOut] = []
    recent: list[AiringOut] = []
    for airing in found:
        if airing.airs_at <= now:
            is_on = airing.airs_at + timedelta(minutes=airing.duration_min) > now
            (on_air if is_on else recent).append(airing)
    body = NowOut(
        at=now,
        on_air=on_air,
        recent=recent[::-1],
        next=[airing for airing in found if airing.airs_at > now],
    )
    return Reply(body, headers=_VARY)


@router.get("/schedule/seasons", summary="List seasons", raises=(UnknownZone,))
async def list_seasons(call: Call, query: ZonedQuery) -> SeasonsOut:
    """Those that published releases belong to."""
    year, season = usecases.season_of(viewer_day(call.clock.now(), zone_named(query.tz)))
    found = await call.port(Listings).seasons(reader(call))
    return SeasonsOut(year=year, season=season, items=[SeasonCountOut.model_validate(one) for one in found])


@router.get("/schedule/season", summary="The releases of a season", raises=(UnknownZone,))
async def get_season(call: Call, query: SeasonQuery) -> Reply[SeasonOut]:
    """With when each is on; at most 500."""
    zone_named(query.tz)
    titles = await usecases.season_chart(context_of(call), query.year, query.season)
    shown = await _shown(call, query, [title.listed for title in titles], query.tz)
    items = [
        SeasonTitleOut(
            release=airing.release,
            starts_at=title.starts_at,
            next=airing if title.has_next else None,
            broadcast=airing.broadcast if title.starts_at is not None else None,
        )
        for title, airing in zip(titles, shown, strict=True)
    ]
    return Reply(SeasonOut(year=query.year, season=query.season, items=items), headers=_VARY)


@router.get(
    "/releases/{release}/schedule",
    summary="Read a release's schedule",
    raises=(ReleaseNotFound, UnavailableForLegalReasons, UnknownZone),
)
async def get_schedule(call: Call, release: str, query: ZonedQuery) -> Reply[ScheduleOut]:
    """By id or alias. With what airs in the next eight weeks, each site's own time too."""
    zone_named(query.tz)
    context = context_of(call)
    found, schedule = await usecases.schedule_of(context, release)
    upcoming = await usecases.upcoming(context, found, UPCOMING)
    return _versioned(ScheduleOut.of(found.id, schedule, await _shown(call, query, upcoming, query.tz)))


@router.put(
    "/releases/{release}/schedule",
    role=Role.EDITOR,
    summary="Say when a release airs",
    raises=(
        ReleaseNotFound,
        BadRecurrence,
        BadSlot,
        BadBreak,
        BadOverride,
        TwoSlotsOfOneSite,
        UnknownZone,
        Stale,
        Conflict,
    ),
)
async def put_schedule(call: Call, release: str, body: ScheduleIn) -> Reply[ScheduleOut]:
    """Replaces all of it. `If-Match: "v0"` is for a release without a schedule."""
    context = context_of(call)
    found, schedule = await usecases.put_schedule(context, release, body.draft(), version=call.if_match())
    await call.scope.flush()
    upcoming = await usecases.upcoming(context, found, UPCOMING)
    shown = [AiringOut.of(airing, "UTC", None) for airing in upcoming]
    return _versioned(ScheduleOut.of(found.id, schedule, shown))


def _versioned(body: ScheduleOut) -> Reply[ScheduleOut]:
    """What comes next depends on when one asks, so the version alone would tell a cache too little."""
    shown = version_of(body.model_dump(mode="json"))
    return Reply(body, headers={"ETag": etag(body.version, f"{shown:x}"), **_VARY})
