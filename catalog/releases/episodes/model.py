"""Episodes: what is played of a release."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from catalog.releases.model import ReleaseId, Status
from kernel.changes import Changes, differences, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event

EpisodeId = NewType("EpisodeId", str)


class EpisodeNotFound(NotFound):
    """There is no such episode."""


class OrdinalTaken(Conflict):
    """This release already has an episode {ordinal:g}."""


class BadSpan(Invalid):
    """A span must start before it stops, and lie inside the episode."""


class NothingToPlay(Conflict):
    """This episode has no media yet. Upload a video before publishing it."""


class SpanKind(StrEnum):
    """What is marked of an episode."""

    RECAP = "recap"
    """Of what happened in earlier episodes."""
    OPENING = "opening"
    ENDING = "ending"
    PREVIEW = "preview"
    """Of the next episode."""


class SpanSource(StrEnum):
    """Who says where a span is."""

    EDITOR = "editor"
    CHAPTERS = "chapters"
    """Of the video's file."""
    SOUND = "sound"
    """That other episodes have, too."""


@dataclass(frozen=True)
class Span:
    """A stretch of an episode, such as its opening."""

    start_ms: int
    stop_ms: int
    source: SpanSource = SpanSource.EDITOR
    confidence: float = 1.0
    """From 0 to 1."""

    def is_same(self, other: "Span | None") -> bool:
        """Whether it is the same stretch, whoever says so."""
        return other is not None and (self.start_ms, self.stop_ms) == (other.start_ms, other.stop_ms)

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms < self.stop_ms:
            raise BadSpan


@dataclass(frozen=True, kw_only=True)
class EpisodeAdded(Event):
    """A release got an episode, as a draft."""

    episode_id: str
    release_id: str


@dataclass(frozen=True, kw_only=True)
class EpisodeUpdated(Event):
    """An episode was edited, or got its media."""

    episode_id: str
    release_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EpisodeDeleted(Event):
    """An episode was taken out of its release."""

    episode_id: str
    release_id: str


@dataclass(frozen=True, kw_only=True)
class EpisodePublished(Event):
    """An episode became visible to viewers."""

    episode_id: str
    release_id: str


@dataclass(frozen=True)
class EpisodeDraft:
    """What an editor says of an episode; ``ordinal`` may be 12.5."""

    ordinal: float
    name: str = ""
    recap: Span | None = None
    opening: Span | None = None
    ending: Span | None = None
    preview: Span | None = None


@dataclass(frozen=True, slots=True)
class EpisodePlace:
    """Where an episode is, and what decides which of two of one number is shown: what moderators move thousands of at once."""

    id: str
    release_id: str
    ordinal: float
    playable: bool = False
    thumbnail_url: str | None = None


@dataclass(eq=False, kw_only=True)
class Episode(Entity):
    """One thing to play."""

    id: EpisodeId
    release_id: ReleaseId
    ordinal: float
    name: str
    opening: Span | None
    ending: Span | None
    created_at: datetime
    updated_at: datetime
    status: Status = Status.DRAFT
    published_at: datetime | None = None
    playable: bool = False
    duration_ms: int | None = None
    thumbnail_url: str | None = None
    recap: Span | None = None
    preview: Span | None = None
    marked_by_hand: tuple[str, ...] = ()
    """Kinds of spans that a person set, corrected or took away: programs leave them alone."""
    version: int = 1

    @classmethod
    def add(cls, episode_id: EpisodeId, release_id: ReleaseId, draft: EpisodeDraft, now: datetime) -> "Episode":
        """A draft, without media."""
        episode = cls(
            id=episode_id,
            release_id=release_id,
            ordinal=draft.ordinal,
            name=draft.name,
            opening=draft.opening,
            ending=draft.ending,
            recap=draft.recap,
            preview=draft.preview,
            marked_by_hand=tuple(kind for kind in SpanKind if getattr(draft, kind) is not None),
            created_at=now,
            updated_at=now,
        )
        episode.record(EpisodeAdded(at=now, episode_id=episode_id, release_id=release_id))
        return episode

    def edit(self, draft: EpisodeDraft, now: datetime) -> None:
        """Replace all that is said of it.  Raises :class:`BadSpan` for one that ends behind the video."""
        for span in (draft.recap, draft.opening, draft.ending, draft.preview):
            if span is not None and self.duration_ms is not None and span.stop_ms > self.duration_ms:
                raise BadSpan
        before = self._facts()
        self.ordinal, self.name = draft.ordinal, draft.name
        for kind in SpanKind:
            present: Span | None = getattr(self, kind)
            wanted: Span | None = getattr(draft, kind)
            if wanted is None if present is None else present.is_same(wanted):
                continue  # who said so still does
            setattr(self, kind, wanted)
            self.marked_by_hand = tuple(sorted({*self.marked_by_hand, kind.value}))
        self._updated(before, now)

    def may_mark(self, kind: SpanKind) -> bool:
        """Whether a program may say where this span is: no person did."""
        present: Span | None = getattr(self, kind)
        return kind.value not in self.marked_by_hand and (present is None or present.source is not SpanSource.EDITOR)

    def mark(self, kind: SpanKind, span: Span | None, now: datetime) -> None:
        """What a program found, ``None``: nothing any more; without an effect where a person decided, or behind the end of the video."""
        if not self.may_mark(kind) or (span is not None and span.stop_ms > (self.duration_ms or 0)):
            return
        before = self._facts()
        if getattr(self, kind) != span:
            setattr(self, kind, span)
            self._updated(before, now)

    def media_ready(self, *, duration_ms: int, thumbnail_url: str | None, now: datetime) -> None:
        """Its video can be streamed from now on; a new video replaces an old one."""
        before = self._facts()
        self.playable, self.duration_ms, self.thumbnail_url = True, duration_ms, thumbnail_url
        # Marks made for another cut may lie behind the end of this one.
        for kind in SpanKind:
            span: Span | None = getattr(self, kind)
            if span is not None and span.stop_ms > duration_ms:
                setattr(self, kind, None)
                self.marked_by_hand = tuple(each for each in self.marked_by_hand if each != kind)
        self._updated(before, now)

    def publish(self, now: datetime) -> None:
        """Show it to viewers; twice is once.  Raises :class:`NothingToPlay`."""
        if not self.playable:
            raise NothingToPlay
        if self.status is Status.PUBLISHED:
            return
        self.status, self.published_at, self.updated_at = Status.PUBLISHED, now, now
        self.record(EpisodePublished(at=now, episode_id=self.id, release_id=self.release_id))

    def deleted(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(EpisodeDeleted(at=now, episode_id=self.id, release_id=self.release_id))

    def _facts(self) -> dict[str, Any]:
        """What editors and media change, for the audit log."""
        return snapshot(self, ("ordinal", "name", *SpanKind, "playable", "duration_ms", "thumbnail_url"))

    def _updated(self, before: dict[str, Any], now: datetime) -> None:
        self.updated_at = now
        changes = differences(before, self._facts())
        self.record(EpisodeUpdated(at=now, episode_id=self.id, release_id=self.release_id, changes=changes))
