"""Ads of other servers: asked for when a break comes, shown where their videos are ready, told of what was seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from kernel.cache import Cache
from kernel.errors import AniError
from kernel.scope import Container, Scope
from streaming.ads.creatives import usecases as creatives
from streaming.ads.creatives.jobs import context_of as creatives_of
from streaming.ads.creatives.model import AdCreative, key_of
from streaming.ads.creatives.usecases import AdCreatives
from streaming.ads.linear.model import AdEvent, LinearAd
from streaming.ads.linear.showing import (
    ANSWER_KEPT_S,
    KEPT_S,
    NOTHING_KEPT_S,
    Showing,
    TagAnswer,
    TagHealth,
    answer_key,
    break_key,
    packed,
    showing_key,
    skip_after_ms,
    unpacked,
)
from streaming.ads.linear.usecases import Candidate, ShownAd
from streaming.ads.tickets import Ticket, TicketOffice
from streaming.ads.vast.adapters.beacons import BeaconQueue
from streaming.ads.vast.adapters.client import AdClient, filled
from streaming.ads.vast.chain import MAX_BREAK_MS, FoundAd, Resolution, follow
from streaming.ads.vast.errors import VastError
from streaming.origin.ports import Assets

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Ready:
    """An ad that was found, and its video."""

    found: FoundAd
    creative_id: str = ""
    fault: VastError | None = None
    """Why it is not shown."""


class TagAds:
    """Of one process."""

    def __init__(
        self, container: Container, client: AdClient, beacons: BeaconQueue, cache: Cache, office: TicketOffice
    ) -> None:
        self._container = container
        self._client = client
        self._beacons = beacons
        self._cache = cache
        self.office = office

    async def shown(self, candidate: Candidate) -> list[ShownAd]:
        """What the tag of a candidate answers, as far as it can be shown; the same once more for one break of one stream."""
        key = break_key(candidate.ticket(self._container.clock.now()).nonce)
        kept = await self._cache.get(key)
        if kept is None:
            showings = await self._asked(candidate)
            await self._cache.set(key, packed(showings), ttl_s=KEPT_S if showings else NOTHING_KEPT_S)
        else:
            showings = unpacked(kept)
        return await self._with_videos(candidate, showings)

    async def try_out(self, url: str) -> Resolution:
        """What a tag answers now.  Its server takes it for a request for ads; nobody is told that one was shown, or not."""
        return await follow(url, self._client.for_one_break())

    async def health(self, scope: Scope, ad: LinearAd) -> TagHealth | None:
        """How it stands with the tag of an ad; ``None`` where it has none."""
        if not ad.tag_url:
            return None
        kept = await self._cache.get(answer_key(ad.id))
        states = [
            each.state(has_video=await scope.port(Assets).current(each.id) is not None)
            for each in await scope.port(AdCreatives).of_ads([ad.id])
        ]
        return TagHealth(states, None if kept is None else TagAnswer.unpacked(kept))

    async def told(self, ticket: Ticket, event: AdEvent, code: int | None = None) -> None:
        """A player told something for the first time: so are all who want to know it.  ``code``: of an error."""
        kept = await self._cache.get(showing_key(ticket.nonce))
        for showing in () if kept is None else unpacked(kept):
            said = {"ASSETURI": showing.media_url}
            if event is AdEvent.ERROR:
                said["ERRORCODE"] = str(code or int(VastError.PLAYBACK))
            self._beacons.put(showing.tracking.get(event.value, ()), **said)

    async def _asked(self, candidate: Candidate) -> list[Showing]:
        ad, now = candidate.ad, self._container.clock.now()
        resolution = await follow(ad.tag_url, self._client.for_one_break(ad.break_position))
        for failure in resolution.failures:
            self._beacons.put(failure.error_urls, ERRORCODE=str(int(failure.code)))
        ready = await self._ready(ad, resolution.ads)
        unfit = [(each.found, each.fault) for each in ready if each.fault is not None]
        for found, fault in unfit:
            self._beacons.put(found.tracking.get("error", ()), ERRORCODE=str(int(fault)), ASSETURI=found.media.url)
        showings = [
            Showing.of(each.found, each.creative_id, filled(each.found.click_url, ASSETURI=each.found.media.url))
            for each in ready
            if each.fault is None
        ]
        for number, showing in enumerate(showings):
            nonce = candidate.ticket(now, number).nonce
            await self._cache.set(showing_key(nonce), packed([showing]), ttl_s=KEPT_S)
        answer = TagAnswer.of(resolution, shown=len(showings), unfit=[fault for _, fault in unfit], now=now)
        await self._cache.set(answer_key(ad.id), answer.packed(), ttl_s=ANSWER_KEPT_S)
        return showings

    async def _ready(self, ad: LinearAd, ads: Sequence[FoundAd]) -> list[_Ready]:
        """Each of ``ads`` with its video; those that have none yet are ordered."""
        async with self._container.scope(write=False) as scope:
            known = await scope.port(AdCreatives).by_key(ad.id, [key_of(found.creative) for found in ads])
            assets = {key: await scope.port(Assets).current(creative.id) for key, creative in known.items()}
        now, ready, total_ms = self._container.clock.now(), list[_Ready](), 0
        for found in ads:
            key = key_of(found.creative)
            creative, asset = known.get(key), assets.get(key)
            is_due = creative is None or (asset is None and creative.may_try_again(now)) or creative.use(now)
            if is_due:
                creative = await self._wanted(ad, found, has_video=asset is not None)
            if asset is None or creative is None:
                ready.append(_Ready(found, fault=_fault(creative)))
            elif total_ms and total_ms + asset.duration_ms > MAX_BREAK_MS:
                ready.append(_Ready(found, fault=VastError.BREAK_SHORTENED))
            else:
                total_ms += asset.duration_ms
                ready.append(_Ready(found, creative.id))
        return ready

    async def _wanted(self, ad: LinearAd, found: FoundAd, *, has_video: bool) -> AdCreative | None:
        try:
            async with self._container.scope(write=True) as scope:
                return await creatives.wanted(creatives_of(scope), ad.id, found, has_video=has_video)
        except AniError as error:  # somebody else orders the same at this moment
            log.info("the video of an ad was not ordered", ad_id=ad.id, reason=error.code)
            return None

    async def _with_videos(self, candidate: Candidate, showings: Sequence[Showing]) -> list[ShownAd]:
        if not showings:
            return []
        ad, now, shown = candidate.ad, self._container.clock.now(), list[ShownAd]()
        async with self._container.scope(write=False) as scope:
            for number, showing in enumerate(showings):
                asset = await scope.port(Assets).current(showing.creative_id)
                if asset is not None:
                    shown.append(
                        ShownAd(
                            ad=ad,
                            asset=asset,
                            ticket=self.office.issue(candidate.ticket(now, number)),
                            title=showing.title or ad.title,
                            advertiser=ad.advertiser or showing.advertiser,
                            click_url=showing.click_url or ad.click_url,
                            skip_after_ms=skip_after_ms(ad, showing),
                        )
                    )
        return shown


def _fault(creative: AdCreative | None) -> VastError:
    """Why a creative without a video is not shown: it failed, is on its way, or is one too many."""
    if creative is None:
        return VastError.UNDEFINED
    return VastError(creative.fault) if creative.fault else VastError.MEDIA_BEING_FETCHED
