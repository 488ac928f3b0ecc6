"""Which qualities a viewer is offered, and with which the player starts.

The player adapts by itself from segment to segment; the server decides what it may choose from and where it begins, because
players start with the first variant listed (RFC 8216 §6.3.1 lets them; hls.js, AVPlayer and ExoPlayer do).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from kernel.access import Role
from streaming.origin.access.token import Caps
from streaming.origin.cmcd import PlayerReport
from streaming.origin.ladder import Variant

HALF_LIFE_MS: Final = 20_000
"""Half of the estimate is forgotten after five 4 s segments: slower than the player's own, which already smooths ``mtp``."""
MIN_STEP_MS: Final = 1_000
"""Requests for sound and picture come together; each still counts as a second's worth, or bursts would weigh nothing."""

DEFAULT_THROUGHPUT_BPS: Final = 2_500_000
"""Before anything is known.  With the margin below it starts at 2 Mbit/s, Apple's default for Wi-Fi (HLS Authoring
Specification, "Media encoding and variants")."""
START_MARGIN: Final = 0.8
"""Share of the measured throughput the start variant may take: nothing is buffered yet to ride out a dip."""
STARVED_MARGIN: Final = 0.8
"""A player that ran dry while playing ``br`` has less than ``br``, whatever it measured in between."""
REMEMBERED_FOR_MS: Final = 30 * 24 * 3_600_000
"""A month: after that the viewer may well have moved house or changed provider."""

SIGNED_OUT_CAPS: Final = Caps(max_height_px=1080)
"""UHD costs most to serve, and nobody to ask about it: it is for people with an account."""

_VIDEO_FAMILIES: Final = {
    "avc1": "avc",
    "avc3": "avc",
    "hvc1": "hevc",
    "hev1": "hevc",
    "dvh1": "dolby-vision",
    "dvhe": "dolby-vision",
    "vp09": "vp9",
    "av01": "av1",
}


_DOLBY: Final = frozenset({"ac-3", "ec-3"})
_SOUND: Final = _DOLBY | {"mp4a", "opus", "flac"}
"""Of a device that names none of these nothing is known; AAC is played by all."""


@dataclass(frozen=True, slots=True)
class PlayerDevice:
    """What the viewer plays on.  Zeros and an empty tuple: it did not say."""

    width_px: int = 0
    height_px: int = 0
    """Of the screen, in physical pixels, either way round."""
    codecs: tuple[str, ...] = ()
    """RFC 6381 names, whole (``avc1.64001f``) or sample entries alone (``av01``)."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """An exponentially weighted mean over time of what a viewer's link carries."""

    bps: float
    measured_at_ms: int
    """Unix ms of the last sample."""

    @classmethod
    def of(cls, sample_bps: float, now_ms: int) -> Self:
        """A first measurement."""
        return cls(sample_bps, now_ms)

    def with_sample(self, sample_bps: float, now_ms: int) -> "Throughput":
        """The mean with one more sample; weight by the time since the last one (half-life :data:`HALF_LIFE_MS`)."""
        elapsed_ms = max(now_ms - self.measured_at_ms, MIN_STEP_MS)
        kept = 0.5 ** (elapsed_ms / HALF_LIFE_MS)
        return Throughput(kept * self.bps + (1 - kept) * sample_bps, max(now_ms, self.measured_at_ms))


def sample_of(report: PlayerReport) -> float | None:
    """The throughput a player's report stands for, in bit/s, or ``None`` when it tells nothing."""
    if report.starved and report.bitrate_bps:
        limit_bps = STARVED_MARGIN * report.bitrate_bps
        return min(report.throughput_bps or limit_bps, limit_bps)
    return report.throughput_bps


def start_throughput_bps(*, declared_bps: int | None, remembered: Throughput | None, now_ms: int) -> float:
    """What to expect of a viewer's link at the start: what the player says now, else what we remember, else a guess."""
    if declared_bps:
        return declared_bps
    if remembered is not None and now_ms - remembered.measured_at_ms <= REMEMBERED_FOR_MS:
        return remembered.bps
    return DEFAULT_THROUGHPUT_BPS


def caps_for(role: Role | None) -> Caps:
    """What a role may get at most; ``None``: not signed in."""
    return SIGNED_OUT_CAPS if role is None else Caps()


def is_limited(variants: Iterable[Variant], caps: Caps) -> bool:
    """Whether ``caps`` forbid any of ``variants``."""
    limit_px = caps.max_height_px
    return limit_px is not None and any(variant.short_side_px > limit_px for variant in variants)


class Reason(StrEnum):
    """Why a variant is not offered."""

    CODEC = "codec"
    SCREEN = "screen"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Selection:
    """The variants offered, and what was left out, with the reason.

    Those of one codec and one kind of sound together, with what to begin with first and the rest upwards; first those of the start variant.
    """

    variants: tuple[Variant, ...]
    left_out: tuple[tuple[Variant, Reason], ...] = ()

    @property
    def start(self) -> Variant:
        """The variant a player begins with: it is listed first."""
        return self.variants[0]


def select(
    variants: Iterable[Variant], *, throughput_bps: float, device: PlayerDevice | None = None, caps: Caps | None = None
) -> Selection:
    """What to offer of a ladder (not empty), never nothing: each rule leaves at least one variant.

    Raises ``ValueError`` for an empty ladder.
    """
    offered = sorted(variants, key=_quality)
    if not offered:
        raise ValueError("a ladder without variants cannot be played")
    left_out: list[tuple[Variant, Reason]] = []
    for reason, fits in (
        (Reason.CODEC, _decodable(device)),
        (Reason.ROLE, _within_caps(offered, caps)),
        (Reason.SCREEN, _within_screen(offered, device)),
    ):
        kept = [variant for variant in offered if fits(variant)]
        if kept:  # a device that can play nothing of it may know better than its own list
            left_out += [(variant, reason) for variant in offered if not fits(variant)]
            offered = kept
    budget_bps = START_MARGIN * throughput_bps
    start = _start(offered, budget_bps)
    alike: dict[tuple[str | None, str | None], list[Variant]] = {_kind(start): []}
    for variant in offered:
        alike.setdefault(_kind(variant), []).append(variant)
    return Selection(tuple(each for group in alike.values() for each in _begun(group, budget_bps)), tuple(left_out))


def _start(variants: Sequence[Variant], budget_bps: float) -> Variant:
    affordable = [variant for variant in variants if variant.bandwidth_bps <= budget_bps]
    return max(affordable, key=_quality) if affordable else min(variants, key=lambda variant: variant.bandwidth_bps)


def _begun(variants: Sequence[Variant], budget_bps: float) -> Iterator[Variant]:
    """``variants`` of one kind with the start variant first: a player begins with the first of a kind that it plays."""
    start = _start(variants, budget_bps)
    yield start
    yield from (variant for variant in variants if variant is not start)


def _kind(variant: Variant) -> tuple[str | None, str | None]:
    """Codec of the picture, and group of the sound: what players stay within."""
    return next((family for family in map(_family, variant.codecs) if family), None), variant.audio


def _quality(variant: Variant) -> tuple[int, float, int]:
    """Order of quality; of two alike in size and rate the one that needs fewer bits (the better codec) is better."""
    return (variant.short_side_px, variant.frame_rate or 0, -variant.bandwidth_bps)


_Rule = Callable[[Variant], bool]


def _decodable(device: PlayerDevice | None) -> _Rule:
    names = device.codecs if device else ()
    families = {family for name in names if (family := _family(name))}
    sounds = {_entry(name) for name in names} & _SOUND
    return lambda variant: (
        (not families or all(family is None or family in families for family in map(_family, variant.codecs)))
        and (not sounds or {_entry(codec) for codec in variant.codecs} & _DOLBY <= sounds)
    )


def _entry(codec: str) -> str:
    """The sample entry of an RFC 6381 name."""
    return codec.partition(".")[0].lower()


def _family(codec: str) -> str | None:
    """The picture codec behind a sample entry; ``None`` for sound, text and what we do not know."""
    return _VIDEO_FAMILIES.get(_entry(codec))


def _within_caps(variants: Iterable[Variant], caps: Caps | None) -> _Rule:
    if caps is None or caps.max_height_px is None:
        return lambda _: True
    # The smallest is always allowed: a cap lowers the quality, it does not forbid to watch.
    limit = max(caps.max_height_px, min(variant.short_side_px for variant in variants))
    return lambda variant: variant.short_side_px <= limit


def _within_screen(variants: Iterable[Variant], device: PlayerDevice | None) -> _Rule:
    if device is None or not (device.width_px and device.height_px):
        return lambda _: True
    screen_px = sorted((device.width_px, device.height_px))
    covering = [variant for variant in variants if _covers(variant, screen_px)]
    if not covering:
        return lambda _: True
    # One size that fills the screen is worth having; anything above it is scaled down again by the device.
    limit = min(variant.short_side_px for variant in covering)
    return lambda variant: variant.short_side_px <= limit


def _covers(variant: Variant, screen_px: list[int]) -> bool:
    """Whether the picture, scaled to fit, has a pixel for each one of the screen that it fills."""
    short, long = sorted((variant.width_px, variant.height_px))
    return short >= screen_px[0] or long >= screen_px[1]
