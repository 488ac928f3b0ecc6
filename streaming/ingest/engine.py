"""From a media file to a folder that can be published: probe, encode, package.  Touches no database."""

import asyncio
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import structlog

from streaming.ingest import analysis, kept_picture, plan, probe
from streaming.ingest.adapters import sprites
from streaming.ingest.analysis import run_on
from streaming.ingest.encoding import Encoding
from streaming.ingest.ffmpeg import commands, errors, filters
from streaming.ingest.ffmpeg.filters import FOREIGN, WORK
from streaming.ingest.ffmpeg.processes import Outcome, ProcessStuck, ProcessTalkative, Tools, run
from streaming.ingest.kept_picture import PictureScan
from streaming.ingest.model import (
    FormatUnknown,
    NotMedia,
    Published,
    SourceDamaged,
    SourceEmpty,
    SourceMissing,
)
from streaming.ingest.packaging import manifest, package_report, packager
from streaming.ingest.packaging.protect import ProtectionOrder
from streaming.ingest.picture import codecs, storyboard, tone_map
from streaming.ingest.picture.colour import Colour
from streaming.ingest.plan import Plan, SubtitlePlan
from streaming.ingest.probe import Source
from streaming.ingest.subtitles import text_tracks
from streaming.ingest.timing.timeline import Timeline
from streaming.keys.model import Protection

log = structlog.get_logger()

Progress = Callable[[str, float], None]
"""Told the stage (``probing``, ``encoding``, ``packaging``) and how far all of it is, from 0 to 1."""

PROBE_TIMEOUT_S: Final = 60
POSTER_TIMEOUT_S: Final = 60
"""For one group of pictures of our own."""
ENCODE_TIMEOUT_FLOOR_S: Final = 600
ENCODE_TIMEOUT_FACTOR: Final = 60
"""Times the film's length: 4K HDR on two slow cores takes about 30."""

_ENCODING_SHARE: Final = 0.97
"""Of all the time, as measured; the bar should not race to 100 % and stand."""

_TRUNCATED: Final = 0.05
"""A source whose picture can be decoded to less than all but this part is damaged; last frames and rounding are far below."""
_TRUNCATED_MS: Final = 500

_MOSTLY_NOISE: Final = 2 / 3
"""A track of which more cannot be decoded is none (ffmpeg's own limit, for each track instead of for all)."""
_TOLD_NOISE: Final = 0.05

_SAME_TIME_S: Final = 0.005
"""Under the time of any picture, and over what rounding makes of it."""

_LAST_WORDS_S: Final = 5

_FOREIGN_DECODER: Final = Path(__file__).with_name("adapters") / "av1_decoder.py"
"""By its place and not by an import, which would load a second ffmpeg into the server."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A folder with everything in it, and what is in it."""

    folder: Path
    published: Published


class Engine:
    """Makes assets of files with the programs in ``tools``."""

    def __init__(self, tools: Tools | None = None) -> None:
        self.tools = tools or Tools.bundled()
        self._encoders: frozenset[str] | None = None

    async def probe(self, source: Path, *, name: str = "") -> Source:
        """What is in ``source`` (an absolute path; ``name``: what to call it), or why we do not take it.

        Raises a :class:`~streaming.ingest.model.MediaRefused`.
        """
        name = name or source.name
        size = await asyncio.to_thread(_size_bytes, source)
        if size is None:
            raise SourceMissing(name=name)
        if size == 0:
            raise SourceEmpty(name=name)
        try:
            outcome = await run(
                commands.probe(self.tools.ffprobe, source), cwd=Path(source.anchor), timeout_s=PROBE_TIMEOUT_S
            )
        except (ProcessStuck, ProcessTalkative):
            raise NotMedia(name=name, reason="its header cannot be read in a reasonable time") from None
        if outcome.status != 0:
            raise NotMedia(name=name, reason=errors.explain(outcome.stderr, hide=[str(source)]))
        try:
            report: dict[str, Any] = json.loads(outcome.stdout)
        except ValueError:
            raise NotMedia(name=name, reason="its header cannot be read") from None
        return probe.parse(name, report)

    async def make(
        self,
        source: Path,
        staging: Path,
        *,
        name: str = "",
        side_files: Sequence[Path] = (),
        on_progress: Progress | None = None,
        order: ProtectionOrder | None = None,
        keep_picture: bool = False,
        encoding: Encoding | None = None,
        notes: Sequence[str] = (),
    ) -> Finished:
        """Build the asset of ``source`` in the empty folder ``staging``, protected as ``order`` says.

        With ``keep_picture`` its picture is the largest rendition as it is, where that can be; a warning says why not.
        ``encoding``: what else is made of it.  ``notes`` are said beside the warnings.

        Raises a :class:`~streaming.ingest.model.MediaRefused` or :class:`StorageFull`; what is in ``staging`` then is for the caller to remove.
        """
        report = _silent if on_progress is None else on_progress
        report("probing", 0.0)
        described = await self.probe(source, name=name)
        work = staging / WORK
        await asyncio.to_thread(work.mkdir, parents=True, exist_ok=True)
        described, times = await analysis.analyse(self.tools, source, described, staging)
        warnings = [*described.warnings, *notes]
        encoding = await self._possible(encoding or Encoding(), warnings)
        wanted = await self._plan(source, described, times, staging, warnings, encoding, keep_picture=keep_picture)
        texts = await self._gather_texts(source, described, times, side_files, staging, warnings)
        undecoded = await self._encode(source, described, wanted, staging, report)
        if wanted.keeps_picture and (apart := await self._apart(described, wanted, undecoded, staging)):
            warnings.append(kept_picture.encoded_anew(apart))
            wanted = plan.make(described, times, encoding=encoding)
            undecoded = await self._encode(source, described, wanted, staging, report)
        if tail_ms := times.duration_ms - times.picture_ms:
            then = "it ends there, too" if wanted.keeps_picture else "the last picture is held"
            warnings.append(f"Its sound goes on for {tail_ms / 1000:.1f} s after its picture; {then}.")
        wanted = _without_noise(wanted, undecoded, described.name, warnings)
        report("packaging", _ENCODING_SHARE)
        await self._draw(described, wanted, staging)
        tracks = await asyncio.to_thread(text_tracks.write_all, texts, staging, wanted.duration_ms, warnings)
        await packager.package(self.tools, wanted, tracks, staging, order)
        mode = Protection.NONE if order is None else order.mode
        published = await asyncio.to_thread(_finish, described, wanted, tracks, staging, warnings, mode)
        return Finished(staging, published)

    async def _plan(
        self,
        source: Path,
        described: Source,
        times: Timeline,
        staging: Path,
        warnings: list[str],
        encoding: Encoding,
        *,
        keep_picture: bool,
    ) -> Plan:
        """What to make of it; why the picture is not kept, where it was to be, is told in ``warnings``."""
        if not keep_picture:
            return plan.make(described, times, encoding=encoding)
        scan = await self._scan(described.name, source, described.picture.index, staging)
        reason = kept_picture.why_not(scan, described.picture, times)
        if reason is not None:
            warnings.append(kept_picture.encoded_anew(reason))
        return plan.make(described, times, keep_picture=reason is None, encoding=encoding)

    async def _possible(self, wanted: Encoding, warnings: list[str]) -> Encoding:
        """``wanted`` without codecs that nothing here encodes, told in ``warnings``."""
        if not any(codec.is_optional for codec in wanted.codecs):
            return wanted
        if self._encoders is None:
            try:
                listing = await run(
                    commands.encoders(self.tools.ffmpeg), cwd=Path(self.tools.ffmpeg).parent, timeout_s=PROBE_TIMEOUT_S
                )
                self._encoders = codecs.encoders(listing.stdout.decode("utf-8", "replace"))
            except (ProcessStuck, ProcessTalkative):
                self._encoders = frozenset()
        known = self._encoders
        warnings += codecs.left_out(wanted.codecs, known)
        return replace(wanted, codecs=tuple(each for each in wanted.codecs if codecs.ENCODERS[each] in known))

    async def _scan(self, name: str, file: Path, index: int, staging: Path) -> PictureScan:
        scan = PictureScan()
        command = commands.scan(self.tools.ffprobe, file, index)
        outcome = await run_on(name, command, staging, analysis.READ_TIMEOUT_S, scan.read)
        scan.unreadable = scan.unreadable or outcome.status != 0
        return scan

    async def _apart(self, described: Source, wanted: Plan, undecoded: Mapping[int, int], staging: Path) -> str:
        """Why the renditions cannot be switched between, if so: a decoder that leaves out a picture leaves out its key frame.

        Players that come upon what cannot be decoded may end there.
        """
        if undecoded.get(wanted.picture.index, 0):
            return "a part of it cannot be decoded"
        scans = [
            await self._scan(described.name, (staging / WORK / f"{rung.name}.mp4").absolute(), 0, staging)
            for rung in wanted.rungs
        ]
        kept = kept_picture.cuts(scans[0].key_frames_s)
        for scan in scans[1:]:
            found = kept_picture.cuts(scan.key_frames_s)
            if len(found) != len(kept) or any(abs(a - b) > _SAME_TIME_S for a, b in zip(kept, found, strict=True)):
                return "a part of it cannot be decoded"
        return ""

    async def _gather_texts(
        self,
        source: Path,
        described: Source,
        times: Timeline,
        side_files: Sequence[Path],
        staging: Path,
        warnings: list[str],
    ) -> list[text_tracks.TextTrack]:
        async def extract(command: Sequence[str]) -> Outcome:
            return await run_on(described.name, command, staging, analysis.READ_TIMEOUT_S, _ignore)

        beside = await text_tracks.beside(described.name, side_files)
        inside = await text_tracks.inside(self.tools, source, described, times, staging, extract)
        warnings += beside.warnings + inside.warnings
        return beside.tracks + inside.tracks

    async def _encode(
        self, source: Path, described: Source, wanted: Plan, staging: Path, report: Progress
    ) -> Counter[int]:
        """Encode; the result is how many packets of each track could not be decoded, by the track's index."""
        frames = _Frames()
        expected = max(1, wanted.timeline.picture_packets) if wanted.keeps_picture else wanted.frames
        undecoded: Counter[int] = Counter()
        if described.picture.colour.needs_mapping:
            await asyncio.to_thread(_write_colour_table, described.picture.colour, staging)

        def on_line(line: str) -> None:
            if frames.read(line):
                report("encoding", _ENCODING_SHARE * min(1.0, frames.count / expected))

        def on_complaint(line: str) -> None:
            index = errors.undecoded_track(line)
            if index is not None:
                undecoded[index] += 1

        timeout_s = ENCODE_TIMEOUT_FLOOR_S + ENCODE_TIMEOUT_FACTOR * wanted.duration_ms / 1000
        command = commands.encode(self.tools.ffmpeg, source, wanted)
        encoding = run_on(described.name, command, staging, timeout_s, on_line, on_complaint)
        if described.picture.codec in FOREIGN:
            outcome = await self._with_foreign_decoder(encoding, source, described, staging, timeout_s)
        else:
            outcome = await encoding
        if outcome.status != 0 and errors.is_undecodable(outcome.stderr):
            raise FormatUnknown(name=described.name, codec=described.picture.codec.upper())
        if outcome.status != 0:
            reason = errors.explain(outcome.stderr, hide=[str(source), str(staging)])
            log.warning("ffmpeg failed", status=outcome.status, stderr=outcome.stderr[-10:])
            raise SourceDamaged(name=described.name, reason=reason)
        if wanted.keeps_picture:
            return undecoded  # compared with what is kept
        if frames.count == 0:
            raise SourceDamaged(name=described.name, reason="not one frame of it can be decoded")
        _check_length(described.name, wanted, frames.count)
        if outcome.stderr:
            log.info("ffmpeg complained", source=described.name, complaints=outcome.stderr[-5:])
        return undecoded

    async def _with_foreign_decoder(
        self,
        encoding: Coroutine[Any, Any, Outcome],
        source: Path,
        described: Source,
        staging: Path,
        timeout_s: float,
    ) -> Outcome:
        """Run ``encoding`` beside the program that decodes the picture for it; neither outlives the other."""
        await asyncio.to_thread(os.mkfifo, staging / commands.RAW_PICTURE, 0o600)
        command = commands.decode(sys.executable, _FOREIGN_DECODER, source, described.picture.index)
        decoder = asyncio.create_task(run_on(described.name, command, staging, timeout_s))
        encoder = asyncio.create_task(encoding)
        try:
            await asyncio.wait({decoder, encoder}, return_when=asyncio.FIRST_COMPLETED)
            if decoder.done() and decoder.result().status != 0:
                # Either ffmpeg gave up and broke its pipe, and will say why; or it waits for a FIFO nobody will open.
                await asyncio.wait({encoder}, timeout=_LAST_WORDS_S)
                if not encoder.done():
                    codec = described.picture.codec.upper()
                    raise SourceDamaged(name=described.name, reason=f"its {codec} picture cannot be decoded")
            return await encoder
        finally:
            for task in (decoder, encoder):
                task.cancel()
            await asyncio.gather(decoder, encoder, return_exceptions=True)

    async def _draw(self, described: Source, wanted: Plan, staging: Path) -> None:
        """Make the storyboard and the poster of the thumbnails."""
        best = await asyncio.to_thread(_tile, wanted, staging)
        if best is not None:
            at_s = max(0.0, best - 0.5) * wanted.storyboard.interval_s  # the first is of the beginning
            command = commands.poster(self.tools.ffmpeg, wanted, at_s)
            outcome = await run_on(described.name, command, staging, POSTER_TIMEOUT_S)
            if outcome.status != 0:
                log.warning("no poster", source=described.name, stderr=outcome.stderr[-5:])


class _Counter:
    """The last value of one key in ffmpeg's ``key=value`` progress report."""

    def __init__(self, key: str) -> None:
        self._prefix = f"{key}="
        self.value = 0

    def read(self, line: str) -> bool:
        """Whether ``line`` had a new value."""
        if not line.startswith(self._prefix):
            return False
        text = line.removeprefix(self._prefix).strip()
        if not text.lstrip("-").isdigit():
            return False  # "N/A", before the first packet
        self.value = int(text)
        return True


class _Frames(_Counter):
    """Pictures encoded so far; ffmpeg numbers them from 0."""

    def __init__(self) -> None:
        super().__init__("frame")
        self.value = -1

    @property
    def count(self) -> int:
        return self.value + 1


def _silent(_stage: str, _progress: float) -> None:
    """Nobody watches."""


def _ignore(_line: str) -> None:
    """The line only shows that the process lives."""


def _size_bytes(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _tile(wanted: Plan, staging: Path) -> int | None:
    """Put the thumbnails together; the index of the one to make the poster of, or ``None`` where there are none."""
    pattern = Path(commands.THUMBNAIL)
    thumbnails = sorted((staging / pattern.parent).glob(f"{pattern.name.partition('%')[0]}*{pattern.suffix}"))
    if not thumbnails:
        return None
    sprites.tile(sprites.chosen(thumbnails, wanted.storyboard), wanted.storyboard, staging)
    return sprites.most_typical(thumbnails)


def _finish(
    described: Source,
    wanted: Plan,
    tracks: Sequence[SubtitlePlan],
    staging: Path,
    warnings: Sequence[str],
    mode: Protection,
) -> Published:
    """Remove what viewers do not need, write the cues of the storyboard, and read back what there is."""
    shutil.rmtree(staging / WORK)
    manifest.complete(staging, text_tracks.WHOLE)
    if (staging / storyboard.sprite_name(1)).is_file():
        cues = storyboard.webvtt(wanted.storyboard, package_report.duration_ms(staging, wanted))
        (staging / storyboard.PLAYLIST).write_text(cues, "utf-8")
    package_report.correct_master(staging)
    published = package_report.read(staging, wanted, tracks, warnings)
    published = replace(published, protection=mode, chapters=described.chapters)
    package_report.remember(staging, published)
    return published


def _write_colour_table(colours: Colour, staging: Path) -> None:
    table = tone_map.cube(colours.transfer, colours.primaries, colours.peak_nits)
    (staging / filters.COLOUR_TABLE).write_text(table, "ascii")


def _without_noise(wanted: Plan, undecoded: Mapping[int, int], name: str, warnings: list[str]) -> Plan:
    """``wanted`` without the sound that could hardly be decoded, told in ``warnings``.  Raises :class:`SourceDamaged`."""
    share = undecoded.get(wanted.picture.index, 0) / max(1, wanted.timeline.picture_packets)
    if share > _MOSTLY_NOISE:
        raise SourceDamaged(name=name, reason="most of its picture cannot be decoded")
    if share > _TOLD_NOISE:
        warnings.append(f"{share:.0%} of its picture could not be decoded.")
    kept = []
    for track in wanted.sound:
        share = undecoded.get(track.index, 0) / max(1, wanted.timeline.packets.get(track.index, 0))
        if share > _MOSTLY_NOISE:
            warnings.append(f"Sound track {track.index} could hardly be decoded and was left out.")
            continue
        if share > _TOLD_NOISE:
            warnings.append(f"{share:.0%} of sound track {track.index} could not be decoded.")
        kept.append(track)
    if wanted.sound and not kept:
        warnings.append("So the film has no sound.")
    return replace(wanted, sound=tuple(kept))


def _check_length(name: str, wanted: Plan, frames: int) -> None:
    encoded_ms = int(frames / wanted.frame_rate * 1000)
    if wanted.duration_ms - encoded_ms > max(_TRUNCATED_MS, wanted.duration_ms * _TRUNCATED):
        promised_s, found_s = wanted.duration_ms / 1000, encoded_ms / 1000
        reason = f"its picture can be decoded only until {found_s:.1f} s of {promised_s:.1f} s"
        raise SourceDamaged(name=name, reason=reason)
