"""Unsigned ads: blocks that do not belong, by several signs at once.

A sign alone proves nothing: programmes change hosts (a second CDN), directories (episodes), keys and segment durations, and every
discontinuity is somebody's encoder restart.  So a block needs a *strong* sign, at least two signs, and a score; blocks whose names go
on with the numbering of the programme around them are never taken, nor those that call themselves a part of it; and if all of it
together would be more than ``MAX_SHARE`` of the playlist, the guess is wrong and nothing is taken.
"""

from collections.abc import Collection, Sequence

from streaming.proxy.detect.candidate_blocks import total_length_s
from streaming.proxy.detect.playlist_profile import MAX_SHARE, PlaylistProfile, SegmentReadings, Suspect
from streaming.proxy.playlist.playlist import Playlist, Segment

#: Rounds of looking again without what was found.  Real playlists need two.
_MAX_ROUNDS = 4


def find_suspects(playlist: Playlist, ads: Collection[int], stand_ins: Collection[int] = ()) -> list[Suspect]:
    """Blocks that look like ads.  ``ads``: segments known to be some; ``stand_ins``: those that were replaced once.

    Both say nothing about the programme, and it is looked at as if they were not there.  What is found is taken away likewise, until
    nothing more is found: or else somebody who looked at our output would find it.
    """
    known = set(ads)
    open_ = [s for s in playlist.segments if s.index not in known and s.index not in stand_ins]
    most_s = MAX_SHARE * total_length_s(open_)
    readings = SegmentReadings(playlist)
    settled = _settle(readings, open_, most_s)
    if settled is None:
        return []
    found, survey = settled
    known.update(index for suspect in found for index in range(suspect.start, suspect.end))
    # What is known says where ads are kept, and that may be the sign that another block lacked.  Judged last and apart, so that the
    # others do not depend on what only this playlist still shows.
    if survey is not None and known:
        survey.learn([(playlist.segments[index], readings.names[index]) for index in known])
        more = survey.suspects()
        added = {index for suspect in more for index in range(suspect.start, suspect.end)}
        left = [segment for segment in survey.segments if segment.index not in added]
        if more and total_length_s(open_) - total_length_s(left) <= most_s and _is_at_rest(readings, left):
            found += more
    return sorted(found, key=lambda suspect: suspect.start)


def _settle(
    readings: SegmentReadings, open_: Sequence[Segment], most_s: float
) -> tuple[list[Suspect], PlaylistProfile | None] | None:
    """What is found until nothing more is, and the survey of what is left; ``None`` if it does not come to rest, or is too much.

    Whatever one takes then, the rest looks foreign: nothing is at home there.
    """
    found: list[Suspect] = []
    total_s = total_length_s(open_)
    for _ in range(_MAX_ROUNDS):
        survey = PlaylistProfile.of(readings, open_)
        suspects = survey.suspects() if survey is not None else []
        if not suspects:
            return found, survey
        found += suspects
        taken = {index for suspect in suspects for index in range(suspect.start, suspect.end)}
        open_ = [segment for segment in open_ if segment.index not in taken]
        if total_s - total_length_s(open_) > most_s:
            return None
    return None


def _is_at_rest(readings: SegmentReadings, open_: Sequence[Segment]) -> bool:
    """Whether nothing would be found if this were all there is."""
    settled = _settle(readings, open_, MAX_SHARE * total_length_s(open_))
    return settled is None or not settled[0]
