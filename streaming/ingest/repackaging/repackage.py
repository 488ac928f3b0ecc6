"""From a published folder to another one of the same pictures and sound, protected in another way: nothing is encoded again."""

import asyncio
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol

import m3u8  # type: ignore[import-untyped]  # it ships no types

from streaming.ingest import surround
from streaming.ingest.engine import Finished, Progress
from streaming.ingest.ffmpeg import commands
from streaming.ingest.ffmpeg.filters import WORK
from streaming.ingest.ffmpeg.processes import Tools
from streaming.ingest.kept_picture import CUT_S
from streaming.ingest.model import Asset, AudioTrack, Published, PublishedRendition
from streaming.ingest.packaging import manifest, package_report, packager, protect
from streaming.ingest.packaging.protect import ProtectionOrder
from streaming.ingest.picture import storyboard
from streaming.ingest.plan import AudioPlan, SubtitlePlan, Tracks
from streaming.ingest.subtitles import text_tracks
from streaming.ingest.surround import SurroundPlan
from streaming.keys.model import ContentKey, Protection

_SAME_LENGTH_S: Final = 0.01
"""Under the time of any picture, and over what rounding makes of it."""

_COPY_BYTES: Final = 1024 * 1024

_KEPT: Final = (commands.POSTER, storyboard.PLAYLIST, "storyboard-*.jpg")
"""What is the same whatever the pictures are encrypted with."""


@dataclass(frozen=True, slots=True)
class PublishedFilm:
    """The tracks of a published asset, as the packager needs to know them (``EncodedFilm``)."""

    rungs: tuple[PublishedRendition, ...]
    sound: tuple[AudioPlan, ...]
    frame_rate: Fraction
    segment_s: Fraction

    @property
    def default_language(self) -> str:
        """BCP 47; of the first sound, ``und`` where there is none."""
        return self.sound[0].language if self.sound else "und"


class TrackRevision(Protocol):
    """Changes tracks on the way."""

    warnings: list[str]
    """What there is to say of it."""

    async def apply(
        self, film: PublishedFilm, texts: Sequence[SubtitlePlan]
    ) -> tuple[PublishedFilm, Sequence[SubtitlePlan]]:
        """The tracks to package; what is new among them lies in the work folder then."""
        ...


async def repackage(
    tools: Tools,
    asset: Asset,
    source: Path,
    keys: Sequence[ContentKey],
    staging: Path,
    order: ProtectionOrder | None,
    on_progress: Progress,
    revision: TrackRevision | None = None,
) -> Finished:
    """Build in the empty folder ``staging`` what is in ``source``, the folder of ``asset``, protected as ``order`` says.

    ``keys`` are those of ``asset``; ``revision`` changes its tracks, and what that raises ends it.  Raises ``PackagerFailed``, :class:`~streaming.ingest.model.StorageFull`, ``OSError``.
    """
    on_progress("packaging", 0.0)
    film = await asyncio.to_thread(_film, asset, source)
    texts: Sequence[SubtitlePlan] = await asyncio.to_thread(_texts, asset, source)
    names = [(rung.name, "video") for rung in film.rungs] + [
        (name, "audio") for name in surround.renditions(film.sound)
    ]
    await asyncio.to_thread(_gather, source, staging, asset, [name for name, _ in names], {k.kid: k for k in keys})
    on_progress("packaging", 0.4)
    if asset.protection.is_common_encryption:
        await packager.decrypt(tools, names, keys, staging)
        await asyncio.to_thread(shutil.rmtree, staging / WORK / commands.SEALED)
        on_progress("packaging", 0.6)
    if revision is not None:
        film, texts = await revision.apply(film, texts)
        await asyncio.to_thread(_forget_texts, asset, texts, staging)
    await packager.package(tools, film, texts, staging, order)
    on_progress("packaging", 0.95)
    warnings = (*asset.warnings, *(() if revision is None else revision.warnings))
    published = await asyncio.to_thread(_finish, film, texts, staging, asset, order, warnings)
    return Finished(staging, published)


def _film(asset: Asset, source: Path) -> PublishedFilm:
    first = m3u8.loads((source / asset.renditions[0].name / protect.PLAYLIST).read_text("utf-8"))
    segment_s = _segment_s([segment.duration for segment in first.segments])
    return PublishedFilm(asset.renditions, tracks_of(asset, ()).sound, Fraction(str(asset.frame_rate or 25)), segment_s)


def _segment_s(durations_s: Sequence[float]) -> Fraction:
    """What the packager was told: every segment but the last is one group of pictures long, where the picture was encoded here."""
    longest_s = max(durations_s)
    if any(longest_s - each > _SAME_LENGTH_S for each in durations_s[:-1]):
        return CUT_S  # a picture that was kept as it is, with the key frames it has
    return Fraction(str(longest_s))


def tracks_of(asset: Asset, sdh: Collection[str]) -> Tracks:
    """The sound and the texts of ``asset``; ``sdh``: the names of texts that are for the deaf."""
    return Tracks(
        tuple(
            AudioPlan(0, each.channels, each.name, each.language, each.label, _surround_of(each))
            for each in asset.audio
        ),
        tuple(
            SubtitlePlan(each.name, each.language, each.label, each.forced, each.name in sdh)
            for each in asset.subtitles
        ),
    )


def _surround_of(track: AudioTrack) -> SurroundPlan | None:
    made = track.surround
    return None if made is None else SurroundPlan(made.name, made.channels, made.codecs.partition(".")[0])


def _texts(asset: Asset, source: Path) -> list[SubtitlePlan]:
    master = m3u8.loads((source / commands.MASTER).read_text("utf-8"))
    sdh = {(media.uri or "").partition("/")[0] for media in master.media if media.characteristics}
    return list(tracks_of(asset, sdh).texts)


def _forget_texts(asset: Asset, texts: Sequence[SubtitlePlan], staging: Path) -> None:
    kept = {track.name for track in texts}
    for track in asset.subtitles:
        if track.name not in kept:
            shutil.rmtree(staging / track.name)


def _gather(source: Path, staging: Path, asset: Asset, names: Sequence[str], keys: Mapping[str, ContentKey]) -> None:
    """Put every track together as one file in the work folder, and copy what stays as it is."""
    sealed = asset.protection.is_common_encryption
    work = staging / WORK / commands.SEALED if sealed else staging / WORK
    work.mkdir(parents=True)
    for name in names:
        _join(source / name, work / f"{name}.mp4", asset, keys)
    for track in asset.subtitles:
        (staging / track.name).mkdir()
        shutil.copy2(source / track.path, staging / track.path)
    for pattern in _KEPT:
        for path in source.glob(pattern):
            shutil.copy2(path, staging / path.name)


def _join(track: Path, file: Path, asset: Asset, keys: Mapping[str, ContentKey]) -> None:
    with file.open("wb") as out:
        out.write((track / "init.mp4").read_bytes())
        if asset.protection is Protection.AES_128:
            for body in protect.decrypted_segments(track, keys):
                out.write(body)
            return
        for segment in protect.segments(track):
            with segment.open("rb") as body_file:
                shutil.copyfileobj(body_file, out, _COPY_BYTES)


async def clear_sound(
    tools: Tools, asset: Asset, source: Path, name: str, keys: Sequence[ContentKey], staging: Path
) -> Path:
    """A track of sound of ``asset`` as one file that anything plays, in the empty folder ``staging``.

    ``source`` is its folder, of which the track ``name`` is enough.  Raises ``PackagerFailed``, :class:`~streaming.ingest.model.StorageFull`, ``OSError``.
    """
    sealed = asset.protection.is_common_encryption
    work = staging / WORK / commands.SEALED if sealed else staging / WORK
    await asyncio.to_thread(work.mkdir, parents=True)
    await asyncio.to_thread(_join, source / name, work / f"{name}.mp4", asset, {key.kid: key for key in keys})
    if sealed:
        await packager.decrypt(tools, [(name, "audio")], keys, staging)
    return staging / WORK / f"{name}.mp4"


def _finish(
    film: PublishedFilm,
    texts: Sequence[SubtitlePlan],
    staging: Path,
    asset: Asset,
    order: ProtectionOrder | None,
    warnings: Sequence[str],
) -> Published:
    shutil.rmtree(staging / WORK)
    manifest.complete(staging, text_tracks.WHOLE)
    package_report.correct_master(staging)
    published = package_report.read(staging, film, texts, warnings)
    published = replace(
        published,
        frame_rate=asset.frame_rate or 0.0,
        protection=Protection.NONE if order is None else order.mode,
        chapters=asset.chapters,
    )
    package_report.remember(staging, published)
    return published
