"""How many parties somebody may open, over REST and sockets together."""

from typing import Final

from kernel.limits import Limit, address_key
from kernel.throttle import Throttle

PARTIES_OF_ACCOUNT: Final = Limit("parties", attempts=20, window_s=3600)
"""An evening has one, or a few where the first went wrong; each is rows, a room in memory and a line in the list."""
PARTIES_OF_ACCOUNT_DAY: Final = Limit("parties-day", attempts=60, window_s=24 * 3600)
"""They stay open for a while after the last has left: what one account leaves behind in a day."""
PARTIES_OF_ADDRESS: Final = Limit("parties-address", attempts=120, window_s=3600)
"""A school or a dormitory behind one address; accounts without end are no way around the others."""


async def count_party(throttle: Throttle, *, user_id: str, address: str) -> None:
    """One more party; raises :class:`kernel.errors.TooManyRequests` when it is one too many."""
    await throttle.count(PARTIES_OF_ACCOUNT, user_id)
    await throttle.count(PARTIES_OF_ACCOUNT_DAY, user_id)
    await throttle.count(PARTIES_OF_ADDRESS, address_key(address))
