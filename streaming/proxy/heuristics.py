"""Unsigned ads: blocks that do not belong, by several signs at once.

A sign alone proves nothing: programmes change hosts (a second CDN), directories (episodes), keys and segment durations, and every
discontinuity is somebody's encoder restart.  So a block needs a *strong* sign, at least two signs, and a score; blocks whose names go
on with the numbering of the programme around them are never taken, nor those that call themselves a part of it; and if all of it
together would be more than ``MAX_SHARE`` of the playlist, the guess is wrong and nothing is taken.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from streaming.proxy.lines import Playlist, Segment
from streaming.proxy.names import Count, count_of, take_apart

#: More than this is not advertising any more but a misunderstanding: the most ad-laden hour of television has about a third.
MAX_SHARE = 0.30
#: One block holds one ad or one pod without inner discontinuities.
_MAX_BLOCK_S = 180.0
#: What is the programme must hold at least this share of the time, or nothing can be called foreign to it.
_MAIN_SHARE = 0.5
_THRESHOLD = 3.0
#: A habit of the packager is one that nearly all segments show.
_HABIT_SHARE = 0.7
#: With more changes of folder than this share of the segments, folders are how the packager numbers.
_MAX_BORDERS = 0.34

#: Weights. Strong signs (2) are hard to come by innocently; the others only add up.
_WEIGHTS = {
    "foreign-host": 2.0,
    "numbering-sandwich": 2.0,
    "clear-between-encrypted": 2.0,
    "ad-word-in-address": 2.0,
    "beside-known-ads": 2.0,
    "foreign-directory": 1.5,
    "folder-resumes": 1.0,
    "unlike-durations": 1.0,
    "unlike-packager": 1.0,
    "unlike-decimals": 1.0,
    "foreign-names": 1.0,
    "repeated-creative": 1.0,
    "ad-length": 0.5,
}
_STRONG = frozenset(
    [
        "foreign-host",
        "numbering-sandwich",
        "folder-resumes",
        "clear-between-encrypted",
        "ad-word-in-address",
        "beside-known-ads",
    ]
)

_AD_WORD = re.compile(
    r"(?:^|[^a-z0-9])(?:ads?|adverts?|advertisements?|adverti[sz]ing|commercials?|creatives?|(?:pre|mid|post)-?roll|adserver|adfiles|adbreak)"
    r"\d*(?:$|[^a-z])|/vast\d*/",
    re.IGNORECASE,
)
#: A part of the programme that is kept apart because many episodes share it.
_OWN_WORD = re.compile(r"(?:^|[^a-z0-9])(?:opening|ending|intro|outro|credits|recap)\d*(?:$|[^a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A block thought to be ads, with the signs and their sum."""

    start: int
    end: int
    signs: tuple[str, ...]
    score: float


def find_suspects(playlist: Playlist, settled: Collection[int]) -> list[Suspect]:
    """Blocks that look like ads.  ``settled``: segments already known to be ads, which say nothing about the programme."""
    segments = playlist.segments
    borders = _borders(segments)
    candidates = _candidates(playlist, borders, settled)
    if not (playlist.is_complete or candidates) or len(segments) < 2:
        return []
    survey = _Survey(playlist, settled)
    if survey.total_s <= 0:
        return []
    if playlist.is_complete:  # of a live playlist one sees too little to tell an oddity from an insertion
        candidates = _candidates(playlist, sorted({*borders, *survey.leaps()}), settled)
    found: dict[tuple[int, int], Suspect] = {}
    known = set(settled)
    # What was found says where ads are kept, and that may be the sign that another block lacked.  It is found in two rounds or not.
    for _ in range(2):
        survey.learn(known)
        for start, end in candidates:
            if (start, end) not in found and (suspect := survey.judge(start, end)) is not None:
                found[start, end] = suspect
                known.update(range(start, end))
    taken_s = sum(segments[index].duration_s for start, end in found for index in range(start, end))
    return [found[block] for block in sorted(found)] if taken_s <= MAX_SHARE * survey.total_s else []


def _candidates(playlist: Playlist, borders: Sequence[int], settled: Collection[int]) -> list[tuple[int, int]]:
    """Blocks that are short enough, whole and not settled yet."""
    if not borders:
        return []
    segments = playlist.segments
    blocks = list(zip([0, *borders], [*borders, len(segments)], strict=True))
    return [
        (start, end)
        for position, (start, end) in enumerate(blocks)
        if _is_isolated(playlist, position, len(blocks))
        and not any(index in settled for index in range(start, end))
        and sum(segment.duration_s for segment in segments[start:end]) <= _MAX_BLOCK_S
    ]


def _borders(segments: Sequence[Segment]) -> list[int]:
    """Where discontinuities stand, and where the folder changes: some inserters leave the discontinuity out."""
    starts = []
    folder: str | None = None
    for segment in segments:
        before, folder = folder, segment.uri.partition("?")[0].rpartition("/")[0]
        if segment.index and (segment.discontinuity or folder != before):
            starts.append(segment.index)
    if len(starts) > len(segments) * _MAX_BORDERS:
        starts = [s.index for s in segments if s.index and s.discontinuity]  # a folder for each segment says nothing
    return starts


def _is_isolated(playlist: Playlist, position: int, count: int) -> bool:
    """A block at the edge of a sliding window may be the end or the beginning of something long."""
    starts_whole = (
        position > 0 or playlist.is_complete or playlist.playlist_type == "EVENT" or playlist.media_sequence <= 1
    )
    return starts_whole and (position < count - 1 or playlist.is_complete)


class _Survey:
    """What is usual in this playlist, measured in time, so that a foreign block can be told from it."""

    def __init__(self, playlist: Playlist, settled: Collection[int]) -> None:
        segments = self._segments = playlist.segments
        names = self._names = [take_apart(segment.uri) for segment in segments]
        self._is_complete = playlist.is_complete
        open_ = [segment for segment in segments if segment.index not in settled]
        self.total_s = sum(segment.duration_s for segment in open_)
        self._host = self._usual((names[s.index].host, s.duration_s) for s in open_)
        self._directory = self._usual((names[s.index][:2], s.duration_s) for s in open_)
        self._series = self._usual((names[s.index].series, s.duration_s) for s in open_)
        self._duration = self._usual((round(s.duration_s, 1), s.duration_s) for s in open_)
        self._packager = self._usual((_packager(s), s.duration_s) for s in open_)
        self._encrypted = self._usual((bool(s.keys), s.duration_s) for s in open_)
        self._decimals = _decimals(playlist)
        self._usual_decimals = self._usual(((self._decimals[s.index], s.duration_s) for s in open_), _HABIT_SHARE)
        self._count = self._counted([s.index for s in open_])
        kept = [s.index for s in open_ if names[s.index][:2] == self._directory]
        self._folder = range(kept[0], kept[-1]) if kept else range(0)
        self._ad_shelves: set[tuple[str, str]] = set()
        self._ad_series: set[tuple[str, str]] = set()
        self._ad_addresses: set[str] = set()
        self._uses = Counter(segment.uri for segment in segments if segment.byterange is None)
        self._ad_words: set[int] = set()
        if _AD_WORD.search("\n".join([segment.uri for segment in segments])):
            self._ad_words = {s.index for s in open_ if _AD_WORD.search(names[s.index].searchable)}
        ad_word_s = sum(segments[index].duration_s for index in self._ad_words)
        if ad_word_s > MAX_SHARE * self.total_s:
            self._ad_words = set()  # a word that is everywhere is a brand, not a sign

    def _counted(self, open_: Sequence[int]) -> Count | None:
        """The programme by its own numbers, if they run through all but what may be ads."""
        names = self._names
        own = [index for index in open_ if names[index].series == self._series]
        # A second host may have the same numbers, and must not be taken for the first.
        at_home = [index for index in own if names[index][:2] == self._directory]
        count = count_of(names, at_home or own)
        counted_s = sum(self._segments[index].duration_s for index in open_ if count.holds(index))
        return count if counted_s >= (1 - MAX_SHARE) * self.total_s > 0 else None

    def leaps(self) -> list[int]:
        """Where the programme's numbers leave off, or are back."""
        count = self._count
        if count is None:
            return []
        inside = [count.holds(index) for index in range(len(self._names))]
        return [index for index in range(1, len(inside)) if inside[index] != inside[index - 1]]

    def learn(self, ads: Collection[int]) -> None:
        """Note where known ads are kept and how they are called, as far as the programme is not kept there or called so."""
        if not ads:
            return
        names = self._names
        self._ad_addresses = {self._segments[index].uri for index in ads if self._segments[index].byterange is None}
        if self._count is not None:
            self._ad_series = {names[index].series for index in ads} - {self._series}
        if self._directory is not None:
            own = {name.shelf for i, name in enumerate(names) if i not in ads and name[:2] == self._directory}
            self._ad_shelves = {names[index].shelf for index in ads} - own

    def _usual(self, weighted: Iterable[tuple[object, float]], share: float = _MAIN_SHARE) -> object | None:
        shares: dict[object, float] = {}
        for value, weight in weighted:
            shares[value] = shares.get(value, 0.0) + weight
        value = max(shares, key=lambda candidate: shares[candidate], default=None)
        return value if value is not None and shares[value] > share * self.total_s else None

    def judge(self, start: int, end: int) -> Suspect | None:
        block = self._segments[start:end]
        length_s = sum(segment.duration_s for segment in block)
        if self._goes_on(start, end) or all(_OWN_WORD.search(name.searchable) for name in self._names[start:end]):
            return None
        signs = tuple(name for name, present in self._signs(start, end, length_s) if present)
        score = sum(_WEIGHTS[sign] for sign in signs)
        counted = [sign for sign in signs if sign != "ad-length"]
        if score < _THRESHOLD or len(counted) < 2 or not _STRONG.intersection(signs):
            return None
        edges = [index for index in (start, end) if 0 < index < len(self._segments)]
        if "numbering-sandwich" not in signs and not all(self._segments[index].discontinuity for index in edges):
            return None  # without discontinuities only the programme's own numbers can say that something was put in
        return Suspect(start, end, signs, score)

    def _signs(self, start: int, end: int, length_s: float) -> Iterable[tuple[str, bool]]:
        block, names = self._segments[start:end], self._names[start:end]
        # A second CDN has the files of the first at the same paths; a server of ads has not.
        is_mirror = bool(self._path) and all(name.directory == self._path for name in names)
        foreign_host = not is_mirror and self._host is not None and all(name.host != self._host for name in names)
        foreign_directory = self._directory is not None and all(name[:2] != self._directory for name in names)
        is_foreign = self._is_foreign(start, end)
        yield "foreign-host", foreign_host
        yield "foreign-directory", foreign_directory and not foreign_host and not is_mirror
        yield "beside-known-ads", self._is_beside_ads(start, end)
        yield "numbering-sandwich", is_foreign and self._is_sandwiched(start, end)
        yield "folder-resumes", foreign_directory and not is_mirror and self._folder_resumes(start, end)
        yield "clear-between-encrypted", self._encrypted is True and not any(segment.keys for segment in block)
        yield "ad-word-in-address", all(index in self._ad_words for index in range(start, end))
        body = block[:-1] or block  # the last segment of anything is shorter
        yield (
            "unlike-durations",
            self._duration is not None and all(round(s.duration_s, 1) != self._duration for s in body),
        )
        yield "unlike-packager", self._packager is not None and all(_packager(s) != self._packager for s in block)
        yield (
            "unlike-decimals",
            self._usual_decimals is not None
            and all(self._decimals[index] != self._usual_decimals for index in range(start, end)),
        )
        yield "foreign-names", is_foreign
        yield "repeated-creative", all(self._uses[segment.uri] > 1 for segment in block)
        # Advertising time is sold in multiples of 5 s.
        yield "ad-length", length_s >= 5 and abs(length_s - 5 * round(length_s / 5)) <= 0.5

    @property
    def _path(self) -> str:
        return self._directory[1] if isinstance(self._directory, tuple) else ""

    def _is_beside_ads(self, start: int, end: int) -> bool:
        names = self._names[start:end]
        return (
            (bool(self._ad_shelves) and all(name.shelf in self._ad_shelves for name in names))
            or (bool(self._ad_series) and all(name.series in self._ad_series for name in names))
            or all(segment.uri in self._ad_addresses for segment in self._segments[start:end])
        )

    def _goes_on(self, start: int, end: int) -> bool:
        """The numbering runs on through the block: the same programme from a second host, or after an encoder restart."""
        names = self._names
        if start > 0 and names[start - 1].is_followed_by(names[start]):
            return True
        if end < len(names) and names[end - 1].is_followed_by(names[end]):
            return True
        if self._count is not None and any(self._count.holds(index) for index in range(start, end)):
            return True
        around = names[max(start - 1, 0) : end + 1]
        numbers = [name.number for name in around if name.number is not None and name.series == names[start].series]
        grow = all(earlier < later for earlier, later in pairwise(numbers))
        return start > 0 and end < len(names) and len(numbers) == len(around) and grow

    def _is_foreign(self, start: int, end: int) -> bool:
        """Whether the block is named as nothing in the programme is: otherwise, or with numbers from elsewhere."""
        names, count = self._names, self._count
        if self._series is None:
            # No habit throughout, as in a film of parts; then that of the neighbours, if they have one.
            if start == 0 or end >= len(names) or not names[start - 1].is_followed_by(names[end]):
                return False
            return all(name.series != names[end].series for name in names[start:end])
        for index in range(start, end):
            name = names[index]
            if name.series != self._series:
                continue
            if count is None or (name[:2] == self._directory and count.spans(name.number)):
                return False
        return True

    def _is_sandwiched(self, start: int, end: int) -> bool:
        """The programme stops before the block at one number and goes on after it with the next."""
        if self._count is None:
            return start > 0 and end < len(self._names) and self._names[start - 1].is_followed_by(self._names[end])
        before, after = self._count.before[start], self._count.after[end - 1]
        if before is None or after is None:
            return False
        return self._names[before].is_followed_by(self._names[after], self._count.step)

    def _folder_resumes(self, start: int, end: int) -> bool:
        """The folder of a film stops and goes on.  A sign where numbers cannot say so; live, a packager may have failed over."""
        return self._count is None and self._is_complete and start in self._folder and end - 1 in self._folder


def _packager(segment: Segment) -> tuple[bool, bool]:
    """How the packager writes: each program has one habit of titles and initialisation sections."""
    return bool(segment.title), bool(segment.map_value)


def _decimals(playlist: Playlist) -> list[int]:
    """How many decimals the duration of each segment is written with."""
    decimals: list[int] = []
    for segment in playlist.segments:
        number = segment.uri_line - 1
        while number > segment.first and playlist.lines[number].tag != "#EXTINF":
            number -= 1
        written = playlist.lines[number].value.partition(",")[0]
        decimals.append(len(written.partition(".")[2]))
    return decimals
