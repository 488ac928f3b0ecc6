"""From a published folder to another one of the same pictures and sound, protected in another way: nothing is encoded again."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import m3u8  # type: ignore[import-untyped]  # it ships no types

from streaming.ingest.engine import Finished, Progress
from streaming.ingest.ffmpeg import commands
from streaming.ingest.ffmpeg.filters import WORK
from streaming.ingest.ffmpeg.processes import Tools
from streaming.ingest.model import Asset, Published, PublishedRendition
from streaming.ingest.packaging import manifest, package_report, packager, protect
from streaming.ingest.packaging.protect import ProtectionOrder
from streaming.ingest.picture import storyboard
from streaming.ingest.plan import AudioPlan, SubtitlePlan
from streaming.ingest.subtitles import text_tracks
from streaming.keys.model import ContentKey, Protection

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
        """See ``EncodedFilm``."""
        return self.sound[0].language if self.sound else "und"


async def repackage(
    tools: Tools,
    asset: Asset,
    source: Path,
    keys: Sequence[ContentKey],
    staging: Path,
    order: ProtectionOrder | None,
    on_progress: Progress,
) -> Finished:
    """Build in the empty folder ``staging`` what is in ``source``, the folder of ``asset``, protected as ``order`` says.

    ``keys`` are those of ``asset``.  Raises ``PackagerFailed``, :class:`~streaming.ingest.model.StorageFull`, ``OSError``.
    """
    on_progress("packaging", 0.0)
    film = await asyncio.to_thread(_film, asset, source)
    texts = await asyncio.to_thread(_texts, asset, source)
    names = [(rung.name, "video") for rung in film.rungs] + [(track.name, "audio") for track in film.sound]
    await asyncio.to_thread(_gather, source, staging, asset, [name for name, _ in names], {k.kid: k for k in keys})
    on_progress("packaging", 0.4)
    if asset.protection.is_common_encryption:
        await packager.decrypt(tools, names, keys, staging)
        await asyncio.to_thread(shutil.rmtree, staging / WORK / commands.SEALED)
        on_progress("packaging", 0.6)
    await packager.package(tools, film, texts, staging, order)
    on_progress("packaging", 0.95)
    published = await asyncio.to_thread(_finish, film, texts, staging, asset, order)
    return Finished(staging, published)


def _film(asset: Asset, source: Path) -> PublishedFilm:
    first = m3u8.loads((source / asset.renditions[0].name / protect.PLAYLIST).read_text("utf-8"))
    # Every segment but the last is one group of pictures long.
    segment_s = Fraction(str(max(segment.duration for segment in first.segments)))
    sound = tuple(AudioPlan(0, each.channels, each.name, each.language, each.label) for each in asset.audio)
    return PublishedFilm(asset.renditions, sound, Fraction(str(asset.frame_rate or 25)), segment_s)


def _texts(asset: Asset, source: Path) -> list[SubtitlePlan]:
    master = m3u8.loads((source / commands.MASTER).read_text("utf-8"))
    sdh = {(media.uri or "").partition("/")[0] for media in master.media if media.characteristics}
    return [
        SubtitlePlan(each.name, each.language, each.label, each.forced, each.name in sdh) for each in asset.subtitles
    ]


def _gather(source: Path, staging: Path, asset: Asset, names: Sequence[str], keys: Mapping[str, ContentKey]) -> None:
    """Put every track together as one file in the work folder, and copy what stays as it is."""
    sealed = asset.protection.is_common_encryption
    work = staging / WORK / commands.SEALED if sealed else staging / WORK
    work.mkdir(parents=True)
    for name in names:
        with (work / f"{name}.mp4").open("wb") as out:
            out.write((source / name / "init.mp4").read_bytes())
            if asset.protection is Protection.AES_128:
                for body in protect.decrypted_segments(source / name, keys):
                    out.write(body)
                continue
            for segment in protect.segments(source / name):
                with segment.open("rb") as file:
                    shutil.copyfileobj(file, out, _COPY_BYTES)
    for track in asset.subtitles:
        (staging / track.name).mkdir()
        shutil.copy2(source / track.path, staging / track.path)
    for pattern in _KEPT:
        for path in source.glob(pattern):
            shutil.copy2(path, staging / path.name)


def _finish(
    film: PublishedFilm, texts: Sequence[SubtitlePlan], staging: Path, asset: Asset, order: ProtectionOrder | None
) -> Published:
    shutil.rmtree(staging / WORK)
    manifest.complete(staging, text_tracks.WHOLE)
    package_report.correct_master(staging)
    published = package_report.read(staging, film, texts, asset.warnings)
    published = replace(
        published, frame_rate=asset.frame_rate or 0.0, protection=Protection.NONE if order is None else order.mode
    )
    package_report.remember(staging, published)
    return published
