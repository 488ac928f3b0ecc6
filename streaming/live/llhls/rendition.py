"""One rendition of a broadcast: samples in, segments and their parts out (rfc8216bis §3.1, §6.2.1).  Pure."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from streaming.live.llhls.fmp4.fragment import Sample, fragment
from streaming.live.llhls.fmp4.init_section import InitSection
from streaming.live.llhls.model import MAX_MEMORY_BYTES, PART_TARGET_MS, PARTS_KEPT_S, WINDOW_S
from streaming.live.llhls.segment import Part, Segment
from streaming.live.llhls.window import DvrWindow, SegmentArchive


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a segment ends and the next begins."""

    at: int
    """In ticks: the first sample from there on belongs to the next."""
    discontinuity: bool = False
    init: InitSection | None = None
    """``None``: as before."""


class Rendition:
    """Cuts the samples of one track into parts and segments; the renditions of a broadcast get the same cuts.

    Samples come without a hole, each with its duration.
    """

    def __init__(
        self,
        name: str,
        timescale: int,
        *,
        first_msn: int,
        window: DvrWindow | None = None,
        archive: SegmentArchive | None = None,
        on_part: Callable[["Rendition"], None] | None = None,
        on_segment: Callable[["Rendition", Segment], None] | None = None,
    ) -> None:
        """``on_part`` hears of each part and end of a segment, ``on_segment`` of each that is complete.

        ``archive`` has what is older than :data:`WINDOW_S`; without one, all of ``window`` is in memory.
        """
        self.name = name
        self.timescale = timescale
        self.segments: deque[Segment] = deque()
        """What the playlist lists; the last may still grow."""
        self.discontinuity_sequence = 0
        """Of the first segment listed (§4.4.3.3).  From 0, because hls.js has an array that is as long."""
        self.ended = False
        self.bandwidth_bps = 0
        """The most that a listed segment had."""
        self._window = window or DvrWindow()
        self._archive = archive
        self._retired: deque[Segment] = deque()
        """What has left the playlist, and can still be had."""
        self._with_parts: deque[Segment] = deque()
        self._in_memory: deque[Segment] = deque()
        """Those that are complete and have a body."""
        self._by_number: dict[int, Segment] = {}
        self._inits: dict[int, InitSection] = {}
        self._next_msn = first_msn
        self._init_number = first_msn
        self._fragments = 0
        self._cuts: deque[Cut] = deque()
        self._pending: list[Sample] = []
        self._pending_ticks = 0
        self._memory_bytes = 0
        self._part_ticks = PART_TARGET_MS * timescale // 1000
        self._on_part = on_part or (lambda _: None)
        self._on_segment = on_segment or (lambda *_: None)

    @property
    def init(self) -> InitSection | None:
        """The present initialisation section."""
        return self._inits.get(self._init_number)

    def cut(self, cut: Cut) -> None:
        """From ``cut.at`` on a new segment; samples before it may still come, and some after it may have come already."""
        self._cuts.append(cut)
        early = [sample for sample in self._pending if sample.start >= cut.at]
        if early and len(self._cuts) == 1:
            self._pending = self._pending[: -len(early)]
            self._pending_ticks = sum(sample.duration for sample in self._pending)
            for sample in early:
                self.add(sample)

    def add(self, sample: Sample) -> None:
        """The next sample.  A first cut has to be made before."""
        while self._cuts and sample.start >= self._cuts[0].at:
            self._begin(self._cuts.popleft(), sample.start)
        if self._pending and self._pending_ticks + sample.duration > self._part_ticks:
            self._end_part()
        self._pending.append(sample)
        self._pending_ticks += sample.duration
        if (
            self._pending_ticks + sample.duration > self._part_ticks
        ):  # the next would not fit either: do not wait for it
            self._end_part()

    def end(self) -> None:
        """Nothing more comes."""
        self._end_segment()
        self.ended = True
        self._on_part(self)

    def release(self) -> None:
        """Let go of everything in memory that the archive has."""
        for segment in self._in_memory:
            segment.body = None if segment.is_kept else segment.body
            segment.parts.clear()
        self._in_memory = deque(segment for segment in self._in_memory if segment.body is not None)
        self._memory_bytes = sum(segment.size_bytes for segment in self._in_memory)

    def edge(self) -> tuple[int, int]:
        """Media sequence number and part of the last thing there is, -1 for no part; (first number - 1, -1) at the beginning."""
        for segment in reversed(self.segments):
            if segment.part_count:
                return segment.msn, segment.part_count - 1
        return self._next_msn - 1 - len(self.segments), -1

    def init_section(self, number: int) -> InitSection | None:
        """An initialisation section that a segment still has."""
        return self._inits.get(number)

    def segment(self, msn: int) -> Segment | None:
        """A segment that can still be had."""
        return self._by_number.get(msn)

    def part(self, msn: int, index: int) -> bytes | None:
        """A part that is there, and not dropped yet."""
        segment = self._by_number.get(msn)
        return segment.parts[index].data if segment is not None and index < len(segment.parts) else None

    def _begin(self, cut: Cut, start: int) -> None:
        self._end_segment()
        if cut.init is not None and cut.init != self.init:
            self._init_number = self._next_msn
            self._inits[self._init_number] = cut.init
        segment = Segment(self._next_msn, start, cut.discontinuity, self._init_number)
        self._next_msn += 1
        self.segments.append(segment)
        self._with_parts.append(segment)
        self._by_number[segment.msn] = segment

    def _end_part(self) -> None:
        self._fragments += 1
        samples = self._pending
        part = Part(fragment(self._fragments, samples), self._pending_ticks, any(each.is_key for each in samples))
        self._pending, self._pending_ticks = [], 0
        segment = self.segments[-1]
        segment.parts.append(part)
        segment.part_count += 1
        segment.duration += part.duration
        segment.size_bytes += len(part.data)
        self._on_part(self)

    def _end_segment(self) -> None:
        if not self.segments or self.segments[-1].is_complete:
            return
        segment = self.segments[-1]
        if self._pending:
            # Straight into the segment: a part and the end of its segment are one change of the playlist.
            on_part, self._on_part = self._on_part, lambda _: None
            self._end_part()
            self._on_part = on_part
        segment.body, segment.is_complete = b"".join(part.data for part in segment.parts), True
        self._in_memory.append(segment)
        self._memory_bytes += segment.size_bytes
        if self._archive is not None:
            self._archive.keep(self.name, segment)
        if segment.part_count:
            self._on_segment(self, segment)
        self.bandwidth_bps = max(self.bandwidth_bps, self._bps(segment))
        self._drop_old(segment.end)
        self._on_part(self)

    def _bps(self, segment: Segment) -> int:
        return 8 * segment.size_bytes * self.timescale // segment.duration if segment.duration else 0

    def _drop_old(self, end: int) -> None:
        """The segment that ends the broadcast for now is complete."""
        while end - self._with_parts[0].end >= PARTS_KEPT_S * self.timescale:
            self._with_parts.popleft().parts.clear()
        begin = min((each[0].start for each in (self._retired, self.segments) if each), default=end)
        length = self._window.length_s((end - begin) / self.timescale) * self.timescale
        before = self._window.begin_s * self.timescale
        while len(self.segments) > 1 and (end - self.segments[1].start >= length or self.segments[0].start < before):
            self._retire()
        while self._retired and (end - self._retired[0].start >= 2 * length or self._retired[0].start < before):
            self._forget()
        # What has left the playlist can be had for as long as a player may have the old one (§6.2.2).
        in_memory = WINDOW_S if self._archive is not None else 2 * length / self.timescale
        while len(self._in_memory) > 1 and (
            end - self._in_memory[0].start >= in_memory * self.timescale or self._memory_bytes > MAX_MEMORY_BYTES
        ):
            oldest = self._in_memory.popleft()
            self._memory_bytes -= oldest.size_bytes
            oldest.body = None
            if not oldest.is_kept:
                self._lose(oldest)

    def _retire(self) -> None:
        """The oldest leaves the playlist."""
        gone = self.segments.popleft()
        gone.parts.clear()
        self._retired.append(gone)
        # Counted are the marks that have left the playlist (§6.2.2).
        self.discontinuity_sequence += gone.discontinuity
        if self._bps(gone) >= self.bandwidth_bps:
            self.bandwidth_bps = max(map(self._bps, self.segments))

    def _lose(self, lost: Segment) -> None:
        """It is nowhere any more: a playlist has no holes, so all that is older goes with it."""
        while len(self.segments) > 1 and self.segments[0].msn <= lost.msn:
            self._retire()
        while self._retired and self._retired[0].msn <= lost.msn:
            self._forget()
        self._window.lost_until(lost.end / self.timescale)

    def _forget(self) -> None:
        """The oldest can be had no longer."""
        gone = self._retired.popleft()
        if self._in_memory and self._in_memory[0] is gone:
            self._memory_bytes -= self._in_memory.popleft().size_bytes
        del self._by_number[gone.msn]
        if self._archive is not None:
            self._archive.drop(self.name, gone)
        # Numbers of initialisation sections only grow.
        if next(iter(self._by_number.values())).init_number != gone.init_number:
            self._inits.pop(gone.init_number, None)
