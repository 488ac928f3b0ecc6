"""Splits as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from catalog.releases.external_ids import ExternalIds
from catalog.releases.model import ALIAS_MAX, Release, ReleaseType, Status
from catalog.releases.names import Names
from catalog.releases.schemas import ExternalIdsIn, Identifier, NamesIn, Strict, Year
from catalog.releases.splitting.model import Split
from catalog.releases.splitting.plan import CopiedList, SplitRequest
from catalog.releases.splitting.usecases import Preview
from catalog.releases.trailers import ADDRESS_MAX, TRAILERS_MAX

EPISODES_MAX = 10_000
"""The most episodes that a release may be said to have in all."""


class SplitIn(Strict):
    """Which episodes become a release of their own, and what that one is."""

    episode_ids: Annotated[list[Identifier], Field(max_length=EPISODES_MAX)]
    alias: Annotated[
        str, Field(max_length=ALIAS_MAX, description="For addresses: lower-case letters, digits, hyphens.")
    ]
    type: ReleaseType
    name: NamesIn
    year: Year | None = None
    external_ids: Annotated[
        ExternalIdsIn, Field(description="Identifiers of the release that are the new one's, and go along.")
    ] = ExternalIdsIn()
    trailers: Annotated[
        tuple[Annotated[str, Field(max_length=ADDRESS_MAX)], ...],
        Field(max_length=TRAILERS_MAX, description="Addresses (`url`) of trailers of the release that go along."),
    ] = ()
    copied: Annotated[
        tuple[CopiedList, ...],
        Field(
            max_length=len(CopiedList), description="Lists that the new release gets a copy of; left out, all of them."
        ),
    ] = tuple(CopiedList)
    renumber: Annotated[
        bool, Field(description="Whether the numbers of its episodes begin with 1; left out, each keeps its own.")
    ] = False

    def request(self) -> SplitRequest:
        return SplitRequest(
            episode_ids=tuple(self.episode_ids),
            alias=self.alias,
            type=self.type,
            name=Names(self.name.main, self.name.english or None, self.name.alternative or None),
            year=self.year,
            external_ids=ExternalIds(**self.external_ids.model_dump()),
            renumber=self.renumber,
            trailers=self.trailers,
            copied=frozenset(self.copied),
        )


class UndoSplitIn(Strict):
    """The versions of the two that the moderator saw; left out, any."""

    source_version: Annotated[int, Field(ge=1)] | None = None
    target_version: Annotated[int, Field(ge=1)] | None = None


class MovedEpisodeOut(BaseModel):
    """An episode that changes its release."""

    id: str
    from_ordinal: float
    to_ordinal: float


class SplitPreviewOut(BaseModel):
    """What a split would do."""

    moved: list[MovedEpisodeOut]
    stays: list[float] = Field(description="Numbers of the episodes that stay.")
    status: Status = Field(description="Of the new release: as the old one's.")
    external_ids: list[str] = Field(description="Catalogues whose identifiers go along.")
    trailers: list[str] = Field(description="Addresses of trailers that go along.")
    source_episodes_total: int | None = Field(description="Of the old release, afterwards.")
    target_episodes_total: int | None
    locked_fields: list[str] = Field(description="What imports leave alone in the old release from then on.")

    @classmethod
    def of(cls, preview: Preview) -> "SplitPreviewOut":
        source, plan = preview.source, preview.plan
        prefix = "external_ids."
        return cls(
            moved=[
                MovedEpisodeOut(id=one.episode_id, from_ordinal=one.from_ordinal, to_ordinal=one.to_ordinal)
                for one in plan.placements
            ],
            stays=list(preview.stays),
            status=source.status,
            external_ids=[name.removeprefix(prefix) for name in plan.fields if name.startswith(prefix)],
            trailers=[one.url for one in plan.draft.trailers or ()],
            source_episodes_total=plan.fields.get("episodes_total", (None, source.episodes_total))[1],
            target_episodes_total=plan.draft.episodes_total,
            locked_fields=[one.value for one in plan.locks],
        )


class SplitOut(BaseModel):
    """Episodes that became a release of their own."""

    id: str
    source_id: str
    target_id: str = Field(description="The new release.")
    source_title: str
    target_title: str
    split_by: str | None
    split_at: datetime
    episodes_moved: int
    undone_by: str | None
    undone_at: datetime | None
    source_version: int | None = Field(description="Null while it is deleted or merged; so is the next.")
    target_version: int | None

    @classmethod
    def of(cls, split: Split, releases: Mapping[str, Release]) -> "SplitOut":
        """``releases``: those of both that are there."""
        source, target = releases.get(split.source_id), releases.get(split.target_id)
        return cls(
            id=split.id,
            source_id=split.source_id,
            target_id=split.target_id,
            source_title=split.source_title,
            target_title=split.target_title,
            split_by=split.split_by,
            split_at=split.split_at,
            episodes_moved=len(split.placements),
            undone_by=split.undone_by,
            undone_at=split.undone_at,
            source_version=None if source is None else source.version,
            target_version=None if target is None else target.version,
        )


class SplitPage(BaseModel):
    """A page of splits."""

    items: list[SplitOut]
    total: int
    page: int
    page_size: int
