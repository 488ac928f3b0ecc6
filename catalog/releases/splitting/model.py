"""A split of a release, as it is remembered so that it can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from catalog.releases.merging.model import Placement
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event

SplitId = NewType("SplitId", str)


class NoEpisodesChosen(Invalid):
    """Choose at least one episode that moves to the new release."""


class AllEpisodesChosen(Invalid):
    """At least one episode has to stay. Edit the release instead, if all of it is another work."""


class ForeignEpisodes(Invalid):
    """{count} of the chosen episodes are not of this release. Load it again and choose anew."""


class ForeignIdentifiers(Invalid):
    """This release does not have these identifiers: {what}. Only its own can move to the new release."""


class ForeignTrailers(Invalid):
    """{count} of the chosen trailers are not of this release. Load it again and choose anew."""


class PartOfAnother(Conflict):
    """This release was merged into another one. Undo that merge first, or split the other one."""


class SplitNotFound(NotFound):
    """There is no such split."""


class SplitUndone(Conflict):
    """This split was undone already."""


class SplitContradicted(Conflict):
    """This cannot be undone: {what}."""


@dataclass(frozen=True, kw_only=True)
class ReleaseSplit(Event):
    """Episodes of a release became a release of their own, with what hangs on them."""

    split_id: str
    source_id: str
    target_id: str
    moved: tuple[str, ...] = ()
    """Fields of the source that went along or count anew."""
    episode_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReleaseSplitUndone(Event):
    """Episodes that had become a release of their own are back where they were."""

    split_id: str
    source_id: str
    target_id: str
    episode_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relocation:
    """Episodes that change their release, for whoever keeps things under the ids of both."""

    split_id: str
    episode_ids: tuple[str, ...]
    from_release: str
    to_release: str
    now: datetime


@dataclass(eq=False, kw_only=True)
class Split(Entity):
    """Episodes of one release that became another one."""

    id: SplitId
    source_id: str
    target_id: str
    source_title: str
    target_title: str
    split_by: str | None
    split_at: datetime
    fields: dict[str, list[Any]]
    """Field of the source → before and after."""
    placements: list[list[Any]]
    locked_fields: list[str]
    """Fields of the source that imports leave alone since."""
    undone_by: str | None = None
    undone_at: datetime | None = None
    version: int = 1

    @property
    def placed(self) -> tuple[Placement, ...]:
        """The episodes, as they were moved."""
        return tuple(Placement(*row) for row in self.placements)

    @property
    def episode_ids(self) -> tuple[str, ...]:
        """By the number that each had."""
        return tuple(one.episode_id for one in self.placed)

    def done(self) -> None:
        """Record that it happened."""
        self.record(
            ReleaseSplit(
                at=self.split_at,
                split_id=self.id,
                source_id=self.source_id,
                target_id=self.target_id,
                moved=tuple(sorted(self.fields)),
                episode_ids=self.episode_ids,
            )
        )

    def undo(self, by: str | None, now: datetime) -> None:
        """Remember that it is undone.  Raises :class:`SplitUndone`."""
        if self.undone_at is not None:
            raise SplitUndone
        self.undone_by, self.undone_at = by, now
        self.record(
            ReleaseSplitUndone(
                at=now,
                split_id=self.id,
                source_id=self.source_id,
                target_id=self.target_id,
                episode_ids=self.episode_ids,
            )
        )


def relocation(split: Split, now: datetime) -> Relocation:
    """The way there."""
    return Relocation(split.id, split.episode_ids, split.source_id, split.target_id, now)


def way_back(split: Split, now: datetime) -> Relocation:
    """The way back."""
    return Relocation(split.id, split.episode_ids, split.target_id, split.source_id, now)


def foreign(chosen: Sequence[str], present: Sequence[str]) -> int:
    """How many of ``chosen`` are not ``present``."""
    return len(set(chosen) - set(present))
