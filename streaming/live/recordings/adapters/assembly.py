"""The stretches of a recording as one file that an ingest can read.

One stretch is that file already.  Stretches of one format are put one behind the other as they are; where the format changes, each is
encoded in the largest size there is, so that they can be.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import structlog

from streaming.ingest.ffmpeg import errors
from streaming.ingest.ffmpeg.processes import Outcome, Tools, run
from streaming.ingest.model import SourceDamaged, StorageFull
from streaming.live.recordings.adapters.files import Stretch
from streaming.live.recordings.model import DISK_RESERVE_BYTES

log = structlog.get_logger()

MIN_STRETCH_MS: Final = 100
"""What is shorter is a picture or two, and no encoder makes more of it."""
FRAME_RATE: Final = 30
"""Of stretches that are encoded: what browsers and most encoders send."""
CRF: Final = 17
"""The ingest encodes once more: its input is not to show that it was encoded before."""
TIMEOUT_FLOOR_S: Final = 600
TIMEOUT_FACTOR: Final = 30
"""Times the length of what is encoded."""

_LIST: Final = "stretches.txt"
_WHOLE: Final = "whole.mp4"

Report = Callable[[float], None]
"""Told how far it is, from 0 to 1."""


async def assembled(tools: Tools, stretches: Sequence[Stretch], work: Path, *, free_bytes: int, report: Report) -> Path:
    """``work`` is an empty folder for whatever is made.  Raises SourceDamaged, StorageFull."""
    good = _long_enough(stretches)
    if len(good) == 1:
        return good[0].path
    sizes = sum(each.size_bytes for each in good)
    alike = have_one_format(good)
    if free_bytes - DISK_RESERVE_BYTES < sizes * (1 if alike else 3):  # encoded, and joined
        raise StorageFull
    parts = [each.path for each in good] if alike else await _encoded(tools, good, work, report)
    lines = ["ffconcat version 1.0"]
    for stretch, path in zip(good, parts, strict=True):
        lines += [f"file 'file:{path}'", f"duration {stretch.duration_ms / 1000:.3f}"]
    await asyncio.to_thread((work / _LIST).write_text, "\n".join([*lines, ""]), "utf-8")
    join = [
        tools.ffmpeg,
        *_QUIET,
        "-protocol_whitelist",
        "file",
        "-f",
        "concat",
        "-safe",
        "0",
        "-i",
        _LIST,
        "-map",
        "0",
    ]
    join += ["-c", "copy", "-video_track_timescale", "90000", _WHOLE]
    await _done(join, work, TIMEOUT_FLOOR_S + sizes / 1e6)
    report(1.0)
    return work / _WHOLE


def have_one_format(stretches: Sequence[Stretch]) -> bool:
    """Whether nothing need be encoded to put them together."""
    return len({each.header for each in _long_enough(stretches)}) == 1


def _long_enough(stretches: Sequence[Stretch]) -> list[Stretch]:
    return [each for each in stretches if each.duration_ms >= MIN_STRETCH_MS] or list(stretches)


_QUIET: Final = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")


async def _encoded(tools: Tools, stretches: Sequence[Stretch], work: Path, report: Report) -> list[Path]:
    width = max(each.width_px for each in stretches) // 2 * 2
    height = max(each.height_px for each in stretches) // 2 * 2
    fit = (
        f"scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2,"
        f"pad={width}:{height}:(ow-iw)/2:(oh-ih)/2,setsar=1,fps={FRAME_RATE}"
    )
    total_ms, done_ms, parts = sum(each.duration_ms for each in stretches), 0, []
    for index, stretch in enumerate(stretches):
        part = work / f"part{index}.mp4"
        command = [tools.ffmpeg, *_QUIET, "-i", f"file:{stretch.path}", "-map", "0:v:0", "-map", "0:a:0", "-vf", fit]
        command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", str(CRF), "-pix_fmt", "yuv420p", "-c:a", "copy"]
        command += ["-video_track_timescale", "90000", part.name]
        await _done(command, work, TIMEOUT_FLOOR_S + TIMEOUT_FACTOR * stretch.duration_ms / 1000)
        parts.append(part)
        done_ms += stretch.duration_ms
        report(done_ms / total_ms)
    return parts


async def _done(command: Sequence[str], work: Path, timeout_s: float) -> Outcome:
    outcome = await run(command, cwd=work, timeout_s=timeout_s)
    if outcome.status != 0:
        log.warning("a recording could not be put together", stderr=outcome.stderr[-10:])
        if any("No space left" in line for line in outcome.stderr):
            raise StorageFull
        reason = errors.explain(outcome.stderr, hide=[str(work), str(work.parent)])
        raise SourceDamaged(name="The recording", reason=reason)
    return outcome
