"""What a merge changes.  Pure.

The rule: what the target says of itself stays, the source fills what it left open, and names, genres and trailers add up.  Of two
episodes with one number the target's stays, unless the source's alone can be played.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from catalog.releases.episodes.model import EpisodePlace
from catalog.releases.external_ids import PATTERNS, ExternalIds
from catalog.releases.merging.model import Placement
from catalog.releases.model import GENRES_MAX, Release, ReleaseDraft, Season
from catalog.releases.names import OTHER_NAMES_MAX, NameKind, Names, OtherName
from catalog.releases.trailers import TRAILERS_MAX, Trailer, kept


@dataclass(frozen=True, slots=True)
class Plan:
    """What the target gets, and where the episodes go."""

    fields: Mapping[str, tuple[Any, Any]]
    names: tuple[OtherName, ...]
    genres: tuple[str, ...]
    trailers: tuple[Trailer, ...]
    placements: tuple[Placement, ...]
    replaced: Mapping[str, str]


def facts(release: Release) -> dict[str, Any]:
    """What may be filled, as JSON has it; ``None`` for what is open."""
    values: dict[str, Any] = {
        "english": release.name.english,
        "alternative": release.name.alternative,
        "year": release.year,
        "season": None if release.season is None else release.season.value,
        "description": release.description or None,
        "episodes_total": release.episodes_total,
        "poster_url": release.poster_url,
    }
    values.update({f"external_ids.{name}": getattr(release.external_ids, name) for name in PATTERNS})
    return values


def planned(target: Release, source: Release, own: Sequence[EpisodePlace], others: Sequence[EpisodePlace]) -> Plan:
    """Merging ``source`` with its episodes (``others``) into ``target`` (``own``)."""
    before, offered = facts(target), facts(source)
    filled = {name: (None, value) for name, value in offered.items() if value is not None and before[name] is None}
    placements, replaced = placed(target.id, source.id, own, others)
    return Plan(
        fields=filled,
        names=_new_names(target, source, filled),
        genres=_new_genres(target, source),
        trailers=_new_trailers(target, source),
        placements=placements,
        replaced=replaced,
    )


def _new_names(target: Release, source: Release, filled: Mapping[str, Any]) -> tuple[OtherName, ...]:
    known = {name.text.casefold() for name in target.names}
    known |= {name.casefold() for name in (target.name.main, target.name.english, target.name.alternative) if name}
    known |= {str(after).casefold() for name, (_, after) in filled.items() if name in {"english", "alternative"}}
    offered = [OtherName(source.name.main)]
    offered += [OtherName(name) for name in (source.name.english, source.name.alternative) if name]
    new: list[OtherName] = []
    for name in (*offered, *source.names):
        if name.text.casefold() not in known:
            known.add(name.text.casefold())
            new.append(name)
    return tuple(new[: max(0, OTHER_NAMES_MAX - len(target.names))])


def _new_genres(target: Release, source: Release) -> tuple[str, ...]:
    known = {genre.id for genre in target.genres}
    new = [genre.name for genre in source.genres if genre.id not in known]
    return tuple(new[: max(0, GENRES_MAX - len(target.genres))])


def _new_trailers(target: Release, source: Release) -> tuple[Trailer, ...]:
    known = {one.url for one in target.trailers}
    new = [one for one in source.trailers if one.url not in known]
    return tuple(new[: max(0, TRAILERS_MAX - len(target.trailers))])


def placed(
    target_id: str, source_id: str, own: Sequence[EpisodePlace], others: Sequence[EpisodePlace]
) -> tuple[tuple[Placement, ...], dict[str, str]]:
    """Where each episode goes that does not stay, and which one stands for each that is not shown any more."""
    by_ordinal = {episode.ordinal: episode for episode in own}
    placements: list[Placement] = []
    replaced: dict[str, str] = {}
    for episode in others:
        here = Placement(episode.id, source_id, episode.ordinal, target_id, episode.ordinal)
        rival = by_ordinal.get(episode.ordinal)
        if rival is None:
            placements.append(here)
        elif episode.playable and not rival.playable:
            placements += [here, Placement(rival.id, target_id, rival.ordinal, source_id, rival.ordinal)]
            replaced[rival.id] = episode.id
        else:
            replaced[episode.id] = rival.id
    return tuple(placements), replaced


def draft_of(release: Release) -> ReleaseDraft:
    """What is said of a release at present, as its editor would."""
    values: dict[str, Any] = {
        each.name: getattr(release, each.name) for each in fields(ReleaseDraft) if hasattr(release, each.name)
    }
    return ReleaseDraft(**{**values, "other_names": release.names})


def changed(draft: ReleaseDraft, values: Mapping[str, Any]) -> ReleaseDraft:
    """``draft`` with other values of :func:`facts` and other rows of trailers, but for the poster, which no editor writes."""
    name = replace_names(draft.name, values)
    ids = {one: values.get(f"external_ids.{one}", getattr(draft.external_ids, one)) for one in PATTERNS}
    plain: dict[str, Any] = {key: values[key] for key in ("year", "episodes_total") if key in values}
    if "description" in values:
        plain["description"] = values["description"] or ""
    if "trailers" in values:
        plain["trailers"] = kept(values["trailers"])
    if "season" in values:
        plain["season"] = None if values["season"] is None else Season(values["season"])
    return replace(draft, name=name, external_ids=ExternalIds(**ids), **plain)


def replace_names(name: Names, values: Mapping[str, Any]) -> Names:
    """The three names, with those of ``values``."""
    return Names(name.main, values.get("english", name.english), values.get("alternative", name.alternative))


def edited_since(now: Mapping[str, Any], merged: Mapping[str, Sequence[Any]]) -> list[str]:
    """The fields that a merge filled and somebody changed since."""
    return sorted(name for name, (_, after) in merged.items() if now.get(name) != after)


def without_names(present: Sequence[OtherName], added: Sequence[Sequence[str]]) -> tuple[OtherName, ...]:
    """``present`` less what a merge added; what somebody took out since stays out."""
    gone = {OtherName(text, language, NameKind(kind)) for text, language, kind in added}
    return tuple(name for name in present if name not in gone)


def misplaced(present: Mapping[str, tuple[str, float]], placements: Sequence[Placement]) -> list[str]:
    """What stands against putting episodes back: ``present`` is where each one of the two releases is now."""
    faults = []
    for one in placements:
        where = present.get(one.episode_id)
        if where is None:
            faults.append(f"episode {one.to_ordinal:g} was deleted")
        elif where != (one.to_release, one.to_ordinal):
            faults.append(f"episode {one.to_ordinal:g} was moved or renumbered")
    moving = {one.episode_id for one in placements}
    taken = {where for episode_id, where in present.items() if episode_id not in moving}
    faults += [
        f"there is another episode {one.from_ordinal:g} by now"
        for one in placements
        if (one.from_release, one.from_ordinal) in taken
    ]
    return faults
