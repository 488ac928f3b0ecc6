"""What the name of a video file says.  Pure.

Two layouts: ``<alias of a release>/<number of the episode>…``, and names as the field has them, read by anitomy-ng (the grammar
of Anitomy and its successors): ``[Group] Title - 05 [1080p].mkv``, ``Title.S02E05.mkv``, ``Title/Season 2/05.mkv``.
"""

import re
from dataclasses import dataclass
from typing import Final

import anitomy_ng
from anitomy_ng import ElementKind

_LEADING_NUMBER: Final = re.compile(r"(?:e|ep|episode|серия)?[ ._#]{0,2}(\d{1,4}(?:[.,]\d)?)(?=\D|$)", re.IGNORECASE)
_BETWEEN_WORDS: Final = re.compile(r"\W+")
_NUMBER: Final = re.compile(r"\d{1,4}(?:[.,]\d)?")
_EPISODIC: Final = frozenset({"tv", "ona", "ova", "oav", "oad", "movie", "gekijouban", "special", "specials", "sp"})
"""Kinds of work; every other one (NCOP, ED, PV, menu …) is something beside the episodes."""
_SELF_EVIDENT: Final = frozenset({"tv", "ona"})
"""Said of what a catalogue calls by the title alone; OVA and film have a title of their own, with that word in it."""
_PARTS: Final = 3
"""Of a path: more folders above say nothing of the file."""


@dataclass(frozen=True, slots=True)
class WorkTitle:
    """Which work a name says; ``season`` and ``year`` are ``None`` where it does not say them apart from the title."""

    title: str
    season: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class FileName:
    """What one name says."""

    work: WorkTitle | None
    numbers: tuple[float, ...]
    """Of episodes: none, one, or several where the file holds them together."""
    is_extra: bool = False
    """An opening without credits, a trailer, a menu."""


def read(path: str) -> FileName:
    """What the path of a file under the watched folder says by its own words."""
    values: dict[ElementKind, list[str]] = {}
    for element in anitomy_ng.parse_path("/".join(path.split("/")[-_PARTS:])):
        values.setdefault(element.kind, []).append(element.value)
    titles, seasons, years = (
        values.get(kind, []) for kind in (ElementKind.TITLE, ElementKind.SEASON, ElementKind.YEAR)
    )
    title = titles[0].strip() if len(titles) == 1 else ""
    season = _whole(seasons)
    kinds = {kind.casefold() for kind in values.get(ElementKind.TYPE, ())}
    words = set(_BETWEEN_WORDS.split(title.casefold()))
    apart = kinds - words - _SELF_EVIDENT
    return FileName(
        WorkTitle(title, season, _whole(years)) if title else None,
        tuple(dict.fromkeys(number(text) for text in values.get(ElementKind.EPISODE, ()) if _NUMBER.fullmatch(text))),
        is_extra=bool(kinds - _EPISODIC or apart or len(seasons) > 1 or season == 0),
    )


def leading_number(name: str) -> float | None:
    """The number that a file's name begins with: ``05 - The Name.mkv``."""
    found = _LEADING_NUMBER.match(name)
    return None if found is None else number(found[1])


def is_number(name: str) -> bool:
    """Whether a file's name is a number and nothing else: ``11,5.mkv``."""
    return _NUMBER.fullmatch(name.rpartition(".")[0]) is not None


def number(text: str) -> float:
    """``"05"`` → 5, ``"11,5"`` → 11.5."""
    return float(text.replace(",", "."))


def _whole(texts: list[str]) -> int | None:
    return int(texts[0]) if len(texts) == 1 and texts[0].isdecimal() and len(texts[0]) <= 4 else None
