"""The names of people, studios and tags that a process suggests from: read at the start, and following what changes.

Whoever delivers an event says on the bus which entry changed, or that those of a kind may have: a release named others, was published
or taken away.  What may have changed is read again, and what is different goes into the index.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Final

import structlog

from catalog.people.queries import EntryKind, NamedEntry, named_entries, named_entry
from catalog.search.adapters.readings import dictionary_readings
from catalog.search.entries import EntryNames
from catalog.search.model import Readings, no_readings
from catalog.search.usecases import FoundEntries
from kernel.concurrency import collector
from kernel.concurrency.resting import rested
from kernel.nodes.bus import Bus, batches
from kernel.scope import Container

log = structlog.get_logger()

CHANNEL: Final = "entry-names"
CHANGES_MAX: Final = 200
"""Changed entries read one by one; with more of them their kind is read whole."""
LOOK_AGAIN_S: Final = 300.0
"""Between looks for what the bus lost: each reads all names."""
RETRY_S: Final = 5.0
"""After the database or the bus did not answer."""


class LiveEntries:
    """Finds people, studios and tags by name in this process; :meth:`follow` keeps it up to date."""

    def __init__(self, container: Container, bus: Bus) -> None:
        self._container, self._bus = container, bus
        self._readings: Readings = no_readings
        self._names: Mapping[EntryKind, EntryNames] = {}

    async def find(self, text: str, *, spoilers: bool, limit: int) -> FoundEntries:
        """The port of suggestions; nothing while the names are not read yet."""
        names = self._names
        if not names:
            return FoundEntries()

        def found() -> FoundEntries:
            by_kind = {kind: known.find(text, spoilers=spoilers, limit=limit) for kind, known in names.items()}
            best = max((score for group in by_kind.values() for _, score in group), default=0.0)
            return FoundEntries({kind: [entry for entry, _ in group] for kind, group in by_kind.items()}, best)

        return await asyncio.to_thread(found)

    async def announce(self, kind: EntryKind, entry_id: str = "") -> None:
        """Tell every process that an entry changed; without ``entry_id`` that any of its kind may have."""
        await self._bus.publish(CHANNEL, f"{kind}:{entry_id}".encode())

    async def follow(self) -> None:
        """Read all names, then whatever changes in them, until cancelled."""
        while True:
            try:
                async with self._bus.subscribe(CHANNEL) as messages:
                    async with self._container.first_reading:
                        if not self._names:
                            self._readings = await asyncio.to_thread(dictionary_readings)
                        for kind in EntryKind:
                            await self._read(kind)
                    collector.keep("names of people, studios and tags")
                    await self._follow(messages)
            except Exception as error:  # noqa: BLE001 - suggestions go on with what they know
                log.warning("suggestions do not follow people, studios and tags, trying again", reason=repr(error))
                await asyncio.sleep(RETRY_S)

    async def _follow(self, messages: AsyncIterator[bytes]) -> None:
        async with aclosing(batches(messages, look_again_s=LOOK_AGAIN_S, most=CHANGES_MAX)) as told:
            async for changed in told:
                async with rested():
                    await self._take(changed)

    async def _take(self, changed: set[str]) -> None:
        wanted: dict[EntryKind, set[str]] = {} if changed else {kind: {""} for kind in EntryKind}
        for message in changed:
            kind, _, entry_id = message.partition(":")
            wanted.setdefault(EntryKind(kind), set()).add(entry_id)
        for kind, ids in wanted.items():
            if "" in ids or len(ids) > CHANGES_MAX:
                await self._read(kind)
            else:
                await self._read_some(kind, ids)

    async def _read(self, kind: EntryKind) -> None:
        entries: list[NamedEntry] = []
        async with self._container.scope(write=False) as scope:
            async for page in named_entries(scope.uow.session, kind):
                entries += page
        known = self._names.get(kind)
        if known is None:
            names = await asyncio.to_thread(EntryNames.built, entries, self._readings)
        else:
            names = await asyncio.to_thread(known.replaced, entries)
        self._names = {**self._names, kind: names}

    async def _read_some(self, kind: EntryKind, ids: set[str]) -> None:
        async with self._container.scope(write=False) as scope:
            found = [await named_entry(scope.uow.session, kind, entry_id) for entry_id in sorted(ids)]
        there = [entry for entry in found if entry is not None]
        gone = ids - {entry.id for entry in there}
        names = await asyncio.to_thread(self._names[kind].changed, there, gone)
        self._names = {**self._names, kind: names}
