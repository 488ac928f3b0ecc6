"""Tags: what a release is about, in more words than its genres."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from catalog.people.entries.model import Entry, EntryDraft, ensure_once
from kernel.changes import Changes
from kernel.errors import NotFound
from kernel.events import Event

RANK_MAX = 100
"""Per cent: a release is about this and nothing else."""


class TagNotFound(NotFound):
    """There is no such tag."""


class TagCategory(StrEnum):
    """What a tag speaks of."""

    THEME = "theme"
    SETTING = "setting"
    CAST = "cast"
    DEMOGRAPHIC = "demographic"
    TECHNICAL = "technical"
    CONTENT = "content"
    """What somebody may want to be warned of."""
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class TagCreated(Event):
    """A tag was added to the reference list."""

    tag_id: str
    slug: str


@dataclass(frozen=True, kw_only=True)
class TagUpdated(Event):
    """A tag was edited."""

    tag_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TagDeleted(Event):
    """A tag that no release has was removed."""

    tag_id: str


@dataclass(frozen=True, kw_only=True)
class TagMerged(Event):
    """A tag turned out to mean the same as another one, which has the releases of both now."""

    tag_id: str
    into_id: str


@dataclass(frozen=True, kw_only=True)
class ReleaseTagsChanged(Event):
    """It was edited which tags a release has."""

    release_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True)
class TagDraft(EntryDraft):
    """What an editor says of a tag; its alias is its slug."""

    category: TagCategory = TagCategory.OTHER
    spoiler: bool = False


@dataclass(eq=False, kw_only=True)
class Tag(Entry[TagDraft]):
    """Something that releases can be about."""

    FACTS: ClassVar[tuple[str, ...]] = (*Entry.FACTS, "category", "spoiler")

    category: TagCategory = TagCategory.OTHER
    spoiler: bool = False
    """Whether it gives away a story wherever it stands."""

    @property
    def slug(self) -> str:
        """Its alias, under the name that tags have for it."""
        return self.alias

    def _say(self, draft: TagDraft) -> None:
        super()._say(draft)
        self.category, self.spoiler = draft.category, draft.spoiler

    def _created(self, at: datetime) -> Event:
        return TagCreated(at=at, tag_id=self.id, slug=self.alias)

    def _updated(self, at: datetime, changes: Changes) -> Event:
        return TagUpdated(at=at, tag_id=self.id, changes=changes)

    def _deleted(self, at: datetime) -> Event:
        return TagDeleted(at=at, tag_id=self.id)

    def _merged(self, at: datetime, into_id: str) -> Event:
        return TagMerged(at=at, tag_id=self.id, into_id=into_id)


@dataclass(frozen=True)
class ReleaseTag:
    """How much a release is about something: ``rank`` in per cent; ``spoils`` where that alone gives the story away."""

    tag: Tag
    rank: int
    spoils: bool = False

    @property
    def spoiler(self) -> bool:
        """Whether it is hidden until somebody asks for it."""
        return self.spoils or self.tag.spoiler

    @property
    def shown(self) -> str:
        """For the audit log."""
        return f"{self.tag.name} {self.rank} %" + (" (spoiler)" if self.spoils else "")


def by_rank(tags: Sequence[ReleaseTag]) -> list[ReleaseTag]:
    """What a release is about most comes first.  Raises ``ListedTwice``."""
    ensure_once((one.tag.id, one.tag.name) for one in tags)
    return sorted(tags, key=lambda one: -one.rank)


def facts(tags: Sequence[ReleaseTag]) -> tuple[tuple[str, int, bool], ...]:
    """What the version of a release's tags is made of."""
    return tuple((one.tag.id, one.rank, one.spoils) for one in tags)
