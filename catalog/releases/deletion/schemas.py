"""The JSON of deleted releases."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from catalog.releases.model import ALIAS_MAX, RESTORABLE_FOR, Release, ReleaseType, Status
from catalog.releases.schemas import NamesOut, Strict


class RestoreIn(Strict):
    """The alias of the restored release, where its former one is taken."""

    alias: (
        Annotated[str, Field(max_length=ALIAS_MAX, description="In place of its own, where that is taken by now.")]
        | None
    ) = None


class DeletedReleaseOut(BaseModel):
    """A release that can still be restored."""

    id: str
    alias: str = Field(description="What it had, and gets back where nobody else has it by now.")
    type: ReleaseType
    name: NamesOut
    year: int | None
    poster_url: str | None
    status: Status = Field(description="What it will be again.")
    deleted_at: datetime
    restorable_until: datetime

    @classmethod
    def of(cls, release: Release) -> "DeletedReleaseOut":
        assert release.deleted_at is not None
        return cls(
            id=release.id,
            alias=release.deleted_alias or "",
            type=release.type,
            name=NamesOut.model_validate(release.name, from_attributes=True),
            year=release.year,
            poster_url=release.poster_url,
            status=release.deleted_status or Status.DRAFT,
            deleted_at=release.deleted_at,
            restorable_until=release.deleted_at + RESTORABLE_FOR,
        )


class DeletedReleasePage(BaseModel):
    """A page of deleted releases."""

    items: list[DeletedReleaseOut]
    total: int
    page: int
    page_size: int
