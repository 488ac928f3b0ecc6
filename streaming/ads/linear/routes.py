"""Ads over HTTP: for administrators, as VAST for players, and the beacons that players call."""

import re
from typing import Final

from aiohttp import hdrs, web

from kernel.access import Role
from kernel.errors import AniError, Stale, TooManyRequests
from kernel.http import REQUEST_ID, Call, Reply, Router, versioned
from kernel.http.call import CONTAINER, throttled
from kernel.http.problems import response_for
from kernel.limits import Limit
from streaming.ads import usecases as campaigns
from streaming.ads.audience import CapIncomplete
from streaming.ads.linear import usecases
from streaming.ads.linear.adapters.breaks import BEACONS, ScheduledBreaks
from streaming.ads.linear.adapters.context import context_of
from streaming.ads.linear.adapters.tags import TagAds
from streaming.ads.linear.model import (
    AdEvent,
    AdSourceUnclear,
    BadAdOffset,
    BadClickUrl,
    BadTagUrl,
    CreativeEncrypted,
    CreativeMissing,
    LinearAd,
    LinearAdEndsTooEarly,
    LinearAdNotFound,
    LinearAdOver,
    TooManyLinearAds,
)
from streaming.ads.linear.schemas import LinearAdIn, LinearAdOut, LinearAdPage, LinearAdsIn, VastTagIn, VastTriedOut
from streaming.ads.linear.usecases import AdEvents, Candidate, TagPolicy
from streaming.ads.linear.vast import InlineAd, WrapperAd, document
from streaming.keys.usecases import StreamRights
from streaming.origin.media.files import OPEN_HEADERS
from streaming.origin.model import StreamEnded, StreamSession
from streaming.origin.ports import StreamSessions

router = Router("/api/v1/linear-ads", tag="Promos")
media_router = Router("/api/v1/media", tag="Playback")

BEACON_LIMIT: Final = Limit("ad-beacons", attempts=3_600, window_s=3600)
VAST_LIMIT: Final = Limit("ad-vast", attempts=600, window_s=3600)
"""The ten breaks of sixty films."""
_BAD = (
    AdSourceUnclear, BadAdOffset, BadClickUrl, BadTagUrl, CapIncomplete, LinearAdEndsTooEarly, CreativeEncrypted, CreativeMissing,
)  # fmt: skip
TRIES: Final = Limit("ad-tags-tried", attempts=60, window_s=3600)
"""Each asks up to ten servers."""
_QUARTILES: Final = (
    AdEvent.START, AdEvent.FIRST_QUARTILE, AdEvent.MIDPOINT, AdEvent.THIRD_QUARTILE, AdEvent.COMPLETE, AdEvent.SKIP,
)  # fmt: skip
_CODE: Final = re.compile(r"[1-9]\d\d", re.ASCII)
"""Of VAST errors, as other players say them."""
NO_STORE: Final = {**OPEN_HEADERS, hdrs.CACHE_CONTROL: "private, no-store"}


async def _answer(call: Call, ad: LinearAd) -> Reply[LinearAdOut]:
    await call.scope.flush()
    counted = await call.port(AdEvents).totals([ad.id])
    health = await call.port(TagAds).health(call.scope, ad)
    return versioned(LinearAdOut.of(ad, call.clock.now(), counted.get(ad.id, {}), health), ad.version)


@router.get("", role=Role.ADMIN, summary="List the ads")
async def list_ads(call: Call, query: LinearAdsIn) -> LinearAdPage:
    context = context_of(call.scope)
    found, total = await context.campaigns.listed(
        state=query.state, now=context.now, limit=query.page_size, offset=query.offset
    )
    counted = await context.views.totals([ad.id for ad in found])
    tags = call.port(TagAds)
    items = [LinearAdOut.of(ad, context.now, counted.get(ad.id, {}), await tags.health(call.scope, ad)) for ad in found]
    return LinearAdPage(items=items, total=total, page=query.page, page_size=query.page_size)


@router.post("", role=Role.ADMIN, status=201, summary="Add an ad", raises=(TooManyLinearAds, *_BAD))
async def create_ad(call: Call, body: LinearAdIn) -> Reply[LinearAdOut]:
    """Its video is that of an episode, which needs not be published, or what `tag_url` answers when a break comes.

    Nobody sees it until it is started.
    """
    return await _answer(call, await usecases.create(context_of(call.scope), body.draft()))


@router.post(
    "/try", role=Role.ADMIN, summary="Try a tag", transaction=False, limit=TRIES, raises=(BadTagUrl, TooManyRequests)
)
async def try_tag(call: Call, body: VastTagIn) -> VastTriedOut:
    """Asks the address, follows its wrappers, and says what came of it. Nobody is told that an ad was shown, or was not; its
    server takes this for a request for ads as any other.
    """
    async with call.container.scope(write=False) as scope:
        usecases.ensure_askable(scope.port(TagPolicy), body.tag_url)
        tags = scope.port(TagAds)
    return VastTriedOut.of(await tags.try_out(body.tag_url))


@router.get("/{ad_id}", role=Role.ADMIN, summary="Get an ad and its report", raises=(LinearAdNotFound,))
async def get_ad(call: Call, ad_id: str) -> Reply[LinearAdOut]:
    return await _answer(call, await campaigns.found(context_of(call.scope), ad_id))


@router.put("/{ad_id}", role=Role.ADMIN, summary="Edit an ad", raises=(LinearAdNotFound, Stale, *_BAD))
async def put_ad(call: Call, ad_id: str, body: LinearAdIn) -> Reply[LinearAdOut]:
    """Whether it is stopped stays as it is."""
    edited = await usecases.edit(context_of(call.scope), ad_id, body.draft(), version=call.if_match())
    return await _answer(call, edited)


@router.delete("/{ad_id}", role=Role.ADMIN, summary="Delete an ad and its report", raises=(LinearAdNotFound,))
async def delete_ad(call: Call, ad_id: str) -> None:
    """The episode with its video stays."""
    await campaigns.delete(context_of(call.scope), ad_id)


@router.post("/{ad_id}/start", role=Role.ADMIN, summary="Start an ad", raises=(LinearAdNotFound, LinearAdOver, Stale))
async def start_ad(call: Call, ad_id: str) -> Reply[LinearAdOut]:
    """It is shown when its time is, in streams that begin from then on."""
    return await _answer(call, await campaigns.start(context_of(call.scope), ad_id, version=call.if_match()))


@router.post("/{ad_id}/stop", role=Role.ADMIN, summary="Stop an ad", raises=(LinearAdNotFound, Stale))
async def stop_ad(call: Call, ad_id: str) -> Reply[LinearAdOut]:
    """It is shown no longer: breaks that come from now on are without it."""
    return await _answer(call, await campaigns.stop(context_of(call.scope), ad_id, version=call.if_match()))


async def _vast(request: web.Request) -> web.StreamResponse:
    """``?session=TOKEN&offset=MS``: the ad of a break as VAST 4.2, or the empty document where there is none.

    A place for another server's ads is a wrapper around its tag.
    """
    text = request.query.get("offset", "0")
    offset_ms = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
    language = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
    try:
        await throttled(request, VAST_LIMIT)
        async with request.app[CONTAINER].scope(write=False) as scope:
            rights = scope.port(StreamRights)
            entitled = await rights.entitled(rights.claimed(request.query.get("session", "")[:200]), region=None)
            session = await scope.port(StreamSessions).get(entitled.session_id)
            breaks = scope.port(ScheduledBreaks)
        if session is None:
            raise StreamEnded
        candidates = await breaks.candidates(session, offset_ms, language=language, address=request.remote or "")
        base = str(request.url.origin())
        ads = [await _told(breaks, session, candidate, base) for candidate in candidates[:1]]
    except AniError as error:
        response = response_for(error, conditional=False, request_id=request.get(REQUEST_ID))
        assert response is not None  # it knows every AniError
        response.headers.update(NO_STORE)
        return response
    return web.Response(text=document(ads), content_type="application/xml", headers=NO_STORE)


async def _told(
    breaks: ScheduledBreaks, session: StreamSession, candidate: Candidate, base: str
) -> InlineAd | WrapperAd:
    return await _inline(breaks, session, candidate, base) if candidate.asset else _wrapper(breaks, candidate, base)


def _wrapper(breaks: ScheduledBreaks, candidate: Candidate, base: str) -> WrapperAd:
    """The player asks the tag and tells its server, so what it tells us is passed on to nobody."""
    beacons = f"{base}{BEACONS}/{breaks.ticket(candidate, elsewhere=True)}"
    return WrapperAd(
        ad_id=candidate.ad.id,
        tag_url=candidate.ad.tag_url,
        impression_url=f"{beacons}/{AdEvent.IMPRESSION}",
        error_url=f"{beacons}/{AdEvent.ERROR}",
        tracking_urls={event.value: f"{beacons}/{event}" for event in _QUARTILES},
        click_tracking_url=f"{beacons}/{AdEvent.CLICK}",
    )


async def _inline(breaks: ScheduledBreaks, session: StreamSession, candidate: Candidate, base: str) -> InlineAd:
    shown = breaks.own(candidate)
    ad, beacons = shown.ad, f"{base}{BEACONS}/{shown.ticket}"
    largest = max(shown.asset.ladder.variants, key=lambda variant: variant.width_px * variant.height_px)
    click_url = f"{base}{ad.click_url}" if ad.click_url.startswith("/") else ad.click_url
    return InlineAd(
        ad_id=ad.id,
        title=ad.title,
        advertiser=ad.advertiser,
        duration_ms=shown.asset.duration_ms,
        media_url=base + await breaks.media_url(session, shown),
        width_px=largest.width_px,
        height_px=largest.height_px,
        impression_url=f"{beacons}/{AdEvent.IMPRESSION}",
        error_url=f"{beacons}/{AdEvent.ERROR}",
        tracking_urls={event.value: f"{beacons}/{event}" for event in _QUARTILES},
        click_url=click_url,
        click_tracking_url=f"{beacons}/{AdEvent.CLICK}",
        skip_after_ms=ad.skip_after_ms,
    )


async def _beacon(request: web.Request) -> web.StreamResponse:
    """``GET|POST …/{ticket}/{event}``: 204 whatever comes, for nobody reads the answer; each event of a ticket counts once."""
    try:
        event = AdEvent(request.match_info["event"])
        await throttled(request, BEACON_LIMIT)
        async with request.app[CONTAINER].scope(write=True) as scope:
            counted = await usecases.count(context_of(scope), request.match_info["ticket"], event)
            tags = scope.port(TagAds)
        if counted is not None:  # and written down: others hear of it once, too
            code = request.query.get("code", "")
            await tags.told(counted, event, int(code) if _CODE.fullmatch(code) else None)
    except (AniError, ValueError):
        pass  # not counted
    return web.Response(status=204, headers=NO_STORE)


media_router.raw(hdrs.METH_GET, "/vast.xml", _vast)
for _method in (hdrs.METH_GET, hdrs.METH_POST):
    media_router.raw(_method, "/beacons/{ticket}/{event}", _beacon)
