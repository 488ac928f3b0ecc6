"""Housekeeping of parties, run now and then by one process."""

import structlog

from kernel.clock import Clock
from kernel.errors import AniError
from realtime.party.domain.members.membership import EMPTY_CLOSE_MS
from realtime.party.ports import PartyIndex
from realtime.party.usecases import Parties

log = structlog.get_logger()

AT_A_TIME = 100

KEEP_CLOSED_MS = 7 * 24 * 3_600_000
"""What was said at a party, by whom and, for guests, from where is nobody's business long after it.  Until then a report of it
can be looked into, and Valkey still has the party."""


async def close_abandoned(parties: Parties, index: PartyIndex, clock: Clock) -> int:
    """Let time pass for parties nobody has touched for long, so that they close; how many were looked at.

    An open room does this by itself; these have none, because nobody is in them.
    """
    stale = await index.abandoned(before_ms=clock.now_ms() - EMPTY_CLOSE_MS, limit=AT_A_TIME)
    for party_id in stale:
        try:
            await parties.wake(party_id)
        except AniError as error:
            log.info("abandoned party not closed", party=party_id, reason=error.code)
    return len(stale)


async def forget_closed(index: PartyIndex, clock: Clock) -> int:
    """Delete parties that ended long ago; how many."""
    return await index.forget_closed(before_ms=clock.now_ms() - KEEP_CLOSED_MS, limit=AT_A_TIME)
