"""Steering manifests for whoever has the token of a stream that may go on."""

from typing_extensions import override

from kernel.clock import Clock
from kernel.errors import Forbidden, NotFound, Unavailable
from streaming.origin.access.token import TokenExpired, TokenRefused, verify
from streaming.origin.adapters.serving import Origin
from streaming.origin.model import StreamOver
from streaming.origin.steering.manifest import BUSY_TTL_S, TTL_S, Manifest
from streaming.origin.steering.model import Offer
from streaming.origin.steering.usecases import SteeredStreams, SteeringQuery


class OriginSteering(SteeredStreams):
    """See :class:`SteeredStreams`."""

    def __init__(self, origin: Origin, clock: Clock) -> None:
        self._origin = origin
        self._clock = clock

    @override
    async def steer(self, session_id: str, query: SteeringQuery) -> Manifest:
        try:
            token = verify(query.token, self._origin.keyring, now_s=self._clock.now_ms() / 1000)
        except TokenExpired:
            raise StreamOver from None
        if token.session_id != session_id:
            raise TokenRefused
        offer, ttl_s = Offer(), TTL_S
        try:
            offer = (await self._origin.gate.admit(query.token, token.asset_id)).offer
        except Unavailable:
            ttl_s = BUSY_TTL_S
        except (Forbidden, NotFound):
            raise StreamOver from None
        # An edge that serves by a grant says nothing of who goes on watching; this does.
        self._origin.leases.heartbeats.beat(session_id, self._clock.monotonic_ms())
        return await self._origin.steering.steer(session_id, token.asset_id, query, offer, ttl_s=ttl_s)
