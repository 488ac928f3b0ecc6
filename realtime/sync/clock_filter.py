"""What time is it in the room: an estimate of the server's clock from round trips of the ``clock`` event.

Each answer carries the four times of NTP (RFC 5905 §8): ``t0`` sent and ``t3`` received by the client's clock, ``t1``
received and ``t2`` sent by the server's.  No message arrives before it was sent, so the offset (server − client) is at
most ``t1 - t0`` and at least ``t2 - t3``.  The filter keeps the least of the one and the greatest of the other, and takes
the middle.

NTP keeps the one sample with the least round trip instead.  That needs both ways to be quick in the same sample; this
needs each way to be quick once, and is off by half as much at 20 ms of jitter (``bench/sync_simulation.py``).  It
bounds its own error, and tells a clock that stepped (server restarted, laptop slept): the bounds then contradict.

``web/src/sync/clock.ts`` is the same in TypeScript; both are held to ``tests/vectors/clock.json``.
"""

from dataclasses import dataclass

BURST_PINGS = 5
BURST_INTERVAL_MS = 75.0
"""Five questions in 300 ms: with 100 ms of round trip the clock is set before the player has its first segment."""
STEADY_INTERVAL_MS = 10_000.0
"""At the worst skew below, the clocks move apart by 2 ms from one to the next."""
MAX_RTT_MS = 1_000.0
"""Slower answers were held up by something (a lost packet, a sleeping radio) and say nothing the others do not."""
MAX_SAMPLES = 16
"""The last 160 s; what is older counts for nothing because of the skew anyway."""
LOCK_SAMPLES = 3
"""One sample may have been unlucky in both directions; of three, hardly all."""
MAX_SKEW = 1e-4
"""How fast two clocks may move apart: 100 ppm is two bad crystals (RFC 5905 assumes 15 ppm for disciplined clocks)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer, as bounds of the offset; ``at_ms`` by the client's clock."""

    at_ms: float
    lowest_ms: float
    highest_ms: float

    @property
    def rtt_ms(self) -> float:
        """The time on the way, without the time at the server."""
        return self.highest_ms - self.lowest_ms


class ClockFilter:
    """Answers in, offset out.  All times in milliseconds of monotonic clocks."""

    def __init__(self) -> None:
        self._samples: list[Sample] = []
        self.offset_ms = 0.0
        """Room time − client time, by the best knowledge so far."""
        self.error_ms = float("inf")
        """The offset cannot be further off than this."""
        self.rtt_ms: float | None = None
        """Of the last good answer."""

    @property
    def locked(self) -> bool:
        """Whether the offset is good enough to start a player by."""
        return len(self._samples) >= LOCK_SAMPLES

    def room_ms(self, client_ms: float) -> float:
        """Room time at a moment of the client's clock."""
        return client_ms + self.offset_ms

    def add(self, t0: float, t1: float, t2: float, t3: float) -> bool:
        """Take in one answer; false where it was too slow, or makes no sense, and was left out."""
        sample = Sample(at_ms=t3, lowest_ms=t2 - t3, highest_ms=t1 - t0)
        if not (t0 <= t3 and t1 <= t2 and 0 <= sample.rtt_ms <= MAX_RTT_MS):
            return False
        self.rtt_ms = sample.rtt_ms
        self._samples = [*self._samples, sample][-MAX_SAMPLES:]
        if not self._intersect(t3):
            self._samples = [sample]
            self._intersect(t3)
        return True

    def next_ping_in_ms(self) -> float:
        """How long after the last question to ask the next: quickly at first, and again after the clock stepped."""
        return BURST_INTERVAL_MS if len(self._samples) < BURST_PINGS else STEADY_INTERVAL_MS

    def _intersect(self, now_ms: float) -> bool:
        """Set the offset to the middle of what all samples allow; false where they contradict."""
        lowest = max(sample.lowest_ms - MAX_SKEW * (now_ms - sample.at_ms) for sample in self._samples)
        highest = min(sample.highest_ms + MAX_SKEW * (now_ms - sample.at_ms) for sample in self._samples)
        if lowest > highest:
            return False
        self.offset_ms = (lowest + highest) / 2
        self.error_ms = (highest - lowest) / 2
        return True
