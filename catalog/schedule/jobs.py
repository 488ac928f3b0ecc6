"""Regular work: saying that an episode aired."""

from datetime import timedelta
from typing import Final

from catalog.releases.usecases import Reader
from catalog.schedule import usecases
from catalog.schedule.model import EpisodeAired
from catalog.schedule.usecases import AiringMark, DueBroadcasts, batched
from kernel.scope import Container

INTERVAL_S: Final = 20
"""People are told within a minute: this, the second of the outbox, and room for a slow machine."""
CAUGHT_UP: Final = timedelta(days=7)
"""What aired while nothing ran is made up for as far back; older news is none."""
STEP: Final = timedelta(days=1)
"""Made up for in one transaction."""
DUE_AT_ONCE: Final = 500
"""Slots whose next look is written in one transaction; more are rarely due but after an import."""


async def announce_aired(container: Container) -> None:
    """Record :class:`EpisodeAired` for what aired since the last time, each once.

    How far that is stands in the database and moves in the transaction of the events: a process that is killed leaves either
    both or neither, and of two that are at it the second finds the mark moved.  Read are the broadcasts that are due alone.
    """
    now = container.clock.now()
    async with container.scope(write=True) as scope:
        since = await scope.port(AiringMark).begin(now)
    since = max(since, now - CAUGHT_UP)
    # People in any region are told; each page asks where its reader is.
    reader = Reader(sees_drafts=False, everywhere=True)
    while since < now:
        until = min(now, since + STEP)
        async with container.scope(write=False) as scope:
            found = await usecases.aired(scope.port(DueBroadcasts), reader, since, until)
        async with container.scope(write=True) as scope:
            if not await scope.port(AiringMark).move(until, no_further_than=since):
                return  # another process was quicker
            for airing in found.airings:
                scope.uow.record(
                    EpisodeAired(
                        at=now,
                        release_id=airing.release.release_id,
                        ordinal=airing.ordinal,
                        airs_at=airing.airs_at,
                        site=airing.site,
                    )
                )
        # Only now: whoever is killed before looks at them again, and the mark keeps that from being told twice.
        for part in batched(list(found.due.items()), DUE_AT_ONCE):
            async with container.scope(write=True) as scope:
                await scope.port(DueBroadcasts).look_again(dict(part))
        since = until
