"""What the library sends and receives as JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from accounts.library.collections.model import ShelfName
from accounts.library.progress.model import AUDIO_LABEL_MAX, AUDIO_LANGUAGE_MAX, Audio
from kernel.http.schemas import PageIn

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
    """A voice-over: its language, and a label where there are several in it."""

    language: str
    label: str

    @classmethod
    def of(cls, audio: Audio | None) -> "AudioOut | None":
        return None if audio is None else cls(language=audio.language, label=audio.label)


class LibraryPageIn(PageIn):
    """A page of a library, which may be longer than any list of the catalogue."""

    page: int = Field(default=1, ge=1, le=100_000)


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
