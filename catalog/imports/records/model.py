"""A work as a source describes it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import orjson

from catalog.franchises.relations import RelationKind
from catalog.imports.faults import Fault, Why
from catalog.imports.limits import DESCRIPTION_MAX, GENRES_MAX, KEY_MAX, NAMES_MAX, RELATIONS_MAX
from catalog.languages.tags import BadLanguage, canonical
from catalog.releases.external_ids import PATTERNS, BadExternalId, ExternalIds
from catalog.releases.model import EARLIEST_YEAR, LATEST_YEAR, AgeRating, ReleaseType, Season
from catalog.releases.names import NAME_MAX, NameKind, OtherName
from catalog.releases.trailers import TRAILERS_MAX, Trailer, distinct, kept
from kernel.errors import Invalid
from kernel.text.markup import plain_text, without_overrides

FORMAT: Final = 2
"""Part of every digest: counted up by whoever makes something else of the same payload, so that all of it is read again."""


class BadRecord(Invalid):
    """This is no work that can be taken: {why}."""


@dataclass(frozen=True, slots=True)
class SourceStream:
    """A stream of one episode, as one translation of it."""

    ordinal: float
    url: str
    translation: str = ""


@dataclass(frozen=True, slots=True)
class SourceBroadcast:
    """When a work is on, as a slot of a schedule says it; ``site`` is empty for its own broadcast."""

    site: str
    recurrence: str
    """As ISO 8601 has it, and as schedules write it."""
    address: str = ""
    regions: tuple[str, ...] = ()
    episodes: int | None = None


@dataclass(frozen=True, slots=True)
class SourceRelation:
    """The work ``key`` of the same source is the ``kind`` of the one that says so: its sequel, a side story of it."""

    kind: RelationKind
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """One work; ``None`` and nothing stand for what the source does not say."""

    key: str
    """What the source itself calls it; the same in every run."""
    title: str
    """In the language it was made in."""
    language: str = ""
    """BCP 47, of ``title``."""
    english: str | None = None
    alternative: str | None = None
    names: tuple[OtherName, ...] = ()
    type: ReleaseType
    year: int | None = None
    season: Season | None = None
    description: str = ""
    age_rating: AgeRating | None = None
    is_ongoing: bool | None = None
    episodes_total: int | None = None
    external_ids: Mapping[str, str] = field(default_factory=dict)
    genres: tuple[str, ...] = ()
    """In the source's own words."""
    streams: tuple[SourceStream, ...] = ()
    broadcasts: tuple[SourceBroadcast, ...] = ()
    """Its own first, and each site once."""
    trailers: tuple[Trailer, ...] = ()
    relations: tuple[SourceRelation, ...] = ()

    @property
    def all_names(self) -> tuple[OtherName, ...]:
        """Every name, the first in the language it was made in, each text once."""
        known: dict[str, OtherName] = {}
        first = [OtherName(self.title, self.language, NameKind.OFFICIAL)]
        if self.english:
            first.append(OtherName(self.english, "en", NameKind.OFFICIAL))
        if self.alternative:
            first.append(OtherName(self.alternative))
        for name in (*first, *self.names):
            known.setdefault(name.text, name)
        return tuple(known.values())


def checked(record: SourceRecord) -> SourceRecord:
    """``record`` within our limits: what is too long is cut or left out, what is impossible is left out.

    Raises :class:`BadRecord` where nothing is left to know it by.
    """
    title = _name(record.title)
    if not title:
        raise BadRecord(why=Why("it has no title", "no_title"))
    if not _is_key(record.key):
        raise BadRecord(why=Why("its key is empty or too long", "bad_key"))
    names = [replace(name, text=text) for name in record.names if (text := _name(name.text))]
    known = EARLIEST_YEAR <= record.year <= LATEST_YEAR if record.year is not None else False
    total = record.episodes_total
    return replace(
        record,
        title=title,
        english=_name(record.english or "") or None,
        alternative=_name(record.alternative or "") or None,
        names=tuple(dict.fromkeys(names))[:NAMES_MAX],
        year=record.year if known else None,
        season=record.season if known else None,
        description=plain_text(record.description, DESCRIPTION_MAX),
        episodes_total=total if total is not None and 1 <= total <= 10_000 else None,
        external_ids=_ids(record.external_ids),
        genres=tuple(dict.fromkeys(genre for each in record.genres if (genre := _name(each)[:80])))[:GENRES_MAX],
        trailers=distinct(record.trailers)[:TRAILERS_MAX],
        relations=_related(record),
    )


def language_tag(text: Any) -> str:
    """``text`` as a canonical BCP 47 tag; nothing where it is none."""
    try:
        return canonical(text) if isinstance(text, str) else ""
    except BadLanguage:
        return ""


def _name(text: str) -> str:
    plain = " ".join(without_overrides(text.replace("\0", "")).split())
    return plain if len(plain) <= NAME_MAX else ""


def _related(record: SourceRecord) -> tuple[SourceRelation, ...]:
    told = dict.fromkeys(record.relations)
    return tuple(one for one in told if _is_key(one.key) and one.key != record.key)[:RELATIONS_MAX]


def _is_key(key: str) -> bool:
    return 0 < len(key) <= KEY_MAX and "\0" not in key


def _ids(given: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for catalogue in PATTERNS:
        number = given.get(catalogue)
        if number is None:
            continue
        try:
            ExternalIds(**{catalogue: number})
        except BadExternalId:
            continue  # "tv/244785-mofusand": a slip of the source, and the work has other marks
        kept[catalogue] = number
    return kept


def to_json(record: SourceRecord) -> dict[str, Any]:
    """As JSON values; :func:`of_json` reads it."""
    return {
        each.name: [_plain(one) for one in value] if isinstance(value, tuple) else value
        for each in fields(record)
        if (value := getattr(record, each.name)) not in (None, "", ()) and value != {}
    }


def _plain(value: Any) -> Any:
    if isinstance(value, OtherName):
        return [value.text, value.language, value.kind]
    if isinstance(value, SourceStream):
        return [value.ordinal, value.url, value.translation]
    if isinstance(value, SourceBroadcast):
        return broadcast_json(value)
    if isinstance(value, Trailer):
        return value.row
    if isinstance(value, SourceRelation):
        return [value.kind, value.key]
    return value


def broadcast_json(one: SourceBroadcast) -> list[Any]:
    """As JSON values, in the order of the fields."""
    return [one.site, one.recurrence, one.address, list(one.regions), one.episodes]


def of_json(known: Mapping[str, Any]) -> SourceRecord:
    """What :func:`to_json` wrote."""
    values = dict(known)
    values["type"] = ReleaseType(values["type"])
    if "season" in values:
        values["season"] = Season(values["season"])
    if "age_rating" in values:
        values["age_rating"] = AgeRating(values["age_rating"])
    values["names"] = tuple(OtherName(text, tag, NameKind(kind)) for text, tag, kind in values.get("names", ()))
    values["genres"] = tuple(values.get("genres", ()))
    values["streams"] = tuple(SourceStream(*stream) for stream in values.get("streams", ()))
    values["broadcasts"] = tuple(
        SourceBroadcast(site, recurrence, address, tuple(regions), episodes)
        for site, recurrence, address, regions, episodes in values.get("broadcasts", ())
    )
    values["trailers"] = kept(values.get("trailers", ()))
    values["relations"] = tuple(SourceRelation(RelationKind(kind), key) for kind, key in values.get("relations", ()))
    return SourceRecord(**values)


def digest(record: SourceRecord) -> str:
    """The same for two records that say the same (64 hexadecimal digits)."""
    text = orjson.dumps([FORMAT, to_json(record)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


def digest_with(digest: str, genres: Sequence[str]) -> str:
    """The digest of a record together with what its genres are here."""
    return hashlib.sha256("\n".join([digest, *genres]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """A record with its digest, as it lies in a batch."""

    record: SourceRecord
    digest: str


@dataclass(frozen=True, slots=True)
class TooLong:
    """In the place of a row that is longer than any real one: the rows behind it are read all the same."""

    chars: int

    @property
    def fault(self) -> Fault:
        """What is wrong with it."""
        return Fault(f"The row is too long: {self.chars} characters.", "too_long_row", {"chars": self.chars})


@dataclass(frozen=True, slots=True)
class BadRow:
    """What cannot be read: where it is in the source, and why."""

    place: str
    why: Fault


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a source was read; whoever goes on there misses nothing."""

    rows: int = 0
    """Read so far in this run, bad ones too."""
    cursor: str = ""
    """Of a source in pages: the next one; empty at the beginning."""
    mark: str = ""
    """The highest ``updated_at`` so far, as the source writes it: the next run begins there."""
    mark_id: str = ""
    """The last of those with that mark, for several share one."""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """The next rows, and the checkpoint after them; ``total`` is how many there will be, where that is known."""

    rows: Sequence[Row | BadRow]
    checkpoint: Checkpoint
    total: int | None = None
