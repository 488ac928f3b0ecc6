"""Imports as JSON."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from accounts.library.collections.model import ShelfName
from accounts.library.schemas import Identifier, LibraryPageIn
from accounts.library.transfer.document import MAX_ROWS, Format, Row, Work
from accounts.library.transfer.matching import Match
from accounts.library.transfer.plan import PlannedChange, Policy
from accounts.library.transfer.usecases import Import

MAX_CHOICES = 1_000
"""Titles a person picks a release for, one by one."""


class FileIn(BaseModel):
    """The format of a file; left out, it is told by its content."""

    format: Format | None = Field(None, description="Left out, it is told by the file's looks")


class RowsIn(LibraryPageIn):
    """Which page of the rows of a transfer, and what would become of them under a policy."""

    policy: Policy = Field(Policy.NEWEST, description="What the planned changes are worked out for")
    state: Literal["matched", "ambiguous", "unmatched"] | None = None


class ChoiceIn(BaseModel):
    """Which release the row of this number means."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1, le=MAX_ROWS)
    release_id: Identifier


class ApplyIn(BaseModel):
    """What to do with rows that the library has already, and which releases the uncertain ones mean."""

    model_config = ConfigDict(extra="forbid")

    policy: Policy = Policy.NEWEST
    choices: Annotated[
        list[ChoiceIn], Field(max_length=MAX_CHOICES, description="For ambiguous and unmatched rows")
    ] = []


class CandidateOut(BaseModel):
    """A release that a row may mean."""

    release_id: str
    title: str
    year: int | None
    type: str | None

    @classmethod
    def of(cls, release_id: str, work: Work | None) -> "CandidateOut":
        """Without a title where ``work`` is ``None``: a release that is gone since the file was read."""
        if work is None:
            return cls(release_id=release_id, title="", year=None, type=None)
        return cls(release_id=release_id, title=work.titles[0], year=work.year, type=work.kind)


class ChangeOut(BaseModel):
    """What importing a row would change; nothing where all is empty."""

    favorite: bool
    collection: ShelfName | None
    episodes: int
    score: int | None = Field(description="1 to 10")

    @classmethod
    def of(cls, change: PlannedChange) -> "ChangeOut":
        return cls(
            favorite=change.favorite is not None,
            collection=change.item.shelf if change.item else None,
            episodes=len(change.progress),
            score=change.score.score if change.score else None,
        )


class RowOut(BaseModel):
    """A row of a file: what it names, which release that is taken for, and what it would change."""

    number: int = Field(description="Its place in the file, from 1")
    title: str
    year: int | None
    collection: ShelfName | None
    episodes: int = Field(description="Seen, or with a history")
    state: Literal["matched", "ambiguous", "unmatched"]
    how: Literal["id", "external", "title"] | None
    candidates: list[CandidateOut] = Field(description="The release of a match; what to choose from otherwise")
    change: ChangeOut | None = Field(
        description="null where nothing is imported, or another row means the same release"
    )

    @classmethod
    def of(
        cls, number: int, row: Row, match: Match, candidates: list[CandidateOut], change: PlannedChange | None
    ) -> "RowOut":
        """``number`` counts from 0 and is shown from 1; ``change`` is ``None`` where nothing would be imported."""
        work = row.work
        return cls(
            number=number + 1,
            title=work.titles[0] if work.titles else "",
            year=work.year,
            collection=row.shelf,
            episodes=len(row.history) or row.seen,
            state=match.state,
            how=match.how,
            candidates=candidates,
            change=None if change is None else ChangeOut.of(change),
        )


class RowsOut(BaseModel):
    """A page of the rows of a file."""

    items: list[RowOut]
    total: int
    page: int
    page_size: int


class ResultOut(BaseModel):
    """What a transfer has changed so far, each counted."""

    finished: bool
    rows_done: int
    favorites: int
    collections: int
    episodes: int
    lists: int
    list_entries: int
    scores: int


class ImportOut(BaseModel):
    """A file that was read: what is in it, and what became of it."""

    id: str
    format: Format
    created_at: datetime
    expires_at: datetime
    rows: int
    matched: int
    ambiguous: int
    unmatched: int
    lists: int
    problems: list[str] = Field(description="What was left out of the file, and why")
    job_id: str | None = Field(description="See `GET /jobs/{job_id}` for how far it is; null until it is applied")
    result: ResultOut | None

    @classmethod
    def of(cls, waiting: Import) -> "ImportOut":
        states = Counter(match.state for match in waiting.matches)
        return cls(
            id=waiting.id,
            format=waiting.document.format,
            created_at=waiting.created_at,
            expires_at=waiting.expires_at,
            rows=len(waiting.document.rows),
            matched=states["matched"],
            ambiguous=states["ambiguous"],
            unmatched=states["unmatched"],
            lists=len(waiting.document.lists),
            problems=list(waiting.document.problems),
            job_id=waiting.job_id,
            result=None if waiting.job_id is None else ResultOut.model_validate(waiting.result, from_attributes=True),
        )
