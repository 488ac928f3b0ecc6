"""Items of bangumi-data (github.com/bangumi-data/bangumi-data, CC BY 4.0; its README describes the fields)."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from catalog.imports.faults import Why, unknown_type
from catalog.imports.records.bangumi_sites import Site, broadcasts_of
from catalog.imports.records.model import BadRecord, SourceRecord, checked, language_tag
from catalog.releases.model import ReleaseType, Season
from catalog.releases.names import NameKind, OtherName

JAPAN: Final = timezone(timedelta(hours=9))
"""Without summer time since 1951: the year and the season of a broadcast are those of Japan."""

_TYPES: Final = {
    "tv": ReleaseType.TV,
    "movie": ReleaseType.MOVIE,
    "ova": ReleaseType.OVA,
    "web": ReleaseType.ONA,
}
_CATALOGUES: Final = {"bangumi": "bangumi", "mal": "mal", "aniList": "anilist", "anidb": "anidb", "tmdb": "tmdb"}
"""Its name of a catalogue → ours; the first that an item has is what it is known by."""
_SERIES: Final = {ReleaseType.TV, ReleaseType.ONA}


def record_of(item: Mapping[str, Any], now: datetime, sites: Mapping[str, Site]) -> SourceRecord:
    """An item of ``items``; whether it is on the air is judged at ``now``.  Raises :class:`BadRecord`."""
    title = item.get("title")
    if not isinstance(title, str):
        raise BadRecord(why=Why("it has no title", "no_title"))
    kind = _TYPES.get(str(item.get("type")))
    if kind is None:
        raise BadRecord(why=unknown_type(str(item.get("type"))))
    ids = _ids(item)
    begin, end = _moment(item.get("begin")), _moment(item.get("end"))
    language = language_tag(item.get("lang"))
    names = _names(item)
    english = next((name.text for name in names if name.language == "en"), None)
    year, season = season_of(begin)
    return checked(
        SourceRecord(
            key=_key(title, item, ids),
            title=title,
            language=language,
            english=english,
            names=tuple(name for name in names if name.text not in {title, english}),
            type=kind,
            year=year,
            season=season,
            is_ongoing=kind in _SERIES and begin is not None and begin <= now and (end is None or end > now),
            external_ids={ours: ids[theirs] for theirs, ours in _CATALOGUES.items() if theirs in ids},
            broadcasts=broadcasts_of(item, sites, end),
        )
    )


def season_of(begin: datetime | None) -> tuple[int | None, Season | None]:
    """The year and the season in which something begins, by the calendar of Japan."""
    if begin is None:
        return None, None
    day = begin.astimezone(JAPAN)
    return day.year, list(Season)[(day.month - 1) // 3]


def _key(title: str, item: Mapping[str, Any], ids: Mapping[str, str]) -> str:
    known = next((f"{site}/{ids[site]}" for site in _CATALOGUES if site in ids), None)
    if known is not None:
        return known
    words = f"{title}\n{item.get('type')}\n{item.get('begin')}"
    return f"title/{hashlib.sha256(words.encode()).hexdigest()[:16]}"


def _ids(item: Mapping[str, Any]) -> dict[str, str]:
    ids: dict[str, str] = {}
    sites = item.get("sites")
    for site in sites if isinstance(sites, list) else ():
        if isinstance(site, dict) and site.get("site") in _CATALOGUES and isinstance(site.get("id"), str):
            ids.setdefault(site["site"], site["id"])
    return ids


def _names(item: Mapping[str, Any]) -> list[OtherName]:
    found = []
    translated = item.get("titleTranslate")
    for tag, texts in translated.items() if isinstance(translated, dict) else ():
        language = language_tag(tag)
        for position, text in enumerate(texts if isinstance(texts, list) else ()):
            if isinstance(text, str) and text.strip():
                kind = NameKind.OFFICIAL if position == 0 else NameKind.SYNONYM
                found.append(OtherName(" ".join(text.split()), language, kind))
    return found


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
