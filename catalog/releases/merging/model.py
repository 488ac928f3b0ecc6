"""A merge of two releases, as it is remembered so that it can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType

from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event

MergeId = NewType("MergeId", str)


class SameRelease(Invalid):
    """A release cannot be merged into itself."""


class MergeNotFound(NotFound):
    """There is no such merge."""


class AlreadyUndone(Conflict):
    """This merge was undone already."""


class MergeContradicted(Conflict):
    """This cannot be undone: {what}."""


@dataclass(frozen=True, kw_only=True)
class ReleasesMerged(Event):
    """A release became part of another: its address leads there, and what people kept of it went along."""

    merge_id: str
    source_id: str
    target_id: str
    filled: tuple[str, ...] = ()
    episode_ids: tuple[str, ...] = ()
    """Those that changed their release."""


@dataclass(frozen=True, kw_only=True)
class MergeUndone(Event):
    """Two releases that had been merged are two again."""

    merge_id: str
    source_id: str
    target_id: str
    episode_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """An episode that changes its release, or the number it has there."""

    episode_id: str
    from_release: str
    from_ordinal: float
    to_release: str
    to_ordinal: float

    @property
    def reversed(self) -> "Placement":
        """The way back."""
        return Placement(self.episode_id, self.to_release, self.to_ordinal, self.from_release, self.from_ordinal)


@dataclass(frozen=True, slots=True)
class Move:
    """What others have to know to take along what they keep of the two releases."""

    merge_id: str
    source_id: str
    target_id: str
    moved: tuple[str, ...]
    """Episodes that belong to the target from now on."""
    replaced: Mapping[str, str]
    """Episode that is not shown any more → the one with its number that stays."""
    now: datetime

    @property
    def exchanged(self) -> tuple[str, ...]:
        """Episodes of the target that gave way to one that moved, and belong to the source from now on."""
        moved = set(self.moved)
        return tuple(gone for gone, stays in self.replaced.items() if stays in moved)


@dataclass(eq=False, kw_only=True)
class Merge(Entity):
    """One release merged into another."""

    id: MergeId
    source_id: str
    target_id: str
    source_title: str
    target_title: str
    merged_by: str | None
    merged_at: datetime
    fields: dict[str, list[Any]]
    """Field of the target → before and after."""
    names: list[list[str]]
    """Names that the target got: text, language, kind."""
    genres: list[str]
    trailers: list[list[str]]
    """Those that the target got."""
    placements: list[list[Any]]
    replaced: dict[str, str]
    followers: dict[str, Any] = field(default_factory=dict)
    """Name of a follower → what it needs to go back."""
    undone_by: str | None = None
    undone_at: datetime | None = None
    version: int = 1

    @property
    def placed(self) -> tuple[Placement, ...]:
        """The episodes, as they were moved."""
        return tuple(Placement(*row) for row in self.placements)

    def move(self, now: datetime) -> Move:
        """As others were told of it."""
        moved = tuple(one.episode_id for one in self.placed if one.to_release == self.target_id)
        return Move(self.id, self.source_id, self.target_id, moved, self.replaced, now)

    def done(self) -> None:
        """Record that it happened."""
        self.record(
            ReleasesMerged(
                at=self.merged_at,
                merge_id=self.id,
                source_id=self.source_id,
                target_id=self.target_id,
                filled=tuple(sorted(self.fields)),
                episode_ids=tuple(one.episode_id for one in self.placed),
            )
        )

    def undo(self, by: str | None, now: datetime) -> None:
        """Remember that it is undone.  Raises :class:`AlreadyUndone`."""
        if self.undone_at is not None:
            raise AlreadyUndone
        self.undone_by, self.undone_at = by, now
        self.record(
            MergeUndone(
                at=now,
                merge_id=self.id,
                source_id=self.source_id,
                target_id=self.target_id,
                episode_ids=tuple(one.episode_id for one in self.placed),
            )
        )


def listed(placements: Sequence[Placement]) -> list[list[Any]]:
    """As they are kept."""
    return [[one.episode_id, one.from_release, one.from_ordinal, one.to_release, one.to_ordinal] for one in placements]
