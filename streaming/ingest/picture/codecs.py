"""What pictures are encoded with, beside the H.264 that everything plays.  Pure."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final


class VideoCodec(StrEnum):
    """A codec of renditions; in the order in which they are listed."""

    H264 = "h264"
    HEVC = "hevc"
    AV1 = "av1"

    @property
    def is_optional(self) -> bool:
        """Whether a video can do without it."""
        return self is not VideoCodec.H264


ENCODERS: Final = {VideoCodec.H264: "libx264", VideoCodec.HEVC: "libx265", VideoCodec.AV1: "libsvtav1"}
"""As ffmpeg calls them."""

BITS: Final = {VideoCodec.H264: 1.0, VideoCodec.HEVC: 0.65, VideoCodec.AV1: 0.5}
"""What part of H.264's bits the same picture takes."""

SAMPLE_ENTRIES: Final = frozenset({"avc1", "avc3", "hvc1", "hev1", "av01"})
"""How the names of pictures in CODECS begin (RFC 6381)."""


def parse(text: str) -> tuple[VideoCodec, ...]:
    """The codecs named in ``h264,hevc,av1``, each once, H.264 among them: it is in every video.

    Raises ``ValueError``, for people.
    """
    named = [part.strip().lower() for part in text.split(",") if part.strip()]
    for name in named:
        if name not in set(VideoCodec):
            raise ValueError(f"{name[:20]!r} is none of {', '.join(VideoCodec)}")
    return ordered(VideoCodec(name) for name in named)


def ordered(codecs: Iterable[VideoCodec]) -> tuple[VideoCodec, ...]:
    """``codecs`` with H.264, each once, as they are listed."""
    wanted = {VideoCodec.H264, *codecs}
    return tuple(codec for codec in VideoCodec if codec in wanted)


def encoders(listing: str) -> frozenset[str]:
    """The names in what ``ffmpeg -encoders`` prints."""
    lines = (line.split() for line in listing.partition("------")[2].splitlines())
    return frozenset(words[1] for words in lines if len(words) > 1 and words[0].startswith("V"))


def left_out(wanted: Iterable[VideoCodec], known: Collection[str]) -> list[str]:
    """What to say of codecs that this ffmpeg has no encoder for."""
    return [
        f"There are no {codec.upper()} renditions: this ffmpeg has no encoder for it ({ENCODERS[codec]})."
        for codec in wanted
        if codec.is_optional and ENCODERS[codec] not in known
    ]
