"""``/api/v1/people``, and who made a release."""

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
from catalog.people.persons import usecases
from catalog.people.persons.model import NoCharacter, Person, PersonNotFound
from catalog.people.persons.schemas import (
    CreditsIn,
    DoneOut,
    PersonEntryOut,
    PersonIn,
    PersonPage,
    PersonReleaseOut,
    PersonReleases,
    ReleaseCredits,
)
from catalog.people.persons.usecases import Persons, StaffCredits
from catalog.releases.model import BadAlias, ReleaseNotFound
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.errors import Conflict, Stale, TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Reply, Router, versioned

router = Router(tag="People")


def _context(call: Call) -> EntriesContext[Person]:
    return entries.context_of(call, Person, Persons, PersonNotFound)


@router.get("/people", summary="List people")
async def list_people(call: Call, query: EntryQuery) -> PersonPage:
    """Those whom a published release credits; editors see all. A search puts what begins like it first."""
    found, total = await listing.find(
        _context(call), query.search, offset=(query.page - 1) * query.page_size, limit=query.page_size
    )
    items = [PersonEntryOut.counted(person) for person in found]
    return PersonPage(items=items, total=total, page=query.page, page_size=query.page_size)


@router.post(
    "/people",
    status=201,
    role=Role.EDITOR,
    limit=ENTRIES,
    summary="Add a person",
    raises=(EntryAliasTaken, BadAlias, Conflict, TooManyRequests),
)
async def create_person(call: Call, body: PersonIn) -> Reply[PersonEntryOut]:
    return await entries.create(call, _context(call), body.draft(), PersonEntryOut.of)


@router.get("/people/{person}", summary="Read a person", raises=(PersonNotFound,))
async def get_person(call: Call, person: str) -> Reply[PersonEntryOut]:
    """By id or alias. A person who was merged into another one is answered with that one."""
    found = await listing.entry(_context(call), person)
    return versioned(PersonEntryOut.counted(found), found.entry.version)


@router.put(
    "/people/{person}",
    role=Role.EDITOR,
    summary="Edit a person",
    raises=(PersonNotFound, EntryAliasTaken, BadAlias, Stale),
)
async def update_person(call: Call, person: str, body: PersonIn) -> Reply[PersonEntryOut]:
    return await entries.edit(call, _context(call), person, body.draft(), PersonEntryOut.of)


@router.delete(
    "/people/{person}",
    role=Role.EDITOR,
    summary="Delete a person whom no release credits",
    raises=(PersonNotFound, StillInUse, Stale),
)
async def delete_person(call: Call, person: str) -> None:
    await listing.delete(_context(call), person, version=call.if_match())


@router.post(
    "/people/{person}/merge",
    role=Role.EDITOR,
    summary="Make one of two people",
    raises=(PersonNotFound, UnknownEntry, MergedIntoItself),
)
async def merge_person(call: Call, person: str, body: MergeIn) -> Reply[PersonEntryOut]:
    """The other one gets the credits; the id and the alias of this one lead to it from now on."""
    return await entries.merge(call, _context(call), person, body, PersonEntryOut.of)


@router.get("/people/{person}/releases", summary="The releases of a person", raises=(PersonNotFound,))
async def list_releases_of_person(call: Call, person: str, query: entries.LocalisedPage) -> Reply[PersonReleases]:
    """The newest first, each with what the person did for it."""
    named, releases, total = await entries.naming(call, _context(call), person, query)
    roles = await call.port(StaffCredits).roles_in(named.id, [release.id for release in releases])
    items = [
        PersonReleaseOut(
            release=release,
            roles=[DoneOut(role=role, character=character) for role, character in roles.get(release.id, ())],
        )
        for release in releases
    ]
    page = PersonReleases(items=items, total=total, page=query.page, page_size=query.page_size)
    return Reply(page, headers=VARY)


@router.get(
    "/releases/{release}/credits", summary="Who made a release", raises=(ReleaseNotFound, UnavailableForLegalReasons)
)
async def list_credits(call: Call, release: str) -> Reply[ReleaseCredits]:
    """In order. The teams that worked on its pages here are at `/releases/{release}/teams`."""
    found, version = await usecases.credits_of(_context(call), call.port(Releases), call.port(StaffCredits), release)
    return versioned(ReleaseCredits.of(found), version)


@router.put(
    "/releases/{release}/credits",
    role=Role.EDITOR,
    summary="Say who made a release",
    raises=(ReleaseNotFound, UnknownEntry, ListedTwice, NoCharacter, Stale),
)
async def put_credits(call: Call, release: str, body: CreditsIn) -> Reply[ReleaseCredits]:
    """The whole list, in order."""
    found, version = await usecases.put_credits(
        _context(call),
        call.port(Releases),
        call.port(StaffCredits),
        release,
        [credit.draft() for credit in body.items],
        version=call.if_match(),
    )
    return versioned(ReleaseCredits.of(found), version)
