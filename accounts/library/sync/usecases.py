"""What changed in a library, for devices that keep a copy of it."""

from dataclasses import dataclass

from accounts.library.collections.model import Favorite, ShelfItem
from accounts.library.collections.usecases import Collections
from accounts.library.lists.model import UserList
from accounts.library.lists.usecases import Lists
from accounts.library.progress.model import Progress
from accounts.library.progress.usecases import History
from accounts.library.sync.model import up_to, whole_revisions

MAX_CHANGES = 1_000
"""Rows of each kind in one answer; twice what one batch may hold, so that a whole one always fits."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new in a library; ``more``: ask again from ``revision``."""

    revision: int
    more: bool
    progress: list[Progress]
    favorites: list[Favorite]
    items: list[ShelfItem]
    lists: list[UserList]


async def changes(history: History, collections: Collections, lists: Lists, *, user_id: str, since: int) -> Changes:
    """Everything that changed in a library after revision ``since``, with tombstones for what is gone."""
    limit = MAX_CHANGES + 1
    progress = await history.changes(user_id, since, limit)
    favorites = await collections.changed_favorites(user_id, since, limit)
    items = await collections.changed_items(user_id, since, limit)
    listed = await lists.changed(user_id, since, limit)
    cuts = [cut for rows in (progress, favorites, items, listed) if (cut := whole_revisions(rows, limit)) is not None]
    cut = min(cuts, default=None)
    kept = up_to(progress, cut), up_to(favorites, cut), up_to(items, cut), up_to(listed, cut)
    newest = max((row.revision for rows in kept for row in rows), default=since)
    return Changes(newest if cut is None else cut, cut is not None, *kept)
