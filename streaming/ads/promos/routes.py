"""Promos over HTTP: for administrators, and for the pages they are on."""

from base64 import b64encode
from typing import Final

from aiohttp import hdrs

from kernel.access import Role
from kernel.errors import Stale, TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router, versioned
from kernel.images.images import ImageTooLarge, ImageTooLong, ImageTooSmall, NotAnImage, scaled_webps
from kernel.images.pictures import Pictures, read_image
from kernel.images.thumbhash import thumbhash
from kernel.limits import Limit
from streaming.ads import usecases as campaigns
from streaming.ads.audience import CapIncomplete, Viewer, ViewerKeys, primary_language, role_of
from streaming.ads.promos import usecases
from streaming.ads.promos.adapters.context import context_of
from streaming.ads.promos.model import (
    MAX_RATIO,
    WIDTHS_PX,
    BadPromoLink,
    Promo,
    PromoEndsTooEarly,
    PromoImage,
    PromoNotFound,
    PromoOver,
    TargetNeedsRelease,
    TooManyPromos,
)
from streaming.ads.promos.schemas import (
    PromoDeedsIn,
    PromoDeedsOut,
    PromoIn,
    PromoOut,
    PromoPage,
    PromoReportIn,
    PromoReportOut,
    PromosIn,
    ShownIn,
    ShownPromoOut,
    ShownPromosOut,
)
from streaming.ads.promos.usecases import PromoCounts, ReportTooLong

router = Router("/api/v1/promos", tag="Promos")

MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/avif")
DEEDS: Final = Limit("promo-events", attempts=1_200, window_s=3600)
"""Requests, each for the promos of a page: one every three seconds."""
LOOKS: Final = Limit("promo-looks", attempts=3_600, window_s=3600)
_BAD = (BadPromoLink, CapIncomplete, PromoEndsTooEarly, TargetNeedsRelease)


async def _answer(call: Call, promo: Promo) -> Reply[PromoOut]:
    await call.scope.flush()
    counted = await call.port(PromoCounts).totals([promo.id])
    return versioned(PromoOut.of(promo, call.clock.now(), counted.get(promo.id, (0, 0))), promo.version)


@router.get("", role=Role.ADMIN, summary="List the promos")
async def list_promos(call: Call, query: PromosIn) -> PromoPage:
    context = context_of(call.scope)
    found, total = await context.campaigns.listed(
        state=query.state, placement=query.placement, now=context.now, limit=query.page_size, offset=query.offset
    )
    counted = await context.views.totals([promo.id for promo in found])
    items = [PromoOut.of(promo, context.now, counted.get(promo.id, (0, 0))) for promo in found]
    return PromoPage(items=items, total=total, page=query.page, page_size=query.page_size)


@router.post("", role=Role.ADMIN, status=201, summary="Write a promo", raises=(TooManyPromos, *_BAD))
async def create_promo(call: Call, body: PromoIn) -> Reply[PromoOut]:
    """Nobody sees it until it is started."""
    return await _answer(call, await usecases.create(context_of(call.scope), body.draft()))


@router.get("/shown", summary="What to show in a place", limit=LOOKS, raises=(TooManyRequests,))
async def shown_promos(call: Call, query: ShownIn) -> Reply[ShownPromosOut]:
    """Chosen by weight among those meant for the reader, and the same on every look of a day."""
    actor = call.actor
    user_id = None if actor is None else actor.user_id
    viewer = Viewer(
        key=call.port(ViewerKeys).of(user_id, chosen=query.viewer, address=call.address),
        role=role_of(actor),
        language=primary_language(query.language or call.request.headers.get(hdrs.ACCEPT_LANGUAGE)),
        region=call.region or "",
    )
    found = await usecases.shown(
        context_of(call.scope),
        query.placement,
        viewer,
        user_id=user_id,
        release_key=query.release,
        region=call.region,
    )
    items = [ShownPromoOut.of(one) for one in found]
    return Reply(ShownPromosOut(items=items), headers={hdrs.CACHE_CONTROL: "private, no-store"})


@router.post("/events", summary="Count what was seen and followed", limit=DEEDS, raises=(TooManyRequests,))
async def count_deeds(call: Call, body: PromoDeedsIn) -> PromoDeedsOut:
    """By the tickets of what was shown: each counts one impression and one click, however often it is told. What is no ticket counts
    nothing."""
    deeds = [(one.kind, one.ticket) for one in body.events]
    return PromoDeedsOut(counted=await usecases.count(context_of(call.scope), deeds))


@router.get("/{promo_id}", role=Role.ADMIN, summary="Get a promo", raises=(PromoNotFound,))
async def get_promo(call: Call, promo_id: str) -> Reply[PromoOut]:
    return await _answer(call, await campaigns.found(context_of(call.scope), promo_id))


@router.put("/{promo_id}", role=Role.ADMIN, summary="Edit a promo", raises=(PromoNotFound, Stale, *_BAD))
async def put_promo(call: Call, promo_id: str, body: PromoIn) -> Reply[PromoOut]:
    """Its picture, and whether it is stopped, stay as they are."""
    edited = await usecases.edit(context_of(call.scope), promo_id, body.draft(), version=call.if_match())
    return await _answer(call, edited)


@router.delete("/{promo_id}", role=Role.ADMIN, summary="Delete a promo and its report", raises=(PromoNotFound,))
async def delete_promo(call: Call, promo_id: str) -> None:
    gone = await campaigns.delete(context_of(call.scope), promo_id)
    await _remove_files(call, gone.image)


@router.post("/{promo_id}/start", role=Role.ADMIN, summary="Start a promo", raises=(PromoNotFound, PromoOver, Stale))
async def start_promo(call: Call, promo_id: str) -> Reply[PromoOut]:
    """It is shown when its time is."""
    return await _answer(call, await campaigns.start(context_of(call.scope), promo_id, version=call.if_match()))


@router.post("/{promo_id}/stop", role=Role.ADMIN, summary="Stop a promo", raises=(PromoNotFound, Stale))
async def stop_promo(call: Call, promo_id: str) -> Reply[PromoOut]:
    """It is shown no longer from the next look on; what was counted stays."""
    return await _answer(call, await campaigns.stop(context_of(call.scope), promo_id, version=call.if_match()))


@router.put(
    "/{promo_id}/image",
    role=Role.ADMIN,
    transaction=False,
    media=MEDIA_TYPES,
    summary="Give a promo a picture",
    raises=(PromoNotFound, NotAnImage, ImageTooLarge, ImageTooSmall, ImageTooLong, Stale, Unavailable),
)
async def put_image(call: Call, promo_id: str) -> Reply[PromoOut]:
    """The body is the picture: JPEG, PNG, WebP or AVIF, at most 8 MiB and 25 megapixels, at least 480 pixels wide."""
    async with call.container.scope(write=False) as scope:
        await campaigns.found(context_of(scope), promo_id)
    scaled = await scaled_webps(await read_image(call.request, MEDIA_TYPES), widths_px=WIDTHS_PX, max_ratio=MAX_RATIO)
    preview = b64encode(thumbhash(*scaled.preview_size_px, scaled.preview_rgba)).decode()
    async with call.write_scope() as scope:
        pictures = scope.port(Pictures)
        urls = {width: await pictures.add(webp) for width, webp in scaled.webps.items()}
        image = PromoImage(urls, scaled.width_px, scaled.height_px, preview)
        promo, former = await usecases.show_image(context_of(scope), promo_id, image, version=call.if_match())
        for url in () if former is None else former.urls.values():
            await pictures.remove(url)
        await scope.flush()
        counted = await scope.port(PromoCounts).totals([promo.id])
    return versioned(PromoOut.of(promo, call.clock.now(), counted.get(promo.id, (0, 0))), promo.version)


@router.delete(
    "/{promo_id}/image", role=Role.ADMIN, summary="Take a promo's picture away", raises=(PromoNotFound, Stale)
)
async def delete_image(call: Call, promo_id: str) -> Reply[PromoOut]:
    """It is shown on the colours of the page then."""
    promo, former = await usecases.show_image(context_of(call.scope), promo_id, None, version=call.if_match())
    await _remove_files(call, former)
    return await _answer(call, promo)


@router.get(
    "/{promo_id}/report",
    role=Role.ADMIN,
    summary="What was counted of a promo",
    raises=(PromoNotFound, ReportTooLong),
)
async def promo_report(call: Call, promo_id: str, query: PromoReportIn) -> PromoReportOut:
    """Day by day (UTC), at most 366 of them."""
    days = await usecases.report(context_of(call.scope), promo_id, *query.days(call.clock.now()))
    return PromoReportOut.of(list(days))


async def _remove_files(call: Call, image: PromoImage | None) -> None:
    for url in () if image is None else image.urls.values():
        await call.port(Pictures).remove(url)
