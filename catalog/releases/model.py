"""Releases: works as they are listed (a series, a film), whose episodes people come to watch.

Releases and episodes start as drafts that only editors see; viewers see an episode when it and its release are published, and can
play it once it has media.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, NewType

from catalog.releases.external_ids import NO_EXTERNAL_IDS, ExternalIds
from catalog.releases.names import NameRow, Names, OtherName, search_text
from catalog.releases.poster import Poster, ShownPoster, shown_poster
from kernel.changes import Changes, differences, shown, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event
from kernel.ids import new_id
from kernel.text.titles import folded, stored_key

ReleaseId = NewType("ReleaseId", str)
GenreId = NewType("GenreId", str)

ALIAS_MAX = 80
"""Characters; long enough for a title, short enough for an address people send each other."""
EARLIEST_YEAR = 1888
"""The year of the oldest film that survives (Roundhay Garden Scene)."""
LATEST_YEAR = 2100


class ReleaseNotFound(NotFound):
    """There is no such release."""


class AliasTaken(Conflict):
    """Another release already has the alias {alias!r}."""


class BadAlias(Invalid):
    """An alias is made of lower-case Latin letters, digits and single hyphens, such as "big-buck-bunny"."""


class ReleaseType(StrEnum):
    """What kind of work; the vocabulary of anime catalogues."""

    TV = "TV"
    ONA = "ONA"
    WEB = "WEB"
    OVA = "OVA"
    OAD = "OAD"
    MOVIE = "MOVIE"
    DORAMA = "DORAMA"
    SPECIAL = "SPECIAL"


class Season(StrEnum):
    WINTER = "winter"
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"


class AgeRating(IntEnum):
    """The youngest age a release is meant for."""

    R0 = 0
    R6 = 6
    R12 = 12
    R16 = 16
    R18 = 18


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, kw_only=True)
class ReleaseCreated(Event):
    """A release was added, as a draft."""

    release_id: str
    alias: str


@dataclass(frozen=True, kw_only=True)
class ReleaseUpdated(Event):
    """A release was edited."""

    release_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReleasePublished(Event):
    """A release became visible to viewers."""

    release_id: str


@dataclass(frozen=True, kw_only=True)
class ReleaseDeleted(Event):
    """A release was removed, with all its episodes."""

    release_id: str
    episode_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReleasePosterChanged(Event):
    """A release got another poster, or lost the one that was uploaded."""

    release_id: str
    former_key: str | None
    key: str | None


@dataclass(eq=False)
class Genre:
    """A kind of story; made on first use by its name."""

    id: GenreId
    slug: str
    name: str


@dataclass(frozen=True)
class ReleaseDraft:
    """What an editor says of a release."""

    alias: str
    type: ReleaseType
    name: Names
    year: int | None = None
    season: Season | None = None
    description: str = ""
    age_rating: AgeRating = AgeRating.R0
    is_ongoing: bool = False
    episodes_total: int | None = None
    external_ids: ExternalIds = NO_EXTERNAL_IDS
    other_names: tuple[OtherName, ...] | None = None
    """``None`` leaves them as they are: not whoever edits a release knows them."""


@dataclass(eq=False, kw_only=True)
class Release(Entity):
    """A work in the catalogue."""

    id: ReleaseId
    alias: str
    type: ReleaseType
    name: Names
    year: int | None
    season: Season | None
    description: str
    age_rating: AgeRating
    is_ongoing: bool
    episodes_total: int | None
    created_at: datetime
    updated_at: datetime
    external_ids: ExternalIds = NO_EXTERNAL_IDS
    status: Status = Status.DRAFT
    published_at: datetime | None = None
    poster_url: str | None = None
    """What is shown: the uploaded poster in its usual width, else an episode's picture."""
    adopted_poster_url: str | None = None
    uploaded_poster: Poster | None = None
    search_text: str = ""
    key_main: str = ""
    """What the names are found by when whole titles are compared; so are the next two."""
    key_english: str = ""
    key_alternative: str = ""
    genres: list[Genre] = field(default_factory=list)
    name_rows: list[NameRow] = field(default_factory=list)
    version: int = 1

    @classmethod
    def create(cls, release_id: ReleaseId, draft: ReleaseDraft, genres: list[Genre], now: datetime) -> "Release":
        """A draft.  Raises :class:`BadAlias`."""
        release = cls(
            id=release_id,
            alias=checked_alias(draft.alias),
            type=draft.type,
            name=draft.name,
            year=draft.year,
            season=draft.season,
            description=draft.description,
            age_rating=draft.age_rating,
            is_ongoing=draft.is_ongoing,
            episodes_total=draft.episodes_total,
            external_ids=draft.external_ids,
            genres=genres,
            created_at=now,
            updated_at=now,
        )
        release._rename(draft.name)
        release._call_also(draft.other_names)
        release.record(ReleaseCreated(at=now, release_id=release_id, alias=release.alias))
        return release

    def edit(self, draft: ReleaseDraft, genres: list[Genre], now: datetime) -> None:
        """Replace all that is said of it.  Raises :class:`BadAlias`."""
        before = self._facts()
        self.alias = checked_alias(draft.alias)
        self.type, self.year, self.season = draft.type, draft.year, draft.season
        self.description, self.age_rating = draft.description, draft.age_rating
        self.is_ongoing, self.episodes_total = draft.is_ongoing, draft.episodes_total
        self.external_ids = draft.external_ids
        self.genres = genres
        self._rename(draft.name)
        self._call_also(draft.other_names)
        self.updated_at = now
        self.record(ReleaseUpdated(at=now, release_id=self.id, changes=differences(before, self._facts())))

    def _rename(self, name: Names) -> None:
        self.name, self.search_text = name, search_text(name)
        self.key_main, self.key_english = stored_key(name.main), stored_key(name.english)
        self.key_alternative = stored_key(name.alternative)

    @property
    def names(self) -> tuple[OtherName, ...]:
        """The other names, in the order the editor gave them."""
        return tuple(row.name for row in self.name_rows)

    def _call_also(self, names: tuple[OtherName, ...] | None) -> None:
        if names is None or (known := tuple(dict.fromkeys(names))) == self.names:
            return
        self.name_rows = [
            NameRow(new_id(), place, name.text, name.language, name.kind) for place, name in enumerate(known)
        ]

    def _facts(self) -> dict[str, Any]:
        """What editors change, for the audit log."""
        said = ("alias", "type", "name", "year", "season", "description", "age_rating", "is_ongoing", "episodes_total")
        return {
            **snapshot(self, (*said, "external_ids")),
            "genres": shown(sorted(genre.name for genre in self.genres)),
            "names": shown(name.text for name in self.names),
        }

    def publish(self, now: datetime) -> None:
        """Show it to viewers; twice is once."""
        if self.status is Status.PUBLISHED:
            return
        self.status, self.published_at, self.updated_at = Status.PUBLISHED, now, now
        self.record(ReleasePublished(at=now, release_id=self.id))

    @property
    def poster(self) -> ShownPoster:
        """What to show for it, always something."""
        return shown_poster(self.id, self.name.main, uploaded=self.uploaded_poster, adopted_url=self.poster_url)

    def adopt_poster(self, url: str | None) -> None:
        """Take an episode's picture, if it has one, until there is a better one."""
        if self.adopted_poster_url is None:
            self.adopted_poster_url = url
        if self.poster_url is None:
            self.poster_url = url

    def show_poster(self, poster: Poster | None, now: datetime) -> None:
        """Show an uploaded poster, or again what there was without one."""
        if poster == self.uploaded_poster:
            return
        former, self.uploaded_poster = self.uploaded_poster, poster
        self.poster_url = self.adopted_poster_url if poster is None else poster.usual_url
        self.updated_at = now
        self.record(
            ReleasePosterChanged(
                at=now,
                release_id=self.id,
                former_key=former.key if former else None,
                key=poster.key if poster else None,
            )
        )

    def deleted(self, episode_ids: tuple[str, ...], now: datetime) -> None:
        """Record that it is gone, with its episodes."""
        self.record(ReleaseDeleted(at=now, release_id=self.id, episode_ids=episode_ids))


_ALIAS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def checked_alias(text: str) -> str:
    """``text`` if it is an alias; raises :class:`BadAlias`."""
    if len(text) > ALIAS_MAX or _ALIAS.fullmatch(text) is None:
        raise BadAlias
    return text


def slug_of(name: str) -> str:
    """The key under which a genre's name is known: letters and digits of any script, parted by hyphens."""
    return folded(name).replace(" ", "-")
