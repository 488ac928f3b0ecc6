"""A release or an episode in another language: its name, and for a release what it is about."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from catalog.releases.model import DESCRIPTION_MAX
from kernel.changes import Changes, differences, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event
from kernel.text.markup import plain_text
from kernel.text.titles import folded, stored_key

TranslationId = NewType("TranslationId", str)


class TranslationNotFound(NotFound):
    """There is no such translation."""


class TranslationTaken(Conflict):
    """There is a translation into {language} already."""


class NothingTranslated(Invalid):
    """A translation needs a name, or a release's description. Episodes have no description."""


class SubjectKind(StrEnum):
    """What is translated."""

    RELEASE = "release"
    EPISODE = "episode"


@dataclass(frozen=True, kw_only=True)
class TranslationChanged(Event):
    """A release or an episode got a translation, or its translation was edited."""

    translation_id: str
    subject_id: str
    release_id: str
    language: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TranslationRemoved(Event):
    """A translation of a release or an episode was taken away."""

    translation_id: str
    subject_id: str
    release_id: str
    language: str


@dataclass(frozen=True)
class Subject:
    """A release or an episode; ``release_id`` is its own id, or that of the release it belongs to."""

    kind: SubjectKind
    id: str
    release_id: str


@dataclass(frozen=True)
class TranslationDraft:
    """What a translator says; empty text where the original shall stand."""

    name: str = ""
    description: str = ""


@dataclass(eq=False, kw_only=True)
class Translation(Entity):
    """One subject in one language."""

    id: TranslationId
    kind: SubjectKind
    subject_id: str
    release_id: str
    language: str
    """Canonical BCP 47."""
    name: str
    description: str
    created_at: datetime
    updated_at: datetime
    search_text: str = ""
    name_key: str = ""
    """What the name is found by when whole titles are compared."""
    version: int = 1

    @classmethod
    def add(
        cls, translation_id: TranslationId, subject: Subject, language: str, draft: TranslationDraft, now: datetime
    ) -> "Translation":
        """Raises :class:`NothingTranslated`."""
        added = cls(
            id=translation_id,
            kind=subject.kind,
            subject_id=subject.id,
            release_id=subject.release_id,
            language=language,
            name="",
            description="",
            created_at=now,
            updated_at=now,
        )
        added.edit(draft, now)
        return added

    def edit(self, draft: TranslationDraft, now: datetime) -> None:
        """Raises :class:`NothingTranslated`."""
        description = plain_text(draft.description, DESCRIPTION_MAX)
        if not (draft.name or description) or (self.kind is SubjectKind.EPISODE and description):
            raise NothingTranslated
        before = snapshot(self, ("name", "description"))
        self.name, self.description = draft.name, description
        self.search_text, self.name_key = folded(draft.name), stored_key(draft.name)
        self.updated_at = now
        self.record(
            TranslationChanged(
                at=now,
                translation_id=self.id,
                subject_id=self.subject_id,
                release_id=self.release_id,
                language=self.language,
                changes=differences(before, snapshot(self, ("name", "description"))),
            )
        )

    def move(self, subject_id: str, release_id: str, now: datetime) -> None:
        """It is a translation of another subject from now on, of the same kind, for the two are one."""
        changes: Changes = {"subject_id": (self.subject_id, subject_id)}
        self.subject_id, self.release_id = subject_id, release_id
        self.record(
            TranslationChanged(
                at=now,
                translation_id=self.id,
                subject_id=subject_id,
                release_id=release_id,
                language=self.language,
                changes=changes,
            )
        )

    def removed(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(
            TranslationRemoved(
                at=now,
                translation_id=self.id,
                subject_id=self.subject_id,
                release_id=self.release_id,
                language=self.language,
            )
        )
