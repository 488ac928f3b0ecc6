"""Favourites and collections as JSON."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from accounts.library.collections.model import Favorite, ScoreFilter, ShelfItem, ShelfName
from accounts.library.schemas import MAX_REPORTS, Identifier, LibraryPageIn
from accounts.library.scores import OwnScore


class FavoriteOut(BaseModel):
    """A release somebody marked as a favourite."""

    release_id: str
    added_at: datetime

    @classmethod
    def of(cls, row: Favorite) -> Self:
        return cls(release_id=row.release_id, added_at=row.added_at)


class FavoritesOut(BaseModel):
    """A page of favourites."""

    items: list[FavoriteOut]
    total: int
    page: int
    page_size: int


class FavoritesIn(BaseModel):
    """What becomes a favourite, and what no longer is one; a release in both becomes one."""

    model_config = ConfigDict(extra="forbid")

    add: list[Identifier] = Field(default_factory=list, max_length=MAX_REPORTS)
    remove: list[Identifier] = Field(default_factory=list, max_length=MAX_REPORTS)


class ShelfItemOut(BaseModel):
    """A release on a shelf."""

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


class ScoredShelfItemOut(ShelfItemOut):
    """A release on a shelf, with the score that its owner gave it."""

    score: int | None = Field(None, description="One's own vote, 1 to 10")

    @classmethod
    def scored(cls, row: ShelfItem, given: OwnScore | None) -> Self:
        """``given``: the score of its owner, ``None`` where they gave none."""
        return cls(**ShelfItemOut.of(row).model_dump(), score=None if given is None else given.score)


class ShelfItemsOut(BaseModel):
    """A page of a shelf."""

    items: list[ScoredShelfItemOut]
    total: int
    page: int
    page_size: int


class SortedPageIn(LibraryPageIn):
    """Which page, and in what order."""

    sort: Literal["-changed_at", "changed_at"] = Field("-changed_at", description="Newest or oldest first")

    @property
    def oldest_first(self) -> bool:
        return self.sort == "changed_at"


Score = Annotated[int, Field(ge=1, le=10)]


class ShelfPageIn(LibraryPageIn):
    """Which page of which shelf, and in what order."""

    type: ShelfName | None = None
    sort: Literal["-changed_at", "changed_at", "-score", "score"] = Field(
        "-changed_at", description="By when they changed, or by one's own score; those without one come last"
    )
    score_from: Score | None = Field(None, description="Only those that one gave this or more")
    score_to: Score | None = Field(None, description="Only those that one gave this or less")

    @property
    def wanted(self) -> ScoreFilter:
        return ScoreFilter(at_least=self.score_from, at_most=self.score_to, order=self.sort)


class ShelfIn(BaseModel):
    """The shelf a release is put on."""

    model_config = ConfigDict(extra="forbid")

    type: ShelfName


class ShelfMoveIn(BaseModel):
    """One release, and its shelf."""

    model_config = ConfigDict(extra="forbid")

    release_id: Identifier
    type: ShelfName | None = Field(description="null takes it off its shelf")


class ShelfMovesIn(BaseModel):
    """Several releases, each with its shelf; ``null`` takes it off."""

    model_config = ConfigDict(extra="forbid")

    items: list[ShelfMoveIn] = Field(max_length=MAX_REPORTS)


class ChangedFavoriteOut(FavoriteOut):
    """A favourite that came or went since a revision."""

    removed: bool

    @classmethod
    def of(cls, row: Favorite) -> Self:
        return cls(**FavoriteOut.of(row).model_dump(), removed=row.removed)


class ChangedShelfItemOut(ShelfItemOut):
    """A release that came onto a shelf, moved or went since a revision."""

    removed: bool

    @classmethod
    def of(cls, row: ShelfItem) -> Self:
        return cls(**ShelfItemOut.of(row).model_dump(), removed=row.removed)
