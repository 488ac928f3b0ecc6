"""What to go on with: one entry a series, the one touched last first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from accounts.library.next_up.model import NextUpEntry, entry_for
from accounts.library.progress.usecases import History

MAX_SERIES: Final = 100
"""How far back we look for something to go on with; a home page shows some twenty."""


class Seasons(Protocol):
    """In which order the catalogue's episodes come; bound in ``server/wiring.py``."""

    async def in_order(self, release_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Release → ids of its episodes that can be watched, by ordinal."""
        ...


async def continue_watching(history: History, seasons: Seasons, *, user_id: str, limit: int) -> list[NextUpEntry]:
    """What ``user_id`` can go on with, last watched first."""
    latest = await history.latest(user_id, limit=MAX_SERIES)
    if not latest:
        return []
    order = await seasons.in_order({row.release_id for row in latest})
    finished = {row.release_id for row in latest if row.finished}
    progress = {row.episode_id: row for row in (await history.of_releases(user_id, finished) if finished else ())}
    entries = (entry_for(row, order.get(row.release_id, ()), progress) for row in latest)
    shown = [entry for entry in entries if entry is not None][:limit]
    heard = await history.last_audio(user_id, {entry.release_id for entry in shown}) if shown else {}
    return [replace(entry, audio=heard.get(entry.release_id)) for entry in shown]
