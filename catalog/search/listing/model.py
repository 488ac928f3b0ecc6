"""What the catalogue is filtered, ordered and counted by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, get_args

Sort = Literal[
    "relevance", "name", "-name", "created_at", "-created_at", "updated_at", "-updated_at", "fresh_at", "-fresh_at",
    "year", "-year", "rating", "-rating", "popularity", "-popularity", "trending", "-trending",
]  # fmt: skip
"""An order of the list; a minus sign is the larger, later or newer first.  ``fresh_at`` is when there was last something new to watch."""
SORTS: Final[tuple[str, ...]] = get_args(Sort)


class Facet(StrEnum):
    """A property that releases are filtered and counted by."""

    GENRE = "genre"
    TYPE = "type"
    SEASON = "season"
    AGE_RATING = "age_rating"
    STATUS = "status"
    TAG = "tag"
    STUDIO = "studio"
    PERSON = "person"
    BLOCKED = "blocked"
    """Where viewers do not see it: regions, and beside them :data:`SOMEWHERE`; or :data:`EVERYWHERE`.  Not counted."""


EVERYWHERE: Final = "*"
SOMEWHERE: Final = "?"
"""Stands for the region of whoever may be in any."""
SETS: Final = frozenset({Facet.GENRE, Facet.TAG, Facet.STUDIO, Facet.PERSON, Facet.BLOCKED})
"""The facets of which a release has any number; of the others it has one or none."""


class Script(StrEnum):
    """Which of its names a release is sorted by: the one that its reader is shown."""

    MAIN = "main"
    LATIN = "latin"
    """The English name, else the main one."""
    CYRILLIC = "cyrillic"
    """The first of its own names in Cyrillic, else as ``LATIN``."""


_CYRILLIC_LANGUAGES: Final = frozenset({"be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"})
_AS_THEY_ARE: Final = frozenset({"ja", "ko", "zh"})


def script_of(language: str | None) -> Script:
    """The names that a reader of a language (BCP 47) looks for in a list; ``None`` is nobody's language."""
    primary = (language or "").partition("-")[0]
    if not primary or primary in _AS_THEY_ARE:
        return Script.MAIN
    return Script.CYRILLIC if primary in _CYRILLIC_LANGUAGES else Script.LATIN


@dataclass(frozen=True, slots=True)
class Term:
    """A value of a facet: what stands in addresses, and what people are shown."""

    value: str
    label: str = ""
    """Empty for values that the client has words for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """A release as the list knows it."""

    release_id: str
    version: int
    published: bool
    year: int = 0
    """0 where it is unknown."""
    created_at_s: float
    """Seconds since 1970, as the others."""
    updated_at_s: float
    rating: float = 0.0
    """The weighted score, from 1 to 10; 0 for what too few have voted for."""
    members: int = 0
    """People who have it in a collection."""
    trend: float = 0.0
    """How much it is watched of late, to compare with others; 0 for not at all."""
    fresh_at_s: float = 0.0
    """When its newest episode, or it itself, was published; 0 for what never was."""
    sort_names: Mapping[Script, str]
    terms: Mapping[Facet, Sequence[Term]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is wanted of one facet.  Nothing chosen wants everything."""

    any_of: tuple[str, ...] = ()
    """At least one of these."""
    all_of: tuple[str, ...] = ()
    """Each of these."""
    none_of: tuple[str, ...] = ()
    """None of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFilter:
    """Which releases, in which order; every condition must hold, an empty one always does."""

    text: str = ""
    """What is searched for; nothing finds everything."""
    ids: tuple[str, ...] = ()
    chosen: Mapping[Facet, Chosen] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    score_from: float | None = None
    score_to: float | None = None
    """What has no score is in no span of them."""
    gems: bool = False
    """Only what is liked much and known little."""
    drafts: bool = False
    """Whether drafts, and what is blocked, are seen at all."""
    region: str | None = None
    """Where the reader is (ISO 3166-1 alpha-2); ``None``: unknown."""
    published: bool | None = None
    """``True``: published ones alone, ``False``: drafts alone."""
    sort: Sort = "-created_at"
    shuffle: int | None = None
    """In place of an order: the seed of any."""
    script: Script = Script.MAIN


@dataclass(frozen=True, slots=True)
class Count:
    """How many releases have a term."""

    term: Term
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of the releases found have each term.

    What is chosen of a facet by ``any_of``, or as a span of years, does not narrow its own counts: they tell what choosing another
    value beside it, or instead, would find.
    """

    terms: Mapping[Facet, Sequence[Count]]
    """The most frequent first."""
    years: Mapping[int, int]
    """Year → releases, the newest first."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of identifiers, and how many releases there are in all; ``facets`` where they were asked for."""

    release_ids: Sequence[str]
    total: int
    facets: Facets | None = None
