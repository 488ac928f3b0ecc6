"""Favourites and collections as JSON."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from accounts.library.collections.model import Favorite, ShelfItem, ShelfName
from accounts.library.schemas import MAX_REPORTS, Identifier, LibraryPageIn


class FavoriteOut(BaseModel):
    release_id: str
    added_at: datetime

    @classmethod
    def of(cls, row: Favorite) -> Self:
        return cls(release_id=row.release_id, added_at=row.added_at)


class FavoritesOut(BaseModel):
    items: list[FavoriteOut]
    total: int
    page: int
    page_size: int


class FavoritesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    add: list[Identifier] = Field(default_factory=list, max_length=MAX_REPORTS)
    remove: list[Identifier] = Field(default_factory=list, max_length=MAX_REPORTS)


class ShelfItemOut(BaseModel):
    release_id: str
    type: ShelfName
    changed_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, row: ShelfItem) -> Self:
        return cls(
            release_id=row.release_id,
            type=row.shelf,
            changed_at=row.changed_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
        )


class ShelfItemsOut(BaseModel):
    items: list[ShelfItemOut]
    total: int
    page: int
    page_size: int


class SortedPageIn(LibraryPageIn):
    sort: Literal["-changed_at", "changed_at"] = Field("-changed_at", description="Newest or oldest first")

    @property
    def oldest_first(self) -> bool:
        return self.sort == "changed_at"


class ShelfPageIn(SortedPageIn):
    type: ShelfName | None = None


class ShelfIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: ShelfName


class ShelfMoveIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    release_id: Identifier
    type: ShelfName | None = Field(description="null takes it off its shelf")


class ShelfMovesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[ShelfMoveIn] = Field(max_length=MAX_REPORTS)


class ChangedFavoriteOut(FavoriteOut):
    removed: bool

    @classmethod
    def of(cls, row: Favorite) -> Self:
        return cls(**FavoriteOut.of(row).model_dump(), removed=row.removed)


class ChangedShelfItemOut(ShelfItemOut):
    removed: bool

    @classmethod
    def of(cls, row: ShelfItem) -> Self:
        return cls(**ShelfItemOut.of(row).model_dump(), removed=row.removed)
