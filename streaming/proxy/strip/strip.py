"""Stripping a media playlist: detect, settle, write, and check one's own work.

Everything here is pure.  A stream has one ``StreamState`` state for all its renditions and a ``RenditionState`` state for each; the caller keeps
them between reloads and passes them in.  Complete playlists (VOD) and EVENT playlists need no state: they always show everything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from streaming.proxy.detect.ad_intervals import AdIntervals
from streaming.proxy.detect.detect import Detection, DetectionRules, DetectorMemory, detect
from streaming.proxy.detect.habits import Habits
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.strip.alignment import SegmentIndex
from streaming.proxy.strip.timeline import Numbering, SegmentAction, Timeline, begin_again, number_segments, restarted
from streaming.proxy.strip.validate import violations
from streaming.proxy.strip.writer import Edit, Slate, TooMuchRestated, write_edited

#: Names remembered beyond the window, to know a stream that counts anew from one that lags.
_REMEMBERED_NAMES = 64


class AdPolicy(Enum):
    """What to do with ads."""

    OFF = "off"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class StripOptions:
    """How to strip one source.

    ``slate`` gives the stand-in for a segment of so many seconds that begins so many seconds into its run of slates, or ``None`` for
    a gap; whether it is one or the other depends on neither number.
    """

    mode: AdPolicy = AdPolicy.REPLACE
    rules: DetectionRules = field(default_factory=DetectionRules)
    slate: Callable[[float, float], Slate | None] | None = None
    #: What a gap is called.  Players that know ``EXT-X-GAP`` never ask for it; for the others it must not be the ad.
    gap_uri: str = "gap"


@dataclass(frozen=True, slots=True)
class StreamState:
    """What all renditions of one live stream have in common."""

    timeline: Timeline = field(default_factory=Timeline)
    spans: AdIntervals = field(default_factory=AdIntervals)
    segment_index: SegmentIndex = field(default_factory=SegmentIndex)
    #: Decisions of renditions that number their segments otherwise, by name.
    own: Mapping[str, Timeline] = field(default_factory=dict)
    #: How often upstream has counted anew, and what was before it did, for renditions that go on as they were.
    era: int = 0
    former: Timeline | None = None
    former_index: SegmentIndex = field(default_factory=SegmentIndex)
    #: Where its programme and its ads lie.
    habits: Habits = field(default_factory=Habits)


@dataclass(frozen=True, slots=True)
class RenditionState:
    """What one rendition has shown: to recognise its ads again, and never to go back behind what was served."""

    #: The same on every node.
    name: str = ""
    #: When its segments begin, if it numbers them otherwise.
    segment_index: SegmentIndex = field(default_factory=SegmentIndex)
    memory: DetectorMemory = field(default_factory=DetectorMemory)
    msn: int = -1
    discontinuity_sequence: int = -1
    #: Of the upstream's segments it showed last: their era, the first and the last number, and the hash of each one's name.
    era: int = 0
    first_msn: int = -1
    last_msn: int = -1
    names: Mapping[int, int] = field(default_factory=dict)
    #: It has had signals of its own.
    is_signed: bool = False
    #: The highest protocol version that was stated for it where upstream's was lower: a live playlist's does not go back.
    version: int = 0


@dataclass(frozen=True, slots=True)
class StripResult:
    """The result.  ``refusal`` says why the original is given back; ``stale``: upstream went back, serve what was served before."""

    playlist: Playlist
    detection: Detection
    actions: tuple[SegmentAction, ...]
    shared: StreamState
    rendition: RenditionState
    cut_s: float = 0.0
    refusal: str = ""
    stale: bool = False

    @property
    def cut_segments(self) -> int:
        """How many segments are not the upstream's any more."""
        return sum(action is not SegmentAction.KEEP for action in self.actions)


def strip(
    playlist: Playlist,
    policy: StripOptions,
    shared: StreamState | None = None,
    rendition: RenditionState | None = None,
    *,
    detection: Detection | None = None,
) -> StripResult:
    """Take the ads out of a media playlist, or give it back as it is when there are none, or when anything is doubtful.

    ``detection``: what was found with the same states and rules just before, when the same is to be stripped in another way.
    """
    shared, rendition = shared or StreamState(), rendition or RenditionState()
    is_live = _is_live(playlist, shared, rendition)
    in_step, timeline, times = True, Timeline(), None
    if is_live:
        placed = _placed(playlist, shared, rendition)
        if placed is None:
            nothing = Detection({}, frozenset(), frozenset(), rendition.memory, shared.spans, shared.habits, False)
            actions = (SegmentAction.KEEP,) * len(playlist.segments)
            return StripResult(playlist, detection or nothing, actions, shared, rendition, stale=True)
        shared, rendition, in_step = placed
        timeline = shared.timeline if in_step else shared.own[rendition.name]
        segment_index = shared.segment_index if in_step else rendition.segment_index
        times = segment_index.times(playlist)
        # A date that has left the window is known all the same, and what is announced by dates is found by it.
        playlist.dates = segment_index.dates(playlist) or playlist.dates
    detection = detection or detect(
        playlist,
        policy.rules,
        rendition.memory,
        shared.spans,
        in_step=in_step,
        times=times,
        is_exact=in_step or rendition.segment_index.aligned,
        habits=shared.habits,
        rendition=rendition.name,
        decided={msn: decision.action is not SegmentAction.KEEP for msn, decision in timeline.decisions.items()},
    )
    untouched = StripResult(playlist, detection, (SegmentAction.KEEP,) * len(playlist.segments), shared, rendition)
    if policy.mode is AdPolicy.OFF or playlist.is_multivariant or not playlist.segments:
        return untouched
    if not is_live and (refusal := _refusal(playlist, detection)):
        return replace(untouched, refusal=refusal)
    requested = _requested_actions(playlist, detection, policy)
    numbering, timeline = number_segments(playlist, requested, timeline)
    actions = tuple(decision.action for decision in numbering.decisions)
    if is_live and 0 <= numbering.first_msn < rendition.msn:
        return replace(untouched, stale=True)
    changed = (
        any(action is not SegmentAction.KEEP for action in actions) or numbering.first_msn != playlist.segments[0].msn
    )
    changed |= numbering.discontinuity_sequence != playlist.discontinuity_sequence or bool(detection.interstitial_lines)
    changed |= detection.trailing_ad
    changed |= is_live and rendition.version > playlist.version
    # A seam that only we know of, behind ads that have left the window.
    changed |= any(d.discontinuity != d.was_discontinuity for d in numbering.decisions)
    shared = replace(shared, spans=detection.spans, habits=detection.habits)
    if is_live and in_step:
        shared = replace(shared, timeline=timeline)
    elif is_live:
        shared = replace(shared, own={**shared.own, rendition.name: timeline})
    moved = replace(
        rendition,
        memory=detection.memory,
        is_signed=rendition.is_signed or detection.is_signed,
        msn=numbering.first_msn,
        discontinuity_sequence=numbering.discontinuity_sequence,
    )
    if not changed:
        return replace(untouched, shared=shared, rendition=moved)
    dropped = detection.cue_lines | detection.interstitial_lines
    downgrade = is_live and timeline.has_deletions
    slates = _slates(playlist, numbering, policy)
    edit = Edit(
        numbering,
        dropped,
        slates,
        policy.gap_uri,
        detection.trailing_ad,
        downgrade,
        rendition.version if is_live else 1,
    )
    try:
        output = Playlist(write_edited(playlist, edit))
    except TooMuchRestated:
        return replace(untouched, refusal="what is in force between its ads is too long to be stated after each")
    if found := violations(playlist, output, numbering):
        return replace(untouched, refusal=f"own check: {found[0]}")
    if is_live and output.version > playlist.version:
        moved = replace(moved, version=output.version)
    cut_s = sum(
        s.duration_s for s, action in zip(playlist.segments, actions, strict=True) if action is not SegmentAction.KEEP
    )
    return StripResult(output, detection, actions, shared, moved, cut_s)


def _is_live(playlist: Playlist, shared: StreamState, rendition: RenditionState) -> bool:
    """Whether it is a window that slides, or the last of one that did: those who watch it have numbers of its segments."""
    if not playlist.segments or playlist.playlist_type == "EVENT":
        return False
    if not playlist.is_complete:
        return True
    decisions = shared.own.get(rendition.name, shared.timeline).decisions
    first = playlist.segments[0].msn
    return playlist.playlist_type != "VOD" and first in decisions and first >= rendition.first_msn


def _placed(
    playlist: Playlist, shared: StreamState, rendition: RenditionState
) -> tuple[StreamState, RenditionState, bool] | None:
    """The states with the segments of a live playlist on the stream's clock, and whether it numbers them as others do.

    ``None`` if upstream went back.
    """
    first, last = playlist.segments[0].msn, playlist.segments[-1].msn
    in_step = _is_in_step(playlist, shared, rendition)
    era = shared.era
    is_behind = in_step and rendition.msn >= 0 and rendition.era < era
    if is_behind and last >= rendition.first_msn:
        # Others count anew, and this one has not gone back.
        if last <= rendition.last_msn:
            return None
        beyond = Timeline(
            highest_msn=shared.timeline.highest_msn, highest_discontinuity=shared.timeline.highest_discontinuity
        )
        goes_on = shared.former if rendition.era == era - 1 and shared.former else begin_again(playlist, beyond)
        shared, in_step = replace(shared, own={**shared.own, rendition.name: goes_on}), False
        rendition = replace(rendition, segment_index=shared.former_index)
    elif is_behind:
        rendition = replace(rendition, memory=DetectorMemory(), names={}, first_msn=-1)
    timeline = shared.timeline if in_step else shared.own.get(rendition.name, Timeline())
    if restarted(playlist, timeline) or _counts_anew(playlist, rendition, timeline):
        last_msn = rendition.last_msn
        rendition = replace(rendition, memory=DetectorMemory(), segment_index=SegmentIndex(), names={})
        anew = begin_again(playlist, timeline)
        if in_step:
            era += 1
            before, spans = shared.segment_index, shared.spans.begun_anew()
            shared = replace(shared, timeline=anew, former=timeline, former_index=before, spans=spans, era=era)
            shared = replace(shared, segment_index=before.begun_anew(last_msn), habits=shared.habits.begun_anew())
        else:
            shared = replace(shared, own={**shared.own, rendition.name: anew})
    elif rendition.name not in shared.own and not in_step:
        shared = replace(shared, own={**shared.own, rendition.name: timeline})
    if in_step:
        shared = replace(shared, segment_index=shared.segment_index.with_playlist(playlist))
    else:
        is_lost = rendition.era < era and not rendition.is_signed
        rendition = replace(
            rendition, segment_index=rendition.segment_index.following(playlist, shared.segment_index, is_lost=is_lost)
        )
    names = {msn: name for msn, name in rendition.names.items() if msn >= first - _REMEMBERED_NAMES}
    names |= {segment.msn: _named(segment.uri) for segment in playlist.segments}
    return shared, replace(rendition, era=era, first_msn=first, last_msn=last, names=names), in_step


def _is_in_step(playlist: Playlist, shared: StreamState, rendition: RenditionState) -> bool:
    """Settled when a rendition is first seen: its numbers were given out by one timeline, and stay with it."""
    if rendition.name in shared.own:
        return False
    return rendition.msn >= 0 or shared.segment_index.in_step(playlist) is not False


def _counts_anew(playlist: Playlist, rendition: RenditionState, timeline: Timeline) -> bool:
    """Whether a stream that is too young to be sure by its numbers alone has gone back to other segments."""
    if not timeline.decisions or playlist.segments[-1].msn >= rendition.first_msn:
        return False
    return all(rendition.names.get(segment.msn) != _named(segment.uri) for segment in playlist.segments)


def _named(uri: str) -> int:
    """What a segment is called wherever it is kept and whatever is asked along with it: hosts, folders and queries hold tokens."""
    return hash(uri.partition("?")[0].rpartition("/")[2])


def _refusal(playlist: Playlist, detection: Detection) -> str:
    """Guards.  A publisher's own signals are believed, but not that all he published is an ad."""
    if playlist.is_complete and len(detection.verdicts) == len(playlist.segments):
        return "nothing would be left"
    return detection.withheld if not detection.verdicts else ""


def _requested_actions(playlist: Playlist, detection: Detection, policy: StripOptions) -> dict[int, SegmentAction]:
    requested: dict[int, SegmentAction] = {}
    for index in detection.verdicts:
        requested[index] = SegmentAction.DELETE if policy.mode is AdPolicy.DELETE else SegmentAction.GAP
        if policy.mode is AdPolicy.REPLACE and policy.slate is not None:
            slate = policy.slate(playlist.segments[index].duration_s, 0.0)
            requested[index] = SegmentAction.GAP if slate is None else SegmentAction.SLATE
    return requested


def _slates(playlist: Playlist, numbering: Numbering, policy: StripOptions) -> dict[int, Slate]:
    """The stand-ins, also for segments decided in an earlier reload whose signal has left the window since.

    What was decided for a rendition that has slates holds for those in step with it that have none: they get gaps.
    """
    slates: dict[int, Slate] = {}
    for segment, decision in zip(playlist.segments, numbering.decisions, strict=True):
        if decision.action is SegmentAction.SLATE:
            start_s = decision.slate_end_s - segment.duration_s
            slate = policy.slate(segment.duration_s, start_s) if policy.slate is not None else None
            slates |= {segment.index: slate} if slate is not None else {}
    return slates
