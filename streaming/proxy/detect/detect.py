"""From a playlist to its ads: explicit signals, an operator's rules, then heuristics; every verdict with its reasons.

Pure: what earlier reloads of a live playlist showed comes in as ``DetectorMemory`` and goes out with the result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from itertools import groupby
from typing import NamedTuple

from streaming.proxy.detect.ad_intervals import AdIntervals
from streaming.proxy.detect.breaks import BreakFinder, OpenBreak
from streaming.proxy.detect.corrections import Correction, corrected
from streaming.proxy.detect.dateranges import (
    TWITCH,
    DateRange,
    ad_name,
    is_interstitial,
    locate,
    read_date_ranges,
    segment_dates,
)
from streaming.proxy.detect.habits import Habits
from streaming.proxy.detect.heuristics import find_suspects
from streaming.proxy.detect.playlist_profile import MAX_SHARE
from streaming.proxy.detect.signals import (
    AD_TAGS,
    ADDRESS_LABEL,
    ADORNMENTS,
    AdSignal,
    Labelling,
    SignalKind,
    Signals,
    read_signals,
)
from streaming.proxy.detect.watcher import watch
from streaming.proxy.playlist.playlist import PREFETCH_TAGS, Playlist, Segment
from streaming.proxy.playlist.segment_names import SegmentName

#: Verdicts kept for segments that left the window: enough for a rendition that lags behind the others by a few reloads.
_REMEMBERED_BEYOND_WINDOW = 64


class VerdictSource(Enum):
    """Who says that a segment is an ad."""

    SIGNAL = "signal"
    RULE = "rule"
    OPERATOR = "operator"
    HEURISTIC = "heuristic"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A segment is an ad.  ``reasons`` names signals or signs; ``score`` is 1 unless it was guessed."""

    source: VerdictSource
    reasons: tuple[str, ...]
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class DetectionRules:
    """What an operator says of one source.  Patterns are shell globs on the whole address, compared without case."""

    signals: bool = True
    heuristics: bool = True
    ad_addresses: tuple[str, ...] = ()
    ad_titles: tuple[str, ...] = ()
    #: Never cut these, whoever says they are ads: the correction of a wrong verdict, and the cure for cues that mark an opportunity
    #: nobody sold.
    programme_addresses: tuple[str, ...] = ()
    #: What an operator said of single stretches; it goes before everything else.
    corrections: tuple[Correction, ...] = ()
    #: Where our own slate lives; what was replaced once is left alone.
    own_prefix: str = ""


@dataclass(frozen=True, slots=True)
class DetectorMemory:
    """What one rendition of a live source has shown so far: verdicts by media sequence number."""

    verdicts: Mapping[int, Verdict] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Detection:
    """``verdicts`` by segment index; ``cue_lines``: lines that only announce what was found, to go with it."""

    verdicts: Mapping[int, Verdict]
    cue_lines: frozenset[int]
    interstitial_lines: frozenset[int]
    memory: DetectorMemory
    spans: AdIntervals
    habits: Habits
    trailing_ad: bool  # the segment that is still being made is an ad
    is_signed: bool = False  # the playlist has signals of its own
    #: Why verdicts that nothing vouches for were left out.
    withheld: str = ""

    @property
    def ads(self) -> list[int]:
        """The indexes of the segments that are ads, in order."""
        return sorted(self.verdicts)


def detect(
    playlist: Playlist,
    rules: DetectionRules | None = None,
    memory: DetectorMemory | None = None,
    spans: AdIntervals | None = None,
    *,
    in_step: bool = True,
    times: Sequence[float] | None = None,
    is_exact: bool = True,
    habits: Habits | None = None,
    rendition: str = "",
    decided: Mapping[int, bool] | None = None,
) -> Detection:
    """Say which segments of a media playlist are ads.

    ``spans``: when other renditions of the stream had ads.  ``in_step``: whether this one numbers its segments as they do; ``times``:
    of a live one, when its segments begin by the clock they share, and ``is_exact`` whether that is true to the moment.
    ``habits``: where ads and programme of a live stream lie, ``rendition`` being the name of this one.  ``decided``: by sequence
    number, what players were told, and whether it was an ad.
    """
    rules, memory, spans = rules or DetectionRules(), memory or DetectorMemory(), spans or AdIntervals()
    habits, decided = habits or Habits(), decided or {}
    slides = times is not None or not (playlist.is_complete or playlist.playlist_type == "EVENT")
    found: dict[int, Verdict] = {}
    cue_lines: set[int] = set()
    interstitials: frozenset[int] = frozenset()
    edge = _Edge()
    is_signed = False
    if not playlist.is_multivariant:
        remembered = {s.index: memory.verdicts[s.msn] for s in playlist.segments if s.msn in memory.verdicts}
        if rules.signals:
            found, cue_lines, interstitials, edge = _explicit(
                playlist,
                _Edge(spans.open_break, spans.labelling) if in_step else edge,
                habits.home(rendition) if slides else None,
            )
            is_signed = bool(found)
        if not (found and playlist.is_complete and times is None):
            # Of a complete playlist a rendition's own signals are the better ones: they stand at its own borders.
            elsewhere = spans.ads_in(playlist, times, in_step=in_step)
            found = dict.fromkeys(elsewhere, Verdict(VerdictSource.SIGNAL, ("other-rendition",))) | found
        found |= _by_rule(playlist, rules)
        found = remembered | found
        stand_ins = frozenset(segment.index for segment in playlist.segments if _is_stand_in(segment, rules))
        known = found | {s.index: _DECIDED for s in playlist.segments if decided.get(s.msn) and s.index not in found}
        if slides and in_step:
            guessed, habits = _guessed_live(
                playlist, known, stand_ins, habits, rendition, decided, guess=rules.heuristics
            )
            found |= guessed
        elif rules.heuristics and not slides:  # by numbers of its own a live rendition is cut when the others are
            found |= _guessed(playlist, known, stand_ins)
        found = {index: verdict for index, verdict in found.items() if not _is_kept(playlist, index, rules)}
        for index, is_ad in corrected(playlist, rules.corrections).items():
            found.pop(index, None)
            if is_ad and not _is_stand_in(playlist.segments[index], rules):
                found[index] = Verdict(VerdictSource.OPERATOR, ("operator",))
    withheld = ""
    if playlist.is_complete and times is None and _is_too_much(playlist, found):
        withheld = f"more than {MAX_SHARE:.0%} would go without a signal that says so"
        found = {index: verdict for index, verdict in found.items() if _is_certain(verdict)}
    is_live = bool(playlist.segments) and (times is not None or not playlist.is_complete)
    learned = spans.with_ads(playlist, found, times, in_step=in_step, is_exact=is_exact)
    if is_live and in_step:
        learned = learned.seen_until(playlist, edge.open_break, edge.labelling, times, is_signed=is_signed)
    return Detection(
        found,
        frozenset(cue_lines if found else ()),
        interstitials,
        _remember(playlist, memory, found) if is_live else memory,
        learned,
        habits,
        edge.open_break is not None
        or bool(edge.labelling and edge.labelling.ad_state)
        or _is_ad_coming(playlist, rules),
        is_signed,
        withheld,
    )


def _is_too_much(playlist: Playlist, found: Mapping[int, Verdict]) -> bool:
    """Guesses and rules of ours may not take the larger part of a programme."""
    unsigned_s = sum(playlist.segments[index].duration_s for index, found_ in found.items() if not _is_certain(found_))
    return unsigned_s > MAX_SHARE * playlist.duration_s


def _is_certain(verdict: Verdict) -> bool:
    """Whether the playlist itself says that this is an ad, by a signal or a vendor's address, or an operator who looked at it."""
    if verdict.source is VerdictSource.SIGNAL:
        return verdict.reasons != (ADDRESS_LABEL,)
    return verdict.source is VerdictSource.OPERATOR


#: Rounds of looking again in a live playlist; see ``heuristics``.
_MAX_ROUNDS = 4
#: What players were told is an ad, and nobody knows any more why.
_DECIDED = Verdict(VerdictSource.SIGNAL, ("decided-before",))


class _Edge(NamedTuple):
    """What is still in force where a playlist ends."""

    open_break: OpenBreak | None = None
    labelling: Labelling | None = None


def _guessed_live(
    playlist: Playlist,
    known: Mapping[int, Verdict],
    stand_ins: frozenset[int],
    habits: Habits,
    rendition: str,
    decided: Mapping[int, bool],
    *,
    guess: bool,
) -> tuple[dict[int, Verdict], Habits]:
    """What looks like ads at the edge of a window, or within it when it is first seen; and what is known of the stream now.

    Looked for again without what was found, as in a complete playlist: else somebody who looked at our output would find it.
    """
    found: dict[int, Verdict] = {}
    after: Habits | None = None
    for _ in range(_MAX_ROUNDS):
        gone = stand_ins if after is None else stand_ins.union(known, found)
        suspects, seen = watch(playlist, known, gone, habits, rendition, guess=guess)
        after = after or seen
        if not guess:
            break
        more = {index: Verdict(VerdictSource.HEURISTIC, *suspect) for index, suspect in suspects.items()}
        more |= _guessed(playlist, {**known, **found, **more}, stand_ins)
        # What was shown is no news to anybody.
        more = {i: verdict for i, verdict in more.items() if playlist.segments[i].msn not in decided and i not in found}
        if not more:
            break
        found |= more
    else:
        found = {}
    return found, after or habits


def _guessed(playlist: Playlist, known: Mapping[int, Verdict], stand_ins: frozenset[int]) -> dict[int, Verdict]:
    """What looks like ads in this playlist alone, beside those that are known."""
    found: dict[int, Verdict] = {}
    for suspect in find_suspects(playlist, known.keys(), stand_ins):
        verdict = Verdict(VerdictSource.HEURISTIC, suspect.signs, suspect.score)
        found |= dict.fromkeys(range(suspect.start, suspect.end), verdict)
    return found


def _explicit(
    playlist: Playlist, carried: _Edge, home: SegmentName | None
) -> tuple[dict[int, Verdict], set[int], frozenset[int], _Edge]:
    signals = read_signals(playlist, carried.labelling)
    cues, told_by, interstitials = _with_date_ranges(playlist, signals)
    reasons = {index: list(names) for index, names in signals.labels.items()}
    cue_lines = set(signals.label_lines)
    finder = BreakFinder(playlist, cues, carried.open_break, home)
    for found in finder.breaks:
        for index in range(found.start, found.end):
            if playlist.segments[index].title != "live" or set(found.names) != {TWITCH}:
                reasons.setdefault(index, []).extend(found.names)
        cue_lines.update(found.lines)
    used = _Used(signals.cues, cue_lines)
    for date_range, witnesses in told_by:
        if used.by(witnesses):
            cue_lines.update(line for _, line in date_range.places)
    if finder.breaks:
        cue_lines.update(finder.stray_lines, signals.overruled)
    if reasons:
        cue_lines |= _adornments(playlist, cue_lines)
    verdicts = {index: Verdict(VerdictSource.SIGNAL, tuple(dict.fromkeys(names))) for index, names in reasons.items()}
    return verdicts, cue_lines, interstitials, _Edge(finder.open_break, signals.labelling)


@dataclass(frozen=True, slots=True)
class _Witnesses:
    """What says the same as a date range: cues of any kind at some places, cues that begin a break at others, and its own lines."""

    at: frozenset[int] = frozenset()
    beginning_at: frozenset[int] = frozenset()
    lines: tuple[int, ...] = ()


class _Used:
    """Where the cues that made a break stand, so that each date range asks for its places only."""

    def __init__(self, cues: Sequence[AdSignal], lines: set[int]) -> None:
        self._lines = lines
        used = [cue for cue in cues if cue.line in lines]
        self._at = {cue.index for cue in used}
        self._beginning_at = {cue.index for cue in used if cue.kind is SignalKind.OUT}

    def by(self, witnesses: _Witnesses) -> bool:
        return (
            not self._at.isdisjoint(witnesses.at)
            or not self._beginning_at.isdisjoint(witnesses.beginning_at)
            or not self._lines.isdisjoint(witnesses.lines)
        )


def _with_date_ranges(
    playlist: Playlist, signals: Signals
) -> tuple[list[AdSignal], list[tuple[DateRange, _Witnesses]], frozenset[int]]:
    """All cues; date ranges with what says the same, to go with it; and the lines of interstitials."""
    if not signals.date_ranges:
        return signals.cues, [], frozenset()
    ranges = read_date_ranges(playlist, signals.date_ranges)
    interstitials = frozenset(line for found in ranges if is_interstitial(found) for _, line in found.places)
    cues: list[AdSignal] = list(signals.cues)
    told_by: list[tuple[DateRange, _Witnesses]] = []
    dates = segment_dates(playlist)
    all_at = {cue.index for cue in signals.cues}
    beginning_at = {cue.index for cue in signals.cues if cue.kind is SignalKind.OUT}
    for found in ranges:
        name = ad_name(found)
        if name is None:
            continue
        located = locate(playlist, found, name, dates)
        # Where cue tags mark the same break they are the better witness: they stand at the very segment.
        at = all_at & {index for index, _ in found.places}
        starts = {cue.index + near for cue in located if cue.kind is SignalKind.OUT for near in (-1, 0, 1)}
        witnesses = _Witnesses(frozenset(at), frozenset(beginning_at & starts))
        if not (witnesses.at or witnesses.beginning_at):
            cues += located
            witnesses = _Witnesses(lines=tuple(cue.line for cue in located))
        told_by.append((found, witnesses))
    return cues, told_by, interstitials


_DECORATED = AD_TAGS | ADORNMENTS


def _adornments(playlist: Playlist, cue_lines: set[int]) -> set[int]:
    """Tags that stand in one run of tags with a cue that was used, and say the same in another dialect."""
    found: set[int] = set()
    numbers = (number for number, line in enumerate(playlist.lines) if line.tag in _DECORATED or number in cue_lines)
    # Numbers that follow each other are one run: then number and place among them differ by the same.
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        lines = [number for _, number in run]
        if not cue_lines.isdisjoint(lines):
            found.update(number for number in lines if playlist.lines[number].tag != "#EXT-X-DATERANGE")
    return found


def _by_rule(playlist: Playlist, rules: DetectionRules) -> dict[int, Verdict]:
    found: dict[int, Verdict] = {}
    if not (rules.ad_addresses or rules.ad_titles):
        return found
    for segment in playlist.segments:
        if _matches(segment.address, rules.ad_addresses) or _matches(segment.uri, rules.ad_addresses):
            found[segment.index] = Verdict(VerdictSource.RULE, ("address-rule",))
        elif _matches(segment.title, rules.ad_titles):
            found[segment.index] = Verdict(VerdictSource.RULE, ("title-rule",))
    return found


def _is_ad_coming(playlist: Playlist, rules: DetectionRules) -> bool:
    """Whether what is announced behind the last segment is an ad by its address."""
    if not rules.ad_addresses or playlist.tags.isdisjoint(PREFETCH_TAGS):
        return False
    announced = (line for line in playlist.lines[playlist.trailer :] if line.tag in PREFETCH_TAGS)
    return any(_matches(line.value, rules.ad_addresses) for line in announced)


def _matches(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text.lower(), pattern.lower()) for pattern in patterns)


def _is_kept(playlist: Playlist, index: int, rules: DetectionRules) -> bool:
    segment = playlist.segments[index]
    return (
        _is_stand_in(segment, rules)
        or _matches(segment.address, rules.programme_addresses)
        or _matches(segment.uri, rules.programme_addresses)
    )


def _is_stand_in(segment: Segment, rules: DetectionRules) -> bool:
    """What was replaced once."""
    return segment.gap or bool(rules.own_prefix and segment.uri.startswith(rules.own_prefix))


def _remember(playlist: Playlist, memory: DetectorMemory, found: Mapping[int, Verdict]) -> DetectorMemory:
    oldest = playlist.segments[0].msn - _REMEMBERED_BEYOND_WINDOW
    verdicts = {msn: verdict for msn, verdict in memory.verdicts.items() if msn >= oldest}
    verdicts |= {playlist.segments[index].msn: verdict for index, verdict in found.items()}
    return DetectorMemory(verdicts)
