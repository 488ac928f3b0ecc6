"""The columns that a process lists the catalogue from: read at the start, and following what changes.

The bus tells of a change a moment after it is made.  Whoever lists the catalogue does not wait for that: each list asks the database
what was edited in the last :data:`OVERLAP`, by an index, and reads what the columns do not have yet.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

import catalog.search.queries
from catalog.search.adapters import stored
from catalog.search.adapters.changes import ALL, CHANNEL
from catalog.search.listing import facets, queries
from catalog.search.listing.columns import FORMAT, Columns
from catalog.search.listing.model import CatalogueFilter, CatalogueRow, Facet, Listed
from catalog.search.listing.usecases import Catalogue, CatalogueNotReady
from kernel.concurrency.resting import rested
from kernel.nodes.bus import Bus, batches
from kernel.scope import Container, Scope

log = structlog.get_logger()

READ_AT_ONCE: Final = 100
"""Releases of one statement: far below what SQLite takes as parameters, and about 5 ms of the event loop on a quiet machine."""
OVERLAP: Final = timedelta(seconds=45)
"""Looked back for edits: a transaction ends up to 30 s (its statements' limit) after the moment that it writes down, and the clocks of
two nodes differ a little."""
EDITS_MAX: Final = 500
"""Edits read for one list.  With more of them (an import) the list follows when the process has read them."""
READY_TIMEOUT_S: Final = 10.0
"""How long a list waits for the columns after a start: 100,000 releases are read in about as long."""
WASTE_MAX: Final = 0.3
"""The part of the places that may be dead before the columns are built anew."""
SETTLED_ROWS: Final = 1_000
"""Below so many places none of that is worth a new build."""
LOOK_AGAIN_S: Final = 60.0
"""Between looks for what the bus lost."""
STATS_EVERY_S: Final = 300.0
"""Between readings of all ratings, members and trends: those move with every evening, and nobody waits for them."""
RETRY_S: Final = 5.0
"""After the database or the bus did not answer."""


class LiveColumns:
    """The catalogue's columns in this process; :meth:`follow` keeps them up to date."""

    def __init__(self, container: Container, bus: Bus, path: Path) -> None:
        self._container, self._bus, self._path = container, bus, path
        self._columns: Columns | None = None
        self._ready = asyncio.Event()
        self._changing = asyncio.Lock()

    async def columns(self) -> Columns:
        """The columns as they are.  Raises :class:`CatalogueNotReady` when there are none for :data:`READY_TIMEOUT_S`."""
        if self._columns is None:
            try:
                await asyncio.wait_for(self._ready.wait(), READY_TIMEOUT_S)
            except TimeoutError:
                raise CatalogueNotReady(retry_after_s=int(RETRY_S)) from None
        assert self._columns is not None
        return self._columns

    async def fresh(self, session: AsyncSession) -> Columns:
        """The columns with whatever ``session`` sees edited.  Raises :class:`CatalogueNotReady`."""
        columns = await self.columns()
        since = self._container.clock.now() - OVERLAP
        edited = await queries.versions_since(session, since, EDITS_MAX + 1)
        if len(edited) > EDITS_MAX or not _unknown(columns, edited):
            return columns
        async with self._changing:
            columns = self._current
            unknown = _unknown(columns, edited)
            found: list[CatalogueRow] = []
            for begin in range(0, len(unknown), READ_AT_ONCE):
                found += await queries.rows(session, unknown[begin : begin + READ_AT_ONCE])
            await self._change(found, set(unknown) - {row.release_id for row in found})
        return self._current

    async def forget(self, release_ids: Sequence[str]) -> None:
        """These are no longer there."""
        async with self._changing:
            await self._change((), release_ids)

    async def follow(self) -> None:
        """Read the catalogue, then whatever changes in it, until cancelled."""
        while True:
            try:
                async with self._container.first_reading:
                    await self._open()
                async with self._bus.subscribe(CHANNEL) as messages:
                    await self._follow(messages)
            except Exception as error:  # noqa: BLE001 - the list goes on with what it knows
                log.warning("the catalogue's columns do not follow it, trying again", reason=repr(error))
                await asyncio.sleep(RETRY_S)

    async def _open(self) -> None:
        if self._columns is None:
            known = await asyncio.to_thread(stored.load, self._path, FORMAT, Columns.of_arrays)
            if known is not None:
                self._take(known[0])
                if known[1] == (await self._state())[1]:
                    return
        await self._build()

    async def _follow(self, messages: AsyncIterator[bytes]) -> None:
        looked_at = self._container.clock.now() - OVERLAP
        loop = asyncio.get_running_loop()
        rated_at = loop.time()
        async with aclosing(batches(messages, look_again_s=LOOK_AGAIN_S, most=EDITS_MAX)) as told:
            async for changed in told:
                async with rested():
                    if ALL in changed:
                        await self._build()
                    elif changed:
                        await self._refresh(changed)
                    else:
                        since, looked_at = looked_at - OVERLAP, self._container.clock.now()
                        async with self._container.scope(write=False) as scope:
                            edited = await catalog.search.queries.changed_since(scope.uow.session, since)
                        await self._refresh(edited)
                        if len(self._current) != (await self._state())[0]:
                            await self._build()
                    if loop.time() - rated_at > STATS_EVERY_S:
                        rated_at = loop.time()
                        await self._rate()
                    if self._current.size > SETTLED_ROWS and self._current.wasted > WASTE_MAX:
                        await self._build()

    @property
    def _current(self) -> Columns:
        assert self._columns is not None, "they are opened before they are followed"
        return self._columns

    def _take(self, columns: Columns) -> None:
        self._columns = columns
        self._ready.set()

    async def _refresh(self, release_ids: Iterable[str]) -> None:
        """Read these releases again."""
        wanted = list(release_ids)
        if len(wanted) > max(EDITS_MAX, self._current.size // 4):
            await self._build()
            return
        for begin in range(0, len(wanted), READ_AT_ONCE):
            some = wanted[begin : begin + READ_AT_ONCE]
            async with self._changing:
                async with self._container.scope(write=False) as scope:
                    found = await queries.rows(scope.uow.session, some)
                await self._change(found, set(some) - {row.release_id for row in found})

    async def _rate(self) -> None:
        """Read all ratings, members and trends again."""
        found: dict[str, tuple[float, int, float]] = {}
        last: str | None = None
        while True:
            async with self._container.scope(write=False) as scope:
                page = await queries.all_stats(scope.uow.session, last, READ_AT_ONCE)
            found.update(page)
            if len(page) < READ_AT_ONCE:
                break
            last = page[-1][0]
        async with self._changing:
            self._take(await asyncio.to_thread(self._current.rated, found))

    async def _change(self, rows: Sequence[CatalogueRow], gone: Iterable[str]) -> None:
        known = self._current
        newer = [row for row in rows if not known.newer(row.release_id, row.version)]
        past = [release_id for release_id in gone if known.place(release_id) is not None]
        if newer or past:
            self._take(await asyncio.to_thread(known.changed, newer, past))

    async def _build(self) -> None:
        async with self._changing:
            state = (await self._state())[1]
            builder = Columns.builder()
            last: str | None = None
            while True:
                async with self._container.scope(write=False) as scope:
                    ids = await catalog.search.queries.ids_after(scope.uow.session, last, READ_AT_ONCE)
                    if not ids:
                        break
                    rows = await queries.rows(scope.uow.session, ids)
                await asyncio.to_thread(builder.add_all, rows)
                last = ids[-1]
            columns = await asyncio.to_thread(builder.built)
            self._take(columns)
        try:
            arrays = await asyncio.to_thread(columns.arrays)
            await asyncio.to_thread(stored.save, self._path, FORMAT, arrays, state)
        except OSError as error:
            log.warning("the catalogue's columns cannot be stored; the next start reads them", reason=str(error))

    async def _state(self) -> tuple[int, str]:
        async with self._container.scope(write=False) as scope:
            return await queries.state(scope.uow.session)


def _unknown(columns: Columns, edited: Iterable[queries.Edited]) -> list[str]:
    """Those that the columns do not have as they are now, or still have though they are deleted."""
    return [
        one.release_id
        for one in edited
        if (
            columns.place(one.release_id) is not None
            if one.deleted
            else not columns.knows(one.release_id, one.version, one.at.timestamp())
        )
    ]


class ListedCatalogue(Catalogue):
    """The list as the transaction of ``scope`` sees it."""

    def __init__(self, live: LiveColumns, scope: Scope) -> None:
        self._live, self._session = live, scope.uow.session
        self._columns: Columns | None = None

    async def listed(
        self, wanted: CatalogueFilter, *, ranked: Sequence[str] | None, offset: int, limit: int, with_facets: bool
    ) -> Listed:
        """Worked out in a thread.  Raises :class:`CatalogueNotReady`."""
        columns = self._columns = await self._live.fresh(self._session)
        return await asyncio.to_thread(
            facets.listed, columns, wanted, ranked=ranked, offset=offset, limit=limit, with_facets=with_facets
        )

    @override
    async def seen(
        self, wanted: CatalogueFilter, terms: Mapping[Facet, Sequence[str]]
    ) -> Mapping[Facet, Mapping[str, int]]:
        """Counted in the columns that the last list of this transaction was worked out from."""
        if self._columns is None:
            self._columns = await self._live.fresh(self._session)
        return facets.seen(self._columns, wanted, terms)

    @override
    async def forget(self, release_ids: Sequence[str]) -> None:
        await self._live.forget(release_ids)

    @override
    async def called(self, words: Sequence[str], limit: int) -> Sequence[str]:
        return await queries.called(self._session, words, limit)
