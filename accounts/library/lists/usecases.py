"""Making lists, filling and ordering them, and showing them to others.

Whatever changes a list first takes its owner's library for itself (:meth:`Lists.next_revision`), so changes made at once on
several devices come one after the other, each seeing the one before.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from accounts.library.collections.model import UnknownRelease
from accounts.library.collections.usecases import CatalogReleases
from accounts.library.lists import positions
from accounts.library.lists.model import (
    MAX_ITEMS,
    MAX_LISTS,
    ListCreated,
    ListDeleted,
    ListIsFull,
    ListItem,
    ListItemsChanged,
    ListNotFound,
    ListUpdated,
    NotInList,
    TooManyLists,
    UserList,
    Visibility,
    new_token,
)
from accounts.library.push import LibraryPush
from kernel.errors import Stale
from kernel.events import Event
from kernel.ids import new_id


class Lists(Protocol):
    """Where lists are kept."""

    async def next_revision(self, user_id: str) -> int:
        """As of :class:`accounts.library.collections.usecases.Collections`: of lists, favourites and shelves there is one order."""
        ...

    async def get(self, list_id: str) -> UserList | None:
        """``None`` also for one that was deleted."""
        ...

    async def by_token(self, token: str) -> UserList | None:
        """The list whose secret link has ``token``; ``None`` for none."""
        ...

    async def of_owner(self, user_id: str, *, only: Visibility | None = None) -> list[UserList]:
        """Last changed first, without deleted ones."""
        ...

    async def holding(self, user_id: str, release_id: str) -> set[str]:
        """Ids of the user's lists that hold a release."""
        ...

    async def changed(self, user_id: str, since: int, limit: int) -> list[UserList]:
        """By revision, deleted ones too."""
        ...

    async def store(self, row: UserList) -> None:
        """Insert or replace ``row``, with the revision it has."""
        ...

    async def items(self, list_id: str) -> list[ListItem]:
        """All of them, in order."""
        ...

    async def items_of(self, list_ids: Collection[str]) -> Mapping[str, Sequence[ListItem]]:
        """List → what is in it, in order; lists with nothing in them are left out."""
        ...

    async def store_items(self, list_id: str, items: Sequence[ListItem]) -> None:
        """Insert or replace entries of a list."""
        ...

    async def remove_items(self, list_id: str, release_ids: Collection[str]) -> None:
        """Delete the entries for these releases."""
        ...

    async def owner_name(self, user_id: str) -> str | None:
        """What the owner calls themselves; ``None`` for a banned one, whose lists are nobody's to see."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """What an owner says of a list."""

    title: str
    description: str = ""
    visibility: Visibility = Visibility.PRIVATE


@dataclass(frozen=True, slots=True)
class Shown:
    """A list as somebody sees it."""

    row: UserList
    items: list[ListItem]
    owner_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Who changes which list, and what they saw of it; ``version`` ``None``: whatever it is now."""

    user_id: str
    list_id: str
    version: int | None
    now: datetime


async def create(lists: Lists, push: LibraryPush, *, user_id: str, draft: Draft, now: datetime) -> UserList:
    """Raises :class:`TooManyLists`."""
    revision = await lists.next_revision(user_id)
    if len(await lists.of_owner(user_id)) >= MAX_LISTS:
        raise TooManyLists(limit=MAX_LISTS)
    row = UserList(
        id=new_id(),
        owner_id=user_id,
        title=draft.title,
        description=draft.description,
        created_at=now,
        updated_at=now,
        revision=revision,
    ).shown_as(draft.visibility)
    await lists.store(row)
    lists.announce(ListCreated(at=now, list_id=row.id, user_id=user_id))
    push.library_changed(user_id, "lists", lists=[row.id])
    return row


async def edit(lists: Lists, push: LibraryPush, edit: Edit, draft: Draft) -> UserList:
    """Raises :class:`ListNotFound`, :class:`Stale`."""
    row = await _for_change(lists, edit)
    if (row.title, row.description, row.visibility) == (draft.title, draft.description, draft.visibility):
        return row
    edited = replace(row, title=draft.title, description=draft.description).shown_as(draft.visibility)
    return await _updated(lists, push, edit, edited)


async def renew_link(lists: Lists, push: LibraryPush, edit: Edit) -> UserList:
    """A new link for an unlisted list; the one given out before opens nothing any more. Makes any other list unlisted."""
    row = await _for_change(lists, edit)
    return await _updated(lists, push, edit, replace(row, visibility=Visibility.UNLISTED, token=new_token()))


async def revoke_link(lists: Lists, push: LibraryPush, edit: Edit) -> UserList:
    """Nobody but the owner sees the list from now on."""
    row = await _for_change(lists, edit)
    return await _updated(lists, push, edit, row.shown_as(Visibility.PRIVATE))


async def delete(lists: Lists, push: LibraryPush, edit: Edit) -> None:
    """Leave nothing of a list but a tombstone. Raises as :func:`edit`."""
    row = await _for_change(lists, edit)
    await lists.remove_items(row.id, [item.release_id for item in await lists.items(row.id)])
    # What it said is nobody's business any more; its number alone stays.
    gone = replace(row, title="", description="", removed=True).shown_as(Visibility.PRIVATE)
    await _store(lists, edit, gone)
    lists.announce(ListDeleted(at=edit.now, list_id=row.id, user_id=edit.user_id))
    push.library_changed(edit.user_id, "lists", lists=[row.id])


async def put_item(
    lists: Lists, releases: CatalogReleases, push: LibraryPush, edit: Edit, *, release_id: str, note: str | None
) -> UserList:
    """Add a release at the end, or change its note; ``note`` ``None`` leaves the one that is there.

    Raises :class:`ListNotFound`, :class:`Stale`, :class:`UnknownRelease`, :class:`ListIsFull`.
    """
    row = await _for_change(lists, edit)
    items = await lists.items(row.id)
    known = next((item for item in items if item.release_id == release_id), None)
    if known is not None:
        if note is None or note == known.note:
            return row
        await lists.store_items(row.id, [replace(known, note=note)])
        return await _items_changed(lists, push, edit, row)
    if release_id not in await releases.known([release_id]):
        raise UnknownRelease
    if len(items) >= MAX_ITEMS:
        raise ListIsFull(limit=MAX_ITEMS)
    position = positions.between(items[-1].position if items else None, None)
    assert position is not None, "there is always room at the end"
    await lists.store_items(
        row.id, [ListItem(release_id=release_id, position=position, note=note or "", added_at=edit.now)]
    )
    return await _items_changed(lists, push, edit, replace(row, items_count=len(items) + 1), added=(release_id,))


async def remove_item(lists: Lists, push: LibraryPush, edit: Edit, *, release_id: str) -> UserList:
    """Raises :class:`ListNotFound`, :class:`Stale`, :class:`NotInList`."""
    row = await _for_change(lists, edit)
    items = await lists.items(row.id)
    if all(item.release_id != release_id for item in items):
        raise NotInList
    await lists.remove_items(row.id, [release_id])
    return await _items_changed(lists, push, edit, replace(row, items_count=len(items) - 1), removed=(release_id,))


async def move_item(lists: Lists, push: LibraryPush, edit: Edit, *, release_id: str, after: str | None) -> UserList:
    """Put an entry right after another one, or (``None``) first.

    Relative to a neighbour, not to a number: of two moves made at once both hold, whichever comes first.
    Raises :class:`ListNotFound`, :class:`Stale`, :class:`NotInList`.
    """
    row = await _for_change(lists, edit)
    items = {item.release_id: item for item in await lists.items(row.id)}
    if release_id not in items or (after is not None and after not in items):
        raise NotInList
    before = list(items)
    wanted = before if after == release_id else positions.moved(before, release_id, after)
    if wanted == before:
        return row
    at = wanted.index(release_id)
    position = positions.between(
        items[wanted[at - 1]].position if at > 0 else None,
        items[wanted[at + 1]].position if at + 1 < len(wanted) else None,
    )
    if position is None:
        places = positions.spread(len(wanted))
        changed = [replace(items[id_], position=place) for id_, place in zip(wanted, places, strict=True)]
    else:
        changed = [replace(items[release_id], position=position)]
    await lists.store_items(row.id, changed)
    return await _items_changed(lists, push, edit, row, moved=(release_id,))


async def own(lists: Lists, *, user_id: str, list_id: str) -> Shown:
    """One of one's own lists. Raises :class:`ListNotFound`, for somebody else's too."""
    row = await lists.get(list_id)
    if row is None or row.owner_id != user_id:
        raise ListNotFound
    return await _shown(lists, row)


async def public(lists: Lists, *, reader_id: str | None, list_id: str) -> Shown:
    """A list that everybody may see, or one's own. Raises :class:`ListNotFound`."""
    row = await lists.get(list_id)
    if row is None or (row.visibility is not Visibility.PUBLIC and row.owner_id != reader_id):
        raise ListNotFound
    return await _shown(lists, row)


async def shared(lists: Lists, *, token: str) -> Shown:
    """The list behind a link. Raises :class:`ListNotFound`."""
    row = await lists.by_token(token)
    if row is None or row.visibility is not Visibility.UNLISTED:
        raise ListNotFound
    return await _shown(lists, row)


async def public_of(lists: Lists, *, user_id: str) -> list[UserList]:
    """What somebody shows to everybody; nothing for people who are not there."""
    if await lists.owner_name(user_id) is None:
        return []
    return await lists.of_owner(user_id, only=Visibility.PUBLIC)


async def _shown(lists: Lists, row: UserList) -> Shown:
    name = await lists.owner_name(row.owner_id)
    if name is None:
        raise ListNotFound
    return Shown(row, await lists.items(row.id), name)


async def _for_change(lists: Lists, edit: Edit) -> UserList:
    """The list as it is, and nobody else changing it; carries the revision of the change."""
    revision = await lists.next_revision(edit.user_id)
    row = await lists.get(edit.list_id)
    if row is None or row.owner_id != edit.user_id:
        raise ListNotFound
    if edit.version is not None and edit.version != row.version:
        raise Stale
    return replace(row, revision=revision)


async def _store(lists: Lists, edit: Edit, row: UserList) -> UserList:
    stored = replace(row, version=row.version + 1, updated_at=edit.now)
    await lists.store(stored)
    return stored


async def _updated(lists: Lists, push: LibraryPush, edit: Edit, row: UserList) -> UserList:
    stored = await _store(lists, edit, row)
    lists.announce(ListUpdated(at=edit.now, list_id=row.id, user_id=edit.user_id, visibility=stored.visibility.value))
    push.library_changed(edit.user_id, "lists", lists=[row.id])
    return stored


async def _items_changed(
    lists: Lists,
    push: LibraryPush,
    edit: Edit,
    row: UserList,
    *,
    added: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
    moved: tuple[str, ...] = (),
) -> UserList:
    stored = await _store(lists, edit, row)
    lists.announce(
        ListItemsChanged(at=edit.now, list_id=row.id, user_id=edit.user_id, added=added, removed=removed, moved=moved)
    )
    push.library_changed(edit.user_id, "lists", release_ids=[*added, *removed, *moved], lists=[row.id])
    return stored
