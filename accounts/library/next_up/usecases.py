"""What to go on with: one entry a series, the one touched last first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from accounts.library.progress.model import Audio, Progress
from accounts.library.progress.rules import resume_position_ms
from accounts.library.progress.usecases import History

MAX_SERIES: Final = 100
"""How far back we look for something to go on with; a home page shows some twenty."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An episode to go on with: begun (``resume``), or the one after the last that was finished (``next``)."""

    kind: Literal["resume", "next"]
    release_id: str
    episode_id: str
    position_ms: int
    duration_ms: int | None
    at_ms: int
    """When the series was last watched, Unix ms."""
    audio: Audio | None = None
    """The voice-over the series was heard in last; the one to go on with."""


class Seasons(Protocol):
    """In which order the catalogue's episodes come; bound in ``server/wiring.py``."""

    async def in_order(self, release_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Release → ids of its episodes that can be watched, by ordinal."""
        ...


def entry_for(latest: Progress, season: Sequence[str], progress: Mapping[str, Progress]) -> Entry | None:
    """What to go on with after ``latest``, the episode of its series that was watched last.

    ``progress`` holds what is known of the series' episodes. ``None`` when it has been seen to its end, was only glanced at,
    or was taken down.
    """
    if latest.episode_id not in season:
        return None
    if not latest.finished:
        return _resume(latest, latest.at_ms)
    for episode_id in season[season.index(latest.episode_id) + 1 :]:
        known = progress.get(episode_id)
        if known is not None and (begun := _resume(known, latest.at_ms)) is not None:
            return begun
        # Somebody who sees a series again goes through it in order, whatever they saw of it the first time.
        if known is None or not known.is_watched or latest.rewatches > known.rewatches:
            return Entry("next", latest.release_id, episode_id, 0, known.duration_ms if known else None, latest.at_ms)
    return None


def _resume(progress: Progress, at_ms: int) -> Entry | None:
    position_ms = resume_position_ms(progress)
    if position_ms == 0:
        return None
    return Entry("resume", progress.release_id, progress.episode_id, position_ms, progress.duration_ms, at_ms)


async def continue_watching(history: History, seasons: Seasons, *, user_id: str, limit: int) -> list[Entry]:
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
