"""People and what they did for releases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalog.people.entries.model import Entry, EntryDraft, ensure_once
from kernel.changes import Changes
from kernel.errors import Invalid, NotFound
from kernel.events import Event

CHARACTER_MAX = 200
"""Characters of a character's name."""


class PersonNotFound(NotFound):
    """There is no such person."""


class NoCharacter(Invalid):
    """Only a voice has a character."""


class StaffRole(StrEnum):
    """What somebody did for a release; the vocabulary of anime catalogues, in the order of a credit roll."""

    ORIGINAL_CREATOR = "original_creator"
    DIRECTOR = "director"
    ASSISTANT_DIRECTOR = "assistant_director"
    SCRIPT = "script"
    STORYBOARD = "storyboard"
    CHARACTER_DESIGN = "character_design"
    ANIMATION_DIRECTOR = "animation_director"
    ART_DIRECTOR = "art_director"
    PHOTOGRAPHY_DIRECTOR = "photography_director"
    SOUND_DIRECTOR = "sound_director"
    MUSIC = "music"
    THEME_SONG = "theme_song"
    EDITING = "editing"
    PRODUCER = "producer"
    VOICE = "voice"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class PersonCreated(Event):
    """A person was added to the reference list."""

    person_id: str
    alias: str


@dataclass(frozen=True, kw_only=True)
class PersonUpdated(Event):
    """A person was edited."""

    person_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PersonDeleted(Event):
    """A person whom no release credits was removed."""

    person_id: str


@dataclass(frozen=True, kw_only=True)
class PersonMerged(Event):
    """A person turned out to be another one, who has the credits of both now."""

    person_id: str
    into_id: str


@dataclass(frozen=True, kw_only=True)
class ReleaseCreditsChanged(Event):
    """It was edited who made a release."""

    release_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(eq=False, kw_only=True)
class Person(Entry[EntryDraft]):
    """Somebody who made releases."""

    def _created(self, at: datetime) -> Event:
        return PersonCreated(at=at, person_id=self.id, alias=self.alias)

    def _updated(self, at: datetime, changes: Changes) -> Event:
        return PersonUpdated(at=at, person_id=self.id, changes=changes)

    def _deleted(self, at: datetime) -> Event:
        return PersonDeleted(at=at, person_id=self.id)

    def _merged(self, at: datetime, into_id: str) -> Event:
        return PersonMerged(at=at, person_id=self.id, into_id=into_id)


@dataclass(frozen=True)
class StaffCredit:
    """What one person did for a release; ``character`` is whom a voice speaks, where that is known."""

    person: Person
    role: StaffRole
    character: str = ""

    def __post_init__(self) -> None:
        if self.character and self.role is not StaffRole.VOICE:
            raise NoCharacter

    @property
    def shown(self) -> str:
        """For the audit log."""
        return f"{self.role}: {self.person.name}" + (f" ({self.character})" if self.character else "")


def ensure_no_repeats(credits_: Sequence[StaffCredit]) -> None:
    """Raises ``ListedTwice`` for a person who did one thing twice."""
    keys: list[tuple[Any, str]] = [
        ((credit.person.id, credit.role, credit.character), credit.person.name) for credit in credits_
    ]
    ensure_once(keys)


def facts(credits_: Sequence[StaffCredit]) -> tuple[tuple[str, str, str], ...]:
    """What the version of a release's credits is made of."""
    return tuple((credit.person.id, credit.role.value, credit.character) for credit in credits_)
