"""What a record would change in a release.

What people wrote stays: a source overwrites only what it wrote itself and nobody touched since, fills what is empty, and
leaves alone what is locked.  What it does not say overwrites nothing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, NamedTuple

from catalog.imports.records.model import SourceRecord
from catalog.releases.external_ids import PATTERNS, ExternalIds
from catalog.releases.model import GENRES_MAX, AgeRating, Release, ReleaseDraft, ReleaseType, Season
from catalog.releases.names import OTHER_NAMES_MAX, NameKind, Names, OtherName
from catalog.releases.trailers import TRAILERS_MAX, kept


class _List(NamedTuple):
    most: int
    """How long it becomes."""
    key: Callable[[Any], str]
    """What is the same of two that say the same."""


TITLES: Final = ("title", "english", "alternative")
LISTS: Final = {
    "names": _List(OTHER_NAMES_MAX, lambda row: str(row[0]).casefold()),
    "genres": _List(GENRES_MAX, str.casefold),
    "trailers": _List(TRAILERS_MAX, lambda row: str(row[0])),
}
"""Fields that add up."""

Values = dict[str, Any]
"""Field → value as JSON has it; identifiers elsewhere as ``external_ids.mal``."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after."""

    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Plan:
    """What changes, what the source is remembered to have written, and what it would have written if it might."""

    changes: Mapping[str, Change]
    written: Values
    kept_back: tuple[str, ...]


def said(record: SourceRecord, genres: tuple[str, ...]) -> Values:
    """What ``record`` says, as values of our fields; ``genres`` are ours."""
    values: Values = {
        "type": record.type.value,
        "title": record.title,
        "english": record.english,
        "alternative": record.alternative,
        "year": record.year,
        "season": None if record.season is None else record.season.value,
        "description": record.description or None,
        "age_rating": None if record.age_rating is None else int(record.age_rating),
        "is_ongoing": record.is_ongoing,
        "episodes_total": record.episodes_total,
        "names": [[name.text, name.language, name.kind.value] for name in record.all_names],
        "genres": list(genres),
        "trailers": [one.row for one in record.trailers],
    }
    values.update({f"external_ids.{catalogue}": number for catalogue, number in record.external_ids.items()})
    return {name: value for name, value in values.items() if value not in (None, [])}


def present(release: Release) -> Values:
    """The same of a release."""
    values: Values = {
        "type": release.type.value,
        "title": release.name.main,
        "english": release.name.english,
        "alternative": release.name.alternative,
        "year": release.year,
        "season": None if release.season is None else release.season.value,
        "description": release.description or None,
        "age_rating": int(release.age_rating),
        "is_ongoing": release.is_ongoing,
        "episodes_total": release.episodes_total,
        "names": [[name.text, name.language, name.kind.value] for name in release.names],
        "genres": [genre.name for genre in release.genres],
        "trailers": [one.row for one in release.trailers],
    }
    for catalogue in PATTERNS:
        values[f"external_ids.{catalogue}"] = getattr(release.external_ids, catalogue)
    return values


def planned(now: Values, last: Mapping[str, Any], incoming: Values, locked: Collection[str]) -> Plan:
    """What ``incoming`` changes in ``now``; ``last`` is what this source wrote before."""
    changes: dict[str, Change] = {}
    written = dict(last)
    kept_back = []
    for name, value in incoming.items():
        if name in LISTS:
            continue
        before = now.get(name)
        if before == value:
            written[name] = value
        elif _is_locked(name, locked) or not _may_write(name, before, last):
            kept_back.append(name)
        else:
            changes[name] = Change(before, value)
            written[name] = value
    titles = {changes[name].after if name in changes else now.get(name) for name in TITLES}
    for name, kind in LISTS.items():
        offered = incoming.get(name, [])
        if name == "names":
            offered = [row for row in offered if row[0] not in titles]
        if not offered:
            continue
        merged = _merged(now.get(name, []), last.get(name, []), offered, kind)
        if merged == now.get(name, []):
            written[name] = offered
        elif name in locked:
            kept_back.append(name)
        else:
            changes[name] = Change(now.get(name, []), merged)
            written[name] = offered
    return Plan(changes, written, tuple(kept_back))


def _is_locked(name: str, locked: Collection[str]) -> bool:
    return name.partition(".")[0] in locked or (name in TITLES and "name" in locked)


def _may_write(name: str, before: Any, last: Mapping[str, Any]) -> bool:
    if name in last:
        return bool(before == last[name])
    # No editor can leave these out, so their first value says nothing of what anybody meant.
    untold = {"is_ongoing": False, "age_rating": 0}
    return before is None or (name in untold and before == untold[name])


def _merged(now: list[Any], last: list[Any], offered: list[Any], kind: _List) -> list[Any]:
    """``now`` without what only the source had said, and with what it says for the first time; people's own stays."""
    before, after, held = ({kind.key(row) for row in rows} for rows in (last, offered, now))
    own = [row for row in now if kind.key(row) in after or kind.key(row) not in before]
    new = [row for row in offered if kind.key(row) not in before and kind.key(row) not in held]
    return own + new[: max(0, kind.most - len(own))]


def draft_of(release: Release) -> ReleaseDraft:
    """What is said of a release at present, as its editor would."""
    values: dict[str, Any] = {each.name: getattr(release, each.name, None) for each in fields(ReleaseDraft)}
    # Sources only know whether more is to come; how far it is otherwise, and where it is blocked, is for people to say.
    return ReleaseDraft(**{**values, "other_names": release.names, "airing_status": None, "blocks": None})


def changed_draft(draft: ReleaseDraft, changes: Mapping[str, Change]) -> ReleaseDraft:
    """``draft`` with ``changes``, but for genres, which are rows of their own.  Raises ``Invalid`` for what cannot be."""
    after = {name: change.after for name, change in changes.items()}
    name = Names(
        after.get("title", draft.name.main),
        after.get("english", draft.name.english),
        after.get("alternative", draft.name.alternative),
    )
    ids = {
        catalogue: after.get(f"external_ids.{catalogue}", getattr(draft.external_ids, catalogue))
        for catalogue in PATTERNS
    }
    plain: dict[str, Any] = {
        key: after[key] for key in ("year", "description", "is_ongoing", "episodes_total") if key in after
    }
    if "type" in after:
        plain["type"] = ReleaseType(after["type"])
    if "season" in after:
        plain["season"] = Season(after["season"])
    if "age_rating" in after:
        plain["age_rating"] = AgeRating(after["age_rating"])
    if "names" in after:
        plain["other_names"] = tuple(OtherName(text, tag, NameKind(kind)) for text, tag, kind in after["names"])
    if "trailers" in after:
        plain["trailers"] = kept(after["trailers"])
    return replace(draft, name=name, external_ids=ExternalIds(**ids), **plain)
