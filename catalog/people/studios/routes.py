"""``/api/v1/studios``, and the studios of a release."""

from catalog.people.entries import routes as entries
from catalog.people.entries import usecases as listing
from catalog.people.entries.model import (
    EntryAliasTaken,
    ListedTwice,
    MergedIntoItself,
    StillInUse,
    UnknownEntry,
)
from catalog.people.entries.routes import ENTRIES, VARY
from catalog.people.entries.schemas import EntryQuery, MergeIn
from catalog.people.entries.usecases import EntriesContext
from catalog.people.studios import usecases
from catalog.people.studios.model import Studio, StudioNotFound
from catalog.people.studios.schemas import (
    ReleaseStudios,
    ReleaseStudiosIn,
    StudioIn,
    StudioOut,
    StudioPage,
    StudioReleaseOut,
    StudioReleases,
)
from catalog.people.studios.usecases import StudioParts, Studios
from catalog.releases.model import BadAlias, ReleaseNotFound
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.errors import Conflict, Stale, TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Reply, Router, versioned

router = Router(tag="Studios")


def _context(call: Call) -> EntriesContext[Studio]:
    return entries.context_of(call, Studio, Studios, StudioNotFound)


@router.get("/studios", summary="List studios")
async def list_studios(call: Call, query: EntryQuery) -> StudioPage:
    """Those that a published release names; editors see all. A search puts what begins like it first."""
    found, total = await listing.find(
        _context(call), query.search, offset=(query.page - 1) * query.page_size, limit=query.page_size
    )
    items = [StudioOut.counted(studio) for studio in found]
    return StudioPage(items=items, total=total, page=query.page, page_size=query.page_size)


@router.post(
    "/studios",
    status=201,
    role=Role.EDITOR,
    limit=ENTRIES,
    summary="Add a studio",
    raises=(EntryAliasTaken, BadAlias, Conflict, TooManyRequests),
)
async def create_studio(call: Call, body: StudioIn) -> Reply[StudioOut]:
    return await entries.create(call, _context(call), body.draft(), StudioOut.of)


@router.get("/studios/{studio}", summary="Read a studio", raises=(StudioNotFound,))
async def get_studio(call: Call, studio: str) -> Reply[StudioOut]:
    """By id or alias. A studio that was merged into another one is answered with that one."""
    found = await listing.entry(_context(call), studio)
    return versioned(StudioOut.counted(found), found.entry.version)


@router.put(
    "/studios/{studio}",
    role=Role.EDITOR,
    summary="Edit a studio",
    raises=(StudioNotFound, EntryAliasTaken, BadAlias, Stale),
)
async def update_studio(call: Call, studio: str, body: StudioIn) -> Reply[StudioOut]:
    return await entries.edit(call, _context(call), studio, body.draft(), StudioOut.of)


@router.delete(
    "/studios/{studio}",
    role=Role.EDITOR,
    summary="Delete a studio that no release names",
    raises=(StudioNotFound, StillInUse, Stale),
)
async def delete_studio(call: Call, studio: str) -> None:
    await listing.delete(_context(call), studio, version=call.if_match())


@router.post(
    "/studios/{studio}/merge",
    role=Role.EDITOR,
    summary="Make one of two studios",
    raises=(StudioNotFound, UnknownEntry, MergedIntoItself),
)
async def merge_studio(call: Call, studio: str, body: MergeIn) -> Reply[StudioOut]:
    """The other one gets the releases; the id and the alias of this one lead to it from now on."""
    return await entries.merge(call, _context(call), studio, body, StudioOut.of)


@router.get("/studios/{studio}/releases", summary="The releases of a studio", raises=(StudioNotFound,))
async def list_releases_of_studio(call: Call, studio: str, query: entries.LocalisedPage) -> Reply[StudioReleases]:
    """The newest first, each with what the studio did for it."""
    named, releases, total = await entries.naming(call, _context(call), studio, query)
    roles = await call.port(StudioParts).roles_in(named.id, [release.id for release in releases])
    items = [StudioReleaseOut(release=release, roles=roles.get(release.id, [])) for release in releases]
    page = StudioReleases(items=items, total=total, page=query.page, page_size=query.page_size)
    return Reply(page, headers=VARY)


@router.get(
    "/releases/{release}/studios",
    summary="The studios of a release",
    raises=(ReleaseNotFound, UnavailableForLegalReasons),
)
async def list_studios_of_release(call: Call, release: str) -> Reply[ReleaseStudios]:
    """In order."""
    found, version = await usecases.studios_of(_context(call), call.port(Releases), call.port(StudioParts), release)
    return versioned(ReleaseStudios.of(found), version)


@router.put(
    "/releases/{release}/studios",
    role=Role.EDITOR,
    summary="Say which studios made a release",
    raises=(ReleaseNotFound, UnknownEntry, ListedTwice, Stale),
)
async def put_studios(call: Call, release: str, body: ReleaseStudiosIn) -> Reply[ReleaseStudios]:
    """The whole list, in order."""
    found, version = await usecases.put_studios(
        _context(call),
        call.port(Releases),
        call.port(StudioParts),
        release,
        [part.draft() for part in body.items],
        version=call.if_match(),
    )
    return versioned(ReleaseStudios.of(found), version)
