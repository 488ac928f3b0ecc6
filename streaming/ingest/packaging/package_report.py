"""What the packager made, read back from its playlists: the truth about an asset, whatever the source's header said."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import m3u8  # type: ignore[import-untyped]  # it ships no types

from streaming.ingest.ffmpeg.commands import MASTER, POSTER, STEREO_GROUP
from streaming.ingest.model import (
    AudioTrack,
    Chapter,
    Published,
    PublishedRendition,
    SubtitleTrack,
    SurroundRendition,
)
from streaming.ingest.packaging import audio_groups, bandwidth
from streaming.ingest.packaging.bandwidth import Bandwidth, MeasuredSegment
from streaming.ingest.picture import storyboard
from streaming.ingest.picture.codecs import SAMPLE_ENTRIES
from streaming.ingest.plan import EncodedFilm, SubtitlePlan
from streaming.ingest.surround import SurroundPlan
from streaming.keys.model import Protection

RECORD: Final = "asset.json"
"""What the asset is, beside it: a process that dies between publishing and committing loses no work."""


class PackagingIncomplete(Exception):
    """The packager reported success, and something is missing all the same."""


def duration_ms(folder: Path, plan: EncodedFilm) -> int:
    """How long the picture is: the sum of the segments of its first rendition."""
    playlist = m3u8.loads((folder / plan.rungs[0].name / "main.m3u8").read_text("utf-8"))
    return int(sum(round(segment.duration * 1000) for segment in playlist.segments))


def correct_master(folder: Path) -> None:
    """Make the groups of the multivariant playlist whole, and tell in it what its playlists really take."""
    path = folder / MASTER
    text = audio_groups.completed(path.read_text("utf-8"), STEREO_GROUP)
    master = m3u8.loads(text)
    listed = (*master.playlists, *master.iframe_playlists, *master.media)
    measured = {each.uri: _bandwidth(folder / each.uri) for each in listed if each.uri}
    path.write_text(bandwidth.correct(text, measured), "utf-8")


def _bandwidth(path: Path) -> Bandwidth:
    playlist = m3u8.loads(path.read_text("utf-8"))
    sizes = (
        int(segment.byterange.partition("@")[0]) if segment.byterange else (path.parent / segment.uri).stat().st_size
        for segment in playlist.segments
    )
    segments = [MeasuredSegment(segment.duration, size) for segment, size in zip(playlist.segments, sizes, strict=True)]
    return bandwidth.measure(segments, playlist.target_duration)


def read(folder: Path, plan: EncodedFilm, text: Sequence[SubtitlePlan], warnings: Sequence[str]) -> Published:
    """The asset in ``folder``.  Raises :class:`PackagingIncomplete`."""
    master = m3u8.loads((folder / MASTER).read_text("utf-8"))
    sizes = {
        playlist.uri.partition("/")[0]: playlist.stream_info
        for playlist in master.playlists
        if playlist.stream_info.audio in {None, STEREO_GROUP}
    }
    missing = [rung.name for rung in plan.rungs if rung.name not in sizes]
    if missing:
        raise PackagingIncomplete(f"{MASTER} does not list {', '.join(missing)}")
    renditions = tuple(
        PublishedRendition(
            name=rung.name,
            width=rung.width,
            height=rung.height,
            frame_rate=round(float(plan.frame_rate), 3),
            codecs=_codec(sizes[rung.name].codecs, video=True),
            bandwidth_bps=sizes[rung.name].bandwidth or 0,
            average_bandwidth_bps=sizes[rung.name].average_bandwidth or sizes[rung.name].bandwidth or 0,
        )
        for rung in plan.rungs
    )
    top = plan.rungs[0]
    sound_codec = _codec(sizes[top.name].codecs, video=False)
    return Published(
        width=top.width,
        height=top.height,
        duration_ms=duration_ms(folder, plan),
        frame_rate=renditions[0].frame_rate,
        renditions=renditions,
        audio=tuple(
            AudioTrack(
                name=track.name,
                language=track.language,
                label=track.label,
                codecs=sound_codec,
                channels=track.channels,
                is_default=index == 0,
                surround=None if track.surround is None else _surround(track.surround, master),
            )
            for index, track in enumerate(plan.sound)
        ),
        subtitles=tuple(
            SubtitleTrack(
                name=track.name,
                language=track.language,
                label=track.label,
                path=f"{track.name}/subtitles.vtt",
                forced=track.forced,
                sdh=track.sdh,
            )
            for track in text
        ),
        poster=POSTER if (folder / POSTER).is_file() else None,
        storyboard=storyboard.PLAYLIST if (folder / storyboard.PLAYLIST).is_file() else None,
        size_bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        warnings=tuple(warnings),
    )


def remember(folder: Path, published: Published) -> None:
    """Write :data:`RECORD`; the last file of a folder, so that its presence means that all others are there."""
    (folder / RECORD).write_text(json.dumps(asdict(published), ensure_ascii=False, indent=1), "utf-8")


def recall(data: bytes) -> Published | None:
    """What :func:`remember` wrote, or ``None`` where that is of another version."""
    try:
        record: dict[str, Any] = json.loads(data)
        record["renditions"] = tuple(PublishedRendition(**each) for each in record["renditions"])
        record["audio"] = tuple(AudioTrack.of(**each) for each in record["audio"])
        record["subtitles"] = tuple(SubtitleTrack(**each) for each in record["subtitles"])
        record["warnings"] = tuple(record["warnings"])
        record["chapters"] = tuple(Chapter(**each) for each in record.get("chapters", ()))
        record["protection"] = Protection(record.get("protection", Protection.NONE))
        return Published(**record)
    except (ValueError, KeyError, TypeError):
        return None


def _surround(made: SurroundPlan, master: m3u8.M3U8) -> SurroundRendition:
    told = next((each.stream_info for each in master.playlists if each.stream_info.audio == made.group), None)
    named = (told.codecs or "").split(",") if told is not None else []
    codecs = [codec for codec in named if codec.partition(".")[0] == made.codec]
    if not codecs:
        raise PackagingIncomplete(f"{MASTER} does not list {made.name}")
    return SurroundRendition(made.name, codecs[0], made.channels)


def _codec(codecs: str | None, *, video: bool) -> str:
    found = [codec for codec in (codecs or "").split(",") if (codec[:4] in SAMPLE_ENTRIES) is video]
    return found[0] if found else ""
