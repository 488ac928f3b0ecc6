"""Which season, and which part of it, a name says it is."""

import re
from collections.abc import Iterable
from typing import Final

from kernel.text.titles import folded

_SEQUELS_MAX: Final = 20
"""A higher number at the end is part of the name: "Area 88", "Mob Psycho 100"."""
_HAN: Final = {digit: value for value, digit in enumerate("一二三四五六七八九十", start=1)}
_ROMAN: Final = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
"""Without i, v and x, which are words and initials."""
_WORDS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "final": -1}
_NUMBER: Final = "([0-9]{1,2}|[一二三四五六七八九十])"
# As ``folded`` leaves them: without the marks of ズ and パ.
_SEASONS: Final = (
    re.compile(rf"第\s?{_NUMBER}\s?(?:期|季|シースン|シリース)"),
    re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th)? (?:season|series|stage|сезон)\b"),
    re.compile(r"\b([0-9]{1,2})\s?期"),
    re.compile(r"\b(?:season|series|stage|сезон|シースン|s)\s?0?([0-9]{1,2})\b"),
    re.compile(r"\b(first|second|third|fourth|fifth|sixth|final) (?:season|series|stage)\b"),
    re.compile(r"\bтв\s?([0-9]{1,2})\b"),
)
_PARTS: Final = (
    re.compile(rf"第\s?{_NUMBER}\s?(?:クール|部分|部)"),
    re.compile(r"\b(?:part|cour|часть|ハート)\s?([0-9]{1,2})\b"),
    re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th) (?:part|cour)\b"),
)
_HALVES: Final = (("前編", 1), ("後編", 2), ("前半", 1), ("後半", 2))
_LAST: Final = re.compile(r"[^\d]\s([0-9]{1,2}|[ivx]{2,4})$")


def season_and_part(names: Iterable[str]) -> tuple[int, int]:
    """What the names of one work say together: the highest number in any of them, 1 where none says anything."""
    season = part = 1
    for name in names:
        plain = folded(name)
        season = max(season, _first(_SEASONS, plain) or _sequel(plain), key=_distance)
        part = max(part, _first(_PARTS, plain) or next((half for word, half in _HALVES if word in name), 1))
    return season, part


def _distance(season: int) -> int:
    return 99 if season < 0 else season  # the final one is none of the first ones


def _first(patterns: Iterable[re.Pattern[str]], plain: str) -> int:
    for pattern in patterns:
        found = pattern.search(plain)
        if found is not None:
            return _number(found[1])
    return 0


def _sequel(plain: str) -> int:
    found = _LAST.search(plain)
    if found is None:
        return 1
    number = int(found[1]) if found[1].isdigit() else _ROMAN.get(found[1], 1)
    return number if 2 <= number <= _SEQUELS_MAX else 1


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _HAN.get(text) or _WORDS.get(text, 1)
