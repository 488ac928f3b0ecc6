"""`ani watch`: looks at a folder again and again, and has what belongs to an episode made ready to stream."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from kernel.db import outage
from kernel.errors import Unavailable
from server.services import Services
from streaming.ingest.watch_folder import usecases
from streaming.ingest.watch_folder.adapters.context import context_of
from streaming.ingest.watch_folder.adapters.folder import FolderUnreadable, scan
from streaming.ingest.watch_folder.model import Outcome, Reason, Scan, State, settled
from streaming.keys.model import Protection

RECHECK_S: Final = 60.0
"""The catalogue is asked again this often where nothing moved: somebody may have added the episode that a file is of."""
PROGRESS_S: Final = 1.0
NOBODY_WORKS_S: Final = 60.0
"""After which somebody is told that nothing takes up the orders; a worker finds one within five seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What to watch, and how."""

    folder: Path
    interval_s: float
    replacing: bool = False
    protection: Protection | None = None


@dataclass(slots=True)
class Told:
    """What was said of each file already: only what is new is said."""

    states: dict[str, tuple[State, Reason | None, str]] = field(default_factory=dict)

    def news(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Those that are not as they were; forgets files that are gone."""
        present = {one.file.path: (one.state, one.reason, one.detail) for one in outcomes}
        changed = [one for one in outcomes if self.states.get(one.file.path) != present[one.file.path]]
        self.states = present
        return changed


async def look(services: Services, watch: Watch, previous: Scan, present: Scan, *, ordering: bool) -> list[Outcome]:
    """What becomes of each file of ``present``, the scan after ``previous``; with ``ordering`` it is ordered.

    Raises what the database raises.
    """
    files = settled(previous, present)
    async with services.container.scope(write=ordering) as scope:
        context = context_of(scope)
        outcomes = await usecases.judge(context, files, replacing=watch.replacing)
        if ordering:
            folder = str(await asyncio.to_thread(watch.folder.resolve))
            outcomes = await usecases.order(context, outcomes, folder, protection=watch.protection)
    return outcomes


async def first_look(services: Services, watch: Watch, stop: asyncio.Event, *, ordering: bool) -> list[Outcome]:
    """Two scans, ``watch.interval_s`` apart, and what the second one came to; nothing where ``stop`` is set between."""
    previous = await asyncio.to_thread(scan, watch.folder)
    if previous.files and await waited(stop, watch.interval_s):
        return []
    return await look(services, watch, previous, await asyncio.to_thread(scan, watch.folder), ordering=ordering)


async def follow(
    services: Services,
    watch: Watch,
    stop: asyncio.Event,
    show: Callable[[Sequence[Outcome], Scan], None],
    warn: Callable[[str], None],
) -> None:
    """Until ``stop`` is set; ``show`` is given what is new.

    Raises :class:`FolderUnreadable` where the folder cannot be read at the start; later it is waited for, like the database.
    """
    clock = asyncio.get_running_loop().time
    told, waiting_since, is_warned = Told(), clock(), False
    previous, looked_at, trouble = await asyncio.to_thread(scan, watch.folder), float("-inf"), ""
    while not await waited(stop, watch.interval_s):
        try:
            present = await asyncio.to_thread(scan, watch.folder)
            underway = any(state[0] in {State.QUEUED, State.RUNNING} for state in told.states.values())
            if present == previous and not underway and clock() - looked_at < RECHECK_S:
                continue
            outcomes = await look(services, watch, previous, present, ordering=True)
            # What moved is looked at again as soon as it stood still.
            looked_at = clock() if present == previous else float("-inf")
            previous = present
        except (FolderUnreadable, Unavailable, SQLAlchemyError, ConnectionError) as error:
            if not isinstance(error, FolderUnreadable | Unavailable) and outage(error) is None:
                raise
            text = (
                error.message if isinstance(error, FolderUnreadable | Unavailable) else "The database does not answer."
            )
            if text != trouble:
                warn(f"{text} Trying again every {watch.interval_s:g} s.")
            trouble = text
            continue
        if trouble:
            warn("Going on.")
            trouble = ""
        show(told.news(outcomes), present)
        states = {one.state for one in outcomes}
        if State.QUEUED not in states or State.RUNNING in states:
            waiting_since = clock()
        elif clock() - waiting_since > NOBODY_WORKS_S and not is_warned:
            warn("Nothing takes up the orders: start `ani serve` or `ani worker`, or give --work.")
            is_warned = True


async def until_done(
    services: Services,
    watch: Watch,
    stop: asyncio.Event,
    outcomes: Sequence[Outcome],
    show: Callable[[str, float], None],
) -> list[Outcome]:
    """Wait for what was ordered; how it ended."""
    keys = {one.file.key for one in outcomes if one.state in {State.QUEUED, State.RUNNING}}
    while True:
        async with services.container.scope(write=False) as scope:
            context = context_of(scope)
            jobs = await context.jobs.of_keys(keys)
        ended = [job for job in jobs.values() if job.state not in {"queued", "running"}]
        running = next((job for job in jobs.values() if job.state == "running"), None)
        done = sum(job.progress if job.state == "running" else 1.0 for job in jobs.values() if job.state != "queued")
        stage = "waiting" if running is None else running.stage or "beginning"
        show(f"{len(ended)}/{len(jobs)} {stage}", done / max(1, len(jobs)))
        if len(ended) == len(jobs) or await waited(stop, PROGRESS_S):
            break
    async with services.container.scope(write=False) as scope:
        files = [one.file for one in outcomes if one.file.key in keys]
        return await usecases.judge(context_of(scope), files, replacing=watch.replacing)


async def waited(stop: asyncio.Event, seconds: float) -> bool:
    """Whether ``stop`` was set within that time."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()


@contextlib.asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """Set by Ctrl-C and by SIGTERM."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
