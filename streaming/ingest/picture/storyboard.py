"""Pictures for the seek bar: which frames, in what sprites, and the WebVTT that says where each one is.  Pure."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from streaming.ingest.probe import VideoStream

PLAYLIST: Final = "storyboard.vtt"

_LONG_SIDE: Final = 160
"""Pixels of one thumbnail: what players show above the seek bar, at about 5 kB each."""

_GRID: Final = 10
"""Thumbnails across and down one sprite: 1600×900, decoded by every phone, fetched in one request of about 300 kB."""

_INTERVALS_S: Final = (1, 2, 5, 10)
_THUMBNAILS: Final = 300
"""The shortest interval that needs no more than this many; past it the seek bar has no pixels to tell them apart."""


@dataclass(frozen=True, slots=True)
class Storyboard:
    """A thumbnail for every ``interval_s``, in sprites of ``columns × rows``."""

    interval_s: int
    count: int
    columns: int
    rows: int
    width: int
    height: int

    @property
    def sprites(self) -> int:
        """How many sprites hold all thumbnails."""
        return ceil(self.count / (self.columns * self.rows))


def plan(picture: VideoStream, duration_ms: int) -> Storyboard:
    """How to show ``duration_ms`` of ``picture`` on a seek bar."""
    seconds = duration_ms / 1000
    interval_s = next((each for each in _INTERVALS_S if seconds / each <= _THUMBNAILS), _INTERVALS_S[-1])
    count = max(1, ceil(seconds / interval_s))
    columns = min(_GRID, count)
    scale = min(1.0, _LONG_SIDE / max(picture.width, picture.height))
    return Storyboard(
        interval_s=interval_s,
        count=count,
        columns=columns,
        rows=min(_GRID, ceil(count / columns)),
        width=max(2, round(picture.width * scale / 2) * 2),
        height=max(2, round(picture.height * scale / 2) * 2),
    )


def sprite_name(number: int) -> str:
    """The file of sprite ``number``, counted from 1 as ffmpeg does."""
    return f"storyboard-{number:03d}.jpg"


def webvtt(board: Storyboard, duration_ms: int) -> str:
    """The cues, each naming a region of a sprite (Media Fragments URI 1.0 §4.2.2), without gaps until the end."""
    lines = ["WEBVTT", ""]
    per_sprite = board.columns * board.rows
    for index in range(board.count):
        begin_ms = index * board.interval_s * 1000
        end_ms = min(begin_ms + board.interval_s * 1000, duration_ms)
        if end_ms <= begin_ms:
            break  # the picture turned out shorter than its header said
        row, column = divmod(index % per_sprite, board.columns)
        region = f"{column * board.width},{row * board.height},{board.width},{board.height}"
        lines += [
            f"{timestamp(begin_ms)} --> {timestamp(end_ms)}",
            f"{sprite_name(index // per_sprite + 1)}#xywh={region}",
            "",
        ]
    return "\n".join(lines)


def timestamp(time_ms: int) -> str:
    """WebVTT's ``hh:mm:ss.ttt``."""
    seconds, milliseconds = divmod(time_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{milliseconds:03d}"
