"""Keys in the packager's media playlists.  Pure.

The packager writes none for cenc, and for cbcs one behind EXT-X-MAP with the key id in place of an address; all are ours.
Section numbers are RFC 8216.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

_KEY: Final = "#EXT-X-KEY:"
_MAP: Final = "#EXT-X-MAP:"
_RANGE: Final = "#EXT-X-BYTERANGE:"


@dataclass(frozen=True, slots=True)
class SegmentKey:
    """What whole segments are encrypted with from here on."""

    uri: str
    """Relative to the playlist."""
    iv: bytes

    @property
    def tag(self) -> str:
        """§4.3.2.4.  The IV is explicit: a segment's number is not the same in every playlist that names it."""
        return f'{_KEY}METHOD=AES-128,URI="{self.uri}",IV=0x{self.iv.hex()}'


_SEGMENT_KEY: Final = re.compile(_KEY + r'METHOD=AES-128,URI="([^"]{1,200})",IV=0x([0-9a-f]{32})')


def segment_key(line: str) -> SegmentKey | None:
    """What a tag of :class:`SegmentKey` says; ``None`` for every other line."""
    match = _SEGMENT_KEY.fullmatch(line)
    return None if match is None else SegmentKey(match[1], bytes.fromhex(match[2]))


def with_sample_keys(playlist: str, tags: Sequence[str]) -> str:
    """``playlist`` with ``tags`` in place of its own keys: before EXT-X-MAP, so that they count for the init section, too."""
    lines: list[str] = []
    for line in playlist.splitlines():
        if line.startswith(_MAP):
            lines += tags
        if not line.startswith(_KEY):
            lines.append(line)
    return "\n".join(lines) + "\n"


def with_segment_keys(playlist: str, every: int, key_of: Callable[[int], SegmentKey]) -> str:
    """``playlist`` of whole encrypted segments: a key for each period of ``every`` segments, counted from 0.

    The init section stays as it is (METHOD=NONE before it): it holds no picture, and one that is encrypted would have to be
    fetched anew with each key.
    """
    lines: list[str] = []
    segments = 0
    for line in playlist.splitlines():
        if line.startswith(_KEY):
            continue
        if line.startswith(_MAP):
            lines.append(f"{_KEY}METHOD=NONE")
        if line.startswith("#EXTINF:"):
            if segments % every == 0:
                lines.append(key_of(segments // every).tag)
            segments += 1
        lines.append(line)
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class ListedSegment:
    """One segment of a media playlist, or one picture of an I-frame playlist."""

    uri: str
    offset: int | None = None
    length: int | None = None
    """Of the part of it that is meant, in bytes; ``None``: the whole."""


def listed(playlist: str) -> list[ListedSegment]:
    """The segments of one of the packager's media playlists, whose byte ranges all say where they begin (§4.3.2.2)."""
    segments, part = [], None
    for line in playlist.splitlines():
        if line.startswith(_RANGE):
            length, _, offset = line.removeprefix(_RANGE).partition("@")
            part = int(offset), int(length)
        elif line and not line.startswith("#"):
            segments.append(ListedSegment(line, *(part or (None, None))))
            part = None
    return segments


def with_parts(playlist: str, parts: Sequence[ListedSegment]) -> str:
    """An I-frame ``playlist`` whose pictures are elsewhere now, in the same order."""
    lines, left = [], iter(parts)
    for line in playlist.splitlines():
        if line.startswith(_RANGE):
            continue
        if line and not line.startswith("#"):
            part = next(left)
            lines += [f"{_RANGE}{part.length}@{part.offset}", part.uri]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"
