"""One channel's broadcast as it runs: fed by the channel, asked by players."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog

from kernel.clock import Clock
from kernel.rtc.rtp import RtpPacket
from streaming.live.llhls import playlist
from streaming.live.llhls.adapters.aac import AacEncoder
from streaming.live.llhls.adapters.dvr import DvrArchive
from streaming.live.llhls.adapters.feed import RenditionFeed
from streaming.live.llhls.broadcast import AAC, OPUS, VIDEO, Broadcast
from streaming.live.llhls.fmp4.fragment import Sample
from streaming.live.llhls.fmp4.init_section import VIDEO_TIMESCALE
from streaming.live.llhls.model import BroadcastNotFound, PieceNotFound
from streaming.live.llhls.rendition import Rendition
from streaming.live.llhls.segment import Segment
from streaming.live.llhls.slate import Slate
from streaming.live.model import ChannelId, ClockReference, LiveSource, LiveTrack

log = structlog.get_logger()

OnSegment = Callable[[ChannelId, Broadcast, Rendition, Segment], None]
"""Told of every segment that is complete, at once: must not wait."""

_FAILED: Final = "a broadcast could not go on"


class HlsSink:
    """Takes the packets of one channel.  Implements ``LiveSink``."""

    def __init__(
        self,
        channel_id: ChannelId,
        source: LiveSource,
        clock: Clock,
        threads: ThreadPoolExecutor,
        on_closed: Callable[["HlsSink"], None],
        on_segment: OnSegment | None = None,
        archive: DvrArchive | None = None,
    ) -> None:
        """``on_segment`` hears of every segment that is complete; ``archive`` has what viewers may seek back to."""
        self.channel_id = channel_id
        self._archive = archive
        self.broadcast = Broadcast(
            wall_offset_ms=clock.now_ms() - clock.monotonic_ms(),
            request_key_frame=source.request_key_frame,
            on_part=self._went_on,
            on_sound=self._heard,
            on_segment=None if on_segment is None else self._completed,
            window=None if archive is None else archive.window,
            archive=archive,
        )
        self._on_segment = on_segment
        self.feeds: dict[str, RenditionFeed] = {}
        self._clock = clock
        self._aac = AacEncoder(threads, self.broadcast.add_aac)
        self._on_closed = on_closed
        self._over = False

    def started(self, tracks: Sequence[LiveTrack]) -> None:
        """See ``LiveSink``."""
        self._guarded(lambda: self.broadcast.publish(tracks, self._clock.monotonic_ms()))

    def packet(self, track: LiveTrack, packet: RtpPacket, arrived_ms: float) -> None:
        """See ``LiveSink``."""
        if not self._over:
            try:
                self.broadcast.take(track, packet, arrived_ms)
            except Exception:
                log.exception(_FAILED, channel=self.channel_id)
                self._give_up()

    def clock(self, track: LiveTrack, reference: ClockReference) -> None:
        """See ``LiveSink``."""
        self._guarded(lambda: self.broadcast.refer(track, reference))

    def ended(self) -> None:
        """See ``LiveSink``."""
        self._guarded(lambda: self.broadcast.unpublish(self._clock.monotonic_ms()))

    def closed(self) -> None:
        """See ``LiveSink``."""
        if self._over:
            return
        self._guarded(self.broadcast.end)
        self._over = True
        self._aac.close()
        self._on_closed(self)

    def tick(self) -> None:
        """Call every few hundredths of a second."""
        self._guarded(lambda: self.broadcast.tick(self._clock.monotonic_ms()))

    def show(self, slate: Slate) -> None:
        """The slate is ready."""
        self.broadcast.slate = slate

    @property
    def rewind_s(self) -> int:
        """How far back viewers may seek at the moment, in whole seconds; 0 where they may not."""
        if self._archive is None or not self.broadcast.started:
            return 0
        segments = self.broadcast.renditions[VIDEO].segments
        return int((segments[-1].end - segments[0].start) / VIDEO_TIMESCALE) if segments else 0

    async def segment(self, feed: RenditionFeed, msn: int) -> bytes:
        """A complete segment, from memory or the disk.  Raises PieceNotFound, SegmentUnreadable."""
        rendition = feed.rendition
        segment = rendition.segment(msn)
        body = None if segment is None else segment.body
        if body is None and segment is not None and segment.is_kept and self._archive is not None:
            body = await self._archive.read(rendition.name, msn)
        if body is None:
            raise PieceNotFound
        return body

    def rest(self) -> None:
        """It has been over for a while: only who is behind asks for anything, and the disk has that."""
        if self._archive is not None:
            for rendition in self.broadcast.renditions.values():
                rendition.release()

    def forgotten(self) -> None:
        """Nobody may ask for anything any more."""
        if self._archive is not None:
            self._archive.close()

    def feed(self, name: str) -> RenditionFeed:
        """Of one rendition.  Raises BroadcastNotFound where there is none, or nothing in it yet."""
        feed = self.feeds.get(name)
        if feed is None or feed.rendition.init is None:
            raise BroadcastNotFound
        return feed

    def multivariant(self) -> str:
        """The multivariant playlist.  Raises BroadcastNotFound before the first frame."""
        renditions = self.broadcast.renditions
        if any(name not in renditions or renditions[name].init is None for name in (VIDEO, OPUS)):
            raise BroadcastNotFound
        sounds = [renditions[name] for name in (OPUS, AAC) if renditions[name].init is not None]
        return playlist.multivariant_playlist(renditions[VIDEO], sounds)

    def _went_on(self, rendition: Rendition) -> None:
        if not self.feeds:
            renditions = self.broadcast.renditions
            self.feeds = {
                name: RenditionFeed(each, epoch_ms=self.broadcast.epoch_wall_ms) for name, each in renditions.items()
            }
            for name, feed in self.feeds.items():
                feed.others = [other for key, other in renditions.items() if key != name]
        for name, feed in self.feeds.items():
            if name == rendition.name:
                feed.changed()
            else:
                feed.outdated()

    def _completed(self, rendition: Rendition, segment: Segment) -> None:
        assert self._on_segment is not None
        try:
            self._on_segment(self.channel_id, self.broadcast, rendition, segment)
        except Exception:  # viewers do not pay for a recorder that fails
            log.exception("a segment was not recorded", channel=self.channel_id)

    def _heard(self, sample: Sample) -> None:
        self._aac.push(sample)

    def _guarded(self, action: Callable[[], None]) -> None:
        if self._over:
            return
        try:
            action()
        except Exception:
            log.exception(_FAILED, channel=self.channel_id)
            self._give_up()

    def _give_up(self) -> None:
        """Whoever hands on packets is not hurt by what is wrong here; the broadcast is over."""
        self._over = True
        self._aac.close()
        for feed in self.feeds.values():
            feed.rendition.ended = True
            feed.changed()
        self._on_closed(self)
