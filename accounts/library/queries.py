"""What libraries let others read."""

from sqlalchemy import Select, or_, select, union

from accounts.library.collections.model import ShelfName
from accounts.library.collections.repository import favorites, shelf_items


def fans_of(release_id: str) -> Select[tuple[str]]:
    """A query for the ids of all who like a release, watch it or mean to; there may be many."""
    shelves = shelf_items.c
    fans = union(
        select(favorites.c.user_id).where(favorites.c.release_id == release_id, ~favorites.c.removed),
        select(shelves.user_id).where(
            shelves.release_id == release_id,
            ~shelves.removed,
            or_(shelves.shelf == ShelfName.WATCHING.value, shelves.shelf == ShelfName.PLANNED.value),
        ),
    ).subquery()
    return select(fans.c.user_id)
