"""Stripping a media playlist: detect, settle, write, and check one's own work.

Everything here is pure.  A stream has one ``Shared`` state for all its renditions and a ``Rendition`` state for each; the caller keeps
them between reloads and passes them in.  Complete playlists (VOD) and EVENT playlists need no state: they always show everything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from streaming.proxy.check import faults
from streaming.proxy.detect import Detection, Memory, Rules, Source, Verdict, detect
from streaming.proxy.emit import Edit, Slate, emit
from streaming.proxy.grid import Grid, own_clock
from streaming.proxy.heuristics import MAX_SHARE
from streaming.proxy.lines import Playlist
from streaming.proxy.signals import ADDRESS_LABEL
from streaming.proxy.spans import Spans
from streaming.proxy.timeline import Fate, Numbering, Timeline, decide, restarted


class Mode(Enum):
    """What to do with ads."""

    OFF = "off"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Policy:
    """How to strip one source.

    ``slate`` gives the stand-in for a segment of so many seconds that begins so many seconds into its run of slates, or ``None`` for
    a gap; whether it is one or the other depends on neither number.
    """

    mode: Mode = Mode.REPLACE
    rules: Rules = field(default_factory=Rules)
    slate: Callable[[float, float], Slate | None] | None = None
    #: What a gap is called.  Players that know ``EXT-X-GAP`` never ask for it; for the others it must not be the ad.
    gap_uri: str = "gap"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all renditions of one live stream have in common."""

    timeline: Timeline = field(default_factory=Timeline)
    spans: Spans = field(default_factory=Spans)
    grid: Grid = field(default_factory=Grid)
    #: Decisions of renditions that number their segments otherwise, by name.
    own: Mapping[str, Timeline] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendition:
    """What one rendition has shown: to recognise its ads again, and never to go back behind what was served."""

    #: The same on every node.
    name: str = ""
    #: When its segments began, if it has a count of its own and no dates.
    starts: Mapping[int, float] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    msn: int = -1
    discontinuity_sequence: int = -1


@dataclass(frozen=True, slots=True)
class Stripped:
    """The result.  ``refusal`` says why the original is given back; ``stale``: upstream went back, serve what was served before."""

    playlist: Playlist
    detection: Detection
    fates: tuple[Fate, ...]
    shared: Shared
    rendition: Rendition
    cut_s: float = 0.0
    refusal: str = ""
    stale: bool = False

    @property
    def cut_segments(self) -> int:
        """How many segments are not the upstream's any more."""
        return sum(fate is not Fate.KEEP for fate in self.fates)


def strip(
    playlist: Playlist,
    policy: Policy,
    shared: Shared | None = None,
    rendition: Rendition | None = None,
    *,
    detection: Detection | None = None,
) -> Stripped:
    """Take the ads out of a media playlist, or give it back as it is when there are none, or when anything is doubtful.

    ``detection``: what was found with the same states and rules just before, when the same is to be stripped in another way.
    """
    shared, rendition = shared or Shared(), rendition or Rendition()
    is_live = not playlist.is_complete and playlist.playlist_type != "EVENT" and bool(playlist.segments)
    in_step = not is_live or _is_in_step(playlist, shared, rendition)
    timeline = shared.timeline if in_step else shared.own.get(rendition.name, Timeline())
    if is_live and restarted(playlist, timeline):
        rendition = replace(rendition, memory=Memory(), starts={})
        shared = replace(shared, spans=Spans(), grid=Grid()) if in_step else shared
    times = None
    if is_live and in_step:
        shared = replace(shared, grid=shared.grid.with_playlist(playlist))
        times = None if shared.grid.dated else [shared.grid.cells[s.msn].start_s for s in playlist.segments]
    elif is_live:
        times = own_clock(playlist, rendition.starts, shared.grid)
        rendition = replace(rendition, starts={s.msn: times[s.index] for s in playlist.segments} if times else {})
    detection = detection or detect(
        playlist, policy.rules, rendition.memory, shared.spans, in_step=in_step, times=times
    )
    untouched = Stripped(playlist, detection, (Fate.KEEP,) * len(playlist.segments), shared, rendition)
    if policy.mode is Mode.OFF or playlist.is_multivariant or not playlist.segments:
        return untouched
    if refusal := _refusal(playlist, detection):
        return replace(untouched, refusal=refusal)
    wishes = _wishes(playlist, detection, policy)
    numbering, timeline = decide(playlist, wishes, timeline if is_live else Timeline())
    fates = tuple(decision.fate for decision in numbering.decisions)
    if is_live and 0 <= numbering.first_msn < rendition.msn:
        return replace(untouched, stale=True)
    changed = any(fate is not Fate.KEEP for fate in fates) or numbering.first_msn != playlist.segments[0].msn
    changed |= numbering.discontinuity_sequence != playlist.discontinuity_sequence or bool(detection.interstitial_lines)
    changed |= detection.trailing_ad
    shared = replace(shared, spans=detection.spans)
    if is_live:
        own = shared.own if in_step else {**shared.own, rendition.name: timeline}
        shared = replace(shared, timeline=timeline if in_step else shared.timeline, own=own)
    moved = replace(
        rendition,
        memory=detection.memory,
        msn=numbering.first_msn,
        discontinuity_sequence=numbering.discontinuity_sequence,
    )
    if not changed:
        return replace(untouched, shared=shared, rendition=moved)
    dropped = detection.cue_lines | detection.interstitial_lines
    downgrade = is_live and timeline.has_deletions
    slates = _slates(playlist, numbering, policy)
    edit = Edit(numbering, dropped, slates, policy.gap_uri, detection.trailing_ad, downgrade)
    output = Playlist(emit(playlist, edit))
    if found := faults(playlist, output, numbering):
        return replace(untouched, refusal=f"own check: {found[0]}")
    cut_s = sum(s.duration_s for s, fate in zip(playlist.segments, fates, strict=True) if fate is not Fate.KEEP)
    return Stripped(output, detection, fates, shared, moved, cut_s)


def _is_in_step(playlist: Playlist, shared: Shared, rendition: Rendition) -> bool:
    """Settled when a rendition is first seen: its numbers were given out by one timeline, and stay with it."""
    if rendition.name in shared.own:
        return False
    return rendition.msn >= 0 or shared.grid.in_step(playlist) is not False


def _refusal(playlist: Playlist, detection: Detection) -> str:
    """Guards.  A publisher's own signals are believed, but not that all he published is an ad; guesses, rules of ours and addresses
    that we know as ad servers' may not take the larger part of a programme."""
    if not playlist.is_complete or not detection.verdicts:
        return ""
    if len(detection.verdicts) == len(playlist.segments):
        return "nothing would be left"
    unsigned_s = sum(playlist.segments[i].duration_s for i, v in detection.verdicts.items() if not _is_signed(v))
    if unsigned_s > MAX_SHARE * playlist.duration_s:
        return f"more than {MAX_SHARE:.0%} would go without a signal that says so"
    return ""


def _is_signed(verdict: Verdict) -> bool:
    """Whether the playlist itself, or an operator who looked at it, says that this is an ad."""
    if verdict.source is Source.SIGNAL:
        return verdict.reasons != (ADDRESS_LABEL,)
    return verdict.source is Source.OPERATOR


def _wishes(playlist: Playlist, detection: Detection, policy: Policy) -> dict[int, Fate]:
    wishes: dict[int, Fate] = {}
    for index in detection.verdicts:
        wishes[index] = Fate.DELETE if policy.mode is Mode.DELETE else Fate.GAP
        if policy.mode is Mode.REPLACE and policy.slate is not None:
            slate = policy.slate(playlist.segments[index].duration_s, 0.0)
            wishes[index] = Fate.GAP if slate is None else Fate.SLATE
    return wishes


def _slates(playlist: Playlist, numbering: Numbering, policy: Policy) -> dict[int, Slate]:
    """The stand-ins, also for segments decided in an earlier reload whose signal has left the window since.

    What was decided for a rendition that has slates holds for those in step with it that have none: they get gaps.
    """
    slates: dict[int, Slate] = {}
    for segment, decision in zip(playlist.segments, numbering.decisions, strict=True):
        if decision.fate is Fate.SLATE:
            start_s = decision.slate_end_s - segment.duration_s
            slate = policy.slate(segment.duration_s, start_s) if policy.slate is not None else None
            slates |= {segment.index: slate} if slate is not None else {}
    return slates
