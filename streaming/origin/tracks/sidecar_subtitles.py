"""Subtitles that were added to an episode after its video: offered in the same playlist, served under the same token.

Section numbers are RFC 8216.  Each track is one WebVTT file, in a media playlist of one segment as long as the video.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from streaming.origin.ladder import Ladder, Rendition
from streaming.origin.model import StreamableAsset, Track

FOLDER: Final = "added/"
"""Beside the asset's own files; the packager makes no folder of this name."""

_PATH = re.compile(r"added/([0-9a-f-]{36})\.[0-9]{1,10}\.(vtt|m3u8)", re.ASCII)

GROUP: Final = "added"
"""For variants without subtitles of their own."""

SDH: Final = "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"
"""§4.3.4.1, CHARACTERISTICS: both of them say that a track is for the deaf and hard of hearing."""


@dataclass(frozen=True, slots=True)
class SidecarTrack:
    """A track; the version is in its address, so that nobody is shown an old text out of a cache."""

    id: str
    version: int
    language: str
    label: str
    forced: bool = False
    sdh: bool = False

    def path(self, suffix: str) -> str:
        """Under the asset's folder."""
        return f"{FOLDER}{self.id}.{self.version}.{suffix}"


@dataclass(frozen=True, slots=True)
class SidecarText:
    """The whole of a track."""

    episode_id: str
    webvtt: str


def with_sidecars(asset: StreamableAsset, tracks: Sequence[SidecarTrack]) -> StreamableAsset:
    """``asset`` with ``tracks`` beside its own."""
    if not tracks:
        return asset
    added = tuple(Track(track.language, track.label, track.path("vtt")) for track in tracks)
    return replace(asset, ladder=_offered(asset.ladder, tracks), subtitles=asset.subtitles + added)


def _offered(ladder: Ladder, tracks: Iterable[SidecarTrack]) -> Ladder:
    tracks = list(tracks)
    variants = tuple(replace(variant, subtitles=variant.subtitles or GROUP) for variant in ladder.variants)
    renditions = list(ladder.renditions)
    # Every group a variant may choose gets them all (§4.3.4.1.1), each under a name of its own within the group.
    for group in dict.fromkeys(variant.subtitles for variant in variants if variant.subtitles is not None):
        taken = {each.name for each in renditions if each.group == group}
        for track in tracks:
            name, number = track.label, 2
            while name in taken:
                name, number = f"{track.label} ({number})", number + 1
            taken.add(name)
            renditions.append(
                Rendition(
                    kind="SUBTITLES",
                    group=group,
                    name=name,
                    uri=track.path("m3u8"),
                    language=track.language,
                    autoselect=True,
                    forced=track.forced,
                    characteristics=SDH if track.sdh else None,
                )
            )
    return replace(ladder, variants=variants, renditions=tuple(renditions))


def parse(path: str) -> tuple[str, str] | None:
    """The track and the suffix that a path names, ``None`` for everything else."""
    match = _PATH.fullmatch(path)
    return None if match is None else (match[1], match[2])


def media_playlist(path: str, duration_ms: int) -> str:
    """The playlist at ``path`` (``….m3u8``): the whole track as one segment."""
    duration_s = duration_ms / 1000
    name = path.removeprefix(FOLDER).removesuffix("m3u8") + "vtt"
    return (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        # §4.3.3.1: no segment is longer, rounded to the nearest integer.
        f"#EXT-X-TARGETDURATION:{math.ceil(duration_s)}\n#EXTINF:{duration_s:.3f},\n{name}\n#EXT-X-ENDLIST\n"
    )
