"""Subtitles between the catalogue, which keeps what people add, and streaming, which knows the formats and serves them."""

import asyncio
from collections.abc import Sequence

from catalog.subtitles.model import TEXT_MAX, SubtitleText, SubtitleUnreadable
from catalog.subtitles.usecases import Subtitles
from kernel.scope import Scope
from streaming.ingest.model import SubtitlesUnreadable
from streaming.ingest.subtitles import encoding as encodings
from streaming.ingest.subtitles import reader
from streaming.ingest.subtitles.cue import Unreadable, clip, write
from streaming.origin.sidecar_subtitles import AddedText, AddedTrack

LONGEST_MS = 7 * 24 * 3600 * 1000
"""No episode is longer; a player shows no cue after the end of the video anyway."""


class WrittenFormats:
    """What ingest can read beside a video, read for the catalogue."""

    async def webvtt(self, text: str) -> str:
        # Megabytes of typeset ASS take their time, and everybody else's parties go on meanwhile.
        return await asyncio.to_thread(_webvtt, text)

    async def read(self, content: bytes, language: str, encoding: str | None) -> SubtitleText:
        return await asyncio.to_thread(_read, content, language, encoding)


def _read(content: bytes, language: str, encoding: str | None) -> SubtitleText:
    try:
        decoded = encodings.decode(content, language) if encoding is None else encodings.decode_as(content, encoding)
    except Unreadable as error:
        raise SubtitleUnreadable(reason=str(error)) from None
    return SubtitleText(_webvtt(decoded.text), decoded.encoding, decoded.warning)


def _webvtt(text: str) -> str:
    try:
        cues = clip(reader.read_text("subtitles", text), LONGEST_MS)
    except SubtitlesUnreadable as error:
        raise SubtitleUnreadable(reason=error.details["reason"]) from None
    if not cues:
        raise SubtitleUnreadable(reason="there is no cue in it")
    written = write(cues)
    if len(written) > TEXT_MAX:
        raise SubtitleUnreadable(reason=f"they are longer than {TEXT_MAX} characters")
    return written


class AddedSubtitles:
    """What was added to an episode, as the origin offers it to players."""

    def __init__(self, scope: Scope) -> None:
        self._subtitles = scope.port(Subtitles)

    async def of_episode(self, episode_id: str) -> Sequence[AddedTrack]:
        return [
            AddedTrack(each.id, each.version, each.language, each.label, each.forced, each.sdh)
            for each in await self._subtitles.of_episode(episode_id)
        ]

    async def text(self, subtitle_id: str) -> AddedText | None:
        found = await self._subtitles.get(subtitle_id)
        return None if found is None else AddedText(found.episode_id, found.text)
