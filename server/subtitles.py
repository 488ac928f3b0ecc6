"""Subtitles between the catalogue, which keeps what people add, and streaming, which knows the formats and serves them."""

import asyncio
from collections.abc import Sequence

import streaming.ingest.subtitles as formats
from catalog.subtitles.model import TEXT_MAX, SubtitleUnreadable
from catalog.subtitles.usecases import Subtitles
from kernel.scope import Scope
from streaming.ingest.model import SubtitlesUnreadable
from streaming.origin.added import AddedText, AddedTrack

LONGEST_MS = 7 * 24 * 3600 * 1000
"""No episode is longer; a player shows no cue after the end of the video anyway."""


class WrittenFormats:
    """What ingest can read beside a video, read for the catalogue."""

    async def webvtt(self, text: str, language: str) -> str:
        # Megabytes of typeset ASS take their time, and everybody else's parties go on meanwhile.
        return await asyncio.to_thread(_webvtt, text, language)


def _webvtt(text: str, language: str) -> str:
    try:
        cues = formats.clip(formats.read("subtitles", text.encode(), language), LONGEST_MS)
    except SubtitlesUnreadable as error:
        raise SubtitleUnreadable(reason=error.details["reason"]) from None
    if not cues:
        raise SubtitleUnreadable(reason="there is no cue in it")
    written = formats.write(cues)
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
