"""Breaks in a complete media playlist, for players that show HLS interstitials there.  Pure.

Section numbers are draft-pantos-hls-rfc8216bis-20; appendix D is about interstitials.  The offsets of the breaks stand in the file
name, beside the packager's own (``v1/breaks-0.600000-playlist.m3u8``): the text is the same for everybody who has these breaks, addresses of
segments stay relative, and playlists without breaks are never touched.  What is shown in a break is asked for when it comes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

MAX_BREAKS: Final = 10
MAX_OFFSET_MS: Final = 24 * 3600 * 1000

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A complete programme has no dates of its own; breaks are placed by this one (§4.4.5.1: START-DATE)."""
CLASS: Final = "com.apple.hls.interstitial"
FOLDER: Final = "breaks/"
"""Of lists of assets, under the asset's folder; the packager makes no folder of this name."""

_PATH = re.compile(
    r"((?:[A-Za-z0-9_][A-Za-z0-9_.-]*/){0,4})breaks-(\d{1,8}(?:\.\d{1,8}){0,9})-([A-Za-z0-9_.-]+\.m3u8)", re.ASCII
)
_LIST = re.compile(r"breaks/(\d{1,8})\.json", re.ASCII)
_URI = re.compile(r'URI="((?:https?://[^"?#]+/)?[^":?#]+\.m3u8)"', re.ASCII)
_STEERING = re.compile(r'SERVER-URI="[^"]+', re.ASCII)


@dataclass(frozen=True, slots=True)
class BrokenPlaylist:
    """A playlist with breaks, as its address names it."""

    path: str
    """The playlist without them."""
    offsets_ms: tuple[int, ...]
    """Ascending, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakAsset:
    """Something that is shown in a break."""

    url: str
    """Of its multivariant playlist."""
    duration_ms: int
    details: dict[str, Any]
    """For our own player: what it says and counts while this is shown."""
    skip_after_ms: int = 0
    """0: it cannot be skipped."""


def parse(path: str) -> BrokenPlaylist | None:
    """What a path names; ``None`` for everything else, so that one set of breaks has one address."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    offsets = tuple(int(text) for text in match[2].split("."))
    canonical = ".".join(map(str, offsets)) == match[2] and list(offsets) == sorted(set(offsets))
    return BrokenPlaylist(match[1] + match[3], offsets) if canonical and offsets[-1] <= MAX_OFFSET_MS else None


def break_of(path: str) -> int | None:
    """The offset of the break whose list of assets a path names."""
    match = _LIST.fullmatch(path)
    return None if match is None else int(match[1])


def with_name(path: str, offsets_ms: Sequence[int]) -> str:
    """Where the playlist at ``path`` is with these breaks."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}breaks-{'.'.join(map(str, offsets_ms))}-{name}"


def multivariant_with_breaks(text: str, offsets_ms: Sequence[int]) -> str:
    """A multivariant playlist that leads to media playlists with breaks, all of them: §6.2.4 wants one timeline of dates for all."""
    lines = []
    for line in text.splitlines():
        if line.startswith("#EXT-X-CONTENT-STEERING:"):
            # Addresses that it hands out later are to have the breaks, too.
            lines.append(_STEERING.sub(rf"\g<0>&breaks={'.'.join(map(str, offsets_ms))}", line))
        elif line.startswith("#"):
            lines.append(_URI.sub(lambda found: f'URI="{with_name(found[1], offsets_ms)}"', line))
        else:
            lines.append(with_name(line, offsets_ms) if line.endswith(".m3u8") else line)
    return "\n".join(lines) + "\n"


def media_with_breaks(text: str, path: str, offsets_ms: Sequence[int]) -> str:
    """The media playlist at ``path`` with breaks.  One that is not complete, or has dates already, comes back as it is."""
    if "#EXT-X-ENDLIST" not in text or "#EXT-X-PROGRAM-DATE-TIME" in text:
        return text
    return "\n".join(_lines(text, path, offsets_ms)) + "\n"


def _lines(text: str, path: str, offsets_ms: Sequence[int]) -> Iterator[str]:
    dated = False
    for line in text.splitlines():
        # §4.4.4.6: EXT-X-PROGRAM-DATE-TIME is about the next segment; §4.4.5.1: with date ranges there must be one.
        if not dated and line.startswith("#EXTINF"):
            dated = True
            yield f"#EXT-X-PROGRAM-DATE-TIME:{_date(0)}"
            yield from (_daterange(offset_ms, path.count("/")) for offset_ms in offsets_ms)
        yield line


def _daterange(offset_ms: int, depth: int) -> str:
    attributes = [f'ID="break-{offset_ms}"', f'CLASS="{CLASS}"', f'START-DATE="{_date(offset_ms)}"']
    # Appendix D.2: PRE is before the programme wherever it begins; ONCE: who seeks back does not see it again.
    attributes.append('CUE="PRE,ONCE"' if offset_ms == 0 else 'CUE="ONCE"')
    attributes.append(f'X-ASSET-LIST="{"../" * depth}{FOLDER}{offset_ms}.json"')
    # 0: the programme goes on where it was left; without it a player would leave out as much of it as the break was long.
    attributes.append("X-RESUME-OFFSET=0")
    attributes.append('X-RESTRICT="SKIP,JUMP"')
    # At the start of the next segment, so that nothing is decoded twice.
    if offset_ms:
        attributes.append('X-SNAP="OUT,IN"')
    return "#EXT-X-DATERANGE:" + ",".join(attributes)


def _date(offset_ms: int) -> str:
    return (EPOCH + timedelta(milliseconds=offset_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def asset_list(assets: Sequence[BreakAsset]) -> dict[str, Any]:
    """The document behind X-ASSET-LIST (appendix D.4); without assets the programme goes on at once."""
    document: dict[str, Any] = {
        "ASSETS": [
            {"URI": asset.url, "DURATION": round(asset.duration_ms / 1000, 3), "X-ANI-AD": asset.details}
            for asset in assets
        ]
    }
    if assets and assets[0].skip_after_ms:
        document["SKIP-CONTROL"] = {"OFFSET": round(assets[0].skip_after_ms / 1000, 3)}
    return document
