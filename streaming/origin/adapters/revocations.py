"""Streams that may not go on, made known to all processes at once; without this each would find out within 30 s."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from redis.exceptions import RedisError

from kernel.db import UnitOfWork
from kernel.ids import is_id
from kernel.nodes.bus import Bus

log = structlog.get_logger()

CHANNEL: Final = "streams.revoked"
PUBLISH_TIMEOUT_S: Final = 2
RETRY_DELAY_S: Final = 1

RevocationListener = Callable[[str], None]
"""Called on every process with the id of a session whose tokens are good for nothing any more; more than once at times."""


class Revocations:
    """One for each process; run :meth:`listen` beside it."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._listeners: list[RevocationListener] = []

    def subscribe(self, listener: RevocationListener) -> None:
        """Call ``listener`` from now on."""
        self._listeners.append(listener)

    async def announce(self, session_id: str) -> None:
        """Tell this process and all others.  A bus that does not answer costs 30 s: so long do gates remember."""
        self._tell(session_id)
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await self._bus.publish(CHANNEL, session_id.encode())
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("end of a stream not announced", session_id=session_id, reason=str(error))

    async def listen(self) -> None:
        """Hear of the streams that other processes ended, until cancelled."""
        while True:
            try:
                async with self._bus.subscribe(CHANNEL) as messages:
                    async for message in messages:
                        session_id = message.decode(errors="replace")
                        if is_id(session_id):
                            self._tell(session_id)
            except (RedisError, OSError) as error:
                log.warning("not hearing of ended streams", reason=str(error))
                await asyncio.sleep(RETRY_DELAY_S)

    def _tell(self, session_id: str) -> None:
        for listener in self._listeners:
            listener(session_id)


class RevocationsAfterCommit:
    """The ``StreamRevocations`` of one transaction."""

    def __init__(self, uow: UnitOfWork, revocations: Revocations) -> None:
        self._uow = uow
        self._revocations = revocations

    def revoke(self, session_id: str) -> None:
        """See ``StreamRevocations``."""
        self._uow.after_commit(lambda: self._revocations.announce(session_id))
