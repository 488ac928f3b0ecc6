"""The catalogue over HTTP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from aiohttp import hdrs

from catalog.languages.schemas import Localised
from catalog.releases import usecases
from catalog.releases.blocks import BadRegion
from catalog.releases.model import (
    AliasTaken,
    BadAlias,
    Release,
    ReleaseNotFound,
)
from catalog.releases.queries import listed_genres
from catalog.releases.schemas import (
    GenreFields,
    GenreOut,
    ReleaseIn,
    ReleaseOut,
)
from catalog.releases.trailers import BadTrailer
from catalog.releases.usecases import (
    EpisodeIds,
    Reader,
    ReleaseChanged,
    ReleaseContext,
    Releases,
    TranslatedText,
    TranslatedTexts,
)
from kernel.access import Role
from kernel.errors import Conflict, TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Reply, Router, etag, versioned
from kernel.limits import Limit

router = Router(tag="Catalog")


def reader(call: Call) -> Reader:
    """Who looks, and from where."""
    return Reader(sees_drafts=call.actor is not None and call.actor.may(Role.EDITOR), region=call.region)


def context_of(call: Call) -> ReleaseContext:
    """What the verbs of releases work with in the transaction of ``call``, at this moment."""
    return ReleaseContext(releases=call.port(Releases), now=call.clock.now())


@contextmanager
def with_current() -> Iterator[None]:
    """Tell an editor who comes second what the release is by now, so that nothing they wrote is lost."""
    try:
        yield
    except ReleaseChanged as error:
        error.details["current"] = ReleaseOut.of(error.release).model_dump(mode="json")
        raise


async def flushed(call: Call, release: Release) -> Reply[ReleaseOut]:
    """A changed release with its new version."""
    # The version counts up when the row is written; the answer must carry the new one.
    await call.scope.flush()
    return versioned(ReleaseOut.of(release), release.version)


VARY = {"Vary": "Accept-Language"}


async def translations(call: Call, query: Localised, subject_ids: list[str]) -> Mapping[str, TranslatedText]:
    """Subject → its text in the language that the query or else the browser names; empty where none was."""
    language = query.wanted(call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    return {} if language is None else await call.port(TranslatedTexts).best(subject_ids, language)


def translated_etag(version: int, translation: TranslatedText | None) -> str:
    """Another text is another entity: without the translation in it, a cache would serve the one for the other."""
    return etag(version) if translation is None else etag(version, f"{translation.language}.{translation.version}")


ENTRIES = Limit("catalogue-entries", attempts=3_000, window_s=3600)
"""Releases and episodes made by one editor: an archive typed in by a program, and not rows without end by a stolen session."""


@router.post(
    "/releases",
    status=201,
    role=Role.EDITOR,
    limit=ENTRIES,
    summary="Create a release",
    raises=(AliasTaken, BadAlias, BadRegion, BadTrailer, Conflict, TooManyRequests),
)
async def create_release(call: Call, body: ReleaseIn) -> Reply[ReleaseOut]:
    """It starts as a draft that viewers do not see."""
    created = await usecases.create_release(context_of(call), body.draft(), body.genres)
    reply = await flushed(call, created)
    reply.headers["Location"] = f"/api/v1/releases/{created.id}"
    return reply


@router.get("/releases/{release_id}", summary="Read a release", raises=(ReleaseNotFound, UnavailableForLegalReasons))
async def get_release(call: Call, release_id: str, query: Localised) -> Reply[ReleaseOut]:
    """Editors see drafts, too."""
    found = await usecases.release(call.port(Releases), reader(call), release_id)
    translation = (await translations(call, query, [found.id])).get(found.id)
    return Reply(
        ReleaseOut.of(found, translation), headers={"ETag": translated_etag(found.version, translation), **VARY}
    )


@router.put(
    "/releases/{release_id}",
    role=Role.EDITOR,
    summary="Edit a release",
    raises=(ReleaseNotFound, AliasTaken, BadAlias, BadRegion, BadTrailer, ReleaseChanged),
)
async def update_release(call: Call, release_id: str, body: ReleaseIn) -> Reply[ReleaseOut]:
    """Replaces all of it; with `If-Match`, if nobody changed it meanwhile."""
    with with_current():
        edited = await usecases.edit_release(
            context_of(call), release_id, body.draft(), body.genres, version=call.if_match()
        )
    return await flushed(call, edited)


@router.delete(
    "/releases/{release_id}", role=Role.MODERATOR, summary="Delete a release", raises=(ReleaseNotFound, ReleaseChanged)
)
async def delete_release(call: Call, release_id: str) -> None:
    """With all its episodes.  For 30 days it can be restored, then it goes for good, and its media too."""
    with with_current():
        await usecases.delete_release(context_of(call), call.port(EpisodeIds), release_id, version=call.if_match())


@router.post(
    "/releases/{release_id}/publish",
    role=Role.EDITOR,
    summary="Publish a release",
    raises=(ReleaseNotFound, ReleaseChanged),
)
async def publish_release(call: Call, release_id: str) -> Reply[ReleaseOut]:
    """Twice is once; with `If-Match` only what the editor has seen."""
    with with_current():
        published = await usecases.publish_release(context_of(call), release_id, version=call.if_match())
    return await flushed(call, published)


@router.get("/genres", summary="List genres")
async def list_genres(call: Call) -> GenreFields:
    """Those that some published release has, of those that are shown where the reader is."""
    found = await listed_genres(call.scope.uow.session, reader(call))
    return GenreFields(items=[GenreOut.model_validate(genre, from_attributes=True) for genre in found])
