"""Rows of an API of Kodik's shape: one row is one translation of one work; what belongs together is known by its identifiers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from catalog.imports.faults import Why, unknown_type
from catalog.imports.records.model import BadRecord, SourceRecord, SourceStream, checked
from catalog.imports.records.values import age_rating_of, text_of, type_of, whole_of, words_of, year_of
from catalog.releases.model import ReleaseType
from catalog.releases.names import NameKind, OtherName

_IDS: Final = {
    "shikimori_id": "shikimori",
    "kinopoisk_id": "kinopoisk",
    "imdb_id": "imdb",
}
_KINDS: Final = {"anime": ReleaseType.MOVIE, "anime-serial": ReleaseType.TV}
_STREAMS_MAX: Final = 2_000


def group_of(row: Mapping[str, Any]) -> str:
    """What all translations of one work have in common.  Raises :class:`BadRecord` for a row without an id."""
    for field, catalogue in _IDS.items():
        number = text_of(row.get(field))
        if number:
            # A series has one number for all its seasons elsewhere than at Shikimori.
            season = "" if catalogue == "shikimori" else f"/{text_of(row.get('last_season')) or '1'}"
            return f"{catalogue}/{number}{season}"[:100]
    own = text_of(row.get("id"))
    if not own:
        raise BadRecord(why=Why("it has no id", "bad_key"))
    return f"kodik/{own}"[:100]


def record_of(rows: Sequence[Mapping[str, Any]]) -> SourceRecord:
    """The work that ``rows`` are translations of.  Raises :class:`BadRecord`."""
    first = rows[0]
    facts: Mapping[str, Any] = next(
        (row["material_data"] for row in rows if isinstance(row.get("material_data"), dict)), {}
    )
    title = text_of(first.get("title_orig")) or text_of(first.get("title"))
    kind = type_of(facts.get("anime_kind")) or _KINDS.get(text_of(first.get("type"))) or type_of(first.get("type"))
    if kind is None:
        raise BadRecord(why=unknown_type(text_of(first.get("type"))))
    status = text_of(facts.get("anime_status")) or text_of(facts.get("all_status"))
    ids = {ours: number for field, ours in _IDS.items() if (number := text_of(first.get(field)))}
    if kind is not ReleaseType.MOVIE and ids.get("shikimori", "").isdigit():
        ids["mal"] = ids["shikimori"]  # without a letter before it, it is MyAnimeList's
    return checked(
        SourceRecord(
            key=group_of(first),
            title=title,
            english=text_of(facts.get("title_en")) or None,
            names=_names(first, facts, title),
            type=kind,
            year=whole_of(facts.get("year")) or year_of(first.get("year")),
            description=text_of(facts.get("anime_description")) or text_of(facts.get("description")),
            age_rating=age_rating_of(facts.get("rating_mpaa") or facts.get("minimal_age")),
            is_ongoing=None if not status else status == "ongoing",
            # Of rows the last episode may go back when a video is taken away: only the work's own total counts.
            episodes_total=whole_of(facts.get("episodes_total")),
            external_ids=ids,
            genres=words_of(facts.get("anime_genres") or facts.get("genres") or []),
            streams=_streams(rows),
        )
    )


def _names(row: Mapping[str, Any], facts: Mapping[str, Any], title: str) -> tuple[OtherName, ...]:
    found = [OtherName(text_of(row.get("title")), "ru", NameKind.OFFICIAL)]
    found += [OtherName(text) for text in text_of(row.get("other_title")).split(" / ")]
    for field in ("other_titles", "other_titles_en", "other_titles_jp"):
        found += [OtherName(text_of(text)) for text in facts.get(field) or () if isinstance(text, str)]
    return tuple(name for name in found if name.text and name.text != title)


def _streams(rows: Sequence[Mapping[str, Any]]) -> tuple[SourceStream, ...]:
    """Streams that a player can be given: addresses of playlists, not of pages with a player."""
    found = []
    for row in rows:
        translation = row.get("translation")
        name = text_of(translation.get("title")) if isinstance(translation, dict) else ""
        seasons = row.get("seasons")
        episodes: dict[str, Any] = {}
        for season in seasons.values() if isinstance(seasons, dict) else ():
            if isinstance(season, dict) and isinstance(season.get("episodes"), dict):
                episodes |= season["episodes"]
        if not episodes and text_of(row.get("link")):
            episodes = {"1": row["link"]}
        for ordinal, link in episodes.items():
            address = text_of(link.get("link") if isinstance(link, dict) else link)
            address = f"https:{address}" if address.startswith("//") else address
            number = whole_of(ordinal)
            if number is not None and address.partition("?")[0].endswith(".m3u8"):
                found.append(SourceStream(float(number), address[:2000], name[:100]))
    return tuple(sorted(found, key=lambda each: (each.ordinal, each.translation, each.url)))[:_STREAMS_MAX]
