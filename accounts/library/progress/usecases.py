"""Recording how far people are, and telling them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.library.progress import rules
from accounts.library.progress.model import (
    Audio,
    CatalogEpisode,
    NothingWatched,
    Progress,
    ProgressRecorded,
    Sample,
    UnknownEpisode,
)


class CatalogEpisodes(Protocol):
    """What the catalogue knows of episodes; bound in ``server/wiring.py``."""

    async def known(self, episode_ids: Collection[str]) -> Mapping[str, CatalogEpisode]:
        """Those of ``episode_ids`` that exist."""
        ...


class History(Protocol):
    """Where progress is kept."""

    async def store(self, news: Sequence[Progress]) -> list[Progress]:
        """Merge ``news`` (see :func:`rules.merge`), one per user and episode; returns the rows that changed, as they are
        now, with their new revision."""
        ...

    async def get(self, user_id: str, episode_id: str) -> Progress | None:
        """``None`` also for what was removed."""
        ...

    async def page(
        self, user_id: str, *, offset: int, limit: int, release_id: str | None = None
    ) -> tuple[list[Progress], int]:
        """A user's history, newest first, and how long it is; of one release alone, if it is given."""
        ...

    async def watched_counts(self, user_id: str, release_ids: Collection[str]) -> dict[str, int]:
        """How many episodes of each release the user has seen."""
        ...

    async def latest(self, user_id: str, *, limit: int) -> list[Progress]:
        """The episode of each series that was watched last, newest first, without the series that were dismissed since."""
        ...

    async def of_releases(self, user_id: str, release_ids: Collection[str], *, removed: bool = False) -> list[Progress]:
        """All that is known of the episodes of some releases; ``removed``: what was taken out of the history too."""
        ...

    async def last_audio(self, user_id: str, release_ids: Collection[str]) -> dict[str, Audio]:
        """Release → the voice-over heard last in any of its episodes."""
        ...

    async def dismiss(self, user_id: str, release_id: str, at_ms: int) -> None:
        """Leave a series out of :meth:`latest` until it is watched again."""
        ...

    async def dismissed(self, user_id: str, release_ids: Collection[str]) -> dict[str, int]:
        """Release → when it was dismissed last, Unix ms, of those of ``release_ids`` that were."""
        ...

    async def dismissals(self, user_id: str) -> dict[str, int]:
        """Every release that was dismissed → when it was last, Unix ms."""
        ...

    async def changes(self, user_id: str, since: int, limit: int) -> list[Progress]:
        """What changed after revision ``since``, by revision, removed ones too."""
        ...

    def announce(self, event: ProgressRecorded) -> None:
        """Record ``event`` with this transaction."""
        ...


class WatchedShelves(Protocol):
    """What follows for people's shelves; bound in ``accounts/library/feature.py``."""

    async def after_watching(self, changed: Sequence[Progress]) -> None:
        """Move what somebody has begun or finished to the shelf where it belongs now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressContext:
    """What recording works with: ports of one transaction, and its moment."""

    history: History
    episodes: CatalogEpisodes
    shelves: WatchedShelves
    now: datetime


async def record_progress(context: ProgressContext, samples: Sequence[Sample]) -> list[Progress]:
    """Store a batch of reports, of one user or of many, and tidy the shelves; returns what changed, as it is now.

    Reports of episodes that do not exist are left out: a device that was offline for a month must not lose the rest of
    what it has to say.  Durable once the transaction is committed.
    """
    known = await context.episodes.known({sample.episode_id for sample in samples})
    changed: list[Progress] = []
    for news in rules.coalesce(samples, known):
        changed += await context.history.store(news)
    _announce(context.history, changed, context.now)
    await context.shelves.after_watching(changed)
    return changed


async def mark(context: ProgressContext, *, user_id: str, episode_id: str, watched: bool) -> list[Progress]:
    """Say that an episode was seen, or that it was not; returns what changed. Raises :class:`UnknownEpisode`."""
    known = await context.history.get(user_id, episode_id)
    now_ms = _unix_ms(context.now)
    if watched:
        episode = (await context.episodes.known([episode_id])).get(episode_id)
        if episode is None:
            raise UnknownEpisode
        news = rules.marked_watched(known, user_id, episode, now_ms)
    elif known is not None:
        news = rules.marked_unwatched(known, now_ms)
    else:
        return []
    changed = await context.history.store([news])
    _announce(context.history, changed, context.now)
    await context.shelves.after_watching(changed)
    return changed


async def remove(history: History, *, user_id: str, episode_id: str, now: datetime) -> list[Progress]:
    """Take an episode out of the history, as if it had never been watched; returns what changed. Raises :class:`NothingWatched`."""
    known = await history.get(user_id, episode_id)
    if known is None:
        raise NothingWatched
    changed = await history.store([rules.marked_unwatched(known, _unix_ms(now), removed=True)])
    _announce(history, changed, now)
    return changed


def _announce(history: History, changed: Sequence[Progress], now: datetime) -> None:
    for row in changed:
        history.announce(
            ProgressRecorded(
                at=now,
                user_id=row.user_id,
                episode_id=row.episode_id,
                release_id=row.release_id,
                position_ms=row.shown_position_ms,
                watched=row.is_watched,
            )
        )


def _unix_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


async def get_progress(history: History, episodes: CatalogEpisodes, *, user_id: str, episode_id: str) -> Progress:
    """Raises :class:`UnknownEpisode`, :class:`NothingWatched`."""
    found = await history.get(user_id, episode_id)
    if found is not None:
        return found
    if episode_id not in await episodes.known([episode_id]):
        raise UnknownEpisode
    raise NothingWatched


async def last_audio(history: History, episodes: CatalogEpisodes, *, user_id: str, episode_id: str) -> Audio | None:
    """The voice-over in which ``user_id`` heard the series of an episode last."""
    episode = (await episodes.known([episode_id])).get(episode_id)
    if episode is None:
        return None
    return (await history.last_audio(user_id, [episode.release_id])).get(episode.release_id)


async def resume_position_ms(history: History, *, user_id: str | None, episode_id: str) -> int:
    """Where the player of ``user_id`` (``None``: somebody signed out) should start, in milliseconds."""
    return 0 if user_id is None else rules.resume_position_ms(await history.get(user_id, episode_id))
