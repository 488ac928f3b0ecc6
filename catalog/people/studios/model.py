"""Studios and what they did for releases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from catalog.people.entries.model import Entry, EntryDraft, ensure_once
from kernel.changes import Changes
from kernel.errors import NotFound
from kernel.events import Event


class StudioNotFound(NotFound):
    """There is no such studio."""


class StudioRole(StrEnum):
    """What a company did for a release."""

    ANIMATION = "animation"
    PRODUCER = "producer"
    LICENSOR = "licensor"


@dataclass(frozen=True, kw_only=True)
class StudioCreated(Event):
    """A studio was added to the reference list."""

    studio_id: str
    alias: str


@dataclass(frozen=True, kw_only=True)
class StudioUpdated(Event):
    """A studio was edited."""

    studio_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StudioDeleted(Event):
    """A studio that no release names was removed."""

    studio_id: str


@dataclass(frozen=True, kw_only=True)
class StudioMerged(Event):
    """A studio turned out to be another one, which has the releases of both now."""

    studio_id: str
    into_id: str


@dataclass(frozen=True, kw_only=True)
class ReleaseStudiosChanged(Event):
    """It was edited which studios made a release."""

    release_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(eq=False, kw_only=True)
class Studio(Entry[EntryDraft]):
    """A company that made releases."""

    def _created(self, at: datetime) -> Event:
        return StudioCreated(at=at, studio_id=self.id, alias=self.alias)

    def _updated(self, at: datetime, changes: Changes) -> Event:
        return StudioUpdated(at=at, studio_id=self.id, changes=changes)

    def _deleted(self, at: datetime) -> Event:
        return StudioDeleted(at=at, studio_id=self.id)

    def _merged(self, at: datetime, into_id: str) -> Event:
        return StudioMerged(at=at, studio_id=self.id, into_id=into_id)


@dataclass(frozen=True)
class StudioPart:
    """What one studio did for a release."""

    studio: Studio
    role: StudioRole

    @property
    def shown(self) -> str:
        """For the audit log."""
        return f"{self.role}: {self.studio.name}"


def ensure_no_repeats(parts: Sequence[StudioPart]) -> None:
    """Raises ``ListedTwice`` for a studio that did one thing twice."""
    ensure_once(((part.studio.id, part.role), part.studio.name) for part in parts)


def facts(parts: Sequence[StudioPart]) -> tuple[tuple[str, str], ...]:
    """What the version of a release's studios is made of."""
    return tuple((part.studio.id, part.role.value) for part in parts)
