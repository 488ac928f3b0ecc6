"""What the file of a library says, whichever site wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from accounts.library.collections.model import ShelfName
from accounts.library.lists.model import Visibility
from kernel.errors import Invalid, TooLarge

MAX_FILE_BYTES: Final = 16 * 2**20
"""As sent and unpacked: MyAnimeList's export of 10,000 titles is 8 MB, ours of 50,000 watched episodes 13 MB."""
MAX_ROWS: Final = 10_000
"""Titles in one file; there are fewer people with longer lists than there are anime."""
MAX_EPISODES: Final = 60_000
"""Episodes with a history in one file: 24 minutes each, without sleep, that is nearly three years."""
MAX_PROBLEMS: Final = 100
"""Oddities told of one file; who reads a hundred has understood."""
MAX_TITLES: Final = 8
"""Names of one work."""


class BadFile(Invalid):
    """This file cannot be read: {detail}."""


class FileTooLarge(TooLarge):
    """This file is too large: {what}, and {limit} is the most that is taken."""


class Format(StrEnum):
    """Who wrote the file, and how."""

    ANI_JSON = "ani-json"
    MAL_XML = "mal-xml"
    SHIKIMORI_JSON = "shikimori-json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """By what a title can be recognised."""

    titles: tuple[str, ...] = ()
    year: int | None = None
    kind: str | None = None
    """As :class:`catalog.releases.model.ReleaseType` calls it."""
    release_id: str | None = None
    external: Mapping[str, str] = field(default_factory=dict)
    """Catalogue → identifier there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """How far somebody was in one episode; the fields are those of :class:`accounts.library.progress.model.Progress`."""

    episode_id: str
    ordinal: float | None = None
    """Finds the episode where its identifier does not exist: on another server."""
    position_ms: int
    duration_ms: int
    at_ms: int
    finished: bool
    watched_at_ms: int = 0
    unwatched_at_ms: int = 0
    completions: int = 0
    audio_language: str | None = None
    audio_label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Everything the file says of one title."""

    work: Work
    favorite_at: datetime | None = None
    shelf: ShelfName | None = None
    changed_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    seen: int = 0
    """Episodes seen, counted from the first, where the file has no more than their number."""
    rewatches: int = 0
    score: int | None = None
    """From 1 to 10."""
    scored_at: datetime | None = None
    """Where the file says when."""
    history: tuple[Watching, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """An entry of a list in a file."""

    row: int
    """Which of the document's rows, from 0."""
    note: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A list in the file, in its order."""

    id: str
    title: str
    description: str
    visibility: Visibility
    created_at: datetime
    updated_at: datetime
    items: tuple[ListEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that was read."""

    format: Format
    rows: tuple[Row, ...]
    lists: tuple[ListRow, ...] = ()
    problems: tuple[str, ...] = ()
    """What was left out of it, and why."""


SHELVES: Final[Mapping[str, ShelfName]] = {
    # MyAnimeList, in words and in the numbers of its older exports.
    "watching": ShelfName.WATCHING,
    "1": ShelfName.WATCHING,
    "completed": ShelfName.WATCHED,
    "2": ShelfName.WATCHED,
    "on-hold": ShelfName.POSTPONED,
    "3": ShelfName.POSTPONED,
    "dropped": ShelfName.ABANDONED,
    "4": ShelfName.ABANDONED,
    "plan to watch": ShelfName.PLANNED,
    "6": ShelfName.PLANNED,
    # Shikimori.
    "planned": ShelfName.PLANNED,
    "rewatching": ShelfName.WATCHING,
    "on_hold": ShelfName.POSTPONED,
}


def score_of(value: int) -> int | None:
    """A score as both sites write them: 0 stands for none."""
    return value if 1 <= value <= 10 else None


KINDS: Final[Mapping[str, str]] = {
    "tv": "TV",
    "movie": "MOVIE",
    "ova": "OVA",
    "ona": "ONA",
    "special": "SPECIAL",
    "tv special": "SPECIAL",
    "tv_special": "SPECIAL",
}
"""Kinds that both sites know and we do; music videos and commercials say nothing about which of our kinds it is."""
