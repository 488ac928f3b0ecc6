"""What a film really holds, found out by reading it: which picture is the film, which sound can be decoded, how long all that is."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from streaming.ingest import probe
from streaming.ingest.ffmpeg import commands, errors
from streaming.ingest.ffmpeg.processes import Outcome, ProcessStuck, ProcessTalkative, Tools, run
from streaming.ingest.model import ColoursUnreadable, NoDuration, SourceDamaged, StorageFull
from streaming.ingest.picture import colour
from streaming.ingest.probe import AudioStream, Source, VideoStream
from streaming.ingest.timing import timeline
from streaming.ingest.timing.timeline import Measured, Timeline

READ_TIMEOUT_S: Final = 1800
"""For passes that copy and do not decode; 50 GB from a slow network disk."""
LOOK_TIMEOUT_S: Final = 60

_PACKET_TIMES: Final = Path(__file__).with_name("timing") / "packet_times.py"


async def analyse(tools: Tools, source: Path, described: Source, cwd: Path) -> tuple[Source, Timeline]:
    """``described`` with the picture and the sound that there are, and with warnings; and its time.

    Raises a :class:`~streaming.ingest.model.MediaRefused`.
    """
    heard, warnings = await _audible(tools, source, described, cwd)
    pictures = [described.picture, *described.other_pictures]
    measured, complaints, restarts = await _measured(tools, source, described, [*pictures, *heard], cwd)
    chosen = timeline.most_like_a_film(measured[: len(pictures)])
    picture, track = pictures[chosen], measured[chosen]
    if not track.packets:
        raise NoDuration(name=described.name)
    probe.check_size(described.name, picture)
    if picture.colour.unreadable:
        raise ColoursUnreadable(name=described.name, colours=picture.colour.unreadable)
    warnings += [
        f"Picture track {other.index} ({other.codec}, {other.width}×{other.height}, {timeline.clock(size.length_ms)}) "
        "was left out: a film has one picture."
        for other, size in zip(pictures, measured, strict=False)
        if other is not picture
    ]
    sound = dict(zip(heard, measured[len(pictures) :], strict=True))
    warnings += [
        f"Sound track {each.index} is empty and was left out." for each, size in sound.items() if not size.packets
    ]
    sound = {each: size for each, size in sound.items() if size.packets}
    sizes = {each.index: size for each, size in sound.items()}
    times = timeline.make(track, sizes, recorded=described.is_recorded, restarts=restarts)
    claimed_ms = described.duration_ms if chosen == 0 else None
    if timeline.promises_more(claimed_ms, times.duration_ms):
        assert claimed_ms is not None
        if errors.is_cut_off(complaints):
            promised_s, found_s = claimed_ms / 1000, times.picture_ms / 1000
            reason = f"its picture ends after {found_s:.1f} s of the {promised_s:.1f} s that its header promises"
            raise SourceDamaged(name=described.name, reason=reason)
        if not times.cuts:
            warnings.append(
                f"It claims to last {timeline.clock(claimed_ms)}, and {timeline.clock(times.duration_ms)} of it is there."
            )
    warnings += _told(times)
    if picture.colour.is_hdr:
        picture = replace(picture, colour=await _brightness(tools, source, picture, cwd))
    described = replace(
        described, picture=picture, sound=tuple(sound), warnings=(*described.warnings, *warnings), other_pictures=()
    )
    return described, times


async def run_on(
    name: str,
    command: Sequence[str],
    cwd: Path,
    timeout_s: float,
    on_line: Callable[[str], Any] | None = None,
    on_complaint: Callable[[str], Any] | None = None,
) -> Outcome:
    """Run ``command`` on the film ``name``.  Raises :class:`SourceDamaged` where it gets nowhere, :class:`StorageFull`."""
    try:
        outcome = await run(command, cwd=cwd, timeout_s=timeout_s, on_line=on_line, on_complaint=on_complaint)
    except ProcessStuck:
        raise SourceDamaged(name=name, reason="decoding it came to a standstill") from None
    if outcome.status != 0 and errors.disk_is_full(outcome.stderr):
        raise StorageFull
    return outcome


async def measured_sound(tools: Tools, source: Path, name: str, track: AudioStream, cwd: Path) -> Measured:
    """One track of sound by its packets.  Raises :class:`SourceDamaged`, :class:`StorageFull`."""
    lines = ["[]"]

    def on_line(line: str) -> None:
        lines[0] = line

    command = commands.measure(sys.executable, _PACKET_TIMES, tools.ffmpeg, source, [track.index], restarts=False)
    outcome = await run_on(name, command, cwd, READ_TIMEOUT_S, on_line)
    records = await asyncio.to_thread(json.loads, lines[0])
    if outcome.status != 0 or len(records) != 1:
        raise SourceDamaged(name=name, reason=errors.explain(outcome.stderr, hide=[str(source)]))
    return Measured.read(records[0])


async def _measured(
    tools: Tools,
    source: Path,
    described: Source,
    tracks: Sequence[VideoStream | AudioStream],
    cwd: Path,
    *,
    restarts: bool = False,
) -> tuple[list[Measured], Sequence[str], bool]:
    """Each of ``tracks`` by its packets, what ffmpeg complained of, and whether it was told that their clock goes back.

    That is seen only on the way, so a transport stream with such a clock is read again (``restarts``); in other containers
    no packet of the old time comes after the first of the new one.
    """
    name = described.name
    lines = ["[]"]
    went_back = [False]

    def on_line(line: str) -> None:
        lines[0] = line

    def on_complaint(line: str) -> None:
        went_back[0] = went_back[0] or errors.clock_restarted(line)

    indices = [track.index for track in tracks]
    command = commands.measure(sys.executable, _PACKET_TIMES, tools.ffmpeg, source, indices, restarts=restarts)
    outcome = await run_on(name, command, cwd, READ_TIMEOUT_S, on_line, on_complaint)
    if outcome.status != 0:
        raise SourceDamaged(name=name, reason=errors.explain(outcome.stderr, hide=[str(source)]))
    if went_back[0] and described.is_transport_stream and not restarts:
        return await _measured(tools, source, described, tracks, cwd, restarts=True)
    records = await asyncio.to_thread(json.loads, lines[0])
    if len(records) != len(tracks):
        raise SourceDamaged(name=name, reason="its tracks cannot be read")
    return [Measured.read(record) for record in records], outcome.stderr, restarts


async def _audible(tools: Tools, source: Path, described: Source, cwd: Path) -> tuple[list[AudioStream], list[str]]:
    """The tracks of sound that can be decoded, and what to say of the others."""
    tracks = list(described.sound)
    if not tracks or await _decodes(tools, source, described.name, tracks, cwd):
        return tracks, []
    heard = [track for track in tracks if await _decodes(tools, source, described.name, [track], cwd)]
    end = "was left out." if heard else "was left out: the film has no sound."
    return heard, [
        f"Sound track {track.index} ({track.codec}) cannot be decoded and {end}"
        for track in tracks
        if track not in heard
    ]


async def _decodes(tools: Tools, source: Path, name: str, tracks: Sequence[AudioStream], cwd: Path) -> bool:
    """Whether something comes out of each of ``tracks``."""
    command = commands.listen(tools.ffmpeg, source, [track.index for track in tracks])
    try:
        outcome = await run_on(name, command, cwd, READ_TIMEOUT_S)
    except (ProcessTalkative, SourceDamaged):
        return False
    lines = outcome.stdout.decode("ascii", "replace").splitlines()
    places = {line.partition(",")[0] for line in lines if not line.startswith("#")}
    return outcome.status == 0 and places == {str(place) for place in range(len(tracks))}


async def _brightness(tools: Tools, source: Path, picture: VideoStream, cwd: Path) -> colour.Colour:
    """The colours with the brightest white that the first frame tells of: encoders put it there, and not in the container."""
    try:
        command = commands.look(tools.ffprobe, source, picture.index)
        outcome = await run(command, cwd=cwd, timeout_s=LOOK_TIMEOUT_S)
        frames = json.loads(outcome.stdout or b"{}").get("frames") or [{}]
    except (ProcessStuck, ProcessTalkative, ValueError):
        return picture.colour
    peak_nits = colour.peak_nits(frames[0].get("side_data_list") or [])
    return replace(picture.colour, peak_nits=peak_nits) if peak_nits else picture.colour


def _told(times: Timeline) -> list[str]:
    """What people should know of the film's time."""
    return [
        f"{timeline.clock(cut.length_ms)} without picture and sound, from {timeline.clock(cut.at_ms)} on, was left out."
        for cut in times.cuts
    ]
