"""Franchises over HTTP."""

from aiohttp import hdrs

from catalog.franchises import usecases
from catalog.franchises.model import (
    BadPlace,
    EmptyFranchiseName,
    Franchise,
    FranchiseAliasTaken,
    FranchiseNotFound,
    InAnotherFranchise,
    MemberTwice,
    PlaceTwice,
    RelationOutside,
    TooManyRelations,
    TooManyReleases,
    UnknownMember,
)
from catalog.franchises.relations import BadRelation, RelationCircle
from catalog.franchises.schemas import (
    FranchiseIn,
    FranchiseOut,
    FranchisePage,
    FranchiseProgressOut,
    FranchiseQuery,
    FranchiseRead,
    FranchiseSummaryOut,
    RelateIn,
    ReleaseFranchiseOut,
)
from catalog.franchises.usecases import FranchiseContext, Franchises, Shown, Viewing
from catalog.languages.schemas import Localised
from catalog.releases.model import BadAlias, ReleaseNotFound
from catalog.releases.routes import reader
from catalog.releases.schemas import ReleaseOut
from catalog.releases.usecases import Reader, Releases, TranslatedTexts
from kernel.access import Role
from kernel.errors import AniError, Conflict, Stale, TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Reply, Router, etag
from kernel.limits import Limit
from kernel.versions import version_of

router = Router(tag="Franchises")

CREATIONS = Limit("franchises", attempts=1_000, window_s=3600)
"""By one editor: the whole catalogue has some 2,500, and a stolen session shall not fill the database."""

_SAID_WRONG: tuple[type[AniError], ...] = (
    BadAlias,
    BadPlace,
    BadRelation,
    Conflict,
    EmptyFranchiseName,
    FranchiseAliasTaken,
    InAnotherFranchise,
    MemberTwice,
    PlaceTwice,
    RelationCircle,
    RelationOutside,
    TooManyReleases,
    TooManyRelations,
    UnknownMember,
)


def _context(call: Call) -> FranchiseContext:
    return FranchiseContext(franchises=call.port(Franchises), releases=call.port(Releases), now=call.clock.now())


async def _out(call: Call, shown: Shown, query: Localised | None = None) -> FranchiseOut:
    ids = [release.id for release in shown.releases]
    language = None if query is None else query.wanted(call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    texts = {} if language is None or not ids else await call.port(TranslatedTexts).best(ids, language)
    return FranchiseOut.of(
        shown, {str(release.id): ReleaseOut.of(release, texts.get(release.id)) for release in shown.releases}
    )


def _tagged(shown: Shown, body: FranchiseOut, status: int | None = None) -> Reply[FranchiseOut]:
    """The tag says the versions of the releases and their texts too: what is answered changes with them."""
    said = [(item.release.version, item.release.translation and item.release.translation.name) for item in body.members]
    headers = {"ETag": etag(shown.franchise.version, str(version_of(said))), "Vary": "Accept-Language"}
    return Reply(body, status=status, headers=headers)


async def _answer(call: Call, shown: Shown, query: Localised) -> Reply[FranchiseOut]:
    return _tagged(shown, await _out(call, shown, query))


async def _changed(call: Call, franchise: Franchise, status: int | None = None) -> Reply[FranchiseOut]:
    shown = await usecases.read(_context(call), Reader(sees_drafts=True), franchise.id)
    return _tagged(shown, await _out(call, shown), status)


@router.get("/franchises", summary="List franchises")
async def list_franchises(call: Call, query: FranchiseQuery) -> FranchisePage:
    """By name; those with a release that the caller sees, editors see all."""
    rows, total = await usecases.find(
        _context(call), reader(call), query.search, offset=query.offset, limit=query.page_size
    )
    return FranchisePage(
        items=[FranchiseSummaryOut.of(row) for row in rows], total=total, page=query.page, page_size=query.page_size
    )


@router.post(
    "/franchises",
    status=201,
    role=Role.EDITOR,
    limit=CREATIONS,
    summary="Create a franchise",
    raises=(*_SAID_WRONG, TooManyRequests),
)
async def create_franchise(call: Call, body: FranchiseIn) -> Reply[FranchiseOut]:
    """Its releases in three orders, and how they are related; circles and a release in two franchises are refused."""
    made = await usecases.create(_context(call), body.draft())
    reply = await _changed(call, made)
    reply.headers["Location"] = f"/api/v1/franchises/{made.id}"
    return reply


@router.get("/franchises/{franchise}", summary="Read a franchise", raises=(FranchiseNotFound,))
async def get_franchise(call: Call, franchise: str, query: FranchiseRead) -> Reply[FranchiseOut]:
    """By id or alias, with the releases that the caller sees."""
    shown = await usecases.read(_context(call), reader(call), franchise)
    return await _answer(call, shown, query)


@router.put(
    "/franchises/{franchise}",
    role=Role.EDITOR,
    summary="Edit a franchise",
    raises=(FranchiseNotFound, *_SAID_WRONG, Stale),
)
async def update_franchise(call: Call, franchise: str, body: FranchiseIn) -> Reply[FranchiseOut]:
    edited = await usecases.edit(_context(call), franchise, body.draft(), version=call.if_match())
    return await _changed(call, edited)


@router.delete(
    "/franchises/{franchise}", role=Role.EDITOR, summary="Delete a franchise", raises=(FranchiseNotFound, Stale)
)
async def delete_franchise(call: Call, franchise: str) -> None:
    """Its releases stay."""
    await usecases.delete(_context(call), franchise, version=call.if_match())


@router.get(
    "/franchises/{franchise}/progress",
    role=Role.USER,
    summary="Read one's progress in a franchise",
    raises=(FranchiseNotFound,),
)
async def get_franchise_progress(call: Call, franchise: str) -> FranchiseProgressOut:
    """Episodes of all releases in one count, and what to watch next by the recommended order."""
    progress = await usecases.progress(_context(call), call.port(Viewing), reader(call), franchise, call.user.user_id)
    return FranchiseProgressOut.of(progress)


@router.get(
    "/releases/{release}/franchise",
    summary="Read a release's franchise",
    raises=(ReleaseNotFound, UnavailableForLegalReasons),
)
async def get_franchise_of_release(call: Call, release: str, query: FranchiseRead) -> ReleaseFranchiseOut:
    """By the id or alias of a release; most releases stand by themselves."""
    shown = await usecases.of_release(_context(call), reader(call), release)
    return ReleaseFranchiseOut(franchise=await _out(call, shown, query) if shown else None)


@router.post(
    "/releases/{release}/relations",
    role=Role.EDITOR,
    limit=CREATIONS,
    summary="Relate a release to another",
    raises=(
        ReleaseNotFound,
        BadRelation,
        RelationCircle,
        TooManyReleases,
        TooManyRelations,
        Stale,
        Conflict,
        TooManyRequests,
    ),
)
async def relate(call: Call, release: str, body: RelateIn) -> Reply[FranchiseOut]:
    """The other one is the `kind` of this one. They come into one franchise: that of either, both as one, or a new one."""
    return await _changed(call, await usecases.relate(_context(call), release, body.release, body.kind))
