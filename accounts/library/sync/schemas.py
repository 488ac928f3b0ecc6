"""Changes of a library as JSON."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from accounts.library.collections.schemas import ChangedFavoriteOut, ChangedShelfItemOut
from accounts.library.lists.model import UserList, Visibility
from accounts.library.progress.schemas import ChangedProgressOut


class SinceIn(BaseModel):
    """The revision a client has."""

    since: int = Field(default=0, ge=0, le=2**63 - 1, description="The revision one knows; 0 for everything")


class ChangedListOut(BaseModel):
    """That a list changed; what is in it is read by itself, if its ``version`` is another than the one known."""

    id: str
    title: str
    visibility: Visibility
    items_count: int
    version: int
    updated_at: datetime
    removed: bool

    @classmethod
    def of(cls, row: UserList) -> Self:
        return cls.model_validate(row, from_attributes=True)


class ChangesOut(BaseModel):
    """What changed in a library since a revision; with ``more``, ask again from the one given here."""

    revision: int = Field(description="What to send as `since` the next time")
    more: bool = Field(description="Whether to ask again at once")
    timecodes: list[ChangedProgressOut]
    favorites: list[ChangedFavoriteOut]
    collections: list[ChangedShelfItemOut]
    lists: list[ChangedListOut]
