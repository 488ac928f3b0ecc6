"""The subtitles of a film, those beside it and those in it: found, read, and written where the packager takes them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from streaming.ingest import plan
from streaming.ingest.ffmpeg import commands, errors
from streaming.ingest.ffmpeg.filters import WORK
from streaming.ingest.ffmpeg.processes import Outcome, ProcessStuck, ProcessTalkative, Tools, run
from streaming.ingest.languages import UNDETERMINED
from streaming.ingest.model import SubtitlesUnreadable
from streaming.ingest.plan import SubtitlePlan
from streaming.ingest.probe import UNNAMED, Source, SubtitleStream
from streaming.ingest.subtitles import reader
from streaming.ingest.subtitles.cue import Cue, Unreadable, clip, cue, write
from streaming.ingest.subtitles.side_files import side_file
from streaming.ingest.subtitles.webvtt import cue_text
from streaming.ingest.timing.timeline import Timeline

WHOLE: Final = "subtitles.vtt"
"""All cues of a track, beside its segments."""

MAX_SIDE_FILES: Final = 32
"""Each is a track in every player's menu."""

READ_TIMEOUT_S: Final = 600
"""To read through a film for the packets of one track; 50 GB from a slow network disk."""

Extract = Callable[[Sequence[str]], Awaitable[Outcome]]
"""Runs a command line of ffmpeg to its end."""


@dataclass(slots=True)
class TextTrack:
    """Subtitles before they are cut to the film."""

    language: str
    title: str
    cues: list[Cue]
    forced: bool = False
    sdh: bool = False


@dataclass(slots=True)
class Gathered:
    """What was found, and what people should know about it."""

    tracks: list[TextTrack] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


async def beside(film: str, files: Sequence[Path]) -> Gathered:
    """The subtitles in ``files``, for the film of that name.  Raises :class:`SubtitlesUnreadable`."""
    found = Gathered()
    if len(files) > MAX_SIDE_FILES:
        found.warnings.append(f"Only the first {MAX_SIDE_FILES} of {len(files)} subtitle files were taken.")
    for path in files[:MAX_SIDE_FILES]:
        track, warning = await asyncio.to_thread(_read_file, path, film)
        found.tracks.append(track)
        if warning is not None:
            found.warnings.append(f"Subtitles {path.name}: {warning}.")
    return found


async def inside(
    tools: Tools, source: Path, described: Source, times: Timeline, staging: Path, extract: Extract
) -> Gathered:
    """The text tracks of the film itself; one that cannot be read is left out with a warning."""
    found = Gathered()
    named = [(track, name) for track in described.text if (name := _file_name(track)) is not None]
    complaints: tuple[str, ...] = ()
    if named:
        command = commands.extract_text(tools.ffmpeg, source, named)
        complaints = (await extract(command)).stderr
    names = {track.index: name for track, name in named}
    for track in described.text:
        try:
            if track.index in names:
                read = await asyncio.to_thread(_read_extracted, staging / names[track.index], track, complaints, source)
            else:
                read = reader.Subtitles(await _unnamed(tools, source, track))
        except SubtitlesUnreadable as error:
            found.warnings.append(f"Subtitle track {track.index} was left out: {error.details['reason']}.")
            continue
        if read.warning is not None:
            found.warnings.append(f"Subtitle track {track.index}: {read.warning}.")
        cues = [_in_film(each, times) for each in read.cues]
        found.tracks.append(TextTrack(track.language, track.title, cues, track.forced))
    return found


def write_all(tracks: Sequence[TextTrack], staging: Path, duration_ms: int, warnings: list[str]) -> list[SubtitlePlan]:
    """Each track as ``s-LANG/subtitles.vtt``; those without a cue within the film are left out, with a warning."""
    kept = [(track, cues) for track in tracks if (cues := clip(track.cues, duration_ms))]
    if len(kept) < len(tracks):
        warnings.append(f"{len(tracks) - len(kept)} subtitle track(s) without a cue within the film were left out.")
    names = plan.unique("s", [track.language for track, _ in kept])
    labels = plan.distinct([plan.label_of(track.language, track.title, "Subtitles") for track, _ in kept])
    plans = []
    for (track, cues), name, label in zip(kept, names, labels, strict=True):
        (staging / name).mkdir()
        (staging / name / WHOLE).write_text(write(cues), "utf-8")
        plans.append(SubtitlePlan(name, track.language or UNDETERMINED, label, track.forced, track.sdh))
    return plans


def bounded_bytes(path: Path) -> bytes | None:
    """The content, one byte over the limit at most, so that a reader sees that it is too long."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(reader.MAX_BYTES + 1)


def _in_film(each: Cue, times: Timeline) -> Cue:
    return replace(each, start_ms=times.film_ms(each.start_ms), end_ms=times.film_ms(each.end_ms))


def _read_file(path: Path, film: str) -> tuple[TextTrack, str | None]:
    named = side_file(path.name, Path(film).stem)
    content = bounded_bytes(path)
    if content is None:
        raise SubtitlesUnreadable(name=path.name, reason="there is no such file")
    read = reader.read(path.name, content, named.language)
    return TextTrack(named.language, named.title, read.cues, named.forced, named.sdh), read.warning


def _read_extracted(path: Path, track: SubtitleStream, complaints: Sequence[str], source: Path) -> reader.Subtitles:
    content = bounded_bytes(path)
    if not content:
        raise SubtitlesUnreadable(name=path.name, reason=errors.explain(complaints, hide=[str(source)]))
    return reader.read(path.name, content, track.language)


def _file_name(track: SubtitleStream) -> str | None:
    """Where ffmpeg writes ``track``; ``None`` where it knows no codec to write it as."""
    if track.codec == UNNAMED:
        return None
    suffix = {"ass": "ass", "ssa": "ass", "webvtt": "vtt"}.get(track.codec, "srt")
    return f"{WORK}/text-{track.index}.{suffix}"


async def _unnamed(tools: Tools, source: Path, track: SubtitleStream) -> list[Cue]:
    """Cues of a track of no codec that ffmpeg knows: WebVTT as Matroska has it (``S_TEXT/WEBVTT``).

    Each packet is the text of one cue, and the header of the file is the track's private data
    (Matroska, Subtitle Codec Mappings).  Raises :class:`SubtitlesUnreadable`.
    """
    refusal = SubtitlesUnreadable(name=str(track.index), reason="it is of a kind that we do not know")
    try:
        command = commands.packets(tools.ffprobe, source, track.index)
        outcome = await run(command, cwd=Path(source.anchor), timeout_s=READ_TIMEOUT_S)
    except (ProcessStuck, ProcessTalkative):
        raise refusal from None
    return await asyncio.to_thread(_cues_of_packets, outcome.stdout, refusal)


def _cues_of_packets(report_json: bytes, refusal: SubtitlesUnreadable) -> list[Cue]:
    try:
        report: dict[str, Any] = json.loads(report_json)
    except ValueError:
        raise refusal from None
    streams = report.get("streams") or [{}]
    if not _bytes_of_dump(streams[0].get("extradata", "")).startswith(b"WEBVTT"):
        raise refusal
    start_s = _seconds((report.get("format") or {}).get("start_time"))
    try:
        cues = list(_packet_cues(report.get("packets") or [], start_s))
    except (Unreadable, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, Unreadable) else "its characters are not UTF-8"
        raise SubtitlesUnreadable(name=refusal.details["name"], reason=reason) from None
    if not cues:
        raise SubtitlesUnreadable(name=refusal.details["name"], reason="there is no cue in it")
    return cues


def _packet_cues(packets: Sequence[Mapping[str, Any]], start_s: float) -> Iterator[Cue]:
    for packet in packets:
        start_ms = round((_seconds(packet.get("pts_time")) - start_s) * 1000)
        text = _bytes_of_dump(packet.get("data", "")).decode("utf-8")
        yield cue(start_ms, start_ms + round(_seconds(packet.get("duration_time")) * 1000), cue_text(text))


def _bytes_of_dump(dump: str) -> bytes:
    """The bytes of ffprobe's ``00000000: 6672 6f6d  fr om`` lines."""
    pieces = (line[10:].partition("  ")[0] for line in dump.splitlines())
    try:
        return bytes.fromhex("".join(pieces))
    except ValueError:
        return b""


def _seconds(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0
