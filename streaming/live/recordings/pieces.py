"""Segments of a live channel as pieces of files with picture and sound: what is written one after the other can be played.  Pure.

A file is one *stretch*: picture and sound without a hole and in one format.  Where the picture changes its format, and where the
publisher was away (the slate is not recorded), the next stretch begins, at zero like every one.
"""

from dataclasses import dataclass
from typing import Final

from streaming.live.llhls.fmp4.fragment import moved
from streaming.live.llhls.fmp4.init_section import (
    AUDIO_TIMESCALE,
    SOUND_TRACK_ID,
    TRACK_ID,
    VIDEO_TIMESCALE,
    InitSection,
    opus_init,
    whole_init,
)
from streaming.live.llhls.segment import Segment

MAX_UNPAIRED: Final = 8
"""Segments of one kind that wait for the other: sound is late by less than one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What comes next."""

    header: bytes | None
    """Begins another stretch; ``None``: goes on with the last."""
    data: bytes
    duration_ms: float


@dataclass(frozen=True, slots=True)
class Pictures:
    """A segment of the picture with what it needs; ``None`` as section: not to be recorded."""

    segment: Segment
    section: InitSection | None


class PieceMaker:
    """Pairs segments of picture and sound by their media sequence number."""

    def __init__(self) -> None:
        self._pictures: dict[int, Pictures] = {}
        self._sounds: dict[int, Segment] = {}
        self._sound_init = opus_init()
        self._section: InitSection | None = None
        self._last_msn: int | None = None
        self._begin = 0
        self._number = 1

    def picture(self, segment: Segment, section: InitSection | None) -> Piece | None:
        """The next complete segment of the picture; ``section`` is ``None`` where it is not to be recorded."""
        self._pictures[segment.msn] = Pictures(segment, section)
        return self._paired(segment.msn)

    def sound(self, segment: Segment) -> Piece | None:
        """The next complete segment of Opus."""
        self._sounds[segment.msn] = segment
        return self._paired(segment.msn)

    def interrupt(self) -> None:
        """Something is missing: what comes next is another stretch."""
        self._last_msn = None

    def _paired(self, msn: int) -> Piece | None:
        for waiting in (self._pictures, self._sounds):
            if len(waiting) > MAX_UNPAIRED:
                del waiting[min(waiting)]
        if msn not in self._pictures or msn not in self._sounds:
            return None
        picture, sound = self._pictures.pop(msn), self._sounds.pop(msn)
        if picture.section is None or picture.segment.body is None or sound.body is None:
            return None
        header = None
        if picture.section != self._section or self._last_msn != msn - 1:
            header = whole_init(picture.section, self._sound_init)
            self._section, self._begin, self._number = picture.section, picture.segment.start, 1
        self._last_msn = msn
        pictures, number = moved(picture.segment.body, track_id=TRACK_ID, earlier_by=self._begin, number=self._number)
        begin = self._begin * AUDIO_TIMESCALE // VIDEO_TIMESCALE
        sounds, self._number = moved(sound.body, track_id=SOUND_TRACK_ID, earlier_by=begin, number=number)
        return Piece(header, pictures + sounds, picture.segment.duration * 1000 / VIDEO_TIMESCALE)
