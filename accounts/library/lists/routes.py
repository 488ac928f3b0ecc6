"""``/api/v1/library/lists``: making lists; ``/api/v1/lists``: looking at other people's."""

from accounts.library.collections.model import UnknownRelease
from accounts.library.collections.usecases import CatalogReleases
from accounts.library.lists import usecases
from accounts.library.lists.model import ListIsFull, ListNotFound, NotInList, TooManyLists, UserList
from accounts.library.lists.schemas import (
    HoldingIn,
    ItemIn,
    ListIn,
    ListSummaryOut,
    OwnListOut,
    OwnListsOut,
    OwnListSummaryOut,
    PlaceIn,
    PublicListOut,
    PublicListsOut,
)
from accounts.library.lists.usecases import Edit, Lists
from accounts.library.push import LibraryPush
from kernel.access import Role
from kernel.errors import Stale
from kernel.http import Call, Reply, Router, etag, versioned

router = Router("/api/v1", tag="Lists")


def _edit(call: Call, list_id: str) -> Edit:
    return Edit(user_id=call.user.user_id, list_id=list_id, version=call.if_match(), now=call.clock.now())


def _summary(row: UserList, status: int | None = None) -> Reply[OwnListSummaryOut]:
    return versioned(OwnListSummaryOut.of(row), row.version, status=status)


@router.get("/library/lists", role=Role.USER, summary="One's own lists, last changed first")
async def list_lists(call: Call, query: HoldingIn) -> OwnListsOut:
    lists = call.port(Lists)
    rows = await lists.of_owner(call.user.user_id)
    if query.release_id is None:
        return OwnListsOut(items=[OwnListSummaryOut.of(row) for row in rows])
    holding = await lists.holding(call.user.user_id, query.release_id)
    return OwnListsOut(items=[OwnListSummaryOut.of(row, row.id in holding) for row in rows])


@router.post("/library/lists", status=201, role=Role.USER, summary="Make a list", raises=(TooManyLists,))
async def create_list(call: Call, body: ListIn) -> Reply[OwnListSummaryOut]:
    row = await usecases.create(
        call.port(Lists), call.port(LibraryPush), user_id=call.user.user_id, draft=body.draft(), now=call.clock.now()
    )
    reply = _summary(row, 201)
    reply.headers["Location"] = f"/api/v1/library/lists/{row.id}"
    return reply


@router.get("/library/lists/{list_id}", role=Role.USER, summary="One of one's own lists", raises=(ListNotFound,))
async def get_list(call: Call, list_id: str) -> Reply[OwnListOut]:
    shown = await usecases.own(call.port(Lists), user_id=call.user.user_id, list_id=list_id)
    return versioned(OwnListOut.of(shown.row, shown.items), shown.row.version)


@router.put(
    "/library/lists/{list_id}",
    role=Role.USER,
    summary="Rename a list, describe it, or show it to others",
    raises=(ListNotFound, Stale),
)
async def update_list(call: Call, list_id: str, body: ListIn) -> Reply[OwnListSummaryOut]:
    return _summary(await usecases.edit(call.port(Lists), call.port(LibraryPush), _edit(call, list_id), body.draft()))


@router.delete("/library/lists/{list_id}", role=Role.USER, summary="Delete a list", raises=(ListNotFound, Stale))
async def delete_list(call: Call, list_id: str) -> None:
    await usecases.delete(call.port(Lists), call.port(LibraryPush), _edit(call, list_id))


@router.post(
    "/library/lists/{list_id}/share",
    role=Role.USER,
    summary="Make a list unlisted, with a new link",
    raises=(ListNotFound, Stale),
)
async def renew_share_link(call: Call, list_id: str) -> Reply[OwnListSummaryOut]:
    """The link given out before opens nothing any more."""
    return _summary(await usecases.renew_link(call.port(Lists), call.port(LibraryPush), _edit(call, list_id)))


@router.delete(
    "/library/lists/{list_id}/share",
    role=Role.USER,
    summary="Show a list to nobody any more",
    raises=(ListNotFound, Stale),
)
async def revoke_share_link(call: Call, list_id: str) -> None:
    """The link leads nowhere from now on; a later one is another."""
    await usecases.revoke_link(call.port(Lists), call.port(LibraryPush), _edit(call, list_id))


@router.put(
    "/library/lists/{list_id}/items/{release_id}",
    role=Role.USER,
    summary="Add a release to a list, at its end, or write a note on it",
    raises=(ListNotFound, UnknownRelease, ListIsFull, Stale),
)
async def put_list_item(call: Call, list_id: str, release_id: str, body: ItemIn) -> Reply[OwnListSummaryOut]:
    """One that is in the list already keeps its place."""
    row = await usecases.put_item(
        call.port(Lists),
        call.port(CatalogReleases),
        call.port(LibraryPush),
        _edit(call, list_id),
        release_id=release_id,
        note=body.note,
    )
    return _summary(row)


@router.delete(
    "/library/lists/{list_id}/items/{release_id}",
    role=Role.USER,
    summary="Take a release out of a list",
    raises=(ListNotFound, NotInList, Stale),
)
async def remove_list_item(call: Call, list_id: str, release_id: str) -> None:
    await usecases.remove_item(call.port(Lists), call.port(LibraryPush), _edit(call, list_id), release_id=release_id)


@router.put(
    "/library/lists/{list_id}/items/{release_id}/place",
    role=Role.USER,
    summary="Move a release within a list",
    raises=(ListNotFound, NotInList, Stale),
)
async def move_list_item(call: Call, list_id: str, release_id: str, body: PlaceIn) -> Reply[OwnListSummaryOut]:
    """After another one, not to a number: moves made at once on two devices both hold."""
    row = await usecases.move_item(
        call.port(Lists), call.port(LibraryPush), _edit(call, list_id), release_id=release_id, after=body.after
    )
    return _summary(row)


@router.get("/lists/{list_id}", summary="A public list", raises=(ListNotFound,))
async def get_public_list(call: Call, list_id: str) -> Reply[PublicListOut]:
    """Everybody's to read; its owner reads it here whatever it is."""
    reader_id = call.actor.user_id if call.actor else None
    shown = await usecases.public(call.port(Lists), reader_id=reader_id, list_id=list_id)
    return versioned(PublicListOut.of(shown), shown.row.version)


@router.get("/lists/shared/{token:[A-Za-z0-9_-]+}", summary="The list behind a link", raises=(ListNotFound,))
async def get_shared_list(call: Call, token: str) -> Reply[PublicListOut]:
    """For whoever has the link, signed in or not."""
    shown = await usecases.shared(call.port(Lists), token=token)
    # Whoever has the address may read it; nobody should learn the address from a search engine or a referrer.
    headers = {"ETag": etag(shown.row.version), "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    return Reply(PublicListOut.of(shown), headers=headers)


@router.get("/users/{user_id}/lists", summary="Somebody's public lists")
async def list_public_lists(call: Call, user_id: str) -> PublicListsOut:
    """Last changed first; none for people who are not there."""
    rows = await usecases.public_of(call.port(Lists), user_id=user_id)
    return PublicListsOut(items=[ListSummaryOut.of(row) for row in rows])
