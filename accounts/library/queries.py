"""What libraries let others read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Float, Select, and_, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from accounts.library.collections.model import ShelfName
from accounts.library.collections.repository import favorites, shelf_items
from accounts.library.progress.repository import watch_progress
from accounts.library.repository import library_revisions
from kernel.concurrency.turns import in_turns


@dataclass(frozen=True, slots=True)
class Seen:
    """How much somebody saw of a release: watched ``episodes`` and shares of begun ones; whether it is on their shelf of
    watched releases."""

    user_id: str
    release_id: str
    episodes: float
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryEntry:
    """What one person's library says of one release: whether it is a favourite, its shelf, and how much of it they saw."""

    user_id: str
    release_id: str
    favorite: bool = False
    shelf: str | None = None
    episodes_watched: int = 0


def shelved_by(release_id: str, *names: ShelfName) -> Select[tuple[str]]:
    """A query for the ids of all who have a release on one of these shelves; there may be many."""
    c = shelf_items.c
    return select(c.user_id).where(c.release_id == release_id, ~c.removed, c.shelf.in_([name.value for name in names]))


def liked_by(release_id: str) -> Select[tuple[str]]:
    """The same for those who like it."""
    return select(favorites.c.user_id).where(favorites.c.release_id == release_id, ~favorites.c.removed)


async def seen(session: AsyncSession, user_ids: Collection[str], release_ids: Collection[str]) -> list[Seen]:
    """What each of these users saw of each of these releases; at most some hundred of either, none where there is nothing."""
    known, shelves = watch_progress.c, shelf_items.c
    share = case(
        (known.watched_at_ms > known.unwatched_at_ms, 1.0),
        (and_(known.duration_ms > 0, ~known.removed), cast(known.position_ms, Float) / known.duration_ms),
        else_=0.0,
    )
    rows = await session.execute(
        select(known.user_id, known.release_id, func.sum(share))
        .where(known.user_id.in_(user_ids), known.release_id.in_(release_ids))
        .group_by(known.user_id, known.release_id)
    )
    episodes = {(user_id, release_id): float(sum_) for user_id, release_id, sum_ in rows}
    finished = await session.execute(
        select(shelves.user_id, shelves.release_id).where(
            shelves.user_id.in_(user_ids),
            shelves.release_id.in_(release_ids),
            ~shelves.removed,
            shelves.shelf == ShelfName.WATCHED.value,
        )
    )
    done = {(row.user_id, row.release_id) for row in finished}
    return [
        Seen(user_id, release_id, episodes.get((user_id, release_id), 0.0), (user_id, release_id) in done)
        for user_id, release_id in episodes.keys() | done
    ]


async def members(session: AsyncSession, release_ids: Collection[str]) -> Mapping[str, int]:
    """Release → how many people have it on a shelf."""
    c = shelf_items.c
    query = select(c.release_id, func.count()).where(c.release_id.in_(release_ids), ~c.removed)
    return dict((await session.execute(query.group_by(c.release_id))).all())


FOLLOWED_MAX: Final = 5_000
"""Releases of one list at once; the newest are taken."""


async def followed_releases(session: AsyncSession, user_id: str) -> list[str]:
    """What somebody watches, means to, or likes: up to :data:`FOLLOWED_MAX` of either, the newest first."""
    shelves, likes = shelf_items.c, favorites.c
    shelved = (
        select(shelves.release_id)
        .where(shelves.user_id == user_id, ~shelves.removed, shelves.shelf.in_(_FOLLOWED))
        .order_by(shelves.changed_at.desc())
        .limit(FOLLOWED_MAX)
    )
    liked = (
        select(likes.release_id)
        .where(likes.user_id == user_id, ~likes.removed)
        .order_by(likes.added_at.desc())
        .limit(FOLLOWED_MAX)
    )
    found = [*await session.scalars(shelved), *await session.scalars(liked)]
    return list(dict.fromkeys(found))


_FOLLOWED: Final = (ShelfName.WATCHING.value, ShelfName.PLANNED.value)


async def people_after(session: AsyncSession, last: str | None, limit: int) -> Sequence[str]:
    """The next ``limit`` people who have a library, in the order of their ids, or the first."""
    found = select(library_revisions.c.user_id).order_by(library_revisions.c.user_id).limit(limit)
    if last is not None:
        found = found.where(library_revisions.c.user_id > last)
    return list(await session.scalars(found))


async def entries_of(session: AsyncSession, user_ids: Collection[str]) -> list[LibraryEntry]:
    """All that the libraries of up to a thousand people hold, one entry for each release, by person and release."""
    f, s, w = favorites.c, shelf_items.c, watch_progress.c
    entries: dict[tuple[str, str], LibraryEntry] = {}

    def entry(user_id: str, release_id: str) -> LibraryEntry:
        return entries.get((user_id, release_id)) or LibraryEntry(user_id=user_id, release_id=release_id)

    watched = func.sum(case((w.watched_at_ms > w.unwatched_at_ms, 1), else_=0))
    history = select(w.user_id, w.release_id, watched).where(w.user_id.in_(user_ids), ~w.removed)
    async for user_id, release_id, number in in_turns(await session.execute(history.group_by(w.user_id, w.release_id))):
        entries[user_id, release_id] = replace(entry(user_id, release_id), episodes_watched=number)
    shelved = select(s.user_id, s.release_id, s.shelf).where(s.user_id.in_(user_ids), ~s.removed)
    async for user_id, release_id, shelf in in_turns(await session.execute(shelved)):
        entries[user_id, release_id] = replace(entry(user_id, release_id), shelf=shelf)
    liked = select(f.user_id, f.release_id).where(f.user_id.in_(user_ids), ~f.removed)
    async for user_id, release_id in in_turns(await session.execute(liked)):
        entries[user_id, release_id] = replace(entry(user_id, release_id), favorite=True)
    return [entries[key] for key in sorted(entries)]
