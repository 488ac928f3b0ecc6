"""Calendars over HTTP."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Final

from aiohttp import hdrs, web

from catalog.releases.usecases import Reader, Releases
from catalog.schedule.feeds import usecases
from catalog.schedule.feeds.model import FeedNotFound, TooManyFeeds
from catalog.schedule.feeds.schemas import FeedIn, FeedOut, FeedsOut, FeedWithAddressOut
from catalog.schedule.feeds.usecases import CalendarFeeds, FeedContext
from catalog.schedule.usecases import Listings, MyList, ScheduleContext, Schedules
from kernel.access import Role, Standing
from kernel.errors import Conflict, TooManyRequests
from kernel.http import CONTAINER, REGION, Call, Reply, Router, path_text, throttled
from kernel.limits import Limit
from kernel.scope import Scope

PUBLIC_URL: Final = web.AppKey("calendar_public_url", str)
READS: Final = Limit("calendar-reads", attempts=600, window_s=3600)
"""Calendar programs ask every hour or less often; an office behind one address has a few hundred."""
CREATED: Final = Limit("calendar-feeds", attempts=60, window_s=3600)

router = Router(tag="Schedule")


def _context(scope: Scope, public_url: str, region: str | None) -> FeedContext:
    now = scope.clock.now()
    schedule = ScheduleContext(
        releases=scope.port(Releases),
        schedules=scope.port(Schedules),
        listings=scope.port(Listings),
        reader=Reader(sees_drafts=False, region=region),
        now=now,
    )
    return FeedContext(
        feeds=scope.port(CalendarFeeds),
        standing=scope.port(Standing),
        my_list=scope.port(MyList),
        schedule=schedule,
        public_url=public_url,
        now=now,
    )


@router.get("/schedule/feeds", role=Role.USER, summary="One's calendar addresses")
async def list_feeds(call: Call) -> FeedsOut:
    """Without the addresses themselves, which nobody knows but whoever made them."""
    found = await call.port(CalendarFeeds).of_user(call.user.user_id)
    return FeedsOut(items=[FeedOut.model_validate(feed) for feed in found])


@router.post(
    "/schedule/feeds",
    status=201,
    role=Role.USER,
    limit=CREATED,
    summary="Make a calendar address",
    raises=(TooManyFeeds, Conflict, TooManyRequests),
)
async def create_feed(call: Call, body: FeedIn) -> Reply[FeedWithAddressOut]:
    """A secret address of a calendar with what one watches, means to, or likes. It is told in this answer and never again."""
    public_url = call.request.app[PUBLIC_URL]
    token, feed = await usecases.create_feed(
        _context(call.scope, public_url, call.region), call.user.user_id, body.label
    )
    await call.scope.flush()
    url = f"{public_url}/api/v1/calendar/{token}.ics"
    return Reply(FeedWithAddressOut.with_address(feed, url), headers={hdrs.CACHE_CONTROL: "no-store"})


@router.delete("/schedule/feeds/{feed_id}", role=Role.USER, summary="Revoke a calendar address", raises=(FeedNotFound,))
async def revoke_feed(call: Call, feed_id: str) -> None:
    """Whoever has the address is answered as if it had never been."""
    await usecases.revoke_feed(
        _context(call.scope, call.request.app[PUBLIC_URL], call.region), call.user.user_id, feed_id
    )


async def _calendar(request: web.Request, read: Callable[[FeedContext], Awaitable[tuple[str, str]]]) -> web.Response:
    await throttled(request, READS)
    async with request.app[CONTAINER].scope(write=False) as scope:
        text, cache_control = await read(_context(scope, request.app[PUBLIC_URL], request.get(REGION)))
    content = text.encode("utf-8", "replace")
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {hdrs.ETAG: tag, hdrs.CACHE_CONTROL: cache_control}
    # Compared weakly, for proxies that pack it (RFC 9110 §13.1.2).
    known = {each.strip().removeprefix("W/") for each in request.headers.get(hdrs.IF_NONE_MATCH, "").split(",")}
    if tag in known or "*" in known:
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_DISPOSITION] = 'inline; filename="ani.ics"'
    return web.Response(body=content, headers=headers, content_type="text/calendar", charset="utf-8")


async def _of_release(request: web.Request) -> web.Response:
    name = path_text(request, "release")

    async def read(context: FeedContext) -> tuple[str, str]:
        text, everywhere = await usecases.calendar_of_release(context, name)
        # A cache on the way does not know whom it may give what is blocked elsewhere.
        return text, f"{'public' if everywhere else 'private'}, max-age=900"

    return await _calendar(request, read)


async def _of_token(request: web.Request) -> web.Response:
    token = path_text(request, "token")

    async def read(context: FeedContext) -> tuple[str, str]:
        return await usecases.calendar_of_token(context, token), "no-store"

    return await _calendar(request, read)


router.raw(hdrs.METH_GET, "/releases/{release}/schedule.ics", _of_release)
router.raw(hdrs.METH_GET, "/calendar/{token}.ics", _of_token)
