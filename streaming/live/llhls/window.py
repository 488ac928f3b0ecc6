"""How far back viewers of a broadcast may seek, and where what they seek to lies.  Pure."""

from typing import Protocol

from streaming.live.llhls.model import WINDOW_S
from streaming.live.llhls.segment import Segment


class SegmentArchive(Protocol):
    """Where segments lie that are too old for memory."""

    def keep(self, rendition: str, segment: Segment) -> None:
        """Begin to write a complete segment, whose ``is_kept`` is set once that is done.  Waits for nothing."""

    def drop(self, rendition: str, segment: Segment) -> None:
        """Nobody may ask for it any more.  Waits for nothing."""


class DvrWindow:
    """Of one broadcast, and shared by its renditions, so that wherever there is a picture there is sound."""

    def __init__(self, wanted_s: float = WINDOW_S, max_bytes: int = 0) -> None:
        """``max_bytes``: what its segments may take on the disk; 0: there is no disk."""
        self.wanted_s = max(wanted_s, WINDOW_S)
        self.max_bytes = max_bytes
        self.kept_bytes = 0
        """On the disk, or on the way there."""
        self.begin_s = 0.0
        """Nothing before can be had, in seconds since the broadcast began: some of it could not be kept."""

    def length_s(self, kept_s: float) -> float:
        """How much a playlist lists, where ``kept_s`` is how long ago the oldest segment began that is kept.

        What has left the playlist is kept for as long again (§6.2.2), so half of what the disk has room for is listed.
        """
        if self.max_bytes <= 0 or self.kept_bytes <= self.max_bytes:
            return self.wanted_s
        return min(self.wanted_s, max(WINDOW_S, kept_s * self.max_bytes / self.kept_bytes / 2))

    def lost_until(self, end_s: float) -> None:
        """What lies before ``end_s`` can be had no longer, whichever rendition it was missing from."""
        self.begin_s = max(self.begin_s, end_s)
