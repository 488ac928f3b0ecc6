"""Sources to reason about, with everything a test does not care for filled in."""

from fractions import Fraction
from typing import Any

from streaming.ingest.probe import AudioStream, Source, VideoStream


def picture(width: int = 1280, height: int = 720, **more: Any) -> VideoStream:
    defaults: dict[str, Any] = {"index": 0, "codec": "h264", "base_rate": Fraction(24), "average_rate": Fraction(24)}
    return VideoStream(width=width, height=height, **(defaults | more))


def source(
    shown: VideoStream | None = None,
    *,
    duration_ms: int | None = 60_000,
    sound: tuple[AudioStream, ...] = (),
    **more: Any,
) -> Source:
    return Source(name="Film.mkv", duration_ms=duration_ms, picture=shown or picture(), sound=sound, **more)
