"""What a split changes.  Pure.

The rule: the episodes go with all that hangs on them; what people keep of the release, and what it says of itself, stays.
The new release begins with what holds for both: genres, age, blocks, whether more of it is to come, and whether it is shown.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalog.releases.episodes.model import EpisodePlace
from catalog.releases.external_ids import PATTERNS, ExternalIds
from catalog.releases.locks.model import LockedField
from catalog.releases.merging.model import Placement
from catalog.releases.model import Release, ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from catalog.releases.splitting.model import (
    AllEpisodesChosen,
    ForeignEpisodes,
    ForeignIdentifiers,
    ForeignTrailers,
    NoEpisodesChosen,
    foreign,
)
from catalog.releases.trailers import Trailer


class CopiedList(StrEnum):
    """What the new release says as the old one does, until somebody edits it: who made it, and what it is about."""

    CREDITS = "credits"
    STUDIOS = "studios"
    TAGS = "tags"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRequest:
    """What a moderator says of the new release, and what it gets of the old one."""

    episode_ids: tuple[str, ...]
    alias: str
    type: ReleaseType
    name: Names
    year: int | None
    external_ids: ExternalIds
    """Those of the old one that are the new one's."""
    renumber: bool
    """Whether its numbers begin with 1."""
    trailers: tuple[str, ...] = ()
    """Addresses of those of the old one that are the new one's."""
    copied: frozenset[CopiedList] = frozenset(CopiedList)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the new release is, where the episodes go, and what changes in the old one."""

    draft: ReleaseDraft
    placements: tuple[Placement, ...]
    fields: Mapping[str, tuple[Any, Any]]
    locks: tuple[LockedField, ...]
    """What imports leave alone in the old one from now on."""


def planned(source: Release, target_id: str, request: SplitRequest, episodes: Sequence[EpisodePlace]) -> Plan:
    """Splitting ``source``, whose ``episodes`` are all of it.

    Raises :class:`NoEpisodesChosen`, :class:`AllEpisodesChosen`, :class:`ForeignEpisodes`, :class:`ForeignIdentifiers`,
    :class:`ForeignTrailers`.
    """
    chosen = set(request.episode_ids)
    if not chosen:
        raise NoEpisodesChosen
    if count := foreign(request.episode_ids, [str(one.id) for one in episodes]):
        raise ForeignEpisodes(count=count)
    moving = [one for one in episodes if one.id in chosen]
    if len(moving) == len(episodes):
        raise AllEpisodesChosen
    shift = shifted_by([one.ordinal for one in moving]) if request.renumber else 0
    placements = tuple(Placement(one.id, str(source.id), one.ordinal, target_id, one.ordinal - shift) for one in moving)
    fields = moved_identifiers(source.external_ids, request.external_ids)
    locks = [LockedField.EXTERNAL_IDS] if fields else []
    total = source.episodes_total
    if total is not None and (stays := total - whole_numbers(one.ordinal for one in moving)) != total and stays > 0:
        fields["episodes_total"] = (total, stays)
        locks.append(LockedField.EPISODES_TOTAL)
    going, staying = moved_trailers(source.trailers, request.trailers)
    if going:
        fields["trailers"] = ([one.row for one in source.trailers], [one.row for one in staying])
        locks.append(LockedField.TRAILERS)
    draft = ReleaseDraft(
        alias=request.alias,
        type=request.type,
        name=request.name,
        year=request.year,
        age_rating=source.age_rating,
        episodes_total=whole_numbers(one.ordinal for one in moving) or len(moving),
        external_ids=request.external_ids,
        other_names=(),
        airing_status=source.airing_status,
        blocks=source.blocks,
        trailers=going,
    )
    return Plan(draft, placements, fields, tuple(locks))


def shifted_by(ordinals: Collection[float]) -> int:
    """What to take off each number for the first to be 1 (or 1.5); gaps stay, and so does a prologue before 1."""
    return max(0, math.floor(min(ordinals)) - 1)


def whole_numbers(ordinals: Any) -> int:
    """How many of them a total counts: 12.5 is a special, and 0 a prologue."""
    return sum(1 for one in ordinals if one >= 1 and one == math.floor(one))


def moved_identifiers(own: ExternalIds, wanted: ExternalIds) -> dict[str, tuple[Any, Any]]:
    """Field of the old release → before and after.  Raises :class:`ForeignIdentifiers`."""
    chosen = {name: value for name in PATTERNS if (value := getattr(wanted, name)) is not None}
    if wrong := [f"{name} {value}" for name, value in chosen.items() if getattr(own, name) != value]:
        raise ForeignIdentifiers(what=", ".join(wrong))
    return {f"external_ids.{name}": (value, None) for name, value in chosen.items()}


def moved_trailers(own: Sequence[Trailer], wanted: Collection[str]) -> tuple[tuple[Trailer, ...], tuple[Trailer, ...]]:
    """Those that go, and those that stay.  Raises :class:`ForeignTrailers`."""
    if foreign_count := len(set(wanted) - {one.url for one in own}):
        raise ForeignTrailers(count=foreign_count)
    return tuple(one for one in own if one.url in wanted), tuple(one for one in own if one.url not in wanted)
