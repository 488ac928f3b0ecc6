"""Where a publisher's timestamps lie on our clock.  Pure."""

from typing import Final

from kernel.rtc.feedback import SenderReport
from streaming.live.model import ClockReference

MAX_CONTRADICTION_MS: Final = 500.0
"""A publisher's clock that is set while it publishes would move its sound against its pictures."""


class RunClock:
    """The clock of one publisher, which is mapped and not trusted."""

    def __init__(self) -> None:
        self._offset_ms: float | None = None

    def heard(self, report: SenderReport, wall_ms: float) -> ClockReference | None:
        """A sender report came at ``wall_ms`` of our clock; ``None`` where it contradicts the first of the run."""
        if self._offset_ms is None:
            self._offset_ms = wall_ms - report.ntp_ms
        captured_ms = report.ntp_ms + self._offset_ms
        if abs(captured_ms - wall_ms) > MAX_CONTRADICTION_MS:
            return None
        return ClockReference(rtp_timestamp=report.rtp_timestamp, wall_ms=captured_ms)


def timestamp_at(reference: ClockReference, clock_rate: int, wall_ms: float) -> int:
    """The track's timestamp at a moment of our clock."""
    return (reference.rtp_timestamp + round((wall_ms - reference.wall_ms) * clock_rate / 1000)) & 0xFFFFFFFF
