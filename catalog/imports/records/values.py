"""Values of foreign documents, whatever they are."""

import re
from typing import Any, Final

from catalog.franchises.relations import RelationKind
from catalog.imports.faults import Why
from catalog.imports.records.model import BadRecord, SourceRelation, language_tag
from catalog.releases.model import AgeRating, ReleaseType, Season
from catalog.releases.trailers import BadTrailer, Trailer, trailer_at

_YEAR: Final = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_NUMBER: Final = re.compile(r"\d{1,3}")
_TYPES: Final = {
    "tv": ReleaseType.TV, "anime-serial": ReleaseType.TV, "serial": ReleaseType.TV, "series": ReleaseType.TV,
    "tv series": ReleaseType.TV, "тв": ReleaseType.TV, "сериал": ReleaseType.TV, "tv_13": ReleaseType.TV, "tv_24": ReleaseType.TV,
    "ona": ReleaseType.ONA, "web": ReleaseType.WEB, "ova": ReleaseType.OVA, "oad": ReleaseType.OAD,
    "movie": ReleaseType.MOVIE, "film": ReleaseType.MOVIE, "anime": ReleaseType.MOVIE, "фильм": ReleaseType.MOVIE,
    "foreign-movie": ReleaseType.MOVIE, "special": ReleaseType.SPECIAL, "tv_special": ReleaseType.SPECIAL,
    "спешл": ReleaseType.SPECIAL, "dorama": ReleaseType.DORAMA, "drama": ReleaseType.DORAMA, "дорама": ReleaseType.DORAMA,
    "foreign-serial": ReleaseType.DORAMA,
}  # fmt: skip
_SEASONS: Final = {
    "winter": Season.WINTER, "spring": Season.SPRING, "summer": Season.SUMMER, "autumn": Season.AUTUMN, "fall": Season.AUTUMN,
    "зима": Season.WINTER, "весна": Season.SPRING, "лето": Season.SUMMER, "осень": Season.AUTUMN,
}  # fmt: skip
_RELATIONS: Final = {kind.value: kind for kind in RelationKind}
_RATINGS: Final = {"g": 0, "pg": 6, "pg-13": 12, "pg13": 12, "r": 16, "r17": 16, "r+": 16, "rx": 18}


def text_of(value: Any) -> str:
    """A text or a number as text, anything else as nothing."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def whole_of(value: Any) -> int | None:
    """A whole number, also where it is written as text."""
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def year_of(value: Any) -> int | None:
    """The first year in it."""
    found = _YEAR.search(text_of(value)[:200])
    return None if found is None else int(found[1])


def type_of(value: Any) -> ReleaseType | None:
    """The kind of work, by the words of catalogues in English and Russian."""
    return _TYPES.get(text_of(value).casefold())


def season_of(value: Any) -> Season | None:
    """Winter to autumn."""
    return _SEASONS.get(text_of(value).casefold())


def age_rating_of(value: Any) -> AgeRating | None:
    """``16+``, ``R16`` or the words of MyAnimeList."""
    text = text_of(value).casefold()
    years = _RATINGS.get(text)
    if years is None:
        found = _NUMBER.search(text)
        if found is None:
            return None
        years = int(found[0])
    return next((rating for rating in reversed(AgeRating) if rating <= years), AgeRating.R0)


def words_of(value: Any) -> tuple[str, ...]:
    """A list of texts, or one with commas."""
    parts = value if isinstance(value, list) else text_of(value).replace(";", ",").split(",")
    return tuple(word for part in parts[:100] if (word := text_of(part)))


def trailers_of(value: Any) -> tuple[Trailer, ...]:
    """Addresses of videos as :func:`words_of` reads them, or a list of objects with ``url``, ``title`` and ``language``.

    Others than those of hosts that may be framed are left out.
    """
    rows = value[:100] if isinstance(value, list) else words_of(value)
    found = []
    for row in rows:
        said = row if isinstance(row, dict) else {"url": row}
        try:
            found.append(
                trailer_at(text_of(said.get("url")), text_of(said.get("title")), language_tag(said.get("language")))
            )
        except BadTrailer:
            continue
    return tuple(found)


def relations_of(value: Any) -> tuple[SourceRelation, ...]:
    """Relations as ``sequel: key`` in a list or with commas between, or a list of objects with ``kind`` and ``key``.

    Raises :class:`BadRecord` for a kind that nobody here knows.
    """
    rows = value[:100] if isinstance(value, list) else words_of(value)
    found = []
    for row in rows:
        if isinstance(row, dict):
            said, key = text_of(row.get("kind")), text_of(row.get("key"))
        else:
            said, _, key = (part.strip() for part in text_of(row).partition(":"))
        kind = _RELATIONS.get(said.casefold().replace(" ", "_").replace("-", "_"))
        if kind is None:
            raise BadRecord(why=Why(f"its relation {said[:20]!r} is unknown", "unknown_relation", kind=said[:20]))
        found.append(SourceRelation(kind, key))
    return tuple(found)
