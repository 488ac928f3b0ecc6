"""A channel's broadcast: packets of one publisher after another in, renditions without a hole out.  Pure, but for what it calls.

There is always a picture and always sound: where the publisher sends none, or is gone, the slate and silence stand in, so that what a
player prepared for stays true and nobody has to load the multivariant playlist again.  Picture leads: its key frames cut the segments
of all renditions.  The timeline is our clock since the first frame.

All times are milliseconds of the monotonic clock that arrivals are measured with.
"""

from collections.abc import Callable, Sequence
from typing import Final

from kernel.rtc.rtp import RtpPacket
from streaming.live.llhls.depacketising import opus
from streaming.live.llhls.depacketising.clock import StreamClock
from streaming.live.llhls.depacketising.h264 import H264Depacketiser, Picture
from streaming.live.llhls.depacketising.reorder import Ordered, ReorderBuffer
from streaming.live.llhls.fmp4.fragment import Sample, sample_of_nals
from streaming.live.llhls.fmp4.init_section import (
    AUDIO_TIMESCALE,
    VIDEO_TIMESCALE,
    InitSection,
    aac_init,
    opus_init,
    video_init,
)
from streaming.live.llhls.model import (
    GONE_STALL_MS,
    KEY_FRAME_RETRY_MS,
    MIN_CUT_MS,
    MIN_SEGMENT_MS,
    PICTURE_STALL_MS,
    SEGMENT_MS,
    SILENCE_LAG_MS,
    SLATE_LAG_MS,
    START_WAIT_MS,
    TARGET_DURATION_S,
)
from streaming.live.llhls.rendition import Cut, Rendition
from streaming.live.llhls.segment import Segment
from streaming.live.llhls.slate import FRAME_MS, Slate
from streaming.live.llhls.window import DvrWindow, SegmentArchive
from streaming.live.model import ClockReference, Codec, LiveTrack, MediaKind

VIDEO, OPUS, AAC = "video", "opus", "aac"

_V_MS: Final = VIDEO_TIMESCALE // 1000
_A_MS: Final = AUDIO_TIMESCALE // 1000
_MIN_FRAME: Final = 5 * _V_MS
"""A picture that seems to come before the one shown is squeezed in after it until time has caught up."""
_LAST_FRAME: Final = 33 * _V_MS
"""How long a picture lasts that no other of its kind follows."""
_MAX_SILENCE_FRAMES: Final = 1000
"""At once: 20 s, twice what the clock lets a stream jump."""
_AAC_LC_48K_STEREO: Final = b"\x11\x90"
"""AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1)."""


class _Input:
    """One track of the present publisher."""

    def __init__(self, track: LiveTrack) -> None:
        self.packets: ReorderBuffer[RtpPacket] = ReorderBuffer()
        self.clock = StreamClock(track.clock_rate)
        self.pictures = H264Depacketiser(track.parameters.get("sprop-parameter-sets", ""))


class Broadcast:
    """What a channel sends, from its first frame until it is over."""

    def __init__(
        self,
        *,
        wall_offset_ms: float,
        request_key_frame: Callable[[], None],
        on_part: Callable[[Rendition], None],
        on_sound: Callable[[Sample], None],
        on_segment: Callable[[Rendition, Segment], None] | None = None,
        window: DvrWindow | None = None,
        archive: SegmentArchive | None = None,
    ) -> None:
        """``wall_offset_ms`` is how far our wall clock is ahead of the monotonic one; ``on_sound`` hears every sample of Opus, for whoever
        makes the AAC rendition of it; ``on_segment`` hears of every segment that is complete.  ``window`` is how far back viewers may
        seek, ``archive`` where that lies."""
        self.slate: Slate | None = None
        """Set it as soon as it is encoded."""
        self._slate_init: InitSection | None = None
        self._wall_offset_ms = wall_offset_ms
        self._request_key_frame = request_key_frame
        self._on_part = on_part
        self._on_sound = on_sound
        self._on_segment = on_segment
        self.window = window or DvrWindow()
        self._archive = archive
        self.renditions: dict[str, Rendition] = {}
        """By name; empty before the first frame."""
        self._epoch_ms = 0.0
        self._inputs: dict[MediaKind, _Input] = {}
        self._publishing = False
        self._since_ms = 0.0
        self._shown: InitSection | None = None
        """The initialisation section of what is shown now."""
        self._frame: Sample | None = None
        """The last picture, whose duration is known when the next one comes."""
        self._segment_start = 0
        self._sound_end = 0
        self._slate_at: int | None = None
        """Which of its frames comes next; ``None`` while the publisher is shown."""
        self._asked_ms = float("-inf")
        self.dropped_sound = 0
        """Samples of sound that came too late to be heard."""
        self.heard_sound = 0
        """Samples of sound that a publisher sent, and that are heard."""

    @property
    def started(self) -> bool:
        """Whether there is anything to play."""
        return bool(self.renditions)

    @property
    def epoch_wall_ms(self) -> float:
        """When it began, in milliseconds since 1970."""
        return self._epoch_ms + self._wall_offset_ms

    @property
    def shows_slate(self) -> bool:
        """Whether the slate stands in for the publisher's picture."""
        return self._slate_at is not None

    def is_slate(self, section: InitSection | None) -> bool:
        """Whether this initialisation section is that of the slate."""
        return section is not None and section == self._slate_init

    def publish(self, tracks: Sequence[LiveTrack], now_ms: float) -> None:
        """A publisher begins."""
        self._inputs = {track.kind: _Input(track) for track in tracks if track.codec in (Codec.H264, Codec.OPUS)}
        self._publishing, self._since_ms = True, now_ms

    def take(self, track: LiveTrack, packet: RtpPacket, arrived_ms: float) -> None:
        """A packet of the publisher."""
        source = self._inputs.get(track.kind)
        if source is not None:
            self._take(track.kind, source, source.packets.push(packet, arrived_ms), arrived_ms)

    def refer(self, track: LiveTrack, reference: ClockReference) -> None:
        """Where a track of the publisher lies on our clock."""
        source = self._inputs.get(track.kind)
        if source is not None:
            source.clock.refer(reference.rtp_timestamp, reference.wall_ms - self._wall_offset_ms)

    def unpublish(self, now_ms: float) -> None:
        """The publisher is gone."""
        for kind, source in self._inputs.items():
            self._take(kind, source, source.packets.flush(), now_ms)
        self._inputs = {}
        self._publishing, self._since_ms = False, now_ms

    def tick(self, now_ms: float) -> None:
        """Call every few hundredths of a second: gives up what does not come, and lets slate and silence stand in."""
        for kind, source in list(self._inputs.items()):
            self._take(kind, source, source.packets.expire(now_ms), now_ms)
        if not self.started:
            if self._publishing and self.slate is not None and now_ms - self._since_ms >= START_WAIT_MS:
                self._start(now_ms)
                self._show_slate(now_ms)
            return
        if self._slate_at is not None:
            self._show_slate(now_ms)
        elif self._frame is not None:
            stall_ms = PICTURE_STALL_MS if MediaKind.VIDEO in self._inputs else GONE_STALL_MS
            if self._ticks(now_ms, _V_MS) - self._frame.start > stall_ms * _V_MS:
                self._show_slate(now_ms)
        self._fill_silence(self._ticks(now_ms - SILENCE_LAG_MS, _A_MS))
        self._ask_for_key_frame(now_ms)

    def add_aac(self, sample: Sample) -> None:
        """A sample of the AAC rendition, made of what ``on_sound`` heard."""
        self.renditions[AAC].add(sample)

    def end(self) -> None:
        """It is over."""
        if self._frame is not None:
            self._frame.duration = _LAST_FRAME
            self.renditions[VIDEO].add(self._frame)
            self._frame = None
        for rendition in self.renditions.values():
            rendition.end()

    # Pictures

    def _take(self, kind: MediaKind, source: _Input, ordered: list[Ordered[RtpPacket]], now_ms: float) -> None:
        for each in ordered:
            if kind is MediaKind.AUDIO:
                self._take_sound(source, each.packet, now_ms)
                continue
            for picture in source.pictures.push(each):
                self._take_picture(source, picture, now_ms)

    def _take_picture(self, source: _Input, picture: Picture, now_ms: float) -> None:
        at_ms = source.clock.time_ms(picture.timestamp, now_ms)
        if not self.started:
            if not picture.is_key:
                return
            self._start(at_ms)
        if self._slate_at is not None and not picture.is_key:
            return
        init = self._shown
        if picture.is_key:
            init = video_init(picture.config)
            self._slate_at = None
        sample = Sample(self._ticks(at_ms, _V_MS), 0, sample_of_nals(picture.nals), picture.is_key)
        self._add_picture(sample, init)

    def _add_picture(self, sample: Sample, init: InitSection | None) -> None:
        """The next picture, of the publisher or the slate; decides where segments begin."""
        changed = init != self._shown
        if self._frame is not None:
            since = self._segment_start + MIN_CUT_MS * _V_MS if changed else self._frame.start + _MIN_FRAME
            sample.start = max(sample.start, self._frame.start + _MIN_FRAME, since)
            self._frame.duration = sample.start - self._frame.start
            self.renditions[VIDEO].add(self._frame)
        age_ms = (sample.start - self._segment_start) / _V_MS
        if changed or (sample.is_key and age_ms >= MIN_SEGMENT_MS) or age_ms >= TARGET_DURATION_S * 1000:
            self._cut(sample.start, init if changed else None, discontinuity=changed and self._shown is not None)
        self._shown = init
        self._frame = sample

    def _cut(self, at: int, init: InitSection | None, *, discontinuity: bool) -> None:
        self._segment_start = at
        for rendition in self.renditions.values():
            rendition.cut(
                Cut(
                    at * rendition.timescale // VIDEO_TIMESCALE,
                    discontinuity,
                    init if rendition.name == VIDEO else rendition.init or _SOUND_INITS[rendition.name],
                )
            )

    def _show_slate(self, now_ms: float) -> None:
        """Slate up to now, but for what a publisher that comes back may still fill."""
        if self.slate is None:
            return
        init = self._slate_init = self._slate_init or video_init(self.slate.config)
        if self._slate_at is None:
            self._slate_at = 0
        until = self._ticks(now_ms - SLATE_LAG_MS, _V_MS)
        while True:
            start = 0 if self._frame is None else self._frame.start + FRAME_MS * _V_MS
            if self._frame is not None and self._shown != init:
                start = self._frame.start + _LAST_FRAME
            if start > until and self._frame is not None:
                return
            number = self._slate_at % len(self.slate.frames)
            self._add_picture(Sample(start, 0, self.slate.frames[number], number == 0), init)
            self._slate_at += 1

    def _ask_for_key_frame(self, now_ms: float) -> None:
        source = self._inputs.get(MediaKind.VIDEO)
        if source is None or now_ms - self._asked_ms < KEY_FRAME_RETRY_MS:
            return
        old = self._ticks(now_ms, _V_MS) - self._segment_start >= SEGMENT_MS * _V_MS
        if old or source.pictures.needs_key or self._slate_at is not None:
            self._asked_ms = now_ms
            self._request_key_frame()

    # Sound

    def _take_sound(self, source: _Input, packet: RtpPacket, now_ms: float) -> None:
        try:
            samples = opus.samples_of(packet.payload)
        except ValueError:
            return
        at_ms = source.clock.time_ms(packet.timestamp, now_ms)
        if not self.started:
            if MediaKind.VIDEO in self._inputs or self.slate is None:
                return  # picture first; a tick begins without it when it does not come
            self._start(at_ms)
            self._show_slate(now_ms)
        start = self._ticks(at_ms, _A_MS)
        self._fill_silence(start - opus.SILENCE_SAMPLES // 4)
        if self._sound_end - start > samples // 2:
            self.dropped_sound += 1
            return
        self.heard_sound += 1
        self._add_sound(packet.payload, samples)

    def _fill_silence(self, until: int) -> None:
        """Silence where nothing is, up to ``until`` at most, in whole frames: what is less than one is no hole."""
        missing = (until - self._sound_end) // opus.SILENCE_SAMPLES
        for _ in range(min(missing, _MAX_SILENCE_FRAMES)):
            self._add_sound(opus.SILENCE, opus.SILENCE_SAMPLES)

    def _add_sound(self, data: bytes, samples: int) -> None:
        sample = Sample(self._sound_end, samples, data)
        self._sound_end = sample.end
        self.renditions[OPUS].add(sample)
        self._on_sound(sample)

    # Both

    def _start(self, at_ms: float) -> None:
        self._epoch_ms = at_ms
        # Segments are at least so long: numbers by the clock never come twice, and go on where a restart of the server cut them off.
        first = int((at_ms + self._wall_offset_ms) // MIN_SEGMENT_MS)
        self.renditions = {
            name: Rendition(
                name,
                timescale,
                first_msn=first,
                window=self.window,
                archive=self._archive,
                on_part=self._on_part,
                on_segment=self._on_segment,
            )
            for name, timescale in ((VIDEO, VIDEO_TIMESCALE), (OPUS, AUDIO_TIMESCALE), (AAC, AUDIO_TIMESCALE))
        }

    def _ticks(self, at_ms: float, per_ms: int) -> int:
        return round((at_ms - self._epoch_ms) * per_ms)


_SOUND_INITS: Final = {OPUS: opus_init(), AAC: aac_init(_AAC_LC_48K_STEREO)}
