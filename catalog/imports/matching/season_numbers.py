"""Which season, and which part of it, a name says it is."""

import re
from collections.abc import Iterable
from typing import Final

from kernel.text.titles import folded

_HAN: Final = {digit: value for value, digit in enumerate("一二三四五六七八九十", start=1)}
_ROMAN: Final = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
"""Without i, v and x, which are words and initials."""
_WORDS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "final": -1}
_NUMBER: Final = "([0-9]{1,2}|[一二三四五六七八九十])"
_EAST: Final = r"\u3005\u3041-\u30ff\u3400-\u9fff"
"""Kana and Han, which stand beside numbers without a space."""
# As ``folded`` leaves them: without the marks of ズ and パ.  The earlier one counts: "Kaiju No. 8 (Season 2)" is a second season.
_SEASONS: Final = (
    re.compile(rf"第\s?{_NUMBER}\s?(?:期|季|シースン|シリース)"),
    re.compile(r"(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th) ?(?:season|series|stage|シースン|シリース)"),
    re.compile(r"\b([0-9]{1,2}) сезон\b"),
    re.compile(r"(?:\b(?:season|series|stage|сезон)|シースン)\s?0?([0-9]{1,2})\b"),
    re.compile(r"\b([0-9]{1,2}) (?:season|series|stage)\b"),
    re.compile(r"(?<![0-9])([0-9]{1,2})\s?期"),
    re.compile(r"(?<![a-z0-9])s0?([0-9]{1,2})(?![a-z0-9])"),
    re.compile(r"\b(first|second|third|fourth|fifth|sixth|final) (?:season|series|stage)\b"),
    re.compile(r"\bтв\s?([0-9]{1,2})\b"),
)
_PARTS: Final = (
    re.compile(rf"第\s?{_NUMBER}\s?(?:クール|部分|部)"),
    re.compile(r"\b(?:part|cour|часть|ハート)\s?([0-9]{1,2})\b"),
    re.compile(r"(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th) ?(?:part|cour|クール)"),
)
_HALVES: Final = (("前編", 1), ("後編", 2), ("前半", 1), ("後半", 2))
_SIGNS: Final = re.compile("[\u2161-\u2169](?!世)")
"""Roman numbers that are signs of their own, from II on: "Ⅴ" is no letter.  Before 世 they are of somebody's name."""
_ROMAN_LAST: Final = re.compile(rf"(?<=.)(?<![a-z])({'|'.join(_ROMAN)})$")
_ROMAN_INSIDE: Final = re.compile(r"(?<=.)(?<![a-z])(?<!war )(ii|iii)(?![a-z]| ?世| sei)")
"""Longer ones inside a name are mostly of the name: "Final Fantasy VII: Advent Children"."""
# A number of two digits at the end is part of the name: "Area 88", "Golgo 13".
_LAST: Final = re.compile(rf"(?:[{_EAST}]| )[0-9]$")
_ORDINAL_LAST: Final = re.compile(r"(?<=.)(?<![a-z0-9])([0-9])(?:st|nd|rd|th)$")
_NOT_A_SEQUEL: Final = frozenset(
    ("no", "nr", "number", "room", "lv", "level", "area", "type", "part", "cour", "номер", "часть", "ハート")
)
"""A number after these is that of something else: "Kaiju No. 8"."""
_NAMED: Final = re.compile(r"(?:_|[0-9][./の])[0-9]$")
"""NieA_7, "Ranma 1/2", "Evangelion 3.0"."""


def season_and_part(names: Iterable[str]) -> tuple[int, int]:
    """What the names of one work say together: 1 where none says anything.

    The highest number that is said to be a season; where none is, the highest that stands at the end of a name.
    """
    said, sequel, part = 0, 1, 1
    for name in names:
        plain = folded(name)
        said = max(said, _first(_SEASONS, plain), key=_distance)
        sequel = max(sequel, _sequel(name.strip(), plain))
        part = max(part, _first(_PARTS, plain) or next((half for word, half in _HALVES if word in name), 1))
    return said or sequel, part


def _distance(season: int) -> int:
    return 99 if season < 0 else season  # the final one is none of the first ones


def _first(patterns: Iterable[re.Pattern[str]], plain: str) -> int:
    for pattern in patterns:
        found = pattern.search(plain)
        if found is not None:
            return _number(found[1])
    return 0


def _sequel(name: str, plain: str) -> int:
    if (sign := _SIGNS.search(name, 1)) is not None:
        return ord(sign[0]) - ord("\u2160") + 1
    for pattern in (_ROMAN_LAST, _ROMAN_INSIDE):
        if (found := pattern.search(plain)) is not None:
            return _ROMAN[found[1]]
    if (found := _ORDINAL_LAST.search(plain)) is not None:
        return int(found[1])
    if _LAST.search(plain[-2:]) is None or _NAMED.search(name):
        return 1
    before = plain[:-1].rstrip().rpartition(" ")[2] if plain[-2] == " " else ""
    # "Mob Psycho 100 3" is a third one, "86 2" may be anything.
    named = before in _NOT_A_SEQUEL or (before.isdigit() and len(before) != len("100"))
    return 1 if named else max(int(plain[-1]), 1)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _HAN.get(text) or _WORDS.get(text, 1)
