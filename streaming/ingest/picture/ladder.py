"""Which picture sizes to make of a source: pure arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Final

from streaming.ingest.picture.codecs import BITS, VideoCodec
from streaming.ingest.probe import MIN_SIDE, VideoStream

RUNGS: Final = (2160, 1440, 1080, 720, 480, 360, 240)
"""Nominal heights, the ones people know.  Each has 0.44 to 0.56 of the pixels of the one above it, which at the bit rates
below is the factor of 1.5 to 2 between neighbours that Apple's authoring specification asks for (§2.29)."""

MIN_STEP: Final = 0.8
"""A rung must be at most this fraction of the height above it: 768 → 720 would cost an encode nobody can see."""

MAX_FRAME_RATE: Final = Fraction(60)
"""Frames a second: what browsers show, and what HLS devices are required to decode (Apple's specification §1.10)."""

MIN_FRAME_RATE: Final = Fraction(1)
"""A slower one is repeated up to it, so that every segment begins with a frame of its own."""

SEGMENT_S: Final = 4
"""Seconds.  One keyframe each: a newcomer to a party sees a picture after at most one segment, so 6 s (Apple's advice) is
felt; 2 s doubles the requests and costs 5–10 % of the bits in keyframes."""

_HD_PIXELS: Final = 1280 * 720
HD_BPS: Final = 2_600_000
"""Bits a second at which x264 ``veryfast`` makes 720p up to 30 frames a second that is hard to tell from the source."""

_FAST_FACTOR: Final = 1.5
"""Frames over 30 a second are alike, so twice the frames need half as many bits again, not twice."""

_MIN_BPS: Final = 150_000
"""A lower rendition under this is a blur nobody wants, and the one above it can be played on the same line.  The top one may
always take as much: sources this thin have few keyframes, and ours has one in every segment."""

_HEADROOM: Final = 1.25
"""Encoding again at the source's own rate loses; a quarter more does not."""

_CODEC_GAIN: Final = {"hevc": 1.6, "vp9": 1.6, "av1": 2.0, "vvc": 2.4}
"""How many times the bits H.264 needs for the same picture."""

_STANDARD_RATES: Final = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One rendition to make."""

    name: str
    width: int
    height: int
    max_bps: int
    codec: VideoCodec = VideoCodec.H264


def ladder(picture: VideoStream, frame_rate: Fraction) -> tuple[Rung, ...]:
    """The renditions of ``picture``, largest first: its own size (at most 2160p), then every rung it deserves.

    Never larger than the source, always of its shape (to one pixel) and of even sides, which 4:2:0 demands.
    """
    nominal = _nominal(picture.width, picture.height)
    steps = [min(nominal, RUNGS[0])]
    steps += [rung for rung in RUNGS if rung <= nominal * MIN_STEP]
    rungs: list[Rung] = []
    for index, step in enumerate(steps):
        width, height = _scaled(picture, step, nominal)
        rate = _ceiling_bps(picture, width * height, frame_rate)
        if index and (min(width, height) < MIN_SIDE or rate < _MIN_BPS or step > steps[index - 1] * MIN_STEP):
            continue
        rungs.append(Rung(f"v{step}", width, height, max(rate, _MIN_BPS)))
    return tuple(rungs)


def in_codecs(rungs: Sequence[Rung], codecs: Iterable[VideoCodec]) -> tuple[Rung, ...]:
    """``rungs``, and behind them the same once more in each other of ``codecs``, with what it needs of their bits."""
    others = [codec for codec in codecs if codec.is_optional]
    return (
        *rungs,
        *(
            replace(rung, name=f"{rung.name}-{codec.value}", max_bps=int(rung.max_bps * BITS[codec]), codec=codec)
            for codec in others
            for rung in rungs
        ),
    )


def output_frame_rate(picture: VideoStream) -> Fraction:
    """Frames a second to encode at, constant.

    Containers give two rates: ``base_rate`` can express every timestamp, ``average_rate`` is frames through duration.  They
    agree for constant rates.  Where they do not (phones, screen recordings), the base rate keeps every frame, unless it is a
    clock rather than a rate (1000, 90000): then it is the next standard rate above the average.
    """
    base, average = picture.base_rate, picture.average_rate
    rate = base or average or Fraction(25)
    if base and average and abs(base - average) > average / 100 and base > MAX_FRAME_RATE:
        rate = next((standard for standard in _STANDARD_RATES if standard >= average * Fraction(99, 100)), average)
    if rate > MAX_FRAME_RATE:
        # A whole divisor keeps the steps between frames equal: 144 → 48, not 60.
        rate /= ceil(rate / MAX_FRAME_RATE)
    return max(rate, MIN_FRAME_RATE).limit_denominator(1001)


def gop_frames(frame_rate: Fraction) -> int:
    """Frames from one keyframe to the next: the whole number nearest to a segment's length."""
    return max(1, round(frame_rate * SEGMENT_S))


def _nominal(width: int, height: int) -> int:
    """What people call this size: the height of the 16:9 frame around it, lying or standing."""
    short, long = sorted((width, height))
    return max(short, round(long * 9 / 16))


def _scaled(picture: VideoStream, step: int, nominal: int) -> tuple[int, int]:
    scale = Fraction(step, nominal)
    return _even(picture.width * scale), _even(picture.height * scale)


def _even(length: Fraction) -> int:
    # Down, so that an odd source is never enlarged; the epsilon-free rounding first, so that 853⅓ becomes 854 and not 852.
    nearest = round(length / 2) * 2
    return max(2, nearest if nearest <= ceil(length) else nearest - 2)


def _ceiling_bps(picture: VideoStream, pixels: int, frame_rate: Fraction) -> int:
    """The most bits a second that are of use: they grow with the ¾ power of the pixels, and the source had no more."""
    useful: float = HD_BPS * (pixels / _HD_PIXELS) ** 0.75 * (_FAST_FACTOR if frame_rate > 30 else 1)
    if picture.bit_rate_bps:
        own = picture.bit_rate_bps * _CODEC_GAIN.get(picture.codec, 1.0) * _HEADROOM
        useful = min(useful, own * (pixels / (picture.width * picture.height)) ** 0.75)
    return int(useful)
