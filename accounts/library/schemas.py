"""What the library sends and receives as JSON."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from accounts.library.collections.model import Favorite, ShelfItem, ShelfName
from accounts.library.lists.model import UserList, Visibility
from accounts.library.next_up.usecases import Entry
from accounts.library.progress import rules
from accounts.library.progress.model import AUDIO_LABEL_MAX, AUDIO_LANGUAGE_MAX, Audio, Progress

MAX_REPORTS = 500
"""In one batch: an evening of reports every ten seconds is three times as many, and clients coalesce per episode."""
MAX_DURATION_MS = 7 * 24 * 3_600_000  # a week: longer than any recording, far from the end of a 64-bit column
MAX_UNIX_MS = 253_402_300_799_999  # the year 9999; past it nothing here can be written as a date

Identifier = Annotated[str, Field(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Duration = Annotated[int, Field(ge=0, le=MAX_DURATION_MS)]


class AudioIn(BaseModel):
    """A voice-over: its language (BCP 47), and its label where there are several in one language."""

    model_config = ConfigDict(extra="forbid")

    language: str = Field(min_length=1, max_length=AUDIO_LANGUAGE_MAX)
    label: str = Field("", max_length=AUDIO_LABEL_MAX)


class AudioOut(BaseModel):
    language: str
    label: str

    @classmethod
    def of(cls, audio: Audio | None) -> "AudioOut | None":
        return None if audio is None else cls(language=audio.language, label=audio.label)


class ReportIn(BaseModel):
    """``at_ms`` is the client's clock (Unix ms) when its player was at ``position_ms``."""

    model_config = ConfigDict(extra="forbid")

    episode_id: Identifier
    position_ms: Duration
    duration_ms: Duration
    at_ms: int = Field(ge=1, le=MAX_UNIX_MS)
    audio: AudioIn | None = Field(None, description="What is listened to; left out, it is as before")


class ReportsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[ReportIn] = Field(max_length=MAX_REPORTS)


class ProgressOut(BaseModel):
    episode_id: str
    release_id: str
    position_ms: int = Field(description="0 once the episode is over")
    resume_position_ms: int = Field(description="Where a player should start")
    duration_ms: int
    watched: bool
    rewatches: int
    updated_at: datetime = Field(description="By the clock of the device that reported it")

    @classmethod
    def of(cls, row: Progress) -> Self:
        return cls(
            episode_id=row.episode_id,
            release_id=row.release_id,
            position_ms=row.shown_position_ms,
            resume_position_ms=rules.resume_position_ms(row),
            duration_ms=row.duration_ms,
            watched=row.is_watched,
            rewatches=row.rewatches,
            updated_at=datetime.fromtimestamp(row.at_ms / 1000, UTC),
        )


class RecordedOut(BaseModel):
    items: list[ProgressOut] = Field(description="What changed, as it is now")


class PageIn(BaseModel):
    page: int = Field(default=1, ge=1, le=100_000)
    page_size: int = Field(default=20, ge=1, le=100)


class HistoryPageIn(PageIn):
    release_id: Identifier | None = Field(None, description="Only the episodes of this release")


class HistoryOut(BaseModel):
    items: list[ProgressOut]
    total: int
    page: int
    page_size: int


class WatchedIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    watched: bool


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


class SortedPageIn(PageIn):
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


class ContinueIn(BaseModel):
    limit: int = Field(default=20, ge=1, le=100)


class ContinueOut(BaseModel):
    kind: Literal["resume", "next"] = Field(description="An episode begun, or the one after the last that was finished")
    release_id: str
    episode_id: str
    position_ms: int
    duration_ms: int | None
    audio: AudioOut | None = Field(description="The voice-over the series was heard in last")
    updated_at: datetime

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            kind=entry.kind,
            release_id=entry.release_id,
            episode_id=entry.episode_id,
            position_ms=entry.position_ms,
            duration_ms=entry.duration_ms,
            audio=AudioOut.of(entry.audio),
            updated_at=datetime.fromtimestamp(entry.at_ms / 1000, UTC),
        )


class ContinueListOut(BaseModel):
    items: list[ContinueOut]


class CountsOut(BaseModel):
    """How much there is of everything."""

    favorites: int
    collections: dict[ShelfName, int] = Field(description="Shelves with nothing on them are left out")
    history: int
    lists: int


class StandingOut(BaseModel):
    """What a library says of one release."""

    favorite: bool
    collection: ShelfName | None
    lists: list[str] = Field(description="Ids of one's own lists that hold it")


class SinceIn(BaseModel):
    since: int = Field(default=0, ge=0, le=2**63 - 1, description="The revision one knows; 0 for everything")


class ChangedProgressOut(ProgressOut):
    removed: bool

    @classmethod
    def of(cls, row: Progress) -> Self:
        return cls(**ProgressOut.of(row).model_dump(), removed=row.removed)


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
    revision: int = Field(description="What to send as `since` the next time")
    more: bool = Field(description="Whether to ask again at once")
    timecodes: list[ChangedProgressOut]
    favorites: list[ChangedFavoriteOut]
    collections: list[ChangedShelfItemOut]
    lists: list[ChangedListOut]
