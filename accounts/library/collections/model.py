"""Favourites, and the five shelves a release can stand on: planned, watching, watched, postponed, abandoned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from kernel.errors import NotFound
from kernel.events import Event


class ShelfName(StrEnum):
    """As AniLiberty calls them."""

    PLANNED = "PLANNED"
    WATCHING = "WATCHING"
    WATCHED = "WATCHED"
    POSTPONED = "POSTPONED"
    ABANDONED = "ABANDONED"


class UnknownRelease(NotFound):
    """There is no such release."""


@dataclass(frozen=True, kw_only=True)
class FavoritesChanged(Event):
    """Somebody added releases to their favourites, or took some out."""

    user_id: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CollectionChanged(Event):
    """A release went from one of somebody's shelves to another; empty text stands for none."""

    user_id: str
    release_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Favorite:
    """A release somebody likes, or (``removed``) liked."""

    release_id: str
    added_at: datetime
    removed: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfItem:
    """A release on a shelf, or (``removed``) one that stood there."""

    release_id: str
    shelf: ShelfName
    changed_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    removed: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogRelease:
    """What the library has to know of a release."""

    release_id: str
    episodes_total: int | None = None
    """How many there will be; ``None`` while it is still running, or where nobody knows."""


_GIVES_WAY: Final = frozenset({ShelfName.PLANNED, ShelfName.POSTPONED})
"""Shelves that watching takes a release from. Who abandoned something may look at it again without having it back."""


def put(known: ShelfItem | None, release_id: str, shelf: ShelfName, now: datetime) -> ShelfItem:
    """``release_id`` on ``shelf``, by its owner's hand."""
    if known is not None and not known.removed and known.shelf == shelf:
        return known
    kept = None if known is None or known.removed else known
    started_at = kept.started_at if kept else None
    if shelf in {ShelfName.WATCHING, ShelfName.WATCHED}:
        started_at = started_at or now
    return ShelfItem(
        release_id=release_id,
        shelf=shelf,
        changed_at=now,
        started_at=started_at,
        finished_at=now if shelf is ShelfName.WATCHED else None,
    )


def after_watching(
    known: ShelfItem | None, release: CatalogRelease, *, episodes_watched: int, now: datetime
) -> ShelfItem | None:
    """Where a release belongs once ``episodes_watched`` of its episodes were seen; ``None`` where nothing changes.

    The first one makes it "watching", the last one "watched" (Shikimori's rules).
    """
    if episodes_watched <= 0:
        return None
    shelf = None if known is None or known.removed else known.shelf
    if shelf is ShelfName.ABANDONED:
        return None
    if release.episodes_total is not None and episodes_watched >= release.episodes_total:
        wanted = ShelfName.WATCHED
    elif shelf is None or shelf in _GIVES_WAY:
        wanted = ShelfName.WATCHING
    else:
        return None
    return None if wanted == shelf else put(known, release.release_id, wanted, now)


def taken_away(known: ShelfItem, now: datetime) -> ShelfItem:
    """``known`` as a tombstone: on no shelf any more, kept so that other devices learn of it."""
    return replace(known, removed=True, changed_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFilter:
    """Which releases of a shelf by their owner's score, and in which order."""

    at_least: int | None = None
    at_most: int | None = None
    order: Literal["-changed_at", "changed_at", "-score", "score"] = "-changed_at"

    @property
    def is_any(self) -> bool:
        """Whether scores decide nothing."""
        return self.at_least is None and self.at_most is None and "score" not in self.order


def by_score(places: Iterable[tuple[str, datetime]], scores: Mapping[str, int], wanted: ScoreFilter) -> list[str]:
    """The releases at these ``places`` that are ``wanted``, in their order; of equal scores the newest comes first."""
    low, high = wanted.at_least or 0, wanted.at_most if wanted.at_most is not None else 10
    limited = wanted.at_least is not None or wanted.at_most is not None
    kept = [place for place in places if not limited or (place[0] in scores and low <= scores[place[0]] <= high)]
    kept.sort(key=lambda place: (place[1], place[0]), reverse=wanted.order != "changed_at")
    if wanted.order in {"score", "-score"}:
        sign = -1 if wanted.order == "-score" else 1
        kept.sort(key=lambda place: (place[0] not in scores, sign * scores.get(place[0], 0)))
    return [release_id for release_id, _ in kept]
