"""Merges as JSON."""

from datetime import datetime

from pydantic import BaseModel, Field

from catalog.releases.merging.model import Merge
from catalog.releases.merging.usecases import Preview
from catalog.releases.schemas import Identifier, ReleaseOut, Strict


class MergeIn(Strict):
    """The one that goes, and the one that stays."""

    source_id: Identifier
    target_id: Identifier


class FilledOut(BaseModel):
    """A field that the release that stays had left open."""

    field: str
    value: str | int | None


class MergePreviewOut(BaseModel):
    """What a merge would do."""

    source: ReleaseOut
    target: ReleaseOut
    filled: list[FilledOut]
    names: list[str] = Field(description="Other names that the one that stays gets.")
    genres: list[str]
    trailers: list[str] = Field(description="Addresses of those that the one that stays gets.")
    moved: list[float] = Field(description="Numbers of the episodes that come over.")
    replaced: list[float] = Field(
        description="Numbers of episodes that both have: one of each two is not shown any more."
    )

    @classmethod
    def of(cls, preview: Preview) -> "MergePreviewOut":
        plan, target_id = preview.plan, preview.target.id
        return cls(
            source=ReleaseOut.of(preview.source),
            target=ReleaseOut.of(preview.target),
            filled=[FilledOut(field=name, value=after) for name, (_, after) in plan.fields.items()],
            names=[name.text for name in plan.names],
            genres=list(plan.genres),
            trailers=[one.url for one in plan.trailers],
            moved=[one.to_ordinal for one in plan.placements if one.to_release == target_id],
            replaced=sorted(preview.numbers[one] for one in plan.replaced),
        )


class MergeOut(BaseModel):
    """A release that was merged into another."""

    id: str
    source_id: str
    target_id: str
    source_title: str
    target_title: str
    merged_by: str | None
    merged_at: datetime
    filled: list[str]
    episodes_moved: int
    undone_by: str | None
    undone_at: datetime | None

    @classmethod
    def of(cls, merge: Merge) -> "MergeOut":
        return cls(
            id=merge.id,
            source_id=merge.source_id,
            target_id=merge.target_id,
            source_title=merge.source_title,
            target_title=merge.target_title,
            merged_by=merge.merged_by,
            merged_at=merge.merged_at,
            filled=sorted(merge.fields),
            episodes_moved=len(merge.move(merge.merged_at).moved),
            undone_by=merge.undone_by,
            undone_at=merge.undone_at,
        )


class MergePage(BaseModel):
    """A page of merges."""

    items: list[MergeOut]
    total: int
    page: int
    page_size: int
