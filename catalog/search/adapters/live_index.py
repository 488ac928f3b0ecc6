"""The index of names that a process searches in: read at the start, and following what changes.

Whoever delivers an event announces the release on the bus, and every process reads it again.  The bus loses messages, so each
process also looks now and then for what was edited since.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from catalog.search import queries
from catalog.search.adapters import stored
from catalog.search.adapters.changes import CHANNEL
from catalog.search.adapters.readings import dictionary_readings
from catalog.search.highlights.alignment import matched_each
from catalog.search.highlights.model import Matched
from catalog.search.model import Match, Name, NamedRelease, Readings, no_readings
from catalog.search.names import FORMAT, SATISFIED, NameIndex, NameSegment, NameSegmentBuilder
from kernel.concurrency.resting import rested
from kernel.nodes.bus import Bus, batches
from kernel.scope import Container

log = structlog.get_logger()

READ_AT_ONCE: Final = 200
"""Releases of one statement, and identifiers in one list: far below what SQLite takes as parameters."""
RECENT_MAX: Final = 500
"""Changed releases beside the large segment; then it is built anew, since each change builds the small one (1 ms a release)."""
LOOK_AGAIN_S: Final = 60.0
"""Between looks for what the bus lost."""
OVERLAP: Final = timedelta(minutes=2)
"""Looked back further than the last time: transactions end after the moment they write down, and clocks differ."""
RETRY_S: Final = 5.0
"""After the database or the bus did not answer."""


class LiveIndex:
    """Finds releases by name in this process; :meth:`follow` keeps it up to date."""

    def __init__(self, container: Container, bus: Bus, path: Path) -> None:
        self._container, self._bus, self._path = container, bus, path
        self._readings: Readings = no_readings
        self._index: NameIndex | None = None
        self._latest: tuple[tuple[NameIndex, str, bool] | None, list[Match]] = (None, [])
        """What was searched for last: suggestions guess after the list has searched for the same."""

    async def search(self, text: str, *, drafts: bool) -> list[Match] | None:
        """The matches, best first, worked out in a thread; ``None`` while there is no index yet."""
        index = self._index
        if index is None:
            return None
        known, latest = self._latest
        if known == (index, text, drafts):
            return latest
        found = await asyncio.to_thread(index.search, text, drafts=drafts)
        self._latest = (index, text, drafts), found
        return found

    async def guesses(self, text: str, *, drafts: bool) -> Sequence[str]:
        """The port of suggestions: what may be meant where the search finds nothing or is not sure, the nearest first."""
        found = await self.search(text, drafts=drafts)
        if found is None or (found and found[0].score >= SATISFIED):
            return []
        near = await asyncio.to_thread(self._current.guesses, text, found, drafts=drafts)
        return [match.release_id for match in near]

    async def score(self, text: str, release_id: str) -> float | None:
        """The port of learning: how well a published release is found by ``text``."""
        matches = await self.search(text, drafts=False)
        if matches is None:
            return None
        return next((match.score for match in matches if match.release_id == release_id), 0.0)

    async def highlights(self, text: str, names: Mapping[str, Sequence[Name]]) -> Mapping[str, Matched]:
        """The port of what was found by which name, worked out in a thread."""
        return await asyncio.to_thread(matched_each, text, names, self._readings)

    async def find(self, text: str, *, drafts: bool) -> Sequence[str] | None:
        """The port of releases: identifiers, best first."""
        matches = await self.search(text, drafts=drafts)
        return None if matches is None else [match.release_id for match in matches]

    async def announce(self, release_id: str) -> None:
        """Tell every process that a release changed."""
        await self._bus.publish(CHANNEL, release_id.encode())

    async def follow(self) -> None:
        """Read the catalogue, then whatever changes in it, until cancelled."""
        while True:
            try:
                async with self._bus.subscribe(CHANNEL) as messages:
                    async with self._container.first_reading:
                        await self._open()
                    await self._follow(messages)
            except Exception as error:  # noqa: BLE001 - the search goes on with what it knows
                log.warning("the search index does not follow the catalogue, trying again", reason=repr(error))
                await asyncio.sleep(RETRY_S)

    async def _open(self) -> None:
        if self._index is None:
            self._readings = await asyncio.to_thread(dictionary_readings)
            known = await asyncio.to_thread(stored.load, self._path, FORMAT, NameSegment)
            if known is not None:
                self._index = NameIndex(known[0], readings=self._readings)
                if known[1] == self._described(await self._state()):
                    return
        await self._build()

    async def _follow(self, messages: AsyncIterator[bytes]) -> None:
        looked_at = self._container.clock.now()
        async with aclosing(batches(messages, look_again_s=LOOK_AGAIN_S, most=RECENT_MAX)) as told:
            async for changed in told:
                async with rested():
                    if changed:
                        await self._refresh(changed)
                    else:
                        since, looked_at = looked_at - OVERLAP, self._container.clock.now()
                        async with self._container.scope(write=False) as scope:
                            edited = await queries.changed_since(scope.uow.session, since)
                        await self._refresh(edited)
                        if len(self._current) != (await self._state())[0]:
                            await self._build()

    @property
    def _current(self) -> NameIndex:
        assert self._index is not None, "it is opened before it is followed"
        return self._index

    async def _refresh(self, release_ids: Iterable[str]) -> None:
        """Read these releases again; without an effect where nothing is different."""
        wanted = list(release_ids)
        if not wanted:
            return
        if len(wanted) + len(self._current.recent) > RECENT_MAX:
            await self._build()
            return
        found = await self._read(wanted)
        gone = set(wanted) - {release.release_id for release in found}
        self._index = await asyncio.to_thread(self._current.changed, found, gone)

    async def _build(self) -> None:
        state = self._described(await self._state())
        builder = NameSegmentBuilder(self._readings)
        last: str | None = None
        while True:
            async with self._container.scope(write=False) as scope:
                ids = await queries.ids_after(scope.uow.session, last, READ_AT_ONCE)
                if not ids:
                    break
                releases = await queries.named(scope.uow.session, ids)
            await asyncio.to_thread(builder.add_all, releases)
            last = ids[-1]
        segment = await asyncio.to_thread(builder.built)
        self._index = NameIndex(segment, readings=self._readings)
        try:
            await asyncio.to_thread(stored.save, self._path, FORMAT, segment.arrays, state)
        except OSError as error:
            log.warning("the search index cannot be stored; the next start reads the catalogue", reason=str(error))

    async def _read(self, release_ids: Sequence[str]) -> list[NamedRelease]:
        found: list[NamedRelease] = []
        for begin in range(0, len(release_ids), READ_AT_ONCE):
            async with self._container.scope(write=False) as scope:
                found += await queries.named(scope.uow.session, release_ids[begin : begin + READ_AT_ONCE])
        return found

    async def _state(self) -> tuple[int, str]:
        async with self._container.scope(write=False) as scope:
            return await queries.state(scope.uow.session)

    def _described(self, state: tuple[int, str]) -> str:
        return f"{state[1]} {'read' if self._readings is not no_readings else 'unread'}"
