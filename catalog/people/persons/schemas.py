"""People and credits as JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from catalog.people.entries.model import EntryDraft
from catalog.people.entries.schemas import Alias, EntryFields, EntryOut, Key, OfPage
from catalog.people.entries.usecases import Counted
from catalog.people.persons.model import CHARACTER_MAX, Person, StaffCredit, StaffRole
from catalog.people.persons.usecases import StaffCreditDraft
from catalog.releases.schemas import ReleaseOut, Strict

CREDITS_MAX = 500
"""Of one release: the longest in catalogues of anime has 350, with a cast of 200."""


class PersonIn(EntryFields):
    """A person as an editor describes them."""

    alias: Alias = None

    def draft(self) -> EntryDraft:
        return EntryDraft(self.name, self.alias, self.other_names(), self.description)


class PersonEntryOut(EntryOut):
    """Somebody who made releases."""

    alias: str

    @classmethod
    def of(cls, person: Person, releases: int = 0) -> "PersonEntryOut":
        """``releases``: how many the caller sees."""
        answer = cls.model_validate(person)
        answer.releases = releases
        return answer

    @classmethod
    def counted(cls, found: Counted[Person]) -> "PersonEntryOut":
        """With how many releases the caller sees."""
        return cls.of(found.entry, found.releases)


class PersonPage(OfPage):
    """A page of people."""

    items: list[PersonEntryOut]


class PersonNameOut(BaseModel):
    """Who it is, in short."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    alias: str
    name: str


class StaffCreditIn(Strict):
    """What one person did for a release."""

    person: Key = Field(description="Id or alias.")
    role: StaffRole
    character: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=CHARACTER_MAX),
        Field(description="Whom a voice speaks; empty for other roles."),
    ] = ""

    def draft(self) -> StaffCreditDraft:
        return StaffCreditDraft(self.person, self.role, self.character)


class CreditsIn(Strict):
    """All credits of a release, in their order."""

    items: Annotated[list[StaffCreditIn], Field(max_length=CREDITS_MAX)]


class StaffCreditOut(BaseModel):
    """What one person did for a release."""

    model_config = ConfigDict(from_attributes=True)

    person: PersonNameOut
    role: StaffRole
    character: str


class ReleaseCredits(BaseModel):
    """Who made a release, in order."""

    items: list[StaffCreditOut]

    @classmethod
    def of(cls, found: list[StaffCredit]) -> "ReleaseCredits":
        return cls(items=[StaffCreditOut.model_validate(credit) for credit in found])


class DoneOut(BaseModel):
    """What a person did for a release, or whom they spoke."""

    role: StaffRole
    character: str


class PersonReleaseOut(BaseModel):
    """A release, and what one person did for it."""

    release: ReleaseOut
    roles: list[DoneOut]


class PersonReleases(OfPage):
    """The releases of one person, the newest first."""

    items: list[PersonReleaseOut]
