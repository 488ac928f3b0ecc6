"""The catalogue over HTTP."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from catalog import model, usecases
from catalog.model import (
    ALIAS_MAX,
    EARLIEST_YEAR,
    LATEST_YEAR,
    NAME_MAX,
    AgeRating,
    AliasTaken,
    BadAlias,
    BadSpan,
    Episode,
    EpisodeNotFound,
    NothingToPlay,
    OrdinalTaken,
    Release,
    ReleaseNotFound,
    ReleaseType,
    Season,
    Status,
)
from catalog.usecases import Episodes, Reader, ReleaseFilter, Releases, Sort
from kernel.access import Role
from kernel.errors import Conflict, Stale
from kernel.http import Call, Reply, Router, etag

router = Router(tag="Catalog")

PAGE_MAX = 100
DESCRIPTION_MAX = 10_000
GENRES_MAX = 30

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NAME_MAX)]
Year = Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)]
EpisodeMs = Annotated[int, Field(ge=0, le=7 * 24 * 3600 * 1000, description="Milliseconds from the start.")]


class Strict(BaseModel):
    """A request body: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid")


class NamesIn(Strict):
    main: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX)]
    english: Text | None = None
    alternative: Text | None = None


class ReleaseIn(Strict):
    """A release as an editor describes it."""

    alias: Annotated[
        str, Field(max_length=ALIAS_MAX, description="For addresses: lower-case letters, digits, hyphens.")
    ]
    type: ReleaseType
    name: NamesIn
    year: Year | None = None
    season: Season | None = None
    description: Annotated[str, Field(max_length=DESCRIPTION_MAX)] = ""
    age_rating: AgeRating = AgeRating.R0
    is_ongoing: bool = False
    episodes_total: Annotated[int, Field(ge=1, le=10_000)] | None = None
    genres: Annotated[
        list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]],
        Field(max_length=GENRES_MAX, description="Names; a new name makes a new genre."),
    ] = []

    def draft(self) -> model.ReleaseDraft:
        return model.ReleaseDraft(
            alias=self.alias,
            type=self.type,
            name=model.Names(self.name.main, self.name.english or None, self.name.alternative or None),
            year=self.year,
            season=self.season,
            description=self.description,
            age_rating=self.age_rating,
            is_ongoing=self.is_ongoing,
            episodes_total=self.episodes_total,
        )


class NamesOut(BaseModel):
    main: str
    english: str | None
    alternative: str | None


class GenreOut(BaseModel):
    id: str
    slug: str
    name: str


class ReleaseOut(BaseModel):
    """A work in the catalogue."""

    id: str
    alias: str
    type: ReleaseType
    name: NamesOut
    year: int | None
    season: Season | None
    description: str
    age_rating: AgeRating
    is_ongoing: bool
    episodes_total: int | None
    genres: list[GenreOut]
    poster_url: str | None
    status: Status
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    version: int

    @classmethod
    def of(cls, release: Release) -> "ReleaseOut":
        return cls.model_validate(release, from_attributes=True)


class GenreFields(BaseModel):
    items: list[GenreOut]


class ReleasePage(BaseModel):
    """One page of releases, and how many there are in all."""

    items: list[ReleaseOut]
    total: int
    page: int
    page_size: int


class Paging(BaseModel):
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 20


class ReleaseQuery(Paging):
    """Which releases; lists are given by repeating the name."""

    model_config = ConfigDict(extra="ignore")

    search: Annotated[str, Field(max_length=200, description="Words that must occur in the names.")] = ""
    type: list[ReleaseType] = []
    genre: Annotated[list[str], Field(max_length=GENRES_MAX, description="Slugs, any of which will do.")] = []
    season: list[Season] = []
    age_rating: list[AgeRating] = []
    year_from: Year | None = None
    year_to: Year | None = None
    sort: Sort = "-created_at"

    def filter(self, reader: Reader) -> ReleaseFilter:
        wanted = ReleaseFilter(
            types=tuple(self.type),
            genres=tuple(self.genre),
            seasons=tuple(self.season),
            age_ratings=tuple(self.age_rating),
            year_from=self.year_from,
            year_to=self.year_to,
            sort=self.sort,
        )
        return usecases.filter_for(reader, self.search, wanted)


class ReleaseSearch(ReleaseQuery):
    """A search as a document, for filters too long for an address."""

    model_config = ConfigDict(extra="forbid")

    search: Annotated[str, Field(max_length=200, alias="query")] = ""


class SpanIO(Strict):
    start_ms: EpisodeMs
    stop_ms: EpisodeMs


class EpisodeEdit(Strict):
    """An episode as an editor describes it; ``ordinal`` may be 12.5."""

    ordinal: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
    name: Text = ""
    opening: SpanIO | None = None
    ending: SpanIO | None = None

    def draft(self) -> model.EpisodeDraft:
        return model.EpisodeDraft(
            ordinal=self.ordinal,
            name=self.name,
            opening=None if self.opening is None else model.Span(self.opening.start_ms, self.opening.stop_ms),
            ending=None if self.ending is None else model.Span(self.ending.start_ms, self.ending.stop_ms),
        )


class EpisodeIn(EpisodeEdit):
    release_id: Annotated[str, Field(min_length=36, max_length=36)]


class EpisodeOut(BaseModel):
    """One thing to play."""

    id: str
    release_id: str
    ordinal: float
    name: str
    opening: SpanIO | None
    ending: SpanIO | None
    duration_ms: int | None
    playable: bool
    thumbnail_url: str | None
    status: Status
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    version: int

    @classmethod
    def of(cls, episode: Episode) -> "EpisodeOut":
        return cls.model_validate(episode, from_attributes=True)


class EpisodeList(BaseModel):
    items: list[EpisodeOut]


def _reader(call: Call) -> Reader:
    return Reader(sees_drafts=call.actor is not None and call.actor.may(Role.EDITOR))


async def _flushed_release(call: Call, release: Release, status: int | None = None) -> Reply[ReleaseOut]:
    # The version counts up when the row is written; the answer must carry the new one.
    await call.scope.uow.session.flush()
    return Reply(ReleaseOut.of(release), status=status, headers={"ETag": etag(release.version)})


async def _flushed_episode(call: Call, episode: Episode) -> Reply[EpisodeOut]:
    await call.scope.uow.session.flush()
    return Reply(EpisodeOut.of(episode), headers={"ETag": etag(episode.version)})


async def _page(call: Call, query: ReleaseQuery) -> ReleasePage:
    items, total = await call.port(Releases).find(
        query.filter(_reader(call)), offset=(query.page - 1) * query.page_size, limit=query.page_size
    )
    return ReleasePage(
        items=[ReleaseOut.of(item) for item in items], total=total, page=query.page, page_size=query.page_size
    )


@router.get("/releases", summary="List releases")
async def list_releases(call: Call, query: ReleaseQuery) -> ReleasePage:
    """Published ones; editors see drafts too."""
    return await _page(call, query)


@router.post("/releases/search", summary="Search releases")
async def search_releases(call: Call, body: ReleaseSearch) -> ReleasePage:
    return await _page(call, body)


@router.post(
    "/releases", status=201, role=Role.EDITOR, summary="Create a release", raises=(AliasTaken, BadAlias, Conflict)
)
async def create_release(call: Call, body: ReleaseIn) -> Reply[ReleaseOut]:
    """It starts as a draft that viewers do not see."""
    created = await usecases.create_release(call.port(Releases), body.draft(), body.genres, call.clock.now())
    reply = await _flushed_release(call, created)
    reply.headers["Location"] = f"/api/v1/releases/{created.id}"
    return reply


@router.get("/releases/{release_id}", summary="Read a release", raises=(ReleaseNotFound,))
async def get_release(call: Call, release_id: str) -> Reply[ReleaseOut]:
    found = await usecases.release(call.port(Releases), _reader(call), release_id)
    return Reply(ReleaseOut.of(found), headers={"ETag": etag(found.version)})


@router.put(
    "/releases/{release_id}",
    role=Role.EDITOR,
    summary="Edit a release",
    raises=(ReleaseNotFound, AliasTaken, BadAlias, Stale),
)
async def update_release(call: Call, release_id: str, body: ReleaseIn) -> Reply[ReleaseOut]:
    edited = await usecases.edit_release(
        call.port(Releases), release_id, body.draft(), body.genres, call.clock.now(), version=call.if_match()
    )
    return await _flushed_release(call, edited)


@router.delete(
    "/releases/{release_id}", role=Role.MODERATOR, summary="Delete a release", raises=(ReleaseNotFound, Stale)
)
async def delete_release(call: Call, release_id: str) -> None:
    """With all its episodes and their media."""
    await usecases.delete_release(
        call.port(Releases), call.port(Episodes), release_id, call.clock.now(), version=call.if_match()
    )


@router.post("/releases/{release_id}/publish", role=Role.EDITOR, summary="Publish a release", raises=(ReleaseNotFound,))
async def publish_release(call: Call, release_id: str) -> Reply[ReleaseOut]:
    return await _flushed_release(
        call, await usecases.publish_release(call.port(Releases), release_id, call.clock.now())
    )


@router.get("/releases/{release_id}/episodes", summary="List a release's episodes", raises=(ReleaseNotFound,))
async def list_episodes(call: Call, release_id: str) -> EpisodeList:
    found = await usecases.episodes_of(call.port(Releases), call.port(Episodes), _reader(call), release_id)
    return EpisodeList(items=[EpisodeOut.of(item) for item in found])


@router.get("/genres", summary="List genres")
async def list_genres(call: Call) -> GenreFields:
    """Those that some published release has."""
    return GenreFields(
        items=[GenreOut.model_validate(g, from_attributes=True) for g in await call.port(Releases).genres()]
    )


@router.post(
    "/episodes",
    status=201,
    role=Role.EDITOR,
    summary="Add an episode",
    raises=(ReleaseNotFound, OrdinalTaken, BadSpan),
)
async def create_episode(call: Call, body: EpisodeIn) -> Reply[EpisodeOut]:
    """It starts as a draft without media."""
    added = await usecases.add_episode(
        call.port(Releases), call.port(Episodes), body.release_id, body.draft(), call.clock.now()
    )
    reply = await _flushed_episode(call, added)
    reply.headers["Location"] = f"/api/v1/episodes/{added.id}"
    return reply


@router.get("/episodes/{episode_id}", summary="Read an episode", raises=(EpisodeNotFound,))
async def get_episode(call: Call, episode_id: str) -> Reply[EpisodeOut]:
    found, _ = await usecases.episode(call.port(Episodes), call.port(Releases), _reader(call), episode_id)
    return Reply(EpisodeOut.of(found), headers={"ETag": etag(found.version)})


@router.put(
    "/episodes/{episode_id}",
    role=Role.EDITOR,
    summary="Edit an episode",
    raises=(EpisodeNotFound, OrdinalTaken, BadSpan, Stale),
)
async def update_episode(call: Call, episode_id: str, body: EpisodeEdit) -> Reply[EpisodeOut]:
    edited = await usecases.edit_episode(
        call.port(Episodes), episode_id, body.draft(), call.clock.now(), version=call.if_match()
    )
    return await _flushed_episode(call, edited)


@router.post(
    "/episodes/{episode_id}/release",
    role=Role.EDITOR,
    summary="Publish an episode",
    raises=(EpisodeNotFound, NothingToPlay),
)
async def publish_episode(call: Call, episode_id: str) -> Reply[EpisodeOut]:
    """Viewers see it once its release is published as well."""
    return await _flushed_episode(
        call, await usecases.publish_episode(call.port(Episodes), episode_id, call.clock.now())
    )
