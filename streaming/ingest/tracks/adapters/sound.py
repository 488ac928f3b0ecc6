"""Encodes sound that comes in a file of its own, in step with a picture that is there."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

from streaming.ingest import analysis, probe
from streaming.ingest.analysis import run_on
from streaming.ingest.engine import PROBE_TIMEOUT_S, Progress
from streaming.ingest.ffmpeg import commands, errors, filters
from streaming.ingest.ffmpeg.processes import ProcessStuck, ProcessTalkative, Tools, run
from streaming.ingest.model import NotMedia, SourceDamaged, SourceEmpty, SourceMissing
from streaming.ingest.plan import AudioPlan
from streaming.ingest.probe import AudioStream
from streaming.ingest.tracks.model import TOLD_DIFFERENCE_MS, NoSound, SoundToAdd

ENCODE_TIMEOUT_S: Final = 3600
"""A day of sound takes some ten minutes."""


async def find(tools: Tools, source: Path, name: str, wanted: SoundToAdd) -> tuple[AudioStream, list[str]]:
    """The sound of ``source`` that is meant, and what to say of it: in the wanted language, or else its default one.

    Raises a :class:`~streaming.ingest.model.MediaRefused`.
    """
    size_bytes = await asyncio.to_thread(lambda: source.stat().st_size if source.is_file() else None)
    if size_bytes is None:
        raise SourceMissing(name=name)
    if size_bytes == 0:
        raise SourceEmpty(name=name)
    try:
        outcome = await run(commands.probe(tools.ffprobe, source), cwd=Path(source.anchor), timeout_s=PROBE_TIMEOUT_S)
        report: dict[str, Any] = json.loads(outcome.stdout) if outcome.status == 0 else {}
    except (ProcessStuck, ProcessTalkative, ValueError):
        raise NotMedia(name=name, reason="its header cannot be read") from None
    if outcome.status != 0:
        raise NotMedia(name=name, reason=errors.explain(outcome.stderr, hide=[str(source)]))
    tracks = probe.sounds(report)
    if not tracks:
        raise NoSound(name=name)
    same = [track for track in tracks if track.language == wanted.language]
    chosen = (same or sorted(tracks, key=lambda track: not track.default))[0]
    warnings = []
    if len(tracks) > 1:
        warnings.append(
            f"{name} has {len(tracks)} tracks of sound; track {chosen.index} ({chosen.language}) was taken."
        )
    return chosen, warnings


async def encode(
    tools: Tools,
    source: Path,
    name: str,
    track: AudioStream,
    wanted: SoundToAdd,
    made: AudioPlan,
    staging: Path,
    duration_ms: int,
    on_progress: Progress,
) -> list[str]:
    """Write ``made`` into the work folder of ``staging``, ``duration_ms`` long; what to say of it.

    Raises :class:`SourceDamaged`, :class:`~streaming.ingest.model.StorageFull`.
    """
    _, sizes = await _length(tools, source, name, track, staging)
    if not sizes:
        raise SourceDamaged(name=name, reason="its sound track is empty")

    def on_line(line: str) -> None:
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.strip().isdigit():
            on_progress("encoding", min(1.0, int(value) / 1000 / max(1, duration_ms)))

    command = commands.encode_sound(
        tools.ffmpeg, source, track, made, filters.added_sound(duration_ms, wanted.offset_ms)
    )
    outcome = await run_on(name, command, staging, ENCODE_TIMEOUT_S, on_line)
    if outcome.status != 0:
        raise SourceDamaged(name=name, reason=errors.explain(outcome.stderr, hide=[str(source), str(staging)]))
    difference_ms = sizes + wanted.offset_ms - duration_ms
    if abs(difference_ms) <= TOLD_DIFFERENCE_MS:
        return []
    more = "longer" if difference_ms > 0 else "shorter"
    return [f"{name} is {abs(difference_ms) / 1000:.1f} s {more} than the picture: it may be of another cut."]


async def _length(tools: Tools, source: Path, name: str, track: AudioStream, cwd: Path) -> tuple[AudioStream, int]:
    """How long the track really is, in milliseconds."""
    measured = await analysis.measured_sound(tools, source, name, track, cwd)
    return track, measured.end_ms if measured.packets else 0
