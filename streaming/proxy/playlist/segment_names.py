"""How segments are named: what numbered siblings share, and which of them are the programme by its own count."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_LONGEST_EXTENSION = 6  # webvtt; a dot further left is a part of the name
_ADDRESS = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]{0,20}:)?(?://([^/?#]*))?([^?#]*)")
_HASH = re.compile(r"(?=[0-9a-f-]{0,60}[0-9])(?=[0-9a-f-]{0,60}[a-f])[0-9a-f-]{16,64}(?![0-9a-z])", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"(\d{1,18})(\D{0,24})$")


class SegmentName(NamedTuple):
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

    @property
    def shelf(self) -> tuple[str, str]:
        """Host and first folder: creatives of one ad server share them, whatever they are called below."""
        return self.host, self.directory.lstrip("/").partition("/")[0]

    @property
    def is_hashed(self) -> bool:
        """Whether the file is called by a hash, whose last digits are no number."""
        return _HASH.search(f"{self.stem}{'' if self.number is None else self.number}{self.ending}") is not None

    def is_followed_by(self, later: "SegmentName", step: int = 1) -> bool:
        """Whether ``later`` is the next of this series."""
        if self.number is None or later.number is None or self.series != later.series:
            return False
        return later.number == self.number + step


def parse_name(uri: str) -> SegmentName:
    """Split an address into what heuristics compare."""
    match = _ADDRESS.match(uri)
    host, path = (match.group(1) or "", match.group(2)) if match else ("", uri)
    directory, _, file = path.rpartition("/")
    base, dot, extension = file.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION:
        base, dot, extension = file, "", ""
    if number := _LAST_NUMBER.search(base):
        return SegmentName(
            host.lower(), directory, base[: number.start()], int(number.group(1)), number.group(2) + dot + extension
        )
    return SegmentName(host.lower(), directory, base, None, dot + extension)


class NameCount(NamedTuple):
    """The programme by its own numbers: for each index of the playlist the nearest of its segments at or before, and at or after."""

    before: Sequence[int | None]
    after: Sequence[int | None]
    step: int
    lowest: int
    highest: int

    def holds(self, index: int) -> bool:
        """Whether this segment is counted."""
        return self.before[index] == index

    def spans(self, number: int | None) -> bool:
        """Whether this number lies among the programme's."""
        return number is None or self.lowest <= number <= self.highest


def count_of(names: Sequence[SegmentName], candidates: Sequence[int]) -> NameCount:
    """The longest run of growing numbers among ``candidates`` (indexes of one series); gaps are allowed, steps back are not."""
    tails: list[int] = []  # the smallest number that ends a run of each length, as patience sorting does it
    places: list[int] = []
    previous: dict[int, int | None] = {}
    for index in candidates:
        number = names[index].number
        if number is None:
            continue
        position = bisect_left(tails, number)
        tails[position : position + 1] = [number]
        places[position : position + 1] = [index]
        previous[index] = places[position - 1] if position else None
    chain: set[int] = set()
    last = places[-1] if places else None
    while last is not None:
        chain.add(last)
        last = previous[last]
    before = _nearest(range(len(names)), chain)
    after = _nearest(range(len(names) - 1, -1, -1), chain)[::-1]
    ordered = [number for index in sorted(chain) if (number := names[index].number) is not None]
    steps = Counter(later - earlier for earlier, later in pairwise(ordered))
    step = max(steps, key=lambda step: steps[step], default=1)
    return NameCount(before, after, step, min(ordered, default=0), max(ordered, default=0))


def _nearest(indexes: Sequence[int], chain: set[int]) -> list[int | None]:
    nearest: list[int | None] = []
    last: int | None = None
    for index in indexes:
        last = index if index in chain else last
        nearest.append(last)
    return nearest
