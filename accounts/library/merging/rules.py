"""What becomes of one person's rows of two releases that become one.  Pure.

Of favourites the older one stays. Of shelves the one changed last, with the first beginning of both. Of progress in two
episodes that become one, what :func:`accounts.library.progress.rules.merge` makes of it. In a list the entry of the release
that stays, or of the other in its place.
"""

from dataclasses import replace

from accounts.library.collections.model import Favorite, ShelfItem
from accounts.library.progress import rules
from accounts.library.progress.model import Progress


def joined_favorite(target_id: str, own: Favorite | None, other: Favorite) -> Favorite:
    """The favourite of the release that stays; ``other`` is not removed."""
    if own is None or own.removed:
        return replace(other, release_id=target_id)
    return own if own.added_at <= other.added_at else replace(own, added_at=other.added_at)


def joined_shelf(target_id: str, own: ShelfItem | None, other: ShelfItem) -> ShelfItem:
    """Where the release that stays stands; ``other`` is not removed."""
    if own is None or own.removed:
        return replace(other, release_id=target_id)
    newer = own if own.changed_at >= other.changed_at else other
    begun = [one for one in (own.started_at, other.started_at) if one is not None]
    ended = [one for one in (own.finished_at, other.finished_at) if one is not None]
    return replace(
        newer,
        release_id=target_id,
        started_at=min(begun, default=None),
        finished_at=max(ended, default=None) if newer.finished_at is not None else None,
    )


def joined_progress(target_id: str, episode_id: str, own: Progress | None, other: Progress) -> Progress:
    """How far somebody is in the episode that stays."""
    news = replace(other, release_id=target_id, episode_id=episode_id)
    if own is None or own.removed:
        return news
    return replace(rules.merge(own, news), removed=False)
