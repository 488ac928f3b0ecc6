"""The ``clock`` event: four times make an offset (RFC 5905 §8)."""

from typing import Annotated

from pydantic import Field

from realtime.gateway.adapters.events import Ack, Events, Payload
from realtime.gateway.connections import Connection, Identity
from realtime.sync.room_clock import RoomClock


class ClockIn(Payload):
    """``clock``: when it was sent, by the client's clock in ms."""

    t0: Annotated[float, Field(ge=-(2**53), le=2**53)]


def register(events: Events, clock: RoomClock) -> None:
    """Answer ``clock``."""

    async def tell(_connection: Connection[Identity], given: ClockIn) -> Ack:
        now_ms = clock.now_ms()  # received and sent in the same breath: nothing is done in between
        return {"t0": given.t0, "t1": now_ms, "t2": now_ms}

    events.on("clock", ClockIn, tell, cost=0.5)
