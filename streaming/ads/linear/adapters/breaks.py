"""Breaks of streams, behind the origin's ``AdBreaks`` port."""

from collections.abc import Sequence
from typing import Final

from kernel.access import Standing
from kernel.scope import Scope
from streaming.ads.audience import Viewer, ViewerKeys, primary_language, role_of
from streaming.ads.linear import usecases
from streaming.ads.linear.adapters.context import context_of
from streaming.ads.linear.usecases import BreakViewer, ShownAd
from streaming.origin.access.token import Keyring, StreamToken, sign
from streaming.origin.interstitials import BreakAsset
from streaming.origin.model import StreamSession
from streaming.origin.quality import caps_for

BEACONS: Final = "/api/v1/media/beacons"


class ScheduledBreaks:
    """Ads in the breaks of one transaction."""

    def __init__(self, scope: Scope, keyring: Keyring) -> None:
        self._scope = scope
        self._keyring = keyring

    async def planned(self, session: StreamSession, duration_ms: int, *, language: str, address: str) -> Sequence[int]:
        """See ``AdBreaks``."""
        watching = await self._watching(session, language, address)
        return await usecases.planned(context_of(self._scope), watching, duration_ms)

    async def assets(
        self, session: StreamSession, offset_ms: int, *, language: str, address: str
    ) -> Sequence[BreakAsset]:
        """See ``AdBreaks``."""
        shown = await self.shown(session, offset_ms, language=language, address=address)
        if shown is None:
            return ()
        return (
            BreakAsset(
                url=await self.media_url(session, shown),
                duration_ms=shown.asset.duration_ms,
                details={
                    "title": shown.ad.title,
                    "advertiser": shown.ad.advertiser,
                    "erid": shown.ad.erid,
                    "click_url": shown.ad.click_url,
                    "skip_after_ms": shown.ad.skip_after_ms,
                    "duration_ms": shown.asset.duration_ms,
                    "beacons": f"{BEACONS}/{shown.ticket}",
                },
                skip_after_ms=shown.ad.skip_after_ms,
            ),
        )

    async def shown(self, session: StreamSession, offset_ms: int, *, language: str, address: str) -> ShownAd | None:
        """The ad of a break, if there is one for this viewer."""
        watching = await self._watching(session, language, address)
        return await usecases.shown(context_of(self._scope), watching, offset_ms)

    async def media_url(self, session: StreamSession, shown: ShownAd) -> str:
        """Where its video is for this session: under a token of its own, as every asset."""
        viewer = None if session.user_id is None else await self._scope.port(Standing).of_user(session.user_id)
        token = StreamToken(
            session_id=session.id,
            asset_id=shown.asset.asset_id,
            expires_at_s=int(session.expires_at.timestamp()),
            caps=caps_for(None if viewer is None else viewer.role),
        )
        return f"/hls/{sign(token, self._keyring)}/{shown.asset.asset_id}/master.m3u8"

    async def _watching(self, session: StreamSession, language: str, address: str) -> BreakViewer:
        viewer = None if session.user_id is None else await self._scope.port(Standing).of_user(session.user_id)
        key = self._scope.port(ViewerKeys).of(session.user_id, address=address)
        return BreakViewer(
            viewer=Viewer(key, role_of(viewer), primary_language(language), session.region or ""),
            user_id=session.user_id,
            session_id=session.id,
            episode_id=session.episode_id,
        )
