"""Stripping a media playlist: detect, settle, write, and check one's own work.

Everything here is pure.  A stream has one ``Shared`` state for all its renditions and a ``Rendition`` state for each; the caller keeps
them between reloads and passes them in.  Complete playlists (VOD) and EVENT playlists need no state: they always show everything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from streaming.proxy.check import faults
from streaming.proxy.detect import Detection, Memory, Rules, Source, detect
from streaming.proxy.emit import Edit, Slate, emit
from streaming.proxy.heuristics import MAX_SHARE
from streaming.proxy.lines import Playlist
from streaming.proxy.spans import Spans
from streaming.proxy.timeline import Fate, Timeline, decide, restarted


class Mode(Enum):
    """What to do with ads."""

    OFF = "off"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Policy:
    """How to strip one source.  ``slate`` gives the stand-in for a segment of so many seconds, or ``None`` for a gap."""

    mode: Mode = Mode.REPLACE
    rules: Rules = field(default_factory=Rules)
    slate: Callable[[float], Slate | None] | None = None
    #: What a gap is called.  Players that know ``EXT-X-GAP`` never ask for it; for the others it must not be the ad.
    gap_uri: str = "gap"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all renditions of one live stream have in common."""

    timeline: Timeline = field(default_factory=Timeline)
    spans: Spans = field(default_factory=Spans)


@dataclass(frozen=True, slots=True)
class Rendition:
    """What one rendition has shown: to recognise its ads again, and never to go back behind what was served."""

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
    playlist: Playlist, policy: Policy, shared: Shared | None = None, rendition: Rendition | None = None
) -> Stripped:
    """Take the ads out of a media playlist, or give it back as it is when there are none, or when anything is doubtful."""
    shared, rendition = shared or Shared(), rendition or Rendition()
    is_live = not playlist.is_complete and playlist.playlist_type != "EVENT"
    if is_live and restarted(playlist, shared.timeline):
        shared, rendition = replace(shared, spans=Spans()), replace(rendition, memory=Memory())
    detection = detect(playlist, policy.rules, rendition.memory, shared.spans)
    untouched = Stripped(playlist, detection, (Fate.KEEP,) * len(playlist.segments), shared, rendition)
    if policy.mode is Mode.OFF or playlist.is_multivariant or not playlist.segments:
        return untouched
    if refusal := _refusal(playlist, detection, policy.mode):
        return replace(untouched, refusal=refusal)
    wishes, slates = _wishes(playlist, detection, policy)
    numbering, timeline = decide(playlist, wishes, shared.timeline if is_live else Timeline())
    fates = tuple(decision.fate for decision in numbering.decisions)
    slates |= _late_slates(playlist, fates, slates, policy)
    if is_live and 0 <= numbering.first_msn < rendition.msn:
        return replace(untouched, stale=True)
    changed = any(fate is not Fate.KEEP for fate in fates) or numbering.first_msn != playlist.segments[0].msn
    changed |= numbering.discontinuity_sequence != playlist.discontinuity_sequence or bool(detection.interstitial_lines)
    changed |= detection.trailing_ad
    shared = Shared(timeline, detection.spans) if is_live else replace(shared, spans=detection.spans)
    moved = Rendition(detection.memory, numbering.first_msn, numbering.discontinuity_sequence)
    if not changed:
        return replace(untouched, shared=shared, rendition=moved)
    dropped = detection.cue_lines | detection.interstitial_lines
    downgrade = is_live and timeline.has_deletions
    edit = Edit(numbering, dropped, slates, policy.gap_uri, detection.trailing_ad, downgrade)
    output = Playlist(emit(playlist, edit))
    if found := faults(playlist, output, numbering):
        return replace(untouched, refusal=f"own check: {found[0]}")
    cut_s = sum(s.duration_s for s, fate in zip(playlist.segments, fates, strict=True) if fate is not Fate.KEEP)
    return Stripped(output, detection, fates, shared, moved, cut_s)


def _refusal(playlist: Playlist, detection: Detection, mode: Mode) -> str:
    """Guards.  A publisher's own signals are believed whole; guesses and rules may not take the larger part of a programme."""
    if not playlist.is_complete or not detection.verdicts:
        return ""
    if mode is Mode.DELETE and len(detection.verdicts) == len(playlist.segments):
        return "nothing would be left"
    unsigned_s = sum(
        playlist.segments[i].duration_s for i, v in detection.verdicts.items() if v.source is not Source.SIGNAL
    )
    if unsigned_s > MAX_SHARE * playlist.duration_s:
        return f"more than {MAX_SHARE:.0%} would go without a signal that says so"
    return ""


def _wishes(playlist: Playlist, detection: Detection, policy: Policy) -> tuple[dict[int, Fate], dict[int, Slate]]:
    slates: dict[int, Slate] = {}
    wishes: dict[int, Fate] = {}
    for index in detection.verdicts:
        wishes[index] = Fate.DELETE if policy.mode is Mode.DELETE else Fate.GAP
        if policy.mode is Mode.REPLACE and (slate := _slate(playlist, index, policy)) is not None:
            wishes[index], slates[index] = Fate.SLATE, slate
    return wishes, slates


def _late_slates(
    playlist: Playlist, fates: tuple[Fate, ...], known: Mapping[int, Slate], policy: Policy
) -> dict[int, Slate]:
    """Slates for segments decided in an earlier reload whose signal has left the window since."""
    missing = [i for i, fate in enumerate(fates) if fate is Fate.SLATE and i not in known]
    return {i: _slate(playlist, i, policy) or Slate(policy.gap_uri) for i in missing}


def _slate(playlist: Playlist, index: int, policy: Policy) -> Slate | None:
    return policy.slate(playlist.segments[index].duration_s) if policy.slate is not None else None
