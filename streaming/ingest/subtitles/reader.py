"""One reader for all subtitles: those beside a film, those in it, and those that people send."""

from dataclasses import dataclass
from typing import Final

from streaming.ingest import languages
from streaming.ingest.model import SubtitlesUnreadable
from streaming.ingest.subtitles import encoding, srt, substation, webvtt
from streaming.ingest.subtitles.cue import MAX_CUES, Cue, Unreadable, visible

MAX_BYTES: Final = 8 * 1024 * 1024
"""Of one subtitle file: a film has 100 kB of dialogue, and the heaviest typeset ASS some megabytes."""


@dataclass(frozen=True, slots=True)
class Subtitles:
    """What was read from a file."""

    cues: list[Cue]
    warning: str | None = None
    """For people: what they should look at, because it was guessed."""


def read(name: str, content: bytes, language: str = languages.UNDETERMINED) -> Subtitles:
    """The cues of a WebVTT, SRT, ASS or SSA file of any encoding; ``language`` helps to tell which.

    Raises :class:`SubtitlesUnreadable` for anything else, and for files without a single cue.
    """
    if len(content) > MAX_BYTES:
        raise SubtitlesUnreadable(name=name, reason=f"over {MAX_BYTES // 1024 // 1024} MiB, that is no text")
    try:
        decoded = encoding.decode(content, language)
    except Unreadable as error:
        raise SubtitlesUnreadable(name=name, reason=str(error)) from None
    return Subtitles(read_text(name, decoded.text), decoded.warning)


def read_text(name: str, text: str) -> list[Cue]:
    """The cues of a text whose characters are known.  Raises :class:`SubtitlesUnreadable`."""
    try:
        cues = _cues(visible(text))
    except Unreadable as error:
        raise SubtitlesUnreadable(name=name, reason=str(error)) from None
    if not cues:
        raise SubtitlesUnreadable(name=name, reason="there is no cue in it")
    if len(cues) > MAX_CUES:
        raise SubtitlesUnreadable(name=name, reason=f"it has more than {MAX_CUES} cues")
    return cues


def _cues(text: str) -> list[Cue]:
    text = text.lstrip()
    if webvtt.is_webvtt(text):
        return webvtt.read(text)
    cues = (substation.read(text) if substation.is_substation(text) else []) or srt.read(text)
    if not cues and not substation.is_substation(text):
        raise Unreadable("it is neither WebVTT nor SRT nor ASS")
    return cues
