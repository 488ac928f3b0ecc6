"""Studios as JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from catalog.people.entries.model import EntryDraft
from catalog.people.entries.schemas import Alias, EntryFields, EntryOut, Key, OfPage
from catalog.people.entries.usecases import Counted
from catalog.people.studios.model import Studio, StudioPart, StudioRole
from catalog.people.studios.usecases import StudioPartDraft
from catalog.releases.schemas import ReleaseOut, Strict

STUDIOS_MAX = 50
"""Of one release: production committees have up to twenty members."""


class StudioIn(EntryFields):
    """A studio as an editor describes it."""

    alias: Alias = None

    def draft(self) -> EntryDraft:
        return EntryDraft(self.name, self.alias, self.other_names(), self.description)


class StudioOut(EntryOut):
    """A company that made releases."""

    alias: str

    @classmethod
    def of(cls, studio: Studio, releases: int = 0) -> "StudioOut":
        """``releases``: how many the caller sees."""
        answer = cls.model_validate(studio)
        answer.releases = releases
        return answer

    @classmethod
    def counted(cls, found: Counted[Studio]) -> "StudioOut":
        """With how many releases the caller sees."""
        return cls.of(found.entry, found.releases)


class StudioPage(OfPage):
    """A page of studios."""

    items: list[StudioOut]


class StudioNameOut(BaseModel):
    """Which studio it is, in short."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    alias: str
    name: str


class StudioPartIn(Strict):
    """What one studio did for a release."""

    studio: Key = Field(description="Id or alias.")
    role: StudioRole = StudioRole.ANIMATION

    def draft(self) -> StudioPartDraft:
        return StudioPartDraft(self.studio, self.role)


class ReleaseStudiosIn(Strict):
    """All studios of a release, in their order."""

    items: Annotated[list[StudioPartIn], Field(max_length=STUDIOS_MAX)]


class StudioPartOut(BaseModel):
    """What one studio did for a release."""

    model_config = ConfigDict(from_attributes=True)

    studio: StudioNameOut
    role: StudioRole


class ReleaseStudios(BaseModel):
    """The studios of a release, in order."""

    items: list[StudioPartOut]

    @classmethod
    def of(cls, found: list[StudioPart]) -> "ReleaseStudios":
        return cls(items=[StudioPartOut.model_validate(part) for part in found])


class StudioReleaseOut(BaseModel):
    """A release, and what one studio did for it."""

    release: ReleaseOut
    roles: list[StudioRole]


class StudioReleases(OfPage):
    """The releases of one studio, the newest first."""

    items: list[StudioReleaseOut]
