"""What becomes of each upstream segment, and the numbers its successor gets: pure state in, state out.

A live playlist is a promise: a segment that was listed keeps its number and what became of it, in every rendition, until it leaves the window
(RFC 8216 sections 6.2.1 and 6.2.2).  So every decision is made once per media sequence number, in a ``Timeline`` that all renditions
of a stream share, and from it follow the output's media and discontinuity sequence numbers, which never go back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from streaming.proxy.playlist.playlist import Playlist

#: Decisions kept for segments that left the window, for renditions that lag behind by that many reloads.
_REMEMBERED_BEYOND_WINDOW = 64
#: A live window is left at least this many segments to play: RFC 8216 section 6.3.3 has clients start three from the end.
MIN_LIVE_SEGMENTS = 3


class SegmentAction(Enum):
    """What becomes of a segment: it stays; our own picture takes its place for the same time; it is listed, but not to be loaded
    (rfc8216bis section 4.4.4.7); it is taken out.
    """

    KEEP = "keep"
    SLATE = "slate"
    GAP = "gap"
    DELETE = "delete"


class Decision(NamedTuple):
    """What becomes of a segment, whether its successor carries ``EXT-X-DISCONTINUITY``, and whether it did so itself.

    ``slate_end_s``: where a slate ends on the clock of its run of slates, which starts at zero.
    """

    action: SegmentAction
    discontinuity: bool
    was_discontinuity: bool
    slate_end_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """Decisions by upstream media sequence number; the totals cover all numbers before ``first_msn``."""

    decisions: Mapping[int, Decision] = field(default_factory=dict)
    first_msn: int | None = None
    deleted_before: int = 0
    discontinuities_before: int = 0  # output's minus upstream's
    msn_shift: int = 0
    discontinuity_shift: int = 0
    highest_msn: int = -1  # output numbers given out so far
    highest_discontinuity: int = 0

    @property
    def has_deletions(self) -> bool:
        """Whether output numbers differ from upstream's by now."""
        return self.deleted_before > 0 or any(d.action is SegmentAction.DELETE for d in self.decisions.values())


@dataclass(frozen=True, slots=True)
class Numbering:
    """What becomes of each segment of one playlist, by index, and the numbers of the output."""

    decisions: tuple[Decision, ...]
    msns: tuple[int, ...]  # of the output, by upstream index; a deleted segment's is that of its successor
    discontinuity_sequence: int

    @property
    def first_msn(self) -> int:
        """The media sequence number of the first segment that is left."""
        kept = (msn for msn, d in zip(self.msns, self.decisions, strict=True) if d.action is not SegmentAction.DELETE)
        return next(kept, self.msns[-1] if self.msns else 0)


def restarted(playlist: Playlist, timeline: Timeline) -> bool:
    """Whether upstream began to count anew: all its segments lie before everything remembered."""
    return bool(timeline.first_msn is not None and playlist.segments and playlist.segments[-1].msn < timeline.first_msn)


def begin_again(playlist: Playlist, timeline: Timeline) -> Timeline:
    """A fresh timeline for an upstream that restarted, its output numbers continuing where the old one's ended."""
    return Timeline(
        msn_shift=timeline.highest_msn + 1 - playlist.segments[0].msn,
        discontinuity_shift=timeline.highest_discontinuity + 1 - playlist.discontinuity_sequence,
        highest_msn=timeline.highest_msn,
        highest_discontinuity=timeline.highest_discontinuity,
    )


def number_segments(
    playlist: Playlist, requested: Mapping[int, SegmentAction], timeline: Timeline
) -> tuple[Numbering, Timeline]:
    """Settle every segment of ``playlist``.  ``requested``: what is to become of the ads among them, by index; it counts for new segments only."""
    after_restart = not timeline.decisions and timeline.highest_msn >= 0  # see begin_again
    # What was live stays so when it ends: those who watched have numbers of its segments.
    is_live = bool(timeline.decisions) or (not playlist.is_complete and playlist.playlist_type != "EVENT")
    decisions = dict(timeline.decisions)
    oldest_decided = min(decisions, default=0)
    left = 0
    for segment in playlist.segments:
        if segment.msn not in decisions:
            before = decisions.get(segment.msn - 1)
            action = requested.get(segment.index, SegmentAction.KEEP)
            if action is SegmentAction.DELETE and is_live and left < MIN_LIVE_SEGMENTS:
                action = SegmentAction.GAP  # a window that is all ads must not become an empty one
            if action is not SegmentAction.KEEP and segment.msn < oldest_decided:
                action = (
                    SegmentAction.GAP
                )  # shown by a rendition that lags: later numbers are given out and must not move any more
            discontinuity = _is_discontinuity(segment.discontinuity, action, before)
            if action is SegmentAction.KEEP and not is_live and left == 0 and before is not None:
                discontinuity = False  # everything before it is gone, and there is nothing to differ from
            discontinuity |= after_restart and segment.index == 0
            slate_end_s = 0.0
            if action is SegmentAction.SLATE:
                goes_on = before is not None and before.action is SegmentAction.SLATE and not discontinuity
                slate_end_s = segment.duration_s + (before.slate_end_s if goes_on and before is not None else 0.0)
            decisions[segment.msn] = Decision(action, discontinuity, segment.discontinuity, slate_end_s)
        left += decisions[segment.msn].action is not SegmentAction.DELETE
    numbering = _number(playlist, decisions, timeline)
    return numbering, _pruned(playlist, decisions, numbering, timeline)


def _is_discontinuity(was: bool, action: SegmentAction, before: Decision | None) -> bool:
    """One at each seam: slates in a row are one clock, whatever discontinuities were between their ads; a gap leaves the clock alone."""
    if action is SegmentAction.DELETE:
        return False
    if action is SegmentAction.SLATE:
        return before is None or before.action is not SegmentAction.SLATE
    return was or (before is not None and before.action in (SegmentAction.DELETE, SegmentAction.SLATE))


def _number(playlist: Playlist, decisions: Mapping[int, Decision], timeline: Timeline) -> Numbering:
    if not playlist.segments:
        return Numbering((), (), playlist.discontinuity_sequence)
    first = playlist.segments[0].msn
    earlier = [decision for msn, decision in decisions.items() if msn < first]
    deleted = timeline.deleted_before + sum(d.action is SegmentAction.DELETE for d in earlier)
    discontinuity = playlist.discontinuity_sequence + timeline.discontinuity_shift + timeline.discontinuities_before
    discontinuity += sum(d.discontinuity - d.was_discontinuity for d in earlier)
    settled, msns = [], []
    for segment in playlist.segments:
        decision = decisions[segment.msn]
        settled.append(decision)
        msns.append(segment.msn - deleted + timeline.msn_shift)
        deleted += decision.action is SegmentAction.DELETE
    return Numbering(tuple(settled), tuple(msns), discontinuity)


def _pruned(playlist: Playlist, decisions: dict[int, Decision], numbering: Numbering, timeline: Timeline) -> Timeline:
    if not playlist.segments:
        return timeline
    oldest = max(playlist.segments[0].msn - _REMEMBERED_BEYOND_WINDOW, timeline.first_msn or 0)
    gone = [decision for msn, decision in decisions.items() if msn < oldest]
    shown = sum(d.discontinuity for d in numbering.decisions)
    return Timeline(
        {msn: decision for msn, decision in decisions.items() if msn >= oldest},
        oldest if timeline.first_msn is None or oldest > timeline.first_msn else timeline.first_msn,
        timeline.deleted_before + sum(d.action is SegmentAction.DELETE for d in gone),
        timeline.discontinuities_before + sum(d.discontinuity - d.was_discontinuity for d in gone),
        timeline.msn_shift,
        timeline.discontinuity_shift,
        max(timeline.highest_msn, numbering.msns[-1]),
        max(timeline.highest_discontinuity, numbering.discontinuity_sequence + shown),
    )
