"""Filters typed into the search: ``year:2016 -genre:mecha type:tv``.  Pure.

A word that only looks like one ("Re:Zero") is a part of the text: a filter begins with a known name, followed by a colon and at once
by its value, in quotation marks where it has spaces.  Commas part values any of which will do.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from catalog.releases.model import EARLIEST_YEAR, LATEST_YEAR, AgeRating, AiringStatus, ReleaseType, Season, slug_of
from catalog.search.listing.model import SETS, CatalogueFilter, Chosen, Facet
from kernel.errors import Invalid


class BadTypedFilter(Invalid):
    """The search has no {value!r} for {name!r}. Put a title that looks like a filter in quotation marks."""


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """A query taken apart: the ``text`` that names are searched for, and the filters that were in it."""

    text: str
    chosen: Mapping[Facet, Chosen] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    score_from: float | None = None

    def narrowed(self, wanted: CatalogueFilter) -> CatalogueFilter:
        """``wanted`` with these filters beside its own."""
        chosen = dict(wanted.chosen)
        for facet, more in self.chosen.items():
            one = chosen.get(facet, Chosen())
            any_of = more.any_of or one.any_of
            if more.any_of and one.any_of:
                any_of = tuple(value for value in one.any_of if value in more.any_of) or (_NOTHING,)
            chosen[facet] = Chosen(any_of, one.all_of + more.all_of, one.none_of + more.none_of)
        return replace(
            wanted,
            text=self.text,
            chosen=chosen,
            year_from=_outer(max, wanted.year_from, self.year_from),
            year_to=_outer(min, wanted.year_to, self.year_to),
            score_from=max(filter(None, (wanted.score_from, self.score_from)), default=None),
        )


_FILTER: Final = re.compile(r'(?<!\S)(-?)([a-zа-яё]+):("[^"]*"|[^\s"]+)', re.IGNORECASE)
_YEARS: Final = re.compile(r"(?P<sign>[<>]=?)?(?P<first>\d{4})(?P<span>(?:-|\.\.)(?P<last>\d{4})?)?")
_QUOTED: Final = re.compile(r'"([^"]*)"')
_NAMES: Final[Mapping[str, Facet | None]] = {
    "genre": Facet.GENRE, "жанр": Facet.GENRE, "type": Facet.TYPE, "тип": Facet.TYPE, "season": Facet.SEASON,
    "сезон": Facet.SEASON, "age": Facet.AGE_RATING, "возраст": Facet.AGE_RATING, "status": Facet.STATUS,
    "статус": Facet.STATUS, "year": None, "год": None, "tag": Facet.TAG, "тег": Facet.TAG, "studio": Facet.STUDIO, "студия": Facet.STUDIO,
    "person": Facet.PERSON, "человек": Facet.PERSON,
}  # fmt: skip
"""Name as typed → the facet; ``None`` is the year."""
_SCORE_NAMES: Final = {"score": None, "оценка": None}
_SCORE: Final = re.compile(r"(?:>=?)?(10|[1-9](?:\.\d)?)\+?")
_UNFINISHED: Final = re.compile(rf'(?<!\S)-?(?:{"|".join([*_NAMES, *_SCORE_NAMES])}):"?$', re.IGNORECASE)
_VALUES: Final[Mapping[Facet, Mapping[str, str]]] = {
    Facet.TYPE: {kind.value.casefold(): kind.value for kind in ReleaseType} | {"film": "MOVIE", "фильм": "MOVIE"},
    Facet.SEASON: {season.value: season.value for season in Season}
    | {"fall": "autumn", "зима": "winter", "весна": "spring", "лето": "summer", "осень": "autumn"},
    Facet.AGE_RATING: {text: str(int(age)) for age in AgeRating for text in (f"{int(age)}", f"{int(age)}+")},
    Facet.STATUS: {status.value: status.value for status in AiringStatus}
    | {"онгоинг": "ongoing", "анонс": "announced", "завершён": "finished", "завершен": "finished"},
}
_NOTHING: Final = "\0"
"""A value that no release has: two filters exclude each other."""


def finished(query: str) -> str:
    """``query`` without filters that are not typed to their end ("year:20"): nobody is told off while typing."""

    def kept(found: re.Match[str]) -> str:
        try:
            parse(found[0])
        except BadTypedFilter:
            return ""
        return found[0]

    return _UNFINISHED.sub("", _FILTER.sub(kept, query))


def parse(query: str) -> TypedQuery:
    """Take a query apart.  Raises :class:`BadTypedFilter` for a known name with a value that there cannot be."""
    chosen: dict[Facet, Chosen] = {}
    years: list[tuple[int | None, int | None]] = []
    scores: list[float] = []
    rest, end = [], 0
    for found in _FILTER.finditer(query):
        minus, name, value = found.groups()
        if name.casefold() not in {**_NAMES, **_SCORE_NAMES}:
            continue
        rest.append(query[end : found.start()])
        end = found.end()
        if name.casefold() in _SCORE_NAMES:
            scores.append(_score(minus + name, value))
            continue
        facet = _NAMES[name.casefold()]
        if facet is None:
            if minus:
                raise BadTypedFilter(name=f"-{name}", value=value)
            years.append(_years(name, value))
        else:
            chosen[facet] = _with(chosen.get(facet, Chosen()), facet, _values(facet, name, value), without=bool(minus))
    rest.append(query[end:])
    year_from = year_to = None
    for first, last in years:
        year_from, year_to = _outer(max, year_from, first), _outer(min, year_to, last)
    text = " ".join(_QUOTED.sub(r"\1", "".join(rest)).split()) if chosen or years or scores else query.strip()
    return TypedQuery(text, chosen, year_from, year_to, max(scores, default=None))


def _with(one: Chosen, facet: Facet, values: tuple[str, ...], *, without: bool) -> Chosen:
    if without:
        return replace(one, none_of=one.none_of + values)
    if facet in SETS and len(values) == 1:
        return replace(one, all_of=one.all_of + values)
    if one.any_of:
        return replace(one, any_of=tuple(value for value in one.any_of if value in values) or (_NOTHING,))
    return replace(one, any_of=values)


def _values(facet: Facet, name: str, text: str) -> tuple[str, ...]:
    words = [word for word in text.strip('"').split(",") if word.strip()]
    if facet in _VALUES:
        known = _VALUES[facet]
        for word in words:
            if word.strip().casefold() not in known:
                raise BadTypedFilter(name=name, value=word.strip())
        values = [known[word.strip().casefold()] for word in words]
    else:
        values = [slug for word in words if (slug := slug_of(word))]
    if not values:
        raise BadTypedFilter(name=name, value=text)
    return tuple(dict.fromkeys(values))


def _score(name: str, text: str) -> float:
    """The least score: there is nobody who looks for bad ones."""
    found = _SCORE.fullmatch(text.strip('"'))
    if found is None or name.startswith("-"):
        raise BadTypedFilter(name=name, value=text)
    return float(found[1])


def _years(name: str, text: str) -> tuple[int | None, int | None]:
    found = _YEARS.fullmatch(text.strip('"'))
    if found is None or (found["sign"] and found["span"]):
        raise BadTypedFilter(name=name, value=text)
    first = int(found["first"])
    last = int(found["last"]) if found["last"] else None if found["span"] else first
    match found["sign"]:
        case ">":
            first, last = first + 1, None
        case ">=":
            last = None
        case "<":
            return None, first - 1
        case "<=":
            return None, first
    if not EARLIEST_YEAR <= first <= LATEST_YEAR + 1 or (last is not None and last < first):
        raise BadTypedFilter(name=name, value=text)
    return first, last


def _outer(choose: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)
