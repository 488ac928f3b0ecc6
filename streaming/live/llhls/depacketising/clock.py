"""RTP timestamps as times of our clock, by the references that sender reports give (RFC 3550 §6.4.1)."""

from typing import Final

from streaming.live.llhls.depacketising.reorder import Unwrapper

_MAX_SLEW: Final = 0.01
"""A correction speeds up or slows down time by at most a hundredth, which nobody hears or sees."""
_MAX_DISTANCE_MS: Final = 10_000.0
"""What lies further from its arrival is a report of garbage, or a sender that began to count anew without saying so."""


class StreamClock:
    """When the samples of one stream were taken, in milliseconds of the clock that arrivals are measured with."""

    def __init__(self, rate_hz: int) -> None:
        self._per_ms = rate_hz / 1000
        self._timestamps = Unwrapper(32)
        self._last: int | None = None
        self._shift_ms = 0.0
        """Our time of timestamp 0."""
        self._wanted_ms: float | None = None
        self._early: tuple[int, float] | None = None

    def refer(self, timestamp: int, at_ms: float) -> None:
        """The sample of ``timestamp`` was taken at ``at_ms``, as the publisher says."""
        if self._last is None:
            self._early = (timestamp, at_ms)  # which of the wraps it means is known with the first packet
            return
        near = self._timestamps.near(timestamp)
        if abs(near - self._last) / self._per_ms <= _MAX_DISTANCE_MS:
            self._wanted_ms = at_ms - near / self._per_ms

    def time_ms(self, timestamp: int, arrived_ms: float) -> float:
        """When the sample of ``timestamp`` was taken, of a packet that arrived at ``arrived_ms``.

        Before the first reference a stream counts from the arrival of its first packet; a later one corrects that little by little.
        """
        value = self._timestamps.unwrap(timestamp)
        media_ms = value / self._per_ms
        if self._last is None:
            self._last, self._shift_ms = value, arrived_ms - media_ms
            if self._early is not None:
                self.refer(*self._early)
            if self._wanted_ms is not None:
                self._shift_ms = self._wanted_ms
        elif self._wanted_ms is not None:
            most = abs(value - self._last) / self._per_ms * _MAX_SLEW
            self._shift_ms += max(-most, min(self._wanted_ms - self._shift_ms, most))
        self._last = value
        if abs(media_ms + self._shift_ms - arrived_ms) > _MAX_DISTANCE_MS:
            self._shift_ms, self._wanted_ms = arrived_ms - media_ms, None
        return media_ms + self._shift_ms
