"""What a test of a line found, in numbers and in what is to be done about it.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

MUCH_LOST: Final = 0.02
"""Of the packets: what is sent again fills that hole within a round trip; beyond it viewers begin to see it."""
VERY_MUCH_LOST: Final = 0.05
"""Pictures freeze several times a minute then."""
UNEVEN_MS: Final = 50.0
"""Jitter: above it players hold back more than their shortest buffer."""
FAR_MS: Final = 300.0
"""Round trip: a packet that is asked for twice comes after players have gone on (``loss.MAX_AGE_MS``)."""
FEW_FRAMES: Final = 20
"""Pictures a second: motion begins to look cut up."""
RARE_KEY_FRAMES_MS: Final = 4_000
"""A segment of HLS ends at a key frame: rarer ones make its delay, and the wait of a new viewer, longer than it need be."""
KEY_FRAMES_SEEN_MS: Final = 2 * RARE_KEY_FRAMES_MS
"""After less than that nothing can be said of how rare they are."""
HIGH_FRAME_RATE: Final = 45


class Finding(StrEnum):
    """What is wrong, or should be known; the worst first."""

    NO_MEDIA = "no_media"
    """Nothing arrived."""
    NO_PICTURE = "no_picture"
    OVER_LIMIT = "over_limit"
    """It sends more than the server takes."""
    LOSS = "loss"
    JITTER = "jitter"
    ROUND_TRIP = "round_trip"
    RELAYED = "relayed"
    FEW_FRAMES = "few_frames"
    RARE_KEY_FRAMES = "rare_key_frames"
    CODEC = "codec"
    """VP8: no player of HLS shows it."""
    NO_SOUND = "no_sound"
    SHORT = "short"
    """The test ended before it was over."""


class Verdict(StrEnum):
    """The whole in a word."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class NetworkPath(StrEnum):
    """How the media came."""

    DIRECT = "direct"
    RELAY = "relay"
    """Over a TURN server."""


@dataclass(frozen=True, slots=True)
class Quality:
    """A picture to choose in the encoder."""

    height_px: int
    frames_per_s: int
    video_kbps: int


QUALITIES: Final = (
    Quality(240, 30, 400),
    Quality(360, 30, 800),
    Quality(480, 30, 1_200),
    Quality(720, 30, 2_500),
    Quality(1080, 30, 4_500),
    Quality(1440, 30, 8_000),
)
"""What H.264 without B-frames needs at a constant rate, from little to much."""
HIGH_RATE_FACTOR: Final = 1.5
"""What 60 pictures a second take, of what 30 do: the differences between them are half as large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """One second of a test."""

    video_kbps: int
    audio_kbps: int
    jitter_ms: float
    round_trip_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What arrived."""

    duration_ms: int
    """From the first packet to the last."""
    complete: bool
    """Whether the test was as long as it should be."""
    over_limit: bool = False
    seconds: Sequence[Second] = ()
    expected: int = 0
    """Packets sent, by their numbers."""
    lost: int = 0
    """Those that did not come at all."""
    repaired: int = 0
    """Those that did not come until they were asked for."""
    frames: int = 0
    video_ms: int = 0
    """From the first picture to the last."""
    key_frames_ms: Sequence[float] = ()
    """When they began."""
    width_px: int | None = None
    height_px: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    path: NetworkPath | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """For whoever wants to go live."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    quality: Quality | None
    """What to choose; ``None`` where nothing can be said."""
    duration_ms: int
    complete: bool
    video_kbps: int
    """Reached: the median of the second half, when encoders have found their rate."""
    audio_kbps: int
    lowest_video_kbps: int
    lost: float
    """Of the packets, 0 to 1: those that had to be sent again and those that never came."""
    unrepaired: float
    """Those that never came."""
    jitter_ms: int | None
    round_trip_ms: int | None
    """``None`` where the encoder does not answer what is asked about it (RFC 3611)."""
    key_frame_interval_ms: int | None
    """The longest."""
    frames_per_s: int
    width_px: int | None
    height_px: int | None
    video_codec: str | None
    audio_codec: str | None
    path: NetworkPath | None


def assess(measured: Measured, *, max_kbps: int) -> LineReport:
    """``max_kbps``: what the server takes of one publisher."""
    steady = measured.seconds[len(measured.seconds) // 2 :]
    video_kbps = round(median([one.video_kbps for one in steady])) if steady else 0
    audio_kbps = round(median([one.audio_kbps for one in steady])) if steady else 0
    trips = [one.round_trip_ms for one in measured.seconds if one.round_trip_ms is not None]
    gaps = [later - before for before, later in zip(measured.key_frames_ms, measured.key_frames_ms[1:], strict=False)]
    interval_ms = round(max(gaps)) if gaps else None
    frames_per_s = round((measured.frames - 1) * 1000 / measured.video_ms) if measured.video_ms > 0 else 0
    lost = (measured.lost + measured.repaired) / measured.expected if measured.expected else 0.0
    jitter_ms = round(median([one.jitter_ms for one in measured.seconds])) if measured.seconds else None
    round_trip_ms = round(median(trips)) if trips else None
    rare = (
        interval_ms > RARE_KEY_FRAMES_MS
        if interval_ms is not None
        else measured.frames > 0 and measured.video_ms > KEY_FRAMES_SEEN_MS
    )
    arrived, pictures = measured.expected > 0, measured.frames > 0
    signs = {
        Finding.NO_MEDIA: not arrived,
        Finding.NO_PICTURE: arrived and not pictures,
        Finding.OVER_LIMIT: measured.over_limit or video_kbps + audio_kbps > max_kbps,
        Finding.LOSS: lost > MUCH_LOST,
        Finding.JITTER: jitter_ms is not None and jitter_ms > UNEVEN_MS,
        Finding.ROUND_TRIP: round_trip_ms is not None and round_trip_ms > FAR_MS,
        Finding.RELAYED: measured.path is NetworkPath.RELAY,
        Finding.FEW_FRAMES: pictures and frames_per_s < FEW_FRAMES,
        Finding.RARE_KEY_FRAMES: rare,
        Finding.CODEC: measured.video_codec == "VP8",
        Finding.NO_SOUND: arrived and measured.audio_codec is None,
        Finding.SHORT: arrived and not measured.complete and not measured.over_limit,
    }
    findings = tuple(finding for finding, there in signs.items() if there)
    return LineReport(
        verdict=_verdict(findings, lost),
        findings=findings,
        quality=_quality(measured.width_px, measured.height_px, video_kbps, frames_per_s, findings, lost, max_kbps),
        duration_ms=measured.duration_ms,
        complete=measured.complete,
        video_kbps=video_kbps,
        audio_kbps=audio_kbps,
        lowest_video_kbps=min((one.video_kbps for one in steady), default=0),
        lost=lost,
        unrepaired=measured.lost / measured.expected if measured.expected else 0.0,
        jitter_ms=jitter_ms,
        round_trip_ms=round_trip_ms,
        key_frame_interval_ms=interval_ms,
        frames_per_s=frames_per_s,
        width_px=measured.width_px,
        height_px=measured.height_px,
        video_codec=measured.video_codec,
        audio_codec=measured.audio_codec,
        path=measured.path,
    )


_POOR: Final = {Finding.NO_MEDIA, Finding.NO_PICTURE, Finding.OVER_LIMIT}
_WORTH_KNOWING: Final = {Finding.RELAYED, Finding.CODEC}
"""What is no fault of the line."""


def _verdict(findings: Sequence[Finding], lost: float) -> Verdict:
    if _POOR.intersection(findings) or lost > VERY_MUCH_LOST:
        return Verdict.POOR
    return Verdict.GOOD if _WORTH_KNOWING.issuperset(findings) else Verdict.FAIR


def _quality(
    width_px: int | None,
    height_px: int | None,
    video_kbps: int,
    frames_per_s: int,
    findings: Sequence[Finding],
    lost: float,
    max_kbps: int,
) -> Quality | None:
    """What got through, as it is; one step up where there was room for it, and down where there was too little.

    An encoder lowers its picture to what its line takes, so the picture that arrives is the measure; its rate alone is none, for
    a picture that stands still takes next to nothing of any line.
    """
    if width_px is None or height_px is None or video_kbps == 0:
        return None
    side = min(width_px, height_px)  # a telephone held upright sends 720x1280
    at = max((index for index, one in enumerate(QUALITIES) if one.height_px <= side), default=0)
    troubled = {Finding.LOSS, Finding.JITTER, Finding.OVER_LIMIT, Finding.FEW_FRAMES}.intersection(findings)
    if troubled:
        at -= 2 if lost > VERY_MUCH_LOST else 1
    elif at + 1 < len(QUALITIES) and video_kbps >= QUALITIES[at + 1].video_kbps:
        at += 1
    affordable = [one for one in QUALITIES[: max(at, 0) + 1] if one.video_kbps <= max_kbps]
    chosen = affordable[-1] if affordable else QUALITIES[0]
    fast_kbps = round(chosen.video_kbps * HIGH_RATE_FACTOR)
    if frames_per_s >= HIGH_FRAME_RATE and not troubled and fast_kbps <= max_kbps:
        return Quality(chosen.height_px, 60, fast_kbps)
    return chosen
