"""One AAC rendition of Opus, for players that have no Opus: decoded and encoded again in a thread, 1 to 2 % of a core."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Final

import av
import structlog
from av.audio.codeccontext import AudioCodecContext

from streaming.live.llhls.depacketising import opus
from streaming.live.llhls.fmp4.fragment import Sample

log = structlog.get_logger()

BIT_RATE_BPS: Final = 128_000
"""Of stereo: what AAC-LC needs to be hard to tell from its source."""
FRAME_SAMPLES: Final = 1024
MAX_QUEUED: Final = 512
"""Samples of Opus that wait: 10 s. What is more is lost, and silence where it was."""

_RATE: Final = opus.CLOCK_RATE_HZ
_FORMAT: Final = "s16"
"""Of samples, as libopus decodes them: the resampler takes no other after the first."""


class AacEncoder:
    """Of one broadcast.  All but :meth:`push` and :meth:`close` runs in the thread of ``executor``."""

    def __init__(self, executor: ThreadPoolExecutor, on_sample: Callable[[Sample], None]) -> None:
        """``on_sample`` is called on the event loop, with samples without a hole."""
        self._executor = executor
        self._on_sample = on_sample
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._queue: list[Sample] = []
        self._scheduled = False
        self._closed = False
        self._decoder: AudioCodecContext | None = None
        self._encoder: AudioCodecContext | None = None
        self._resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_RATE, frame_size=FRAME_SAMPLES)
        self._decoded = 0
        self._next = 0

    def push(self, sample: Sample) -> None:
        """The next sample of Opus."""
        with self._lock:
            if len(self._queue) >= MAX_QUEUED:
                self._queue.clear()  # the thread does not keep up; the silence is made up for below
            self._queue.append(sample)
            if self._scheduled or self._closed:
                return
            self._scheduled = True
        self._executor.submit(self._work)

    def close(self) -> None:
        """Encode nothing more."""
        with self._lock:
            self._closed = True
            self._queue.clear()

    def _work(self) -> None:
        while True:
            with self._lock:
                batch, self._queue = self._queue, []
                if not batch:
                    self._scheduled = False
                    return
            try:
                encoded = [each for sample in batch for each in self._encode(sample)]
            except Exception:  # nobody hears of it from a thread, and who is scheduled is not scheduled again
                log.exception("sound could not be encoded as AAC")
                continue
            if encoded and not self._closed:
                self._loop.call_soon_threadsafe(self._deliver, encoded)

    def _deliver(self, encoded: list[Sample]) -> None:
        if not self._closed:
            for sample in encoded:
                self._on_sample(sample)

    def _encode(self, sample: Sample) -> list[Sample]:
        frames = []
        if sample.start > self._decoded:
            frames.append(_silence(self._decoded, sample.start - self._decoded))
        frames += self._decode(sample)
        self._decoded = sample.end
        if self._encoder is None:
            self._encoder = av.CodecContext.create("aac", "w")
            self._encoder.sample_rate, self._encoder.layout, self._encoder.format = _RATE, "stereo", "fltp"
            self._encoder.bit_rate, self._encoder.time_base = BIT_RATE_BPS, Fraction(1, _RATE)
        encoded = []
        for frame in frames:
            for whole in self._resampler.resample(frame):
                for packet in self._encoder.encode(whole):
                    # The first packets are the encoder's own run-up, before the beginning.
                    if packet.pts is not None and packet.pts >= 0:
                        encoded.append(Sample(self._next, FRAME_SAMPLES, bytes(packet)))
                        self._next += FRAME_SAMPLES
        return encoded

    def _decode(self, sample: Sample) -> list[av.AudioFrame]:
        """As long as ``sample`` says, whatever is in it."""
        if self._decoder is None:
            self._decoder = av.CodecContext.create("libopus", "r")
            self._decoder.sample_rate, self._decoder.layout = _RATE, "stereo"
        try:
            frames = list(self._decoder.decode(av.Packet(sample.data)))
        except av.FFmpegError:
            frames = []
        if sum(frame.samples for frame in frames) != sample.duration:
            frames = [_silence(sample.start, sample.duration)]
        at = sample.start
        for frame in frames:
            frame.pts, frame.time_base = at, Fraction(1, _RATE)
            at += frame.samples
        return frames


def _silence(start: int, samples: int) -> av.AudioFrame:
    frame = av.AudioFrame(format=_FORMAT, layout="stereo", samples=samples)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate, frame.pts, frame.time_base = _RATE, start, Fraction(1, _RATE)
    return frame
