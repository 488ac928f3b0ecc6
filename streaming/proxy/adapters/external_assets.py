"""Registered sources as media that the origin plays: an episode with a source is played from there."""

from kernel.errors import AniError
from kernel.scope import Container
from streaming.origin.model import Prefetched, StreamableAsset, Track
from streaming.proxy.adapters.serving import Proxy
from streaming.proxy.ladder import read_ladder, single
from streaming.proxy.model import VideoSource
from streaming.proxy.usecases import Sources


class SourcePrefetch:
    """The origin's ``ExternalAssets``: asks an upstream before a transaction begins, so that a slow one holds up nobody's writes."""

    def __init__(self, container: Container, proxy: Proxy) -> None:
        self._container = container
        self._proxy = proxy

    async def of_episode(self, episode_id: str) -> Prefetched:
        """What the source of an episode offers now."""
        async with self._container.scope(write=False) as scope:
            source = await scope.port(Sources).of_episode(episode_id)
        return await self._prefetched(source)

    async def get(self, asset_id: str) -> Prefetched:
        """What the source offers now whose id is ``asset_id``."""
        async with self._container.scope(write=False) as scope:
            source = await scope.port(Sources).get(asset_id)
        return await self._prefetched(source)

    async def _prefetched(self, source: VideoSource | None) -> Prefetched:
        if source is None:
            return Prefetched()
        try:
            return Prefetched(await self._streamable(source))
        except AniError as error:
            return Prefetched(refusal=error)  # whether this viewer may hear of it is asked after

    async def _streamable(self, source: VideoSource) -> StreamableAsset:
        playlist, is_multivariant = await self._proxy.multivariant(source)
        ladder = read_ladder(playlist) if is_multivariant else single(self._proxy.media_uri(source))
        audio, subtitles = (
            tuple(Track(r.language or "und", r.name) for r in ladder.renditions if r.kind == kind)
            for kind in ("AUDIO", "SUBTITLES")
        )
        return StreamableAsset(
            asset_id=source.id,
            episode_id=source.episode_id,
            duration_ms=source.findings.duration_ms,
            ladder=ladder,
            audio=audio,
            subtitles=subtitles,
        )
