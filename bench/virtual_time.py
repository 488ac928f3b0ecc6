"""Virtual time: a heap of events instead of a clock, and chance with a seed."""

import heapq
import random
from collections.abc import Callable


class Simulation:
    """The heap of events, the seeded chance, and the time."""

    def __init__(self, seed: int) -> None:
        self.now_ms = 0.0
        self.chance = random.Random(seed)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._sequence = 0

    def at(self, when_ms: float, action: Callable[[], None]) -> None:
        self._sequence += 1
        heapq.heappush(self._events, (max(when_ms, self.now_ms), self._sequence, action))

    def after(self, delay_ms: float, action: Callable[[], None]) -> None:
        self.at(self.now_ms + delay_ms, action)

    def run_until(self, end_ms: float) -> None:
        while self._events and self._events[0][0] <= end_ms:
            self.now_ms, _, action = heapq.heappop(self._events)
            action()
        self.now_ms = end_ms
