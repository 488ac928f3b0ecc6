"""Franchises as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from catalog.franchises.model import (
    DESCRIPTION_MAX,
    MAX_MEMBERS,
    MAX_ORDINAL,
    MAX_RELATIONS,
    NAME_MAX,
    NOTE_MAX,
    Franchise,
    FranchiseDraft,
    Member,
)
from catalog.franchises.progress import NextEpisode, SeasonProgress
from catalog.franchises.relations import Relation, RelationKind
from catalog.franchises.usecases import FranchiseSummary, Progress, Shown
from catalog.languages.schemas import Localised
from catalog.releases.model import ALIAS_MAX
from catalog.releases.schemas import Identifier, ReleaseOut, Strict
from kernel.http.schemas import PageIn

SEARCH_MAX = 200

Place = Annotated[int, Field(ge=1, le=MAX_ORDINAL)]


class FranchiseMemberIn(Strict):
    """A release, and its place in each order: numbers from 1, no two alike, gaps allowed."""

    release_id: Identifier
    release_place: Place
    chronological_place: Annotated[Place | None, Field(description="Left out, it is that of the release order.")] = None
    recommended_place: Annotated[Place | None, Field(description="Left out, it is that of the release order.")] = None
    may_skip: Annotated[bool, Field(description="The story can be followed without it.")] = False
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=NOTE_MAX)] = ""

    def member(self) -> Member:
        return Member(
            release_id=self.release_id,
            release_place=self.release_place,
            chronological_place=self.chronological_place or self.release_place,
            recommended_place=self.recommended_place or self.release_place,
            may_skip=self.may_skip,
            note=self.note,
        )


class FranchiseRelationIn(Strict):
    """``to_id`` is the ``kind`` of ``from_id``."""

    from_id: Identifier
    to_id: Identifier
    kind: RelationKind


class FranchiseIn(Strict):
    """A franchise as an editor describes it."""

    alias: Annotated[str, Field(max_length=ALIAS_MAX)]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX)]
    description: Annotated[str, Field(max_length=DESCRIPTION_MAX)] = ""
    members: Annotated[tuple[FranchiseMemberIn, ...], Field(max_length=MAX_MEMBERS)] = ()
    relations: Annotated[tuple[FranchiseRelationIn, ...], Field(max_length=MAX_RELATIONS)] = ()

    def draft(self) -> FranchiseDraft:
        return FranchiseDraft(
            alias=self.alias,
            name=self.name,
            description=self.description,
            members=tuple(member.member() for member in self.members),
            relations=tuple(Relation(one.from_id, one.to_id, one.kind) for one in self.relations),
        )


class RelateIn(Strict):
    """Another release, and what it is to this one."""

    release: Annotated[str, Field(max_length=ALIAS_MAX, description="Its id or alias.")]
    kind: RelationKind


class FranchiseQuery(PageIn):
    """Which franchises to list."""

    search: Annotated[str, Field(max_length=SEARCH_MAX, pattern="^[^\x00]*$", description="Words of the name.")] = ""


class FranchiseSummaryOut(BaseModel):
    """A franchise without its releases."""

    id: str
    alias: str
    name: str
    releases: int = Field(description="How many of its releases the caller sees.")
    poster_url: str | None

    @classmethod
    def of(cls, row: FranchiseSummary) -> "FranchiseSummaryOut":
        return cls(
            id=row.franchise_id, alias=row.alias, name=row.name, releases=row.releases, poster_url=row.poster_url
        )


class FranchisePage(BaseModel):
    """A page of franchises."""

    items: list[FranchiseSummaryOut]
    total: int
    page: int
    page_size: int


class FranchiseMemberOut(BaseModel):
    """A release of a franchise, and its place in each order."""

    release: ReleaseOut
    release_place: int
    chronological_place: int
    recommended_place: int
    may_skip: bool
    note: str


class FranchiseRelationOut(BaseModel):
    """``to_id`` is the ``kind`` of ``from_id``."""

    from_id: str
    to_id: str
    kind: RelationKind


class FranchiseOut(BaseModel):
    """Releases that belong together, those of them that the caller sees."""

    id: str
    alias: str
    name: str
    description: str
    members: list[FranchiseMemberOut] = Field(description="In release order.")
    relations: list[FranchiseRelationOut]
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, shown: Shown, releases: dict[str, ReleaseOut]) -> "FranchiseOut":
        """``releases``: by id, all that ``shown`` has as members."""
        return cls(
            members=[
                FranchiseMemberOut(
                    release=releases[member.release_id],
                    release_place=member.release_place,
                    chronological_place=member.chronological_place,
                    recommended_place=member.recommended_place,
                    may_skip=member.may_skip,
                    note=member.note,
                )
                for member in shown.draft.members
            ],
            relations=[
                FranchiseRelationOut(from_id=one.from_id, to_id=one.to_id, kind=one.kind)
                for one in shown.draft.relations
            ],
            **_own(shown.franchise),
        )


class ReleaseFranchiseOut(BaseModel):
    """The franchise of a release, if it is in one."""

    franchise: FranchiseOut | None = Field(description="Null for a release that stands by itself.")


class ReleaseProgressOut(BaseModel):
    """How far one is in one release; episodes."""

    release_id: str
    watched: int
    total: int = Field(description="Episodes there are, or are known to come; 0 where nobody knows.")
    is_finished: bool
    may_skip: bool
    abandoned: bool

    @classmethod
    def of(cls, season: SeasonProgress) -> "ReleaseProgressOut":
        return cls.model_validate(season, from_attributes=True)


class NextOut(BaseModel):
    """What to watch next in the recommended order."""

    release_id: str
    episode_id: str | None = Field(description="Nothing where that release has no video here.")
    kind: str | None = Field(description="`resume` an episode that was begun, or the `next` one.")
    position_ms: int


class FranchiseProgressOut(BaseModel):
    """How far one is in all of a franchise; episodes of all releases together."""

    franchise_id: str
    watched: int
    total: int
    releases: list[ReleaseProgressOut] = Field(description="In the recommended order.")
    next: NextOut | None = Field(description="Nothing left: all is watched, skipped or abandoned.")

    @classmethod
    def of(cls, progress: Progress) -> "FranchiseProgressOut":
        return cls(
            franchise_id=progress.franchise_id,
            watched=progress.watched,
            total=progress.total,
            releases=[ReleaseProgressOut.of(season) for season in progress.seasons],
            next=None if progress.next_release_id is None else _next(progress.next_release_id, progress.next_episode),
        )


class FranchiseRead(Localised):
    """In which language releases are wanted."""


def _own(franchise: Franchise) -> dict[str, object]:
    fields = ("id", "alias", "name", "description", "created_at", "updated_at", "version")
    return {name: getattr(franchise, name) for name in fields}


def _next(release_id: str, episode: NextEpisode | None) -> NextOut:
    if episode is None:
        return NextOut(release_id=release_id, episode_id=None, kind=None, position_ms=0)
    return NextOut(
        release_id=release_id, episode_id=episode.episode_id, kind=episode.kind, position_ms=episode.position_ms
    )
