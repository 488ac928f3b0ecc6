"""Leases of the streams that players of this process are heard of."""

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Final

import structlog

from kernel.access import Standing
from kernel.scope import Container
from streaming.origin.leases import usecases as leases
from streaming.origin.leases.heartbeats import Heartbeats

log = structlog.get_logger()

RENEW_TIMEOUT_S: Final = 10
"""Less than ``SAFE_REST``, which says why."""


class LeaseKeeper:
    """Writes down who goes on watching; ``on_over`` hears of sessions that may not."""

    def __init__(self, container: Container, on_over: Callable[[str], None]) -> None:
        self._container = container
        self._on_over = on_over
        self.heartbeats = Heartbeats()

    async def renew(self) -> None:
        """Renew the leases that are due."""
        due = self.heartbeats.take()
        if not due:
            return
        try:
            async with asyncio.timeout(RENEW_TIMEOUT_S), self._container.scope(write=True) as scope:
                renewed = await leases.renew(leases.Context.of(scope), due)
        except Exception:
            log.exception("leases of streams could not be renewed, and are tried again", sessions=len(due))
            self.heartbeats.put_back(due)
            return
        over = set(renewed.over)
        for session_id in renewed.lapsed:
            try:
                # Each by itself: it holds the streams of an account.
                async with asyncio.timeout(RENEW_TIMEOUT_S), self._container.scope(write=True) as scope:
                    if not await leases.take_back(leases.Context.of(scope), scope.port(Standing), session_id):
                        over.add(session_id)
            except Exception:
                log.exception("a lapsed stream could not be taken back", session_id=session_id)
                self.heartbeats.put_back(frozenset({session_id}))
        for session_id in over:
            self._on_over(session_id)

    async def beat(self, session_id: str) -> None:
        """The player of a session says that it goes on.  Raises ``StreamNotFound``, ``StreamOver``."""
        async with self._container.scope(write=False) as scope:
            await leases.still_running(leases.Context.of(scope), session_id)
        self.heartbeats.beat(session_id, self._container.clock.monotonic_ms())

    async def quiet(self, session_ids: Collection[str], rest: timedelta) -> Collection[str]:
        """Those of ``session_ids`` that have less than ``rest`` left of their leases."""
        async with self._container.scope(write=False) as scope:
            return await leases.quiet(leases.Context.of(scope), session_ids, rest)
