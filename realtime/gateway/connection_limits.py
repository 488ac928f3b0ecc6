"""Who may open another connection, and who has to go for it: a register by address, without I/O.

A *stranger* is a connection that has joined no namespace yet.  Strangers get :data:`STRANGER_S` to do so; where an address has
as many connections as it may, its oldest stranger goes for the newcomer, so that idle sockets keep nobody out.
"""

from dataclasses import dataclass, field

from kernel.errors import TooManyRequests
from kernel.limits import address_key, connections_allowed
from realtime.gateway.token_bucket import TokenBucket

STRANGER_S = 20.0
"""For joining a namespace: over the 10 s that asking who somebody is may take on a busy server, and a slow line's round trips."""

REFILL_S = 60.0
"""In which an address may open as many connections as it may hold: a school whose server was restarted is back in a minute."""

ADDRESSES_REMEMBERED = 20_000
"""Buckets of addresses without a connection, some 4 MB; a full one is not kept."""


@dataclass(slots=True)
class _Address:
    allowed: int
    bucket: TokenBucket
    connections: int = 0
    strangers: dict[str, None] = field(default_factory=dict)
    """Oldest first."""


class ConnectionLimiter:
    """``per_address`` connections at a time, and as many a minute after a first burst of that; 0 for any number."""

    def __init__(self, per_address: int) -> None:
        self._per_address = per_address
        self._addresses: dict[str, _Address] = {}
        self._of: dict[str, str] = {}
        """Connection → key of its address."""
        self._strangers: dict[str, None] = {}
        """Of all addresses, oldest first."""

    def __len__(self) -> int:
        return len(self._of)

    def ask(self, address: str, now_ms: float) -> str | None:
        """Count one more try; the stranger of this address who has to go for it, if one has to.

        Raises :class:`TooManyRequests` when the address has too many connections already, or opens them too fast.
        """
        if not self._per_address:
            return None
        place = self._place(address)
        if place.connections >= place.allowed and not place.strangers:
            raise TooManyRequests(retry_after_s=int(STRANGER_S))
        if not place.bucket.take(now_ms):
            raise TooManyRequests(retry_after_s=1 + int(REFILL_S / place.allowed))
        return next(iter(place.strangers)) if place.connections >= place.allowed else None

    def opened(self, connection: str, address: str) -> None:
        """It is there, and a stranger."""
        place = self._place(address)
        place.connections += 1
        place.strangers[connection] = None
        self._of[connection] = address_key(address)
        self._strangers[connection] = None

    def joined(self, connection: str) -> bool:
        """It is no stranger any more; false when it was none, or is gone."""
        self._strangers.pop(connection, None)
        place = self._addresses.get(self._of.get(connection, ""))
        return place is not None and place.strangers.pop(connection, self) is None

    def closed(self, connection: str) -> None:
        """It is gone."""
        self.joined(connection)
        place = self._addresses.get(self._of.pop(connection, ""))
        if place is not None:
            place.connections -= 1

    def is_stranger(self, connection: str) -> bool:
        """Whether it is there and has joined no namespace."""
        return connection in self._strangers

    def oldest_stranger(self) -> str | None:
        """Who has to go where the whole process has no room."""
        return next(iter(self._strangers), None)

    def _place(self, address: str) -> _Address:
        key = address_key(address)
        place = self._addresses.pop(key, None)
        if place is None:
            allowed = connections_allowed(address, self._per_address)
            place = _Address(allowed, TokenBucket(allowed / REFILL_S, allowed))
            self._forget_one()
        self._addresses[key] = place  # the last one asked for is the last one forgotten
        return place

    def _forget_one(self) -> None:
        """Make room for one more address by forgetting the one unused for longest that holds nothing."""
        if len(self._addresses) < ADDRESSES_REMEMBERED:
            return
        key, place = next(iter(self._addresses.items()))
        del self._addresses[key]
        if place.connections:  # its connections are known by it: it is as good as new
            self._addresses[key] = place
