"""The JSON of bulk edits."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, Field

from catalog.releases.bulk.model import BULK_MAX, BulkAction, BulkChange
from catalog.releases.bulk.usecases import BulkResult, Outcome
from catalog.releases.model import GENRES_MAX, AgeRating, AiringStatus, ReleaseType, Season
from catalog.releases.schemas import GenreName, Identifier, Strict, Year


class BulkFieldsIn(Strict):
    """What each release is to have; what is left out stays as it is, and null empties it."""

    type: ReleaseType = ReleaseType.TV
    year: Year | None = None
    season: Season | None = None
    age_rating: AgeRating = AgeRating.R0
    airing_status: AiringStatus = AiringStatus.FINISHED


class BulkIn(Strict):
    """One change of many releases."""

    ids: Annotated[list[Identifier], Field(min_length=1, max_length=BULK_MAX)]
    set: BulkFieldsIn = BulkFieldsIn()
    add_genres: Annotated[list[GenreName], Field(default_factory=list, max_length=GENRES_MAX)]
    remove_genres: Annotated[
        list[GenreName], Field(default_factory=list, max_length=GENRES_MAX, description="Names or slugs.")
    ]
    action: BulkAction | None = None
    dry_run: Annotated[bool, Field(description="Say what would change, and change nothing.")] = False
    all_or_nothing: Annotated[bool, Field(description="Change none where one cannot be changed.")] = False

    def change(self) -> BulkChange:
        return BulkChange(
            fields={name: getattr(self.set, name) for name in sorted(self.set.model_fields_set)},
            add_genres=tuple(self.add_genres),
            remove_genres=tuple(self.remove_genres),
            action=self.action,
        )


class BulkState(StrEnum):
    """What became of a release."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class BulkChangeOut(BaseModel):
    """What a bulk edit changes in a field."""

    field: str
    before: Any
    after: Any


class BulkErrorOut(BaseModel):
    """Why a release could not be changed."""

    code: str
    detail: str


class BulkItemOut(BaseModel):
    """What a bulk edit does, or did, to one release."""

    id: str
    title: str
    state: BulkState = Field(description="With `applied` false: what it would be.")
    changes: list[BulkChangeOut]
    error: BulkErrorOut | None

    @classmethod
    def of(cls, outcome: Outcome) -> "BulkItemOut":
        state = BulkState.FAILED if outcome.changes is None else BulkState.CHANGED
        if state is BulkState.CHANGED and not outcome.changes:
            state = BulkState.UNCHANGED
        return cls(
            id=outcome.release_id,
            title=outcome.title,
            state=state,
            changes=[
                BulkChangeOut(field=name, before=before, after=after)
                for name, (before, after) in (outcome.changes or {}).items()
            ],
            error=None
            if outcome.error is None
            else BulkErrorOut(code=outcome.error.code, detail=outcome.error.message),
        )


class BulkOut(BaseModel):
    """What became of each release, in the order they were named."""

    applied: bool = Field(description="Whether anything was written: not in a dry run, nor where nothing was to be.")
    changed: int
    unchanged: int
    failed: int
    items: list[BulkItemOut]

    @classmethod
    def of(cls, result: BulkResult) -> "BulkOut":
        items = [BulkItemOut.of(outcome) for outcome in result.outcomes]
        counts = {state: sum(item.state is state for item in items) for state in BulkState}
        return cls(
            applied=result.applied,
            changed=counts[BulkState.CHANGED],
            unchanged=counts[BulkState.UNCHANGED],
            failed=counts[BulkState.FAILED],
            items=items,
        )
