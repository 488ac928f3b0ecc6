"""The blocks of a playlist that may be ads as a whole: what lies between two discontinuities, or two changes of folder."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from streaming.proxy.playlist.playlist import Playlist, Segment

#: One block holds one ad or one pod without inner discontinuities.
_MAX_BLOCK_S = 180.0
#: With more changes of folder than this share of the segments, folders are how the packager numbers.
_MAX_BORDERS = 0.34


def total_length_s(segments: Iterable[Segment]) -> float:
    """The sum of the durations, in seconds."""
    return sum(segment.duration_s for segment in segments)


def candidate_blocks(playlist: Playlist, open_: Sequence[Segment], borders: Sequence[int]) -> list[tuple[int, int]]:
    """Blocks that are short enough, and whole: at the edge of a sliding window they may be part of something long."""
    blocks = list(pairwise([0, *borders, len(open_)])) if borders else []
    starts_whole = playlist.is_complete or playlist.playlist_type == "EVENT" or playlist.media_sequence <= 1
    return [
        (start, end)
        for start, end in blocks
        if (start > 0 or starts_whole)
        and (end < len(open_) or playlist.is_complete)
        and total_length_s(open_[start:end]) <= _MAX_BLOCK_S
    ]


def block_borders(open_: Sequence[Segment]) -> list[int]:
    """Where discontinuities stand, and where the folder changes: some inserters leave the discontinuity out."""
    starts = []
    folder: str | None = None
    for place, segment in enumerate(open_):
        before, folder = folder, segment.address.partition("?")[0].rpartition("/")[0]
        if place and (folder != before or is_seam(open_, place)):
            starts.append(place)
    if len(starts) > len(open_) * _MAX_BORDERS:
        starts = [place for place in starts if is_seam(open_, place)]  # a folder for each segment says nothing
    return starts


def is_seam(open_: Sequence[Segment], place: int) -> bool:
    """Whether clocks may differ before this segment: it says so, or something is missing there."""
    return open_[place].discontinuity or open_[place].index != open_[place - 1].index + 1
