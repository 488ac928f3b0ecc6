"""Packets of one RTP stream brought into their order (RFC 3550 §5.1 and appendix A.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

MAX_WAIT_MS: Final = 200
"""So long is a missing packet waited for: a retransmission takes a round trip, and a part of a third of a second holds it."""
MAX_HELD: Final = 512
"""Packets behind a gap; at 2 Mbit/s over two seconds, so the wait ends first."""
MAX_DROPOUT: Final = 3000
"""A jump ahead of more is another stream, not a loss (RFC 3550 appendix A.1)."""
MAX_MISORDER: Final = 100
"""A packet further behind is another stream, not a late one (RFC 3550 appendix A.1)."""

_MODULUS: Final = 1 << 16


class Packet(Protocol):
    """What of an RTP packet is needed here."""

    @property
    def sequence(self) -> int:
        """16 bits."""
        ...

    @property
    def timestamp(self) -> int:
        """32 bits, in units of the stream's clock."""
        ...

    @property
    def marker(self) -> bool:
        """Whether a frame ends here."""
        ...

    @property
    def payload(self) -> bytes:
        """What follows the header."""
        ...


P = TypeVar("P", bound=Packet)
O_co = TypeVar("O_co", bound=Packet, covariant=True)


@dataclass(frozen=True, slots=True)
class Ordered(Generic[O_co]):
    """A packet in its turn."""

    packet: O_co
    after_loss: bool
    """Whether something before it is missing for good."""


class ReorderBuffer(Generic[P]):
    """Puts packets in order, drops repeated ones, and gives up what does not come."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._held: dict[int, tuple[P, float]] = {}
        """In the order of arrival."""
        self._strange: int | None = None
        self.lost = 0
        """Packets that never came, or came too late."""
        self.refused = 0
        """Packets that were there already, were too late, or belong to nothing."""

    def push(self, packet: P, now_ms: float) -> list[Ordered[P]]:
        """What is in turn now that ``packet`` came at ``now_ms`` (monotonic)."""
        if self._next is None:
            self._next = packet.sequence
        ahead = (packet.sequence - self._next + _MODULUS // 2) % _MODULUS - _MODULUS // 2
        if ahead < -MAX_MISORDER or ahead > MAX_DROPOUT:
            return self._far_off(packet)
        self._strange = None
        number = self._next + ahead
        if ahead < 0 or number in self._held:
            self.refused += 1
            return []
        self._held[number] = (packet, now_ms)
        return [*self._in_turn(after_loss=False), *self.expire(now_ms)]

    def expire(self, now_ms: float) -> list[Ordered[P]]:
        """What is in turn because waiting for what is missing has no sense any more."""
        released: list[Ordered[P]] = []
        while self._held:
            _, came_ms = next(iter(self._held.values()))  # the first put in, and so the oldest
            if len(self._held) <= MAX_HELD and now_ms - came_ms < MAX_WAIT_MS:
                break
            released += self._skip_gap()
        return released

    def flush(self) -> list[Ordered[P]]:
        """Everything that is held, because nothing more comes."""
        released: list[Ordered[P]] = []
        while self._held:
            released += self._skip_gap()
        return released

    def _skip_gap(self) -> Iterator[Ordered[P]]:
        first = min(self._held)
        assert self._next is not None
        self.lost += first - self._next
        self._next = first
        return self._in_turn(after_loss=True)

    def _in_turn(self, *, after_loss: bool) -> Iterator[Ordered[P]]:
        ordered = []
        while self._next is not None and self._next in self._held:
            packet, _ = self._held.pop(self._next)
            ordered.append(Ordered(packet, after_loss))
            self._next += 1
            after_loss = False
        return iter(ordered)

    def _far_off(self, packet: P) -> list[Ordered[P]]:
        """Two such packets in a row are a sender that began anew; one is garbage or a replay."""
        if packet.sequence != self._strange:
            self._strange = (packet.sequence + 1) % _MODULUS
            self.refused += 1
            return []
        released = self.flush()
        self._strange, self._next = None, packet.sequence + 1
        return [*released, Ordered(packet, after_loss=True)]


class Unwrapper:
    """A counter of some bits as a number that does not wrap around."""

    def __init__(self, bits: int) -> None:
        self._modulus = 1 << bits
        self._last: int | None = None

    def unwrap(self, value: int) -> int:
        """``value`` near the one before; negative where it lies before the first."""
        if self._last is None:
            self._last = value
            return value
        self._last = self.near(value)
        return self._last

    def near(self, value: int) -> int:
        """The same without moving on, for what may be garbage."""
        last = self._last or 0
        half = self._modulus // 2
        return last + (value - last + half) % self._modulus - half
