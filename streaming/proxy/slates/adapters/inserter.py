"""What stands in for the ads of one rendition: slates of its kind where that is known and can be made, else gaps."""

import secrets
from collections.abc import Callable, Collection
from typing import Final

from aiohttp import hdrs, web

from streaming.origin.media.files import OPEN_HEADERS
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import Rewriter, UriKind, resolver
from streaming.proxy.sealing import Sealer
from streaming.proxy.slates.adapters.format_probe import FormatProbe
from streaming.proxy.slates.adapters.store import SlateStore, ending, media_type
from streaming.proxy.slates.stream_format import MAX_SLATE_S, StreamFormat, fitted
from streaming.proxy.source_state import SourceState
from streaming.proxy.strip.strip import StripResult
from streaming.proxy.strip.timeline import SegmentAction
from streaming.proxy.strip.writer import Slate
from streaming.proxy.upstream.adapters.fetch import Document, Upstream

OWN: Final = f"\x1a{secrets.token_hex(8)}/"
"""Before addresses of ours in a playlist that is being made: no upstream can know it, and no viewer sees it."""
SLATE_CACHING: Final = "private, max-age=86400"
MAX_SLATES: Final = 512
"""Slates encoded for one source, of all its qualities and lengths of segments, 40 KB each; where there are more, there are gaps."""


class SlateInserter:
    """The stand-ins of one process."""

    def __init__(self, learner: FormatProbe, slates: SlateStore, sealer: Sealer) -> None:
        self._learner = learner
        self._slates = slates
        self._sealer = sealer

    async def close(self) -> None:
        """Cancel what is being encoded."""
        await self._slates.close()

    def forget(self, source_id: str) -> None:
        """A source was changed or removed."""
        self._learner.forget(source_id)

    async def fitting(
        self,
        upstream: Upstream,
        url: str,
        playlist: Playlist,
        rewriter: Rewriter,
        stream_format: StreamFormat | None,
        cut: Collection[int],
    ) -> StreamFormat | None:
        """What a slate in the media playlist at ``url`` is like: as declared (``stream_format``), or else as learned; ``None`` for a gap."""
        if stream_format is not None:
            return fitted(stream_format, playlist, cut)
        return await self._learner.stream_format(upstream, url, playlist, rewriter, cut)

    async def slate(
        self, known: SourceState, url: str, document: Document, playlist: Playlist, looked: StripResult
    ) -> Callable[[float, float], Slate | None] | None:
        """What stands in for the ads of one rendition: nothing but gaps (``None``) where its kind is unknown or cannot be made."""
        rewriter = resolver(document.url, playlist, known.variables)
        cut = [index for index, action in enumerate(looked.actions) if action is not SegmentAction.KEEP]
        fitting = await self.fitting(known.upstream, url, playlist, rewriter, known.stream_formats.get(url), cut)
        if fitting is None or not _has_room(known, fitting, 0) or not await self._slates.can_make(fitting):
            return None
        known.slates.add((fitting.name, 0))
        chosen = fitting

        def stand_in(duration_s: float, start_s: float) -> Slate | None:
            duration_ms = round(duration_s * 1000)
            if not 0 < duration_s <= MAX_SLATE_S:
                return None
            if not chosen.still:
                if not _has_room(known, chosen, duration_ms):
                    return None
                known.slates.add((chosen.name, duration_ms))
            name = f"{chosen.name}/{duration_ms}/{round(start_s * 1000)}"
            sealed = self._sealer.seal_url(known.source_id, name, UriKind.SLATE)
            map_uri = (
                self._sealer.seal_url(known.source_id, chosen.name, UriKind.SLATE) if chosen.container == "mp4" else ""
            )
            return Slate(
                f"{OWN}{sealed}.{ending(chosen)}", f"{OWN}{map_uri}.{ending(chosen, init=True)}" if map_uri else ""
            )

        return stand_in

    async def serve(self, name: str) -> web.Response:
        """``{format}/{duration}/{start}`` in milliseconds, or ``{format}``, its initialisation section."""
        format_name, *times = name.split("/")
        stream_format = StreamFormat.named(format_name)
        if times:
            body = await self._slates.segment(stream_format, int(times[0]), int(times[1]))
        else:
            body = await self._slates.init(stream_format)
        headers: dict[str, str] = {**OPEN_HEADERS, hdrs.CACHE_CONTROL: SLATE_CACHING}
        headers[hdrs.CONTENT_TYPE] = media_type(ending(stream_format, init=not times))
        return web.Response(body=body, headers=headers)


def _has_room(known: SourceState, stream_format: StreamFormat, duration_ms: int) -> bool:
    return (stream_format.name, duration_ms) in known.slates or len(known.slates) < MAX_SLATES
