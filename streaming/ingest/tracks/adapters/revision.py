"""A change of tracks while a video is packaged anew."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from typing_extensions import override

from streaming.ingest.engine import Progress
from streaming.ingest.ffmpeg.processes import Tools
from streaming.ingest.model import Asset
from streaming.ingest.plan import SubtitlePlan, Tracks
from streaming.ingest.probe import AudioStream
from streaming.ingest.repackaging.repackage import PublishedFilm, TrackRevision
from streaming.ingest.surround import Surround
from streaming.ingest.tracks.adapters import sound
from streaming.ingest.tracks.model import SoundToAdd, TrackChange, changed, to_add


class Revision(TrackRevision):
    """One change."""

    def __init__(
        self,
        tools: Tools,
        asset: Asset,
        change: TrackChange,
        file: Path | None,
        name: str,
        track: AudioStream | None,
        staging: Path,
        on_progress: Progress,
        warnings: list[str],
        surround: Surround,
    ) -> None:
        self._tools, self._asset, self._change = tools, asset, change
        self._file, self._name, self._track, self._surround = file, name, track, surround
        self._staging, self._on_progress, self.warnings = staging, on_progress, warnings

    @override
    async def apply(
        self, film: PublishedFilm, texts: Sequence[SubtitlePlan]
    ) -> tuple[PublishedFilm, Sequence[SubtitlePlan]]:
        before = Tracks(film.sound, tuple(texts))
        made = None
        if isinstance(self._change, SoundToAdd):
            assert self._track is not None
            made = to_add(before, self._change, self._track.channels, self._surround)
        after = changed(before, self._change, made)
        if made is not None and isinstance(self._change, SoundToAdd) and self._file and self._track:
            self.warnings += await sound.encode(
                self._tools,
                self._file,
                self._name,
                self._track,
                self._change,
                made,
                self._staging,
                self._asset.duration_ms or 0,
                lambda stage, share: self._on_progress(stage, 0.05 + 0.8 * share),
            )
        return replace(film, sound=after.sound), after.texts
