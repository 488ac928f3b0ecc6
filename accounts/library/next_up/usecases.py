"""What to go on with: one entry a series, the one touched last first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from accounts.library.next_up.model import NextUpEntry, entry_for, season_entry
from accounts.library.progress.model import Progress
from accounts.library.progress.usecases import History

MAX_SERIES: Final = 100
"""How far back we look for something to go on with; a home page shows some twenty."""


class Seasons(Protocol):
    """In which order the catalogue's episodes come; bound in ``server/wiring.py``."""

    async def in_order(self, release_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Release → ids of its episodes that can be watched, by ordinal."""
        ...

    async def following(self, release_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Release → those that come after it in its franchise, in the order recommended, without what may be skipped."""
        ...


async def continue_watching(history: History, seasons: Seasons, *, user_id: str, limit: int) -> list[NextUpEntry]:
    """What ``user_id`` can go on with, last watched first.

    After the last episode of a release comes the first of the one that follows it in its franchise, unless that one was
    begun already, and so speaks for itself, or was dismissed since.
    """
    latest = await history.latest(user_id, limit=MAX_SERIES)
    if not latest:
        return []
    order = await seasons.in_order({row.release_id for row in latest})
    finished = {row.release_id for row in latest if row.finished}
    progress = {row.episode_id: row for row in (await history.of_releases(user_id, finished) if finished else ())}
    entries = [entry_for(row, order.get(row.release_id, ()), progress) for row in latest]
    over = [row for row, entry in zip(latest, entries, strict=True) if entry is None and row.finished]
    sequels = await _sequels(history, seasons, user_id, over) if over else {}
    shown = [
        found
        for row, entry in zip(latest, entries, strict=True)
        if (found := entry or sequels.get(row.release_id)) is not None
    ][:limit]
    heard = await history.last_audio(user_id, {entry.release_id for entry in shown}) if shown else {}
    return [replace(entry, audio=heard.get(entry.release_id)) for entry in shown]


async def next_of(
    history: History, seasons: Seasons, *, user_id: str, release_ids: Sequence[str]
) -> NextUpEntry | None:
    """What ``user_id`` should play of the first of ``release_ids`` that has something left to play."""
    order = await seasons.in_order(release_ids)
    progress = {row.episode_id: row for row in await history.of_releases(user_id, release_ids)}
    entries = (season_entry(release_id, order.get(release_id, ()), progress) for release_id in release_ids)
    return next((entry for entry in entries if entry is not None), None)


async def _sequels(
    history: History, seasons: Seasons, user_id: str, over: Sequence[Progress]
) -> dict[str, NextUpEntry]:
    """Release seen to its end → where its franchise goes on."""
    following = await seasons.following({row.release_id for row in over})
    wanted = {release_id for ids in following.values() for release_id in ids}
    if not wanted:
        return {}
    order = await seasons.in_order(wanted)
    begun = {row.release_id for row in await history.of_releases(user_id, wanted)}
    dismissed = await history.dismissed(user_id, wanted)
    found: dict[str, NextUpEntry] = {}
    taken: set[str] = set()
    for row in over:
        next_id = next((one for one in following.get(row.release_id, ()) if order.get(one)), None)
        if next_id is None or next_id in begun or next_id in taken or dismissed.get(next_id, 0) >= row.at_ms:
            continue
        taken.add(next_id)
        found[row.release_id] = NextUpEntry("next", next_id, order[next_id][0], 0, None, row.at_ms)
    return found
