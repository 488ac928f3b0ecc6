"""Regular work: saying that an episode aired."""

from datetime import timedelta
from typing import Final

from catalog.releases.usecases import Reader, Releases
from catalog.schedule import usecases
from catalog.schedule.model import EpisodeAired
from catalog.schedule.timetable import AiringState
from catalog.schedule.usecases import AiringMark, Listings, ScheduleContext, Schedules, WantedAirings
from kernel.scope import Container

INTERVAL_S: Final = 20
"""People are told within a minute: this, the second of the outbox, and room for a slow machine."""
CAUGHT_UP: Final = timedelta(days=7)
"""What aired while nothing ran is made up for as far back; older news is none."""
STEP: Final = timedelta(days=1)
"""Made up for in one transaction."""


async def announce_aired(container: Container) -> None:
    """Record :class:`EpisodeAired` for what aired since the last time, each once.

    How far that is stands in the database and moves in the transaction of the events: a process that is killed leaves either
    both or neither, and of two that are at it the second finds the mark moved.
    """
    now = container.clock.now()
    async with container.scope(write=True) as scope:
        since = await scope.port(AiringMark).begin(now)
    since = max(since, now - CAUGHT_UP)
    while since < now:
        until = min(now, since + STEP)
        async with container.scope(write=False) as scope:
            context = ScheduleContext(
                releases=scope.port(Releases),
                schedules=scope.port(Schedules),
                listings=scope.port(Listings),
                # To people in any region; each page asks where its reader is.
                reader=Reader(sees_drafts=False, everywhere=True),
                now=now,
            )
            found = await usecases.airings(context, WantedAirings(since=since, until=until))
        async with container.scope(write=True) as scope:
            if not await scope.port(AiringMark).move(until, no_further_than=since):
                return  # another process was quicker
            for airing in found:
                if airing.state in {AiringState.PLANNED, AiringState.MOVED}:
                    scope.uow.record(
                        EpisodeAired(
                            at=now,
                            release_id=airing.release.release_id,
                            ordinal=airing.ordinal,
                            airs_at=airing.airs_at,
                            site=airing.site,
                        )
                    )
        since = until
