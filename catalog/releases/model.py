"""Releases: works as they are listed (a series, a film), whose episodes people come to watch.

Releases and episodes start as drafts that only editors see; viewers see an episode when it and its release are published, and can
play it once it has media.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, NewType

from catalog.releases.blocks import NO_BLOCKS, Blocks
from catalog.releases.events import (
    ReleaseCreated,
    ReleaseDeleted,
    ReleasePosterChanged,
    ReleasePublished,
    ReleasePurged,
    ReleaseRestored,
    ReleaseUnpublished,
    ReleaseUpdated,
)
from catalog.releases.external_ids import NO_EXTERNAL_IDS, ExternalIds
from catalog.releases.names import NameRow, Names, OtherName, search_text
from catalog.releases.poster import Poster, ShownPoster, shown_poster
from catalog.releases.trailers import TRAILERS_MAX, Trailer, distinct
from kernel.changes import differences, shown, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.ids import is_id, new_id
from kernel.text.markup import plain_text
from kernel.text.titles import folded, stored_key

ReleaseId = NewType("ReleaseId", str)
GenreId = NewType("GenreId", str)

ALIAS_MAX = 80
"""Characters; long enough for a title, short enough for an address people send each other."""
EARLIEST_YEAR = 1888
"""The year of the oldest film that survives (Roundhay Garden Scene)."""
LATEST_YEAR = 2100
DESCRIPTION_MAX = 10_000
"""Characters, in any language: five pages."""
GENRES_MAX = 30
"""Of one release."""
RESTORABLE_FOR = timedelta(days=30)
"""How long a deleted release can be restored: a month of wages, holidays and appeals."""
LATEST_PUBLISH_AT = timedelta(days=730)
"""How far ahead a publication may be scheduled: nobody knows the week of what comes in more than two years."""
RESERVED_ALIASES = frozenset({"bulk", "deleted", "latest", "random", "search", "references"})
"""What addresses below ``/releases`` mean something else."""


class ReleaseNotFound(NotFound):
    """There is no such release."""


class AliasTaken(Conflict):
    """Another release already has the alias {alias!r}."""


class BadAlias(Invalid):
    """An alias is made of lower-case Latin letters, digits and single hyphens, such as "big-buck-bunny"; it is no identifier and
    none of the words that addresses use.
    """


class AlreadyPublished(Conflict):
    """This release is published already. Unpublish it to schedule it."""


class BadPublishTime(Invalid):
    """A publication can be scheduled for a moment to come, at most two years ahead."""


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
    """The quarter of a year in which a work began, as catalogues of anime count."""

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


class AiringStatus(StrEnum):
    """How far a work has come out, where it is shown first."""

    ANNOUNCED = "announced"
    ONGOING = "ongoing"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"

    def told_ongoing(self, is_ongoing: bool) -> "AiringStatus":
        """What it is for whoever only says whether it still comes out."""
        if is_ongoing:
            return AiringStatus.ONGOING
        return AiringStatus.FINISHED if self is AiringStatus.ONGOING else self


class Status(StrEnum):
    """Whether everybody sees it, or editors alone."""

    DRAFT = "draft"
    PUBLISHED = "published"


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
    """HTML in it is read as a person would, and not kept."""
    age_rating: AgeRating = AgeRating.R0
    is_ongoing: bool = False
    episodes_total: int | None = None
    external_ids: ExternalIds = NO_EXTERNAL_IDS
    other_names: tuple[OtherName, ...] | None = None
    """``None`` leaves them as they are: not whoever edits a release knows them; so with blocks and trailers."""
    airing_status: AiringStatus | None = None
    """``None`` leaves it to ``is_ongoing``."""
    blocks: Blocks | None = None
    trailers: tuple[Trailer, ...] | None = None


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
    airing_status: AiringStatus
    episodes_total: int | None
    created_at: datetime
    updated_at: datetime
    external_ids: ExternalIds = NO_EXTERNAL_IDS
    blocks: Blocks = NO_BLOCKS
    trailers: tuple[Trailer, ...] = ()
    status: Status = Status.DRAFT
    published_at: datetime | None = None
    publish_at: datetime | None = None
    """When it is to be published by itself."""
    deleted_at: datetime | None = None
    """Since when nobody sees it; as a draft, so that whoever reads published releases need not ask."""
    deleted_alias: str | None = None
    """Its alias until then; another release may take it meanwhile."""
    deleted_status: Status | None = None
    merged_into_id: str | None = None
    """The release it became part of: its alias and id lead there."""
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
            description=plain_text(draft.description, DESCRIPTION_MAX),
            age_rating=draft.age_rating,
            airing_status=draft.airing_status or AiringStatus.FINISHED.told_ongoing(draft.is_ongoing),
            episodes_total=draft.episodes_total,
            external_ids=draft.external_ids,
            blocks=draft.blocks or NO_BLOCKS,
            trailers=distinct(draft.trailers or ())[:TRAILERS_MAX],
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
        self.description, self.age_rating = plain_text(draft.description, DESCRIPTION_MAX), draft.age_rating
        self.airing_status = draft.airing_status or self.airing_status.told_ongoing(draft.is_ongoing)
        self.episodes_total, self.external_ids = draft.episodes_total, draft.external_ids
        if draft.blocks is not None:
            self.blocks = draft.blocks
        if draft.trailers is not None:
            self.trailers = distinct(draft.trailers)[:TRAILERS_MAX]
        self.genres = genres
        self._rename(draft.name)
        self._call_also(draft.other_names)
        self.updated_at = now
        self.record(ReleaseUpdated(at=now, release_id=self.id, changes=differences(before, self._facts())))

    def _rename(self, name: Names) -> None:
        self.name, self.search_text = name, search_text(name)
        self.key_main, self.key_english = stored_key(name.main), stored_key(name.english)
        self.key_alternative = stored_key(name.alternative)

    def draft(self) -> ReleaseDraft:
        """What is said of it now; its other names, blocks and trailers stay as they are whoever edits it with that."""
        return ReleaseDraft(
            alias=self.alias,
            type=self.type,
            name=self.name,
            year=self.year,
            season=self.season,
            description=self.description,
            age_rating=self.age_rating,
            is_ongoing=self.is_ongoing,
            episodes_total=self.episodes_total,
            external_ids=self.external_ids,
            airing_status=self.airing_status,
        )

    @property
    def is_ongoing(self) -> bool:
        """Whether more of it is still to come out."""
        return self.airing_status is AiringStatus.ONGOING

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
        said = (
            "alias",
            "type",
            "name",
            "year",
            "season",
            "description",
            "age_rating",
            "airing_status",
            "episodes_total",
        )
        return {
            **snapshot(self, (*said, "external_ids", "blocks")),
            "genres": shown(sorted(genre.name for genre in self.genres)),
            "names": shown(name.text for name in self.names),
            "trailers": shown(" ".join(filter(None, one.row)) for one in self.trailers),
        }

    def publish(self, now: datetime) -> None:
        """Show it to viewers; twice is once."""
        if self.status is Status.PUBLISHED:
            return
        self.status, self.published_at, self.updated_at, self.publish_at = Status.PUBLISHED, now, now, None
        self.record(ReleasePublished(at=now, release_id=self.id))

    def schedule(self, publish_at: datetime | None, now: datetime) -> None:
        """Publish it at that moment; ``None``: not by itself.  Raises :class:`AlreadyPublished`, :class:`BadPublishTime`."""
        if self.status is Status.PUBLISHED:
            raise AlreadyPublished
        if publish_at is not None and not now < publish_at <= now + LATEST_PUBLISH_AT:
            raise BadPublishTime
        changes = differences({"publish_at": shown(self.publish_at)}, {"publish_at": shown(publish_at)})
        if changes:
            self.publish_at, self.updated_at = publish_at, now
            self.record(ReleaseUpdated(at=now, release_id=self.id, changes=changes))

    def unpublish(self, now: datetime) -> None:
        """Make it a draft again; twice is once."""
        if self.status is Status.DRAFT:
            return
        self.status, self.published_at, self.updated_at = Status.DRAFT, None, now
        self.record(ReleaseUnpublished(at=now, release_id=self.id))

    @property
    def poster(self) -> ShownPoster:
        """What to show for it, always something."""
        return shown_poster(self.id, self.name.main, uploaded=self.uploaded_poster, adopted_url=self.poster_url)

    def adopt_poster(self, url: str | None, *, former_url: str | None = None) -> None:
        """Take an episode's picture, if it has one, until there is a better one; ``former_url`` is where it was before."""
        if self.adopted_poster_url in {None, former_url}:
            self.adopted_poster_url = url
        if self.poster_url in {None, former_url}:
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

    def delete(self, episode_ids: tuple[str, ...], now: datetime) -> None:
        """Take it away from everybody, with its episodes; :meth:`restore` brings it back.  Its alias is free from now on."""
        self.deleted_at, self.updated_at = now, now
        self.deleted_alias, self.alias = self.alias, self.id
        self.deleted_status, self.status = self.status, Status.DRAFT
        self.record(ReleaseDeleted(at=now, release_id=self.id, episode_ids=episode_ids))

    def restore(self, alias: str | None, now: datetime) -> None:
        """Bring it back as it was, under its own alias or another; what was scheduled meanwhile is not made up for.

        Raises :class:`BadAlias`.
        """
        assert self.deleted_alias is not None
        assert self.deleted_status is not None
        self.alias = self.deleted_alias if alias is None else checked_alias(alias)
        self.status, self.updated_at = self.deleted_status, now
        if self.publish_at is not None and self.publish_at <= now:
            self.publish_at = None
        self.deleted_at = self.deleted_alias = self.deleted_status = self.merged_into_id = None
        self.record(ReleaseRestored(at=now, release_id=self.id, alias=self.alias))

    def merge_into(self, target_id: str, episode_ids: tuple[str, ...], now: datetime) -> None:
        """Take it away as :meth:`delete` does, for good: it is part of another one until :meth:`restore`."""
        self.delete(episode_ids, now)
        self.merged_into_id = target_id

    def purged(self, episode_ids: tuple[str, ...], now: datetime) -> None:
        """Record that it is gone for good, with its episodes."""
        self.record(ReleasePurged(at=now, release_id=self.id, episode_ids=episode_ids))


_ALIAS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def checked_alias(text: str) -> str:
    """``text`` if it is an alias; raises :class:`BadAlias`."""
    if len(text) > ALIAS_MAX or _ALIAS.fullmatch(text) is None or text in RESERVED_ALIASES or is_id(text):
        raise BadAlias
    return text


def slug_of(name: str) -> str:
    """The key under which a genre's name is known: letters and digits of any script, parted by hyphens."""
    return folded(name).replace(" ", "-")
