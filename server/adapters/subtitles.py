"""What streaming knows of subtitle formats, for the catalogue, which keeps what people add."""

import asyncio
from dataclasses import replace

from catalog.subtitles.model import TEXT_MAX, SubtitleText, SubtitleUnreadable
from streaming.ingest.model import SubtitlesUnreadable
from streaming.ingest.subtitles import encoding as encodings
from streaming.ingest.subtitles import reader
from streaming.ingest.subtitles.cue import Unreadable, clip, write

LONGEST_MS = 7 * 24 * 3600 * 1000
"""No episode is longer; a player shows no cue after the end of the video anyway."""


class WrittenFormats:
    """What ingest can read beside a video, read for the catalogue."""

    async def webvtt(self, text: str, *, offset_ms: int = 0) -> str:
        """Any text format as WebVTT, ``offset_ms`` later.  Raises ``SubtitleUnreadable``."""
        # Megabytes of typeset ASS take their time, and everybody else's parties go on meanwhile.
        return await asyncio.to_thread(_webvtt, text, offset_ms)

    async def read(self, content: bytes, language: str, encoding: str | None) -> SubtitleText:
        """A file in any encoding (``None``: guessed by its ``language``).  Raises ``SubtitleUnreadable``."""
        return await asyncio.to_thread(_read, content, language, encoding)


def _read(content: bytes, language: str, encoding: str | None) -> SubtitleText:
    try:
        decoded = encodings.decode(content, language) if encoding is None else encodings.decode_as(content, encoding)
    except Unreadable as error:
        raise SubtitleUnreadable(reason=str(error)) from None
    return SubtitleText(_webvtt(decoded.text), decoded.encoding, decoded.warning)


def _webvtt(text: str, offset_ms: int = 0) -> str:
    try:
        cues = reader.read_text("subtitles", text)
        if offset_ms:
            cues = [replace(each, start_ms=each.start_ms + offset_ms, end_ms=each.end_ms + offset_ms) for each in cues]
        cues = clip(cues, LONGEST_MS)
    except SubtitlesUnreadable as error:
        raise SubtitleUnreadable(reason=error.details["reason"]) from None
    if not cues:
        raise SubtitleUnreadable(reason="there is no cue in it")
    written = write(cues)
    if len(written) > TEXT_MAX:
        raise SubtitleUnreadable(reason=f"they are longer than {TEXT_MAX} characters")
    return written
