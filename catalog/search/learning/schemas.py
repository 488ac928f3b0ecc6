"""The JSON of choices and candidates."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from catalog.releases.names import NAME_MAX
from catalog.releases.schemas import SEARCH_MAX, Identifier, NamesOut, Storable, Strict
from catalog.search.learning.model import CandidateState
from catalog.search.learning.usecases import Shown
from kernel.http.schemas import PageIn


class SearchChoiceIn(Strict, Storable):
    """What somebody searched for, and what they chose."""

    query: Annotated[str, Field(min_length=1, max_length=SEARCH_MAX)]
    release_id: Identifier


class CandidatesIn(PageIn):
    """Which names that people use to list."""

    state: CandidateState = CandidateState.OPEN


class AliasAcceptIn(Strict, Storable):
    """How it is to be written; without it as most people wrote it."""

    text: Annotated[str | None, Field(min_length=1, max_length=NAME_MAX, pattern=r"\S")] = None


class AliasCandidateOut(BaseModel):
    """What people call a release that has no such name."""

    id: str
    text: str
    voices: Annotated[int, Field(description="People who had meant it when it was asked about.")]
    release_id: str
    release_alias: Annotated[str | None, Field(description="`null` where the release is deleted.")]
    release_name: NamesOut | None
    created_at: datetime
    state: CandidateState
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, shown: Shown) -> "AliasCandidateOut":
        one, release = shown.candidate, shown.release
        return cls(
            id=one.id,
            text=one.text,
            voices=one.voices,
            release_id=one.release_id if release is None else release.id,
            release_alias=None if release is None else release.alias,
            release_name=None if release is None else NamesOut.model_validate(release.name, from_attributes=True),
            created_at=one.created_at,
            state=one.state,
            decided_by=one.decided_by,
            decided_at=one.decided_at,
        )


class AliasCandidatePage(BaseModel):
    """A page of names that people use."""

    items: list[AliasCandidateOut]
    total: int
    page: int
    page_size: int
