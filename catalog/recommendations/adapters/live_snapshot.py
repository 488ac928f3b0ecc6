"""The catalogue as numbers that a process recommends from: read at the start, and following what changes.

The database holds the models; whoever delivers the event of a new one announces it on the bus.  The bus loses messages, and the
catalogue changes all the time, so each process also looks now and then.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Final

import structlog

from catalog.recommendations import queries
from catalog.recommendations.algorithms.fitted import FittedModel, ModelRecord, UnreadableModel
from catalog.recommendations.engine import CatalogueItems, Snapshot
from catalog.recommendations.model import Preferences, Suggestion, Taste
from catalog.recommendations.repository import SqlModels
from kernel.concurrency.resting import rested
from kernel.nodes.bus import Bus, batches
from kernel.scope import Container

log = structlog.get_logger()

CHANNEL: Final = "recommendation-model"
LOOK_AGAIN_S: Final = 60.0
"""Between looks at what changed: what is published, or described anew, is recommended a minute later."""
READ_ANEW_S: Final = 900.0
"""Until all is read again whatever it says: one tag for another leaves no trace in what is looked at."""
RETRY_S: Final = 5.0
"""After the database or the bus did not answer."""


class LiveSnapshot:
    """The port ``Recommender``; :meth:`follow` keeps it up to date."""

    def __init__(self, container: Container, bus: Bus) -> None:
        self._container, self._bus = container, bus
        self._snapshot: Snapshot | None = None
        self._record: ModelRecord | None = None
        self._model: FittedModel | None = None
        self._state: tuple[str, str] | None = None
        self._read_at_ms = 0.0
        self._reading = asyncio.Lock()

    async def recommend(
        self, taste: Taste, preferences: Preferences, hidden: frozenset[str], now: datetime, *, count: int
    ) -> Sequence[Suggestion]:
        """In a thread."""
        snapshot = await self._current()
        return await asyncio.to_thread(snapshot.recommend, taste, preferences, hidden, now, count=count)

    async def similar(self, release_id: str, *, count: int) -> Sequence[Suggestion]:
        """In a thread."""
        return await asyncio.to_thread((await self._current()).similar, release_id, count=count)

    def model(self) -> ModelRecord | None:
        """What is known of the model in use."""
        return self._record

    async def announce(self, version: str) -> None:
        """Tell every process that there is a new model."""
        await self._bus.publish(CHANNEL, version.encode())

    async def follow(self) -> None:
        """Read the catalogue and the newest model, then what changes, until cancelled."""
        while True:
            try:
                async with self._bus.subscribe(CHANNEL) as messages:
                    await self._follow(messages)
            except Exception as error:  # noqa: BLE001 - recommending goes on with what it knows
                log.warning("recommendations do not follow the catalogue, trying again", reason=repr(error))
                await asyncio.sleep(RETRY_S)

    async def _current(self) -> Snapshot:
        """Read by whoever comes first, in the first second of a process."""
        while self._snapshot is None:
            await self.refresh()
        return self._snapshot

    async def _follow(self, messages: AsyncIterator[bytes]) -> None:
        async with self._container.first_reading:
            await self.refresh()
        async with aclosing(batches(messages, look_again_s=LOOK_AGAIN_S, most=1)) as told:
            async for _ in told:
                async with rested():
                    await self.refresh()

    async def refresh(self) -> None:
        """Read what is different from the last time; without an effect where nothing is."""
        async with self._reading:
            await self._refresh()

    async def _refresh(self) -> None:
        async with self._container.scope(write=False) as scope:
            record = await SqlModels(scope.uow).newest()
            state = (await queries.state(scope.uow.session), "" if record is None else record.version)
        now_ms = self._container.clock.monotonic_ms()
        if state == self._state and now_ms - self._read_at_ms < READ_ANEW_S * 1000:
            return
        if record is not None and record != self._record:
            self._model = await self._read_model(record.version)
        items = await self._read_catalogue()
        self._snapshot = await asyncio.to_thread(Snapshot, items, self._model)
        self._record, self._state, self._read_at_ms = record, state, now_ms

    async def _read_model(self, version: str) -> FittedModel | None:
        parts: list[bytes] = []
        while True:
            async with self._container.scope(write=False) as scope:
                part = await SqlModels(scope.uow).part(version, len(parts))
            if part is None:
                break
            parts.append(part)
        try:
            return await asyncio.to_thread(FittedModel.unpacked, b"".join(parts))
        except UnreadableModel:
            log.warning("the stored recommendation model cannot be read; the next night makes another", version=version)
            return self._model

    async def _read_catalogue(self) -> CatalogueItems:
        items, last = CatalogueItems(), None
        while True:
            async with self._container.scope(write=False) as scope:
                page = await queries.items_after(scope.uow.session, last)
            items.add_all(page)
            if len(page) < queries.READ_AT_ONCE:
                return items
            last = page[-1].release_id
