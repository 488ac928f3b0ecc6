"""Pings to many connections at a fixed interval, from one timer.

python-engineio has a sleeping task, a waiting task and a place in a sweep for each connection: with 2,000 of them a quarter of a
core goes into finding out that they are there.  All intervals are equal here, so whatever is due first was put in first.
"""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Pulse(Generic[T]):
    """``ping`` is called ``interval_s`` after :meth:`begin` and after each pong, ``lost`` when none came for ``timeout_s``."""

    def __init__(
        self, *, interval_s: float, timeout_s: float, ping: Callable[[T], None], lost: Callable[[T], None]
    ) -> None:
        self._interval_s = interval_s
        self._timeout_s = timeout_s
        self._ping = ping
        self._lost = lost
        self._pings: deque[tuple[float, T]] = deque()
        self._deadlines: deque[tuple[float, T]] = deque()
        self._living: set[T] = set()
        self._awaited: set[T] = set()

    def __len__(self) -> int:
        return len(self._living)

    def begin(self, connection: T, now_s: float) -> None:
        """A connection is there, to be pinged from now on."""
        self._living.add(connection)
        self._pings.append((now_s + self._interval_s, connection))

    def end(self, connection: T) -> None:
        """It is over; nothing more is called for it."""
        self._living.discard(connection)
        self._awaited.discard(connection)

    def pong(self, connection: T, now_s: float) -> None:
        """An answer; one that nobody asked for changes nothing."""
        if connection in self._awaited:
            self._awaited.discard(connection)
            self._pings.append((now_s + self._interval_s, connection))

    def tick(self, now_s: float) -> None:
        """Whatever is due by now."""
        while self._deadlines and self._deadlines[0][0] <= now_s:
            _, connection = self._deadlines.popleft()
            if connection in self._awaited:
                self.end(connection)
                self._lost(connection)
        while self._pings and self._pings[0][0] <= now_s:
            _, connection = self._pings.popleft()
            if connection in self._living:
                self._awaited.add(connection)
                self._deadlines.append((now_s + self._timeout_s, connection))
                self._ping(connection)
