"""The playlists of a broadcast as text (rfc8216bis §4).  Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import Final

from streaming.live.llhls.model import (
    HOLD_BACK_PARTS,
    PART_TARGET_MS,
    PARTS_LISTED_SEGMENTS,
    SKIP_UNTIL_S,
    TARGET_DURATION_S,
)
from streaming.live.llhls.rendition import Rendition
from streaming.live.llhls.segment import Segment

VERSION: Final = 9
"""EXT-X-SKIP asks for it (§8)."""
CONTENT_TYPE: Final = "application/vnd.apple.mpegurl"

_HEAD: Final = (
    "#EXTM3U",
    f"#EXT-X-VERSION:{VERSION}",
    f"#EXT-X-TARGETDURATION:{TARGET_DURATION_S}",
    f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={HOLD_BACK_PARTS * PART_TARGET_MS / 1000:g},CAN-SKIP-UNTIL={SKIP_UNTIL_S}",
    f"#EXT-X-PART-INF:PART-TARGET={PART_TARGET_MS / 1000:g}",
)


def media_playlist(rendition: Rendition, others: Sequence[Rendition], *, epoch_ms: float, delta: bool = False) -> str:
    """The media playlist as it is now.

    ``others`` are reported (§4.4.5.4); ``epoch_ms`` is when the broadcast began, in milliseconds since 1970; ``delta`` leaves out
    what is older than CAN-SKIP-UNTIL (§6.2.5.1), if there is any.
    """
    segments: Sequence[Segment] = rendition.segments
    lines = [*_HEAD, f"#EXT-X-MEDIA-SEQUENCE:{segments[0].msn if segments else rendition.edge()[0] + 1}"]
    # Tags of the list itself stay in a delta update (§4.4.5.2).
    lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{rendition.discontinuity_sequence}")
    end = segments[-1].start + segments[-1].duration if segments else 0
    if delta and not rendition.ended:
        boundary = end - SKIP_UNTIL_S * rendition.timescale
        # Looked for from the end, which is near however long the playlist is.
        recent = list(takewhile(lambda each: not each.is_complete or each.end > boundary, reversed(segments)))
        if skipped := len(segments) - len(recent):
            lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
            segments = recent[::-1]
    init_number = None
    last = segments[-1].msn if segments else 0
    for segment in segments:
        with_parts = segment.msn > last - PARTS_LISTED_SEGMENTS
        lines += _segment(rendition, segment, init_number, epoch_ms, with_parts=with_parts)
        init_number = segment.init_number
    if rendition.ended:
        lines.append("#EXT-X-ENDLIST")
    elif segments:
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{part_uri(rendition, *next_part(rendition))}"')
        lines += [_report(other) for other in others if other.segments]
    return "\n".join([*lines, ""])


def multivariant_playlist(video: Rendition, sounds: Sequence[Rendition]) -> str:
    """One picture with each kind of sound, the preferred one first (§4.4.6).  All have begun."""
    assert video.init is not None
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}"]
    lines += [
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{sound.name}",NAME="Live",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="{sound.name}.m3u8"'
        for sound in sounds
    ]
    picture_bps = video.bandwidth_bps or _GUESS_BPS
    for sound in sounds:
        assert sound.init is not None
        bandwidth = picture_bps + (sound.bandwidth_bps or _SOUND_GUESS_BPS)
        size = f"{video.init.width_px}x{video.init.height_px}"
        codecs = f"{video.init.codec},{sound.init.codec}"
        lines.append(
            f'#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},RESOLUTION={size},CODECS="{codecs}",AUDIO="{sound.name}"'
        )
        lines.append(f"{video.name}.m3u8")
    return "\n".join([*lines, ""])


_GUESS_BPS: Final = 2_500_000
"""Before the first segment is whole: what browsers send of 720p."""
_SOUND_GUESS_BPS: Final = 128_000


def next_part(rendition: Rendition) -> tuple[int, int]:
    """Number of the segment and index of the part that comes next."""
    msn, part = rendition.edge()
    last = rendition.segment(msn)
    return (msn + 1, 0) if last is None or last.is_complete else (msn, part + 1)


def part_uri(rendition: Rendition, msn: int, index: int) -> str:
    """Relative to the playlist."""
    return f"{rendition.name}/{msn}.{index}.m4s"


def _segment(
    rendition: Rendition, segment: Segment, init_before: int | None, epoch_ms: float, *, with_parts: bool
) -> list[str]:
    if not segment.part_count:
        return []
    lines = []
    if segment.discontinuity:
        lines.append("#EXT-X-DISCONTINUITY")
    if segment.init_number != init_before:
        lines.append(f'#EXT-X-MAP:URI="{rendition.name}/init{segment.init_number}.mp4"')
    if with_parts:
        lines.append(_begin(rendition, segment, epoch_ms))
        lines += [
            f'#EXT-X-PART:DURATION={_seconds(part.duration, rendition)},URI="{part_uri(rendition, segment.msn, index)}"'
            + (",INDEPENDENT=YES" if part.independent else "")
            for index, part in enumerate(segment.parts)
        ]
        return lines + (_end(rendition, segment) if segment.is_complete else [])
    if not segment.listing:
        segment.listing = "\n".join([_begin(rendition, segment, epoch_ms), *_end(rendition, segment)])
    lines.append(segment.listing)
    return lines


def _begin(rendition: Rendition, segment: Segment, epoch_ms: float) -> str:
    return f"#EXT-X-PROGRAM-DATE-TIME:{_date(epoch_ms + segment.start * 1000 / rendition.timescale)}"


def _end(rendition: Rendition, segment: Segment) -> list[str]:
    return [f"#EXTINF:{_seconds(segment.duration, rendition)},", f"{rendition.name}/{segment.msn}.m4s"]


def _report(other: Rendition) -> str:
    msn, part = other.edge()
    last = f",LAST-PART={part}" if part >= 0 else ""
    return f'#EXT-X-RENDITION-REPORT:URI="{other.name}.m3u8",LAST-MSN={msn}{last}'


def _seconds(ticks: int, rendition: Rendition) -> str:
    return f"{ticks / rendition.timescale:.5f}"


def _date(at_ms: float) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
