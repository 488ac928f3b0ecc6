"""Closes sockets whose account may not be here any more, should the message that says so have been lost."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

import structlog

from kernel.access import Role
from realtime.gateway.connections import Connections, Identity

log = structlog.get_logger()

INTERVAL_S: Final = 60.0
"""The bus tells at once and at most once; this bounds what a lost message costs."""
BATCH: Final = 500
"""Sessions asked about in one query; the event loop is free in between."""
TIMEOUT_S: Final = 10.0

SessionRoles = Callable[[Collection[str]], Awaitable[Mapping[str, Role]]]
"""The present role behind each of these sessions that has not ended (``kernel.access.Standing.roles``)."""


async def check_for_ever(connections: Connections[Identity], roles_of: SessionRoles) -> None:
    """:func:`check` at intervals, until cancelled."""
    while True:
        await asyncio.sleep(INTERVAL_S)
        try:
            await check(connections, roles_of)
        except Exception:  # whatever the database's driver raises; nobody loses their socket for it
            log.exception("sockets not checked, and are next time")


async def check(connections: Connections[Identity], roles_of: SessionRoles) -> int:
    """Close the sockets whose session has ended or whose role is another by now; how many."""
    closed, present = 0, connections.of_accounts()
    for first in range(0, len(present), BATCH):
        batch = present[first : first + BATCH]
        async with asyncio.timeout(TIMEOUT_S):
            roles = await roles_of({actor.session_id for _, actor in batch})
        for sid, actor in batch:
            if roles.get(actor.session_id) is not actor.role:
                connections.close_soon(sid)
                closed += 1
    if closed:
        log.info("closed sockets whose account may not be here any more", count=closed)
    return closed
