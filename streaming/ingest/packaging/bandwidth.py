"""How many bits a second a playlist takes, and the multivariant playlist told so.  Pure.

The packager takes the heaviest segment for the peak, short last ones left out, and so says less for the peak than for the average.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

ATTRIBUTE: Final = re.compile(r'([A-Z0-9-]{1,64})=("[^"]*"|[^",]*)')
"""RFC 8216 §4.2."""

_SHORTEST: Final = 0.5
_LONGEST: Final = 1.5
"""Of the target duration: how long a run of segments is over which the peak is taken (§4.1)."""


@dataclass(frozen=True, slots=True)
class MeasuredSegment:
    """One segment, or one picture of an I-frame playlist."""

    duration_s: float
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """Bits a second."""

    peak_bps: int
    average_bps: int


def measure(segments: Sequence[MeasuredSegment], target_s: float) -> Bandwidth:
    """Peak and average of a media playlist (RFC 8216 §4.1): never a peak below the average."""
    total_s = sum(segment.duration_s for segment in segments)
    if total_s <= 0:
        return Bandwidth(0, 0)
    average = 8 * sum(segment.size_bytes for segment in segments) / total_s
    peak = average
    for first in range(len(segments)):
        length_s, size_bytes = 0.0, 0
        for place in range(first, len(segments)):
            length_s += segments[place].duration_s
            size_bytes += segments[place].size_bytes
            if length_s > target_s * _LONGEST:
                break
            if length_s >= target_s * _SHORTEST:
                peak = max(peak, 8 * size_bytes / length_s)
    return Bandwidth(ceil(peak), ceil(average))


def correct(master: str, measured: Mapping[str, Bandwidth]) -> str:
    """``master`` with the bandwidths of ``measured`` (by URI), and with a language for every track of sound.

    A variant counts with the heaviest rendition of each of its groups (§4.3.4.2).
    """
    lines = master.splitlines()
    groups: dict[str, list[Bandwidth]] = {}
    for number, line in enumerate(lines):
        if not line.startswith("#EXT-X-MEDIA:"):
            continue
        said = attributes(line)
        bandwidth = measured.get(said.get("URI", ""))
        if bandwidth is not None:
            groups.setdefault(said.get("GROUP-ID", ""), []).append(bandwidth)
        if said.get("TYPE") == "AUDIO" and "LANGUAGE" not in said:
            # Undetermined (RFC 5646 §4.1): players group and remember tracks by language, and this is one.
            lines[number] = line.replace("TYPE=AUDIO", 'TYPE=AUDIO,LANGUAGE="und"', 1)
    for number, line in enumerate(lines):
        if line.startswith("#EXT-X-STREAM-INF:") and number + 1 < len(lines):
            said = attributes(line)
            own = measured.get(lines[number + 1])
            beside = [groups.get(said.get(kind, ""), []) for kind in ("AUDIO", "SUBTITLES")]
            lines[number] = line if own is None else _told(line, [own, *(_heaviest(group) for group in beside)])
        elif line.startswith("#EXT-X-I-FRAME-STREAM-INF:"):
            own = measured.get(attributes(line).get("URI", ""))
            lines[number] = line if own is None else _told(line, [own])
    return "\n".join(lines) + "\n"


def _heaviest(group: Sequence[Bandwidth]) -> Bandwidth:
    return Bandwidth(
        max((each.peak_bps for each in group), default=0), max((each.average_bps for each in group), default=0)
    )


def _told(line: str, parts: Sequence[Bandwidth]) -> str:
    """``line`` with the sum of ``parts``."""
    peak_bps = sum(part.peak_bps for part in parts)
    average_bps = sum(part.average_bps for part in parts)
    tag, _, rest = line.partition(":")
    kept = [
        f"{name}={value}" for name, value in ATTRIBUTE.findall(rest) if name not in {"BANDWIDTH", "AVERAGE-BANDWIDTH"}
    ]
    return f"{tag}:" + ",".join([f"BANDWIDTH={peak_bps}", f"AVERAGE-BANDWIDTH={average_bps}", *kept])


def attributes(line: str) -> dict[str, str]:
    """What a tag says, without the quotes (RFC 8216 §4.2)."""
    return {name: value.strip('"') for name, value in ATTRIBUTE.findall(line.partition(":")[2])}
