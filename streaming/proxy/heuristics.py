"""Unsigned ads: blocks between discontinuities that do not belong, by several signs at once.

A sign alone proves nothing: programmes change hosts (a second CDN), directories (episodes), keys and segment durations, and every
discontinuity is somebody's encoder restart.  So a block needs a *strong* sign, at least two signs, and a score; blocks whose names go
on with the numbering of the programme around them are never taken; and if all of it together would be more than ``MAX_SHARE`` of the
playlist, the guess is wrong and nothing is taken.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from streaming.proxy.lines import Playlist, Segment

#: More than this is not advertising any more but a misunderstanding: the most ad-laden hour of television has about a third.
MAX_SHARE = 0.30
#: One block holds one ad or one pod without inner discontinuities.
_MAX_BLOCK_S = 180.0
#: What is the programme must hold at least this share of the time, or nothing can be called foreign to it.
_MAIN_SHARE = 0.5
_THRESHOLD = 3.0
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
    "unlike-durations": 1.0,
    "unlike-packager": 1.0,
    "foreign-names": 1.0,
    "repeated-creative": 1.0,
    "ad-length": 0.5,
}
_STRONG = frozenset(
    ["foreign-host", "numbering-sandwich", "clear-between-encrypted", "ad-word-in-address", "beside-known-ads"]
)

_LONGEST_EXTENSION = 6  # webvtt; a dot further left is a part of the name
_ADDRESS = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]{0,20}:)?(?://([^/?#]*))?([^?#]*)")
_LAST_NUMBER = re.compile(r"(\d{1,18})(\D{0,24})$")
_AD_WORD = re.compile(
    r"(?:^|[^a-z0-9])(?:ads?|adverts?|advertisements?|adverti[sz]ing|commercials?|creatives?|(?:pre|mid|post)-?roll|vast|adserver|adfiles|adbreak)"
    r"\d*(?:$|[^a-z])",
    re.IGNORECASE,
)


class Name(NamedTuple):
    """An address taken apart: ``seg_32.ts`` in ``/a/b`` of a host is stem ``seg_``, number 32, ending ``.ts``."""

    host: str
    directory: str
    stem: str
    number: int | None
    ending: str

    @property
    def series(self) -> tuple[str, str]:
        """What numbered siblings share, wherever they are kept."""
        return self.stem, self.ending


@dataclass(frozen=True, slots=True)
class Suspect:
    """A block thought to be ads, with the signs and their sum."""

    start: int
    end: int
    signs: tuple[str, ...]
    score: float


def take_apart(uri: str) -> Name:
    """Split an address into what heuristics compare."""
    match = _ADDRESS.match(uri)
    host, path = (match.group(1) or "", match.group(2)) if match else ("", uri)
    directory, _, file = path.rpartition("/")
    base, dot, extension = file.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION:
        base, dot, extension = file, "", ""
    if number := _LAST_NUMBER.search(base):
        return Name(
            host.lower(), directory, base[: number.start()], int(number.group(1)), number.group(2) + dot + extension
        )
    return Name(host.lower(), directory, base, None, dot + extension)


def find_suspects(playlist: Playlist, settled: Collection[int]) -> list[Suspect]:
    """Blocks that look like ads.  ``settled``: segments already known to be ads, which say nothing about the programme."""
    segments = playlist.segments
    if not segments:
        return []
    blocks = _blocks(segments)
    candidates = [
        (start, end)
        for position, (start, end) in enumerate(blocks)
        if _is_isolated(playlist, position, len(blocks))
        and not any(index in settled for index in range(start, end))
        and sum(segment.duration_s for segment in segments[start:end]) <= _MAX_BLOCK_S
    ]
    if len(blocks) < 2 or not candidates:
        return []
    survey = _Survey(segments, [take_apart(segment.uri) for segment in segments], settled)
    if survey.total_s <= 0:
        return []
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


def _blocks(segments: Sequence[Segment]) -> list[tuple[int, int]]:
    """Runs of segments between discontinuities, and between folders: some inserters leave the discontinuity out."""
    starts = []
    folder: str | None = None
    for segment in segments:
        before, folder = folder, segment.uri.partition("?")[0].rpartition("/")[0]
        if segment.index and (segment.discontinuity or folder != before):
            starts.append(segment.index)
    if len(starts) > len(segments) * _MAX_BORDERS:
        starts = [s.index for s in segments if s.index and s.discontinuity]  # a folder for each segment says nothing
    return list(zip([0, *starts], [*starts, len(segments)], strict=True))


def _is_isolated(playlist: Playlist, position: int, count: int) -> bool:
    """A block at the edge of a sliding window may be the end or the beginning of something long."""
    starts_whole = (
        position > 0 or playlist.is_complete or playlist.playlist_type == "EVENT" or playlist.media_sequence <= 1
    )
    return starts_whole and (position < count - 1 or playlist.is_complete)


class _Survey:
    """What is usual in this playlist, measured in time, so that a foreign block can be told from it."""

    def __init__(self, segments: Sequence[Segment], names: Sequence[Name], settled: Collection[int]) -> None:
        self._segments = segments
        self._names = names
        open_ = [segment for segment in segments if segment.index not in settled]
        self.total_s = sum(segment.duration_s for segment in open_)
        self._host = self._usual((names[s.index].host, s.duration_s) for s in open_)
        self._directory = self._usual((names[s.index][:2], s.duration_s) for s in open_)
        self._series = self._usual((names[s.index].series, s.duration_s) for s in open_)
        self._duration = self._usual((round(s.duration_s, 1), s.duration_s) for s in open_)
        self._packager = self._usual((_packager(s), s.duration_s) for s in open_)
        self._encrypted = self._usual((bool(s.keys), s.duration_s) for s in open_)
        self._ad_shelves: set[tuple[str, str]] = set()
        self._uses = Counter(segment.uri for segment in segments if segment.byterange is None)
        self._ad_words = {s.index for s in open_ if _AD_WORD.search(_searchable(names[s.index]))}
        ad_word_s = sum(segments[index].duration_s for index in self._ad_words)
        if ad_word_s > MAX_SHARE * self.total_s:
            self._ad_words = set()  # a word that is everywhere is a brand, not a sign

    def learn(self, ads: Collection[int]) -> None:
        """Note where known ads are kept, as far as the programme is not kept there too."""
        if self._directory is None:
            return
        kept = {_shelf(self._names[index]) for index in ads}
        self._ad_shelves = kept - {
            _shelf(name) for i, name in enumerate(self._names) if i not in ads and name[:2] == self._directory
        }

    def _usual(self, weighted: Iterable[tuple[object, float]]) -> object | None:
        shares: dict[object, float] = {}
        for value, weight in weighted:
            shares[value] = shares.get(value, 0.0) + weight
        value = max(shares, key=lambda candidate: shares[candidate], default=None)
        return value if value is not None and shares[value] > _MAIN_SHARE * self.total_s else None

    def judge(self, start: int, end: int) -> Suspect | None:
        block = self._segments[start:end]
        length_s = sum(segment.duration_s for segment in block)
        if self._goes_on(start, end):
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
        foreign_host = self._host is not None and all(name.host != self._host for name in names)
        yield "foreign-host", foreign_host
        yield (
            "foreign-directory",
            not foreign_host and self._directory is not None and all(name[:2] != self._directory for name in names),
        )
        yield "beside-known-ads", bool(self._ad_shelves) and all(_shelf(name) in self._ad_shelves for name in names)
        yield "numbering-sandwich", self._is_sandwiched(start, end)
        yield "clear-between-encrypted", self._encrypted is True and not any(segment.keys for segment in block)
        yield "ad-word-in-address", all(index in self._ad_words for index in range(start, end))
        body = block[:-1] or block  # the last segment of anything is shorter
        yield (
            "unlike-durations",
            self._duration is not None and all(round(s.duration_s, 1) != self._duration for s in body),
        )
        yield "unlike-packager", self._packager is not None and all(_packager(s) != self._packager for s in block)
        yield "foreign-names", self._series is not None and all(name.series != self._series for name in names)
        yield "repeated-creative", all(self._uses[segment.uri] > 1 for segment in block)
        # Advertising time is sold in multiples of 5 s.
        yield "ad-length", length_s >= 5 and abs(length_s - 5 * round(length_s / 5)) <= 0.5

    def _goes_on(self, start: int, end: int) -> bool:
        """The numbering runs on through the block's edges: the same programme from a second host, or after an encoder restart."""
        names = self._names
        before = start > 0 and _follows(names[start - 1], names[start])
        after = end < len(names) and _follows(names[end - 1], names[end])
        return before or after

    def _is_sandwiched(self, start: int, end: int) -> bool:
        """The programme stops before the block at one number and goes on after it with the next."""
        before = next((i for i in range(start - 1, -1, -1) if self._names[i].series == self._series), None)
        after = next((i for i in range(end, len(self._names)) if self._names[i].series == self._series), None)
        if before is None or after is None:
            return False
        return _follows(self._names[before], self._names[after])


def _follows(earlier: Name, later: Name) -> bool:
    if earlier.series != later.series or earlier.number is None or later.number is None:
        return False
    return later.number == earlier.number + 1


def _shelf(name: Name) -> tuple[str, str]:
    """Host and first folder: creatives of one ad server share them, whatever they are called below."""
    return name.host, name.directory.lstrip("/").partition("/")[0]


def _packager(segment: Segment) -> tuple[bool, bool]:
    """How the packager writes: each program has one habit of titles and initialisation sections."""
    return bool(segment.title), bool(segment.map_value)


def _searchable(name: Name) -> str:
    """Host and path, where words are looked for; a query may carry anybody's tracking."""
    number = "" if name.number is None else str(name.number)
    return f"{name.host}/{name.directory}/{name.stem}{number}{name.ending}"
