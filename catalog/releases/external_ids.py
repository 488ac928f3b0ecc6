"""What a work is called in other catalogues."""

import re
from dataclasses import dataclass
from typing import Final

from kernel.errors import Invalid

_DIGITS: Final = "[1-9][0-9]{0,9}"
PATTERNS: Final = {
    "mal": _DIGITS,
    # Shikimori puts a letter before numbers that MyAnimeList gave to another work since ("z53447").
    "shikimori": f"[a-z]{{0,3}}{_DIGITS}",
    "anilist": _DIGITS,
    "anidb": _DIGITS,
    "kinopoisk": _DIGITS,
    "imdb": "tt[0-9]{7,10}",
    "bangumi": _DIGITS,
    # A film, a series, or a part of one: it keeps seasons and specials under their series.
    "tmdb": f"(?:movie/{_DIGITS}|tv/{_DIGITS}(?:/season/[0-9]{{1,4}}(?:/episode/[0-9]{{1,5}})?)?)",
}
"""Catalogue → what its identifiers look like, as a regular expression for the whole of one."""
_COMPILED: Final = {catalogue: re.compile(pattern, re.ASCII) for catalogue, pattern in PATTERNS.items()}
EXTERNAL_ID_MAX: Final = {catalogue: 40 if catalogue == "tmdb" else 16 for catalogue in PATTERNS}
SERIES_WIDE: Final = frozenset({"kinopoisk", "imdb", "tmdb"})
"""Catalogues with one identifier for all seasons of a series: two works that share it need not be the same."""


class BadExternalId(Invalid):
    """This is not an identifier of {catalogue}: {value!r}."""


@dataclass(frozen=True)
class ExternalIds:
    """A release's identifiers elsewhere.

    Not unique among our releases: what one catalogue lists as one work may be two here (a season in two halves).
    """

    mal: str | None = None
    shikimori: str | None = None
    anilist: str | None = None
    anidb: str | None = None
    kinopoisk: str | None = None
    imdb: str | None = None
    bangumi: str | None = None
    tmdb: str | None = None

    def __post_init__(self) -> None:
        for catalogue, pattern in _COMPILED.items():  # not fields(), which takes a fifth of the time of a list
            value = getattr(self, catalogue)
            if value is not None and pattern.fullmatch(value) is None:
                raise BadExternalId(catalogue=catalogue, value=value)


NO_EXTERNAL_IDS: Final = ExternalIds()
