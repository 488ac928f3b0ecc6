"""Tags as JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from catalog.people.entries.schemas import Alias, EntryFields, EntryOut, EntryQuery, Key, OfPage
from catalog.people.entries.usecases import Counted
from catalog.people.tags.model import RANK_MAX, ReleaseTag, Tag, TagCategory, TagDraft
from catalog.people.tags.usecases import ReleaseTagDraft
from catalog.releases.schemas import ReleaseOut, Strict

TAGS_MAX = 100
"""Of one release: AniList has up to 60."""


class TagIn(EntryFields):
    """A tag as an editor describes it."""

    slug: Alias = None
    category: TagCategory = TagCategory.OTHER
    spoiler: bool = Field(False, description="It gives away a story wherever it stands.")

    def draft(self) -> TagDraft:
        return TagDraft(
            self.name,
            self.slug,
            self.other_names(),
            self.description,
            category=self.category,
            spoiler=self.spoiler,
        )


class TagOut(EntryOut):
    """Something that releases can be about."""

    slug: str
    category: TagCategory
    spoiler: bool

    @classmethod
    def of(cls, tag: Tag, releases: int = 0) -> "TagOut":
        """``releases``: how many the caller sees."""
        answer = cls.model_validate(tag)
        answer.releases = releases
        return answer

    @classmethod
    def counted(cls, found: Counted[Tag]) -> "TagOut":
        """With how many releases the caller sees."""
        return cls.of(found.entry, found.releases)


class TagPage(OfPage):
    """A page of tags."""

    items: list[TagOut]


class TagQuery(EntryQuery):
    """Which tags."""

    category: list[TagCategory] = Field(default_factory=list)


class TagNameOut(BaseModel):
    """Which tag it is, in short."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    slug: str
    name: str
    category: TagCategory


class ReleaseTagIn(Strict):
    """How much a release is about something."""

    tag: Key = Field(description="Id or slug.")
    rank: Annotated[int, Field(ge=0, le=RANK_MAX, description="Per cent.")] = 50
    spoils: bool = Field(False, description="It gives away the story of this release.")

    def draft(self) -> ReleaseTagDraft:
        return ReleaseTagDraft(self.tag, self.rank, self.spoils)


class ReleaseTagsIn(Strict):
    """All tags of a release."""

    items: Annotated[list[ReleaseTagIn], Field(max_length=TAGS_MAX)]


class ReleaseTagOut(BaseModel):
    """How much a release is about something."""

    model_config = ConfigDict(from_attributes=True)

    tag: TagNameOut
    rank: int = Field(description="Per cent.")
    spoils: bool = Field(description="It gives away the story of this release.")
    spoiler: bool = Field(description="To be hidden until somebody asks: it gives away this story, or any.")


class ReleaseTagList(BaseModel):
    """The tags of a release, the highest rank first."""

    items: list[ReleaseTagOut]

    @classmethod
    def of(cls, found: list[ReleaseTag]) -> "ReleaseTagList":
        return cls(items=[ReleaseTagOut.model_validate(one) for one in found])


class TagReleases(OfPage):
    """The releases with one tag, the newest first."""

    items: list[ReleaseOut]
