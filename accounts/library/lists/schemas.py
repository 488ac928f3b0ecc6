"""What lists look like as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from accounts.library.lists.model import (
    DESCRIPTION_MAX,
    NOTE_MAX,
    TITLE_MAX,
    ListItem,
    UserList,
    Visibility,
)
from accounts.library.lists.usecases import Draft, Shown
from accounts.library.schemas import Identifier


class ListIn(BaseModel):
    """What the owner of a list says of it."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX)]
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=DESCRIPTION_MAX)] = ""
    visibility: Visibility = Visibility.PRIVATE

    def draft(self) -> Draft:
        return Draft(self.title, self.description, self.visibility)


class ItemIn(BaseModel):
    """A release in a list, with what its owner says of it."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=NOTE_MAX)] | None = Field(
        None, description="Left out, it stays as it is"
    )


class PlaceIn(BaseModel):
    """Behind which release of the list this one goes; ``null``: to the beginning."""

    model_config = ConfigDict(extra="forbid")

    after: Identifier | None = Field(description="The release it comes after; null puts it first")


class ListItemOut(BaseModel):
    """A release in a list."""

    release_id: str
    note: str
    added_at: datetime


def _summary(row: UserList) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ListFields.model_fields}


class ListFields(BaseModel):
    """A list without what is in it."""

    id: str
    title: str
    description: str
    visibility: Visibility
    items_count: int
    created_at: datetime
    updated_at: datetime
    version: int


class ListSummaryOut(ListFields):
    """A list without its releases."""

    @classmethod
    def of(cls, row: UserList) -> "ListSummaryOut":
        return cls(**_summary(row))


class OwnListSummaryOut(ListFields):
    """A list of one's own without its releases."""

    share_token: str | None = Field(description="Opens an unlisted list at `/lists/shared/{token}`")
    holds: bool | None = Field(None, description="Whether the release asked for is in it")

    @classmethod
    def of(cls, row: UserList, holds: bool | None = None) -> "OwnListSummaryOut":
        """``holds``: whether the release asked about is in it; ``None`` where none was."""
        return cls(**_summary(row), share_token=row.token, holds=holds)


class OwnListsOut(BaseModel):
    """All lists of one's own."""

    items: list[OwnListSummaryOut]


class OwnListOut(ListFields):
    """One of one's own lists, with what is in it, in order."""

    share_token: str | None = Field(description="Opens an unlisted list at `/lists/shared/{token}`")
    items: list[ListItemOut]

    @classmethod
    def of(cls, row: UserList, items: Sequence[ListItem] = ()) -> "OwnListOut":
        """``items`` in the order of the list."""
        entries = [ListItemOut.model_validate(item, from_attributes=True) for item in items]
        return cls(**_summary(row), share_token=row.token, items=entries)


class OwnerOut(BaseModel):
    """Whose list it is."""

    id: str
    nickname: str


class PublicListOut(ListFields):
    """Somebody's list, with what is in it, in order."""

    owner: OwnerOut
    items: list[ListItemOut]

    @classmethod
    def of(cls, shown: Shown) -> "PublicListOut":
        return cls(
            **_summary(shown.row),
            owner=OwnerOut(id=shown.row.owner_id, nickname=shown.owner_name),
            items=[ListItemOut.model_validate(item, from_attributes=True) for item in shown.items],
        )


class PublicListsOut(BaseModel):
    """The public lists of somebody."""

    items: list[ListSummaryOut]


class HoldingIn(BaseModel):
    """The release for which to say which lists hold it."""

    release_id: Identifier | None = Field(None, description="Say of each list whether it holds this release")
