"""``/api/v1/tags``, and the tags of a release."""

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
from catalog.people.entries.schemas import MergeIn
from catalog.people.entries.usecases import EntriesContext
from catalog.people.tags import usecases
from catalog.people.tags.model import Tag, TagNotFound
from catalog.people.tags.schemas import (
    ReleaseTagList,
    ReleaseTagsIn,
    TagIn,
    TagOut,
    TagPage,
    TagQuery,
    TagReleases,
)
from catalog.people.tags.usecases import ReleaseTags, Tags
from catalog.releases.model import BadAlias, ReleaseNotFound
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.errors import Conflict, Stale, TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Reply, Router, versioned

router = Router(tag="Tags")


def _context(call: Call) -> EntriesContext[Tag]:
    return entries.context_of(call, Tag, Tags, TagNotFound)


@router.get("/tags", summary="List tags")
async def list_tags(call: Call, query: TagQuery) -> TagPage:
    """Those that a published release has; editors see all. A search puts what begins like it first."""
    found, total = await listing.find(
        _context(call),
        query.search,
        {"category": query.category},
        offset=(query.page - 1) * query.page_size,
        limit=query.page_size,
    )
    items = [TagOut.counted(tag) for tag in found]
    return TagPage(items=items, total=total, page=query.page, page_size=query.page_size)


@router.post(
    "/tags",
    status=201,
    role=Role.EDITOR,
    limit=ENTRIES,
    summary="Add a tag",
    raises=(EntryAliasTaken, BadAlias, Conflict, TooManyRequests),
)
async def create_tag(call: Call, body: TagIn) -> Reply[TagOut]:
    return await entries.create(call, _context(call), body.draft(), TagOut.of)


@router.get("/tags/{tag}", summary="Read a tag", raises=(TagNotFound,))
async def get_tag(call: Call, tag: str) -> Reply[TagOut]:
    """By id or alias. A tag that was merged into another one is answered with that one."""
    found = await listing.entry(_context(call), tag)
    return versioned(TagOut.counted(found), found.entry.version)


@router.put(
    "/tags/{tag}",
    role=Role.EDITOR,
    summary="Edit a tag",
    raises=(TagNotFound, EntryAliasTaken, BadAlias, Stale),
)
async def update_tag(call: Call, tag: str, body: TagIn) -> Reply[TagOut]:
    return await entries.edit(call, _context(call), tag, body.draft(), TagOut.of)


@router.delete(
    "/tags/{tag}",
    role=Role.EDITOR,
    summary="Delete a tag that no release has",
    raises=(TagNotFound, StillInUse, Stale),
)
async def delete_tag(call: Call, tag: str) -> None:
    await listing.delete(_context(call), tag, version=call.if_match())


@router.post(
    "/tags/{tag}/merge",
    role=Role.EDITOR,
    summary="Make one of two tags",
    raises=(TagNotFound, UnknownEntry, MergedIntoItself),
)
async def merge_tag(call: Call, tag: str, body: MergeIn) -> Reply[TagOut]:
    """The other one gets the releases; the id and the alias of this one lead to it from now on."""
    return await entries.merge(call, _context(call), tag, body, TagOut.of)


@router.get("/tags/{tag}/releases", summary="The releases with a tag", raises=(TagNotFound,))
async def list_releases_of_tag(call: Call, tag: str, query: entries.LocalisedPage) -> Reply[TagReleases]:
    """The newest first."""
    _, releases, total = await entries.naming(call, _context(call), tag, query)
    page = TagReleases(items=releases, total=total, page=query.page, page_size=query.page_size)
    return Reply(page, headers=VARY)


@router.get(
    "/releases/{release}/tags", summary="The tags of a release", raises=(ReleaseNotFound, UnavailableForLegalReasons)
)
async def list_tags_of_release(call: Call, release: str) -> Reply[ReleaseTagList]:
    """The highest rank first."""
    found, version = await usecases.tags_of(_context(call), call.port(Releases), call.port(ReleaseTags), release)
    return versioned(ReleaseTagList.of(found), version)


@router.put(
    "/releases/{release}/tags",
    role=Role.EDITOR,
    summary="Say which tags a release has",
    raises=(ReleaseNotFound, UnknownEntry, ListedTwice, Stale),
)
async def put_tags(call: Call, release: str, body: ReleaseTagsIn) -> Reply[ReleaseTagList]:
    """The whole list; their order is that of their ranks."""
    found, version = await usecases.put_tags(
        _context(call),
        call.port(Releases),
        call.port(ReleaseTags),
        release,
        [one.draft() for one in body.items],
        version=call.if_match(),
    )
    return versioned(ReleaseTagList.of(found), version)
