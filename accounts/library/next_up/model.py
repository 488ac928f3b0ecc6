"""Which episode comes next in a series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from accounts.library.progress.model import Audio, Progress
from accounts.library.progress.rules import resume_position_ms


@dataclass(frozen=True, slots=True)
class NextUpEntry:
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


def entry_for(latest: Progress, season: Sequence[str], progress: Mapping[str, Progress]) -> NextUpEntry | None:
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
            return NextUpEntry(
                "next", latest.release_id, episode_id, 0, known.duration_ms if known else None, latest.at_ms
            )
    return None


def season_entry(
    release_id: str, season: Sequence[str], progress: Mapping[str, Progress], at_ms: int = 0
) -> NextUpEntry | None:
    """What to play of one release, begun or not; ``None`` where all that can be played of it was seen.

    As :func:`entry_for` says where that goes on; else the first episode that was not seen, wherever it is.
    """
    known = [row for row in progress.values() if row.release_id == release_id]
    latest = max(known, key=lambda row: row.at_ms, default=None)
    if latest is not None and (entry := entry_for(latest, season, progress)) is not None:
        return entry
    unseen = (one for one in season if one not in progress or not progress[one].is_watched)
    first = next(unseen, None)
    return None if first is None else NextUpEntry("next", release_id, first, 0, None, at_ms)


def _resume(progress: Progress, at_ms: int) -> NextUpEntry | None:
    position_ms = resume_position_ms(progress)
    if position_ms == 0:
        return None
    return NextUpEntry("resume", progress.release_id, progress.episode_id, position_ms, progress.duration_ms, at_ms)
