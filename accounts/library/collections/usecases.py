"""Favourites and collections: the verbs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from accounts.library.collections import model
from accounts.library.collections.model import (
    CatalogRelease,
    CollectionChanged,
    Favorite,
    FavoritesChanged,
    ScoreFilter,
    ShelfItem,
    ShelfName,
    UnknownRelease,
)
from accounts.library.progress.model import Progress
from accounts.library.progress.usecases import History
from accounts.library.push import LibraryPush
from accounts.library.scores import OwnScores
from kernel.events import Event


class CatalogReleases(Protocol):
    """What the catalogue knows of releases; bound in ``server/wiring.py``."""

    async def known(self, release_ids: Collection[str]) -> Mapping[str, CatalogRelease]:
        """Those of ``release_ids`` that exist and are published."""
        ...


class Collections(Protocol):
    """Where favourites and collections are kept."""

    async def next_revision(self, user_id: str) -> int:
        """The revision of the change that follows; until the end of the transaction nobody else changes this library."""
        ...

    async def favorites(self, user_id: str, release_ids: Collection[str]) -> dict[str, Favorite]:
        """Release → favourite, removed ones too, of those of ``release_ids`` that are known."""
        ...

    async def store_favorites(self, user_id: str, rows: Sequence[Favorite]) -> None:
        """Insert or replace, each with the revision it has."""
        ...

    async def favorites_page(
        self, user_id: str, *, offset: int, limit: int, oldest_first: bool = False
    ) -> tuple[list[Favorite], int]:
        """By when they were added, and how many there are."""
        ...

    async def items(self, user_id: str, release_ids: Collection[str]) -> dict[str, ShelfItem]:
        """Release → its place on a shelf, removed ones too, of those of ``release_ids`` that are known."""
        ...

    async def store_items(self, user_id: str, rows: Sequence[ShelfItem]) -> None:
        """Insert or replace, each with the revision it has."""
        ...

    async def items_page(
        self, user_id: str, name: ShelfName | None, *, offset: int, limit: int, oldest_first: bool = False
    ) -> tuple[list[ShelfItem], int]:
        """By when they changed, and how many there are."""
        ...

    async def places(self, user_id: str, name: ShelfName | None) -> list[tuple[str, datetime]]:
        """Every release on a shelf, or on any, and when it came there."""
        ...

    async def counts(self, user_id: str) -> dict[ShelfName, int]:
        """How many releases stand on each shelf that is not empty."""
        ...

    async def changed_favorites(self, user_id: str, since: int, limit: int) -> list[Favorite]:
        """By revision, removed ones too."""
        ...

    async def changed_items(self, user_id: str, since: int, limit: int) -> list[ShelfItem]:
        """By revision, removed ones too."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionsContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    history: History
    collections: Collections
    releases: CatalogReleases
    push: LibraryPush
    now: datetime


async def change_favorites(
    context: CollectionsContext,
    *,
    user_id: str,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> None:
    """Raises :class:`UnknownRelease` when none of ``add`` exists; takes what exists of several."""
    wanted, unwanted = dict.fromkeys(add), dict.fromkeys(remove)
    published = await context.releases.known(wanted)
    if wanted and not published:
        raise UnknownRelease
    revision = await context.collections.next_revision(user_id)
    known = await context.collections.favorites(user_id, {*wanted, *unwanted})
    added = [id_ for id_ in wanted if id_ in published and (id_ not in known or known[id_].removed)]
    removed = [id_ for id_ in unwanted if id_ in known and not known[id_].removed and id_ not in wanted]
    if not added and not removed:
        return
    rows = [Favorite(release_id=id_, added_at=context.now, revision=revision) for id_ in added]
    rows += [replace(known[id_], removed=True, revision=revision) for id_ in removed]
    await context.collections.store_favorites(user_id, rows)
    context.collections.announce(
        FavoritesChanged(at=context.now, user_id=user_id, added=tuple(added), removed=tuple(removed))
    )
    context.push.library_changed(user_id, "favorites", release_ids=[*added, *removed])


async def put_on_shelves(
    context: CollectionsContext,
    *,
    user_id: str,
    wanted: Mapping[str, ShelfName | None],
) -> None:
    """Put each release on its shelf, or (``None``) on none. Raises :class:`UnknownRelease` as :func:`change_favorites` does."""
    to_put = [release_id for release_id, name in wanted.items() if name is not None]
    published = await context.releases.known(to_put)
    if to_put and not published:
        raise UnknownRelease
    revision = await context.collections.next_revision(user_id)
    known = await context.collections.items(user_id, wanted)
    changed: list[ShelfItem] = []
    for release_id, name in wanted.items():
        item = known.get(release_id)
        if name is None:
            changed += [model.taken_away(item, context.now)] if item is not None and not item.removed else []
        elif release_id in published:
            changed.append(model.put(item, release_id, name, context.now))
    await _store_items(context, user_id, known, changed, revision)


async def scored_page(
    collections: Collections,
    scores: OwnScores,
    *,
    user_id: str,
    name: ShelfName | None,
    wanted: ScoreFilter,
    offset: int,
    limit: int,
) -> tuple[list[ShelfItem], int]:
    """A page of a shelf, filtered or ordered by one's own scores, and how many there are; those without one come last."""
    given = await scores.all_of(user_id)
    kept = model.by_score(
        await collections.places(user_id, name), {id_: one.score for id_, one in given.items()}, wanted
    )
    page = kept[offset : offset + limit]
    rows = await collections.items(user_id, page)
    return [rows[release_id] for release_id in page if release_id in rows], len(kept)


async def tidy_after_watching(context: CollectionsContext, changed: Sequence[Progress]) -> None:
    """Move what somebody has begun or finished to the shelf where it belongs now."""
    by_user: dict[str, set[str]] = {}
    for row in changed:
        if row.finished:
            by_user.setdefault(row.user_id, set()).add(row.release_id)
    for user_id, release_ids in sorted(by_user.items()):
        published = await context.releases.known(release_ids)
        known = await context.collections.items(user_id, release_ids)
        watched = await context.history.watched_counts(user_id, release_ids)
        moved = [
            model.after_watching(known.get(id_), release, episodes_watched=watched.get(id_, 0), now=context.now)
            for id_, release in published.items()
        ]
        items = [item for item in moved if item is not None]
        if items:
            await _store_items(context, user_id, known, items, await context.collections.next_revision(user_id))


async def _store_items(
    context: CollectionsContext,
    user_id: str,
    known: Mapping[str, ShelfItem],
    items: Sequence[ShelfItem],
    revision: int,
) -> None:
    changed = [replace(item, revision=revision) for item in items if item != known.get(item.release_id)]
    if not changed:
        return
    await context.collections.store_items(user_id, changed)
    context.push.library_changed(user_id, "collections", release_ids=[item.release_id for item in changed])
    for item in changed:
        before = known.get(item.release_id)
        context.collections.announce(
            CollectionChanged(
                at=context.now,
                user_id=user_id,
                release_id=item.release_id,
                before="" if before is None or before.removed else before.shelf,
                after="" if item.removed else item.shelf,
            )
        )
