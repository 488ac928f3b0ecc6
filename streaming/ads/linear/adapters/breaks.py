"""Breaks of streams, behind the origin's ports ``AdBreaks`` and ``BreakAssets``."""

import asyncio
from collections.abc import Sequence
from typing import Final
from weakref import WeakValueDictionary

from typing_extensions import override

from kernel.access import Standing
from kernel.scope import Container, Scope
from streaming.ads.audience import Viewer, ViewerKeys, primary_language, role_of
from streaming.ads.linear import usecases
from streaming.ads.linear.adapters.context import context_of
from streaming.ads.linear.adapters.tags import TagAds
from streaming.ads.linear.usecases import BreakViewer, Candidate, ShownAd
from streaming.origin.access.token import Keyring, StreamToken, sign
from streaming.origin.interstitials import BreakAsset
from streaming.origin.model import StreamSession
from streaming.origin.ports import AdBreaks, BreakAssets
from streaming.origin.quality import caps_for

BEACONS: Final = "/api/v1/media/beacons"


class PlannedBreaks(AdBreaks):
    """Where there are breaks, in one transaction."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    async def planned(self, session: StreamSession, duration_ms: int, *, language: str, address: str) -> Sequence[int]:
        watching = await _watching(self._scope, session, language, address)
        return await usecases.planned(context_of(self._scope), watching, duration_ms)


class ScheduledBreaks(BreakAssets):
    """What is shown in them, of one process: a video of ours, or what a tag answers."""

    def __init__(self, container: Container, keyring: Keyring, tags: TagAds) -> None:
        self._container = container
        self._keyring = keyring
        self._tags = tags
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @override
    async def assets(
        self, session: StreamSession, offset_ms: int, *, language: str, address: str
    ) -> Sequence[BreakAsset]:
        shown = await self.shown(session, offset_ms, language=language, address=address)
        return [
            BreakAsset(
                url=await self.media_url(session, each),
                duration_ms=each.asset.duration_ms,
                details={
                    "title": each.title,
                    "advertiser": each.advertiser,
                    "erid": each.ad.erid,
                    "click_url": each.click_url,
                    "skip_after_ms": each.skip_after_ms,
                    "duration_ms": each.asset.duration_ms,
                    "beacons": f"{BEACONS}/{each.ticket}",
                },
                skip_after_ms=each.skip_after_ms,
            )
            for each in shown
        ]

    async def shown(self, session: StreamSession, offset_ms: int, *, language: str, address: str) -> Sequence[ShownAd]:
        """The ads of a break, if there are any for this viewer."""
        for candidate in await self.candidates(session, offset_ms, language=language, address=address):
            if candidate.asset is not None:
                return [self.own(candidate)]
            # Whoever asks for one break twice at a time asks its server once.
            async with self._turns.setdefault(candidate.slot, asyncio.Lock()):
                if found := await self._tags.shown(candidate):
                    return found
        return ()

    async def candidates(
        self, session: StreamSession, offset_ms: int, *, language: str, address: str
    ) -> Sequence[Candidate]:
        """What may be shown in a break, without asking anybody."""
        async with self._container.scope(write=False) as scope:
            watching = await _watching(scope, session, language, address)
            return await usecases.candidates(context_of(scope), watching, offset_ms)

    def own(self, candidate: Candidate) -> ShownAd:
        """A video of ours."""
        ad = candidate.ad
        assert candidate.asset is not None
        return ShownAd(
            ad=ad,
            asset=candidate.asset,
            ticket=self.ticket(candidate),
            title=ad.title,
            advertiser=ad.advertiser,
            click_url=ad.click_url,
            skip_after_ms=ad.skip_after_ms,
        )

    def ticket(self, candidate: Candidate, *, elsewhere: bool = False) -> str:
        """What it is counted by; ``elsewhere``: where another player asks a tag itself."""
        return self._tags.office.issue(candidate.ticket(self._container.clock.now(), elsewhere=elsewhere))

    async def media_url(self, session: StreamSession, shown: ShownAd) -> str:
        """Where its video is for this session: under a token of its own, as every asset."""
        async with self._container.scope(write=False) as scope:
            viewer = None if session.user_id is None else await scope.port(Standing).of_user(session.user_id)
        token = StreamToken(
            session_id=session.id,
            asset_id=shown.asset.asset_id,
            expires_at_s=int(session.expires_at.timestamp()),
            caps=caps_for(None if viewer is None else viewer.role),
        )
        return f"/hls/{sign(token, self._keyring)}/{shown.asset.asset_id}/master.m3u8"


async def _watching(scope: Scope, session: StreamSession, language: str, address: str) -> BreakViewer:
    viewer = None if session.user_id is None else await scope.port(Standing).of_user(session.user_id)
    key = scope.port(ViewerKeys).of(session.user_id, address=address)
    return BreakViewer(
        viewer=Viewer(key, role_of(viewer), primary_language(language), session.region or ""),
        user_id=session.user_id,
        session_id=session.id,
        episode_id=session.episode_id,
    )
