"""The JSON of conflicts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from catalog.imports.conflicts.model import Decision, ImportConflict
from catalog.imports.conflicts.ports import KnownRelease
from catalog.imports.matching.rules import Doubt
from kernel.http.schemas import PageIn
from kernel.ids import ID_PATTERN


class ConflictsIn(PageIn):
    """Which conflicts to list."""

    source_id: Annotated[str | None, Field(pattern=ID_PATTERN)] = None
    decided: bool = False


class DecisionIn(BaseModel):
    """What a record is."""

    model_config = ConfigDict(extra="forbid")

    decision: Annotated[Decision, Field(description="`settled` is not for people.")]
    release_id: Annotated[str | None, Field(pattern=ID_PATTERN, description="With `same`.")] = None


class CandidateOut(BaseModel):
    """A release that it may be."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    alias: str
    title: str
    english: str | None
    type: str
    year: int | None
    episodes_total: int | None
    external_ids: dict[str, str]
    poster_url: str | None


class ConflictOut(BaseModel):
    """A record that may be several releases, or none."""

    id: str
    source_id: str
    key: str
    title: str
    record: Annotated[dict[str, Any], Field(description="What the source says of it.")]
    doubt: Doubt
    candidates: list[CandidateOut]
    created_at: datetime
    decision: Decision | None
    release_id: str | None
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, conflict: ImportConflict, releases: Mapping[str, KnownRelease]) -> "ConflictOut":
        """``releases``: by id; a candidate that is not among them is gone, and left out."""
        known = [releases[each] for each in conflict.candidates if each in releases]
        return cls(
            id=conflict.id,
            source_id=conflict.source_id,
            key=conflict.key,
            title=conflict.title,
            record=conflict.record_json,
            doubt=conflict.doubt,
            candidates=[CandidateOut.model_validate(each) for each in known],
            created_at=conflict.created_at,
            decision=conflict.decision,
            release_id=conflict.release_id,
            decided_by=conflict.decided_by,
            decided_at=conflict.decided_at,
        )


class ConflictsOut(BaseModel):
    """A page of conflicts."""

    items: list[ConflictOut]
    total: int
    page: int
    page_size: int
