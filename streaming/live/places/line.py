"""Who watches without a delay, and who waits for a place by Low-Latency HLS.  Pure: what is true, and what time it is, are arguments.

A node has so many places for viewers of WHEP.  Whoever comes when all are taken gets a name, watches by Low-Latency HLS, and stands in one line with all
who do so; whom the node must send over, because its number was lowered or it cannot keep up, stands in it as well.  A place is
offered to the first of the line once it has been free for a while, and to nobody who has just changed over: a viewer at the limit does not flap.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from streaming.live.model import ChannelId
from streaming.live.places.load import Load

FREE_FOR_MS: Final = 5_000.0
"""How long there must have been room before somebody is offered it: a page that is loaded anew takes its own place again."""
STAY_MS: Final = 30_000.0
"""How long somebody who was sent over stays where they are."""
OFFERED_FOR_MS: Final = 10_000.0
"""How long an offered place is kept: the page connects within a second or two."""
SILENT_FOR_MS: Final = 45_000.0
"""Whoever has not asked for so long has gone: pages ask again at least every half minute."""
MAX_WAITING: Final = 5_000
"""Names in the line; whoever comes then watches all the same, and is offered nothing."""
LEAVE_WITHIN_MS: Final = 20_000.0
"""How long somebody who is sent over may still watch both: a playlist, a segment and a slow line."""


@dataclass(slots=True)
class _Waiting:
    channel_id: ChannelId
    heard_ms: float
    not_before_ms: float
    offered_ms: float | None = None


class Places:
    """See the module."""

    def __init__(self, configured: int, now_ms: float) -> None:
        self.configured = configured
        self._wanted: int | None = None
        self._line: dict[str, _Waiting] = {}
        self._no_room_ms = now_ms
        self.load = Load()

    def lower(self, places: int | None) -> None:
        """Not more than so many, or ``None``: as many as are configured."""
        self._wanted = places

    @property
    def limit(self) -> int:
        """How many there are now."""
        lowered = self.configured if self._wanted is None else min(self._wanted, self.configured)
        return lowered if self.load.allows is None else min(lowered, self.load.allows)

    @property
    def waiting(self) -> int:
        """How many would rather watch without a delay."""
        return len(self._line)

    def waiting_for(self, channel_id: ChannelId) -> int:
        """The same of one channel."""
        return sum(one.channel_id == channel_id for one in self._line.values())

    def is_waiting(self, name: str) -> bool:
        """Whether somebody of that name is in the line."""
        return name in self._line

    def has_room(self, taken: int) -> bool:
        """Whether somebody who comes now gets a place; those that are offered are kept."""
        return taken + self._offered < self.limit

    @property
    def _offered(self) -> int:
        return sum(one.offered_ms is not None for one in self._line.values())

    # The line

    def wait(self, name: str, channel_id: ChannelId, now_ms: float, *, stay: bool = False) -> bool:
        """Stand at the end of it; ``stay``: was sent over just now.  False where it is too long."""
        if len(self._line) >= MAX_WAITING:
            return False
        self._line[name] = _Waiting(channel_id, now_ms, now_ms + STAY_MS if stay else now_ms)
        return True

    def leave(self, name: str) -> bool:
        """Wait no longer; whether that was so before."""
        return self._line.pop(name, None) is not None

    def heard(self, name: str, now_ms: float) -> None:
        """Somebody in the line is still there."""
        if (one := self._line.get(name)) is not None:
            one.heard_ms = now_ms

    def is_offered(self, name: str) -> bool:
        """Whether a place is kept for somebody."""
        one = self._line.get(name)
        return one is not None and one.offered_ms is not None

    def forget(self, channel_id: ChannelId) -> list[str]:
        """A channel is gone: who waited for it, and has nothing to wait for."""
        names = [name for name, one in self._line.items() if one.channel_id == channel_id]
        for name in names:
            del self._line[name]
        return names

    def step(self, taken: int, live: Collection[ChannelId], now_ms: float) -> str | None:
        """Called each second: whom a place is offered now, one at a time, of who waits for a channel that is live.

        Who does not take it goes to the end of the line.
        """
        for name, one in list(self._line.items()):
            if now_ms - one.heard_ms > SILENT_FOR_MS:
                del self._line[name]
            elif one.offered_ms is not None and now_ms - one.offered_ms > OFFERED_FOR_MS:
                del self._line[name]
                one.offered_ms, one.not_before_ms = None, now_ms + STAY_MS
                self._line[name] = one
        while taken + self._offered > self.limit and self._offered:  # there is less room by now
            last = next(one for one in reversed(self._line.values()) if one.offered_ms is not None)
            last.offered_ms = None
        if not self.has_room(taken):
            self._no_room_ms = now_ms
            return None
        if now_ms - self._no_room_ms < FREE_FOR_MS:
            return None
        for name, one in self._line.items():
            if one.offered_ms is None and one.not_before_ms <= now_ms and one.channel_id in live:
                one.offered_ms = now_ms
                return name
        return None


def to_send_over(since_ms: Sequence[float], limit: int) -> list[int]:
    """Which of the viewers are too many: those that came last, by their place in ``since_ms``."""
    newest = sorted(range(len(since_ms)), key=lambda index: since_ms[index], reverse=True)
    return newest[: max(len(since_ms) - limit, 0)]
