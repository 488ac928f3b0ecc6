"""One test of a line: a publisher whom nobody sees."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from kernel.clock import Clock
from kernel.rtc.rtp import RtpPacket
from streaming.live.media.arrivals import Arrivals
from streaming.live.media.channel import EndReason
from streaming.live.media.line_report import LineReport, Measured, NetworkPath, Second, assess
from streaming.live.media.picture_size import picture_size
from streaming.live.media.publisher import IncomingTrack, Publisher
from streaming.live.media.viewer import Viewer
from streaming.live.model import ChannelId, MediaKind

TEST_MS: Final = 10_000.0
"""Of media: Chromium takes five seconds to find its rate, and as many to hold it."""
MAX_TEST_MS: Final = 30_000.0
"""From the offer: the handshake may take half of it."""
KEY_FRAME_EVERY_MS: Final = 2_000.0
"""As often as the packager of a broadcast asks for one, so that the test costs the line what a broadcast does."""
HEADER_BYTES: Final = 12
SECOND_MS: Final = 1_000.0
MAX_KEY_FRAMES: Final = 64
MAX_SOURCES: Final = 8
"""SSRCs that are measured; an encoder has two."""

OnOver = Callable[["LineTest", Publisher, LineReport], None]


class LineTest:
    """A :class:`~streaming.live.media.publisher.Room` without viewers, sinks or recordings.

    ``on_over`` is told whom to part from and what was found, once.
    """

    def __init__(self, channel_id: ChannelId, owner_id: str, clock: Clock, on_over: OnOver) -> None:
        self.channel_id = channel_id
        self.owner_id = owner_id
        self.viewers: Sequence[Viewer] = ()
        self.publisher: Publisher | None = None
        self.relays: set[str] = set()
        """Addresses of relays that are known of."""
        self._clock = clock
        self._on_over = on_over
        self._began_ms = clock.monotonic_ms()
        self._first_ms: float | None = None
        self._last_ms = 0.0
        self._sampled_ms: float | None = None
        self._octets = {MediaKind.AUDIO: 0, MediaKind.VIDEO: 0}
        self._asked_ms = 0.0
        self._arrivals: dict[int, Arrivals] = {}
        self._seconds: list[Second] = []
        self._key_frames_ms: list[float] = []
        self._frames = 0
        self._video_first_ms: float | None = None
        self._video_last_ms = 0.0
        self._size: tuple[int, int] | None = None
        self._codecs: dict[MediaKind, str] = {}

    def publish(self, publisher: Publisher) -> None:
        """Whom it measures."""
        self.publisher = publisher

    def remove(self, viewer: Viewer) -> None:
        """Nobody watches."""

    def knows_relays(self, addresses: Collection[str]) -> None:
        """More of them."""
        self.relays.update(addresses)

    # From the publisher

    def heard(self, incoming: IncomingTrack, packet: RtpPacket, now_ms: float, *, begins_key_frame: bool) -> None:
        """See :class:`~streaming.live.media.publisher.Room`."""
        if self._first_ms is None:
            self._first_ms = now_ms
        self._last_ms = now_ms
        track = incoming.track
        self._octets[track.kind] += HEADER_BYTES + len(packet.payload)
        self._codecs[track.kind] = track.codec.value
        if packet.ssrc not in self._arrivals and len(self._arrivals) < MAX_SOURCES:
            self._arrivals[packet.ssrc] = Arrivals()
        if (arrivals := self._arrivals.get(packet.ssrc)) is not None:
            arrivals.received(packet.sequence, now_ms)
        if track.kind is not MediaKind.VIDEO:
            return
        if self._video_first_ms is None:
            self._video_first_ms = now_ms
        if packet.marker:
            self._frames += 1
            self._video_last_ms = now_ms
        if begins_key_frame:
            if len(self._key_frames_ms) < MAX_KEY_FRAMES:
                self._key_frames_ms.append(now_ms)
            self._size = picture_size(track.codec, packet.payload) or self._size

    def clock_heard(self, incoming: IncomingTrack) -> None:
        """See :class:`~streaming.live.media.publisher.Room`."""

    # What time brings

    def step(self) -> None:
        """As :meth:`streaming.live.media.channel.LiveChannel.step`."""
        publisher = self.publisher
        if publisher is None:
            return
        now_ms = self._clock.monotonic_ms()
        publisher.ask_for_missing(now_ms)
        if self._first_ms is not None and now_ms - self._asked_ms >= KEY_FRAME_EVERY_MS:
            self._asked_ms = now_ms
            publisher.want_key_frame(now_ms)
        if self._first_ms is not None and now_ms - self._first_ms >= TEST_MS:
            self._end(complete=True)
            return
        if now_ms - self._began_ms > MAX_TEST_MS:
            self._end()
            return
        if self._sampled_ms is None:
            self._sampled_ms = now_ms
        elif now_ms - self._sampled_ms >= SECOND_MS:
            self._each_second(publisher, now_ms, now_ms - self._sampled_ms)
            self._sampled_ms = now_ms

    def _each_second(self, publisher: Publisher, now_ms: float, passed_ms: float) -> None:
        rates = {kind: round(octets * 8 / passed_ms) for kind, octets in self._octets.items()}
        self._octets = dict.fromkeys(self._octets, 0)
        if publisher.peer.failed:
            self._end()
        elif not publisher.report(now_ms):
            self._end(over_limit=True)
        elif self._first_ms is not None and now_ms - self._first_ms >= passed_ms:  # not the second in which it began
            self._seconds.append(
                Second(
                    video_kbps=rates[MediaKind.VIDEO],
                    audio_kbps=rates[MediaKind.AUDIO],
                    jitter_ms=publisher.health.jitter_ms,
                    round_trip_ms=publisher.health.round_trip_ms,
                )
            )

    def unpublish(self, reason: EndReason) -> None:
        """End it before its time."""
        self._end(over_limit=reason is EndReason.OVER_LIMIT)

    def _end(self, *, complete: bool = False, over_limit: bool = False) -> None:
        publisher = self.publisher
        if publisher is None:
            return
        report = assess(self._measured(publisher, complete, over_limit), max_kbps=publisher.max_kbps)
        self.publisher = None
        self._on_over(self, publisher, report)

    def _measured(self, publisher: Publisher, complete: bool, over_limit: bool) -> Measured:
        address = publisher.peer.remote_address
        path = None
        if address is not None and self._first_ms is not None:
            path = NetworkPath.RELAY if address[0] in self.relays else NetworkPath.DIRECT
        width_px, height_px = self._size or (None, None)
        video_ms = 0.0 if self._video_first_ms is None else self._video_last_ms - self._video_first_ms
        return Measured(
            duration_ms=0 if self._first_ms is None else round(self._last_ms - self._first_ms),
            complete=complete,
            over_limit=over_limit,
            seconds=self._seconds,
            expected=sum(one.expected for one in self._arrivals.values()),
            lost=sum(one.lost for one in self._arrivals.values()),
            repaired=sum(one.repaired for one in self._arrivals.values()),
            frames=self._frames,
            video_ms=round(max(video_ms, 0)),
            key_frames_ms=self._key_frames_ms,
            width_px=width_px,
            height_px=height_px,
            video_codec=self._codecs.get(MediaKind.VIDEO),
            audio_codec=self._codecs.get(MediaKind.AUDIO),
            path=path,
        )
