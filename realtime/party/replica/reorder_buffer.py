"""Numbered messages that may come twice, early or not at all, delivered once and in order.  Pure."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_AHEAD = 1_000
"""Messages kept while one before them is missing; whoever is further behind starts over from the store."""


class ReorderBuffer(Generic[T]):
    """Calls ``deliver`` for number 1 after ``last``, then 2, and so on; ``gap`` when something has to be fetched."""

    def __init__(self, last: int, *, deliver: Callable[[T], None], gap: Callable[[], None]) -> None:
        self.last = last
        self._deliver = deliver
        self._gap = gap
        self._ahead: dict[int, T] = {}

    @property
    def has_gap(self) -> bool:
        """Whether later messages wait for a missing one."""
        return bool(self._ahead)

    def arrive(self, number: int, message: T) -> None:
        """A message is here: deliver what is next now; one that was delivered before is dropped."""
        if number <= self.last:
            return
        if len(self._ahead) < MAX_AHEAD:
            self._ahead[number] = message
        self._drain()
        if self._ahead:
            self._gap()

    def jump(self, last: int) -> None:
        """Everything up to ``last`` has been delivered in another way."""
        self.last = last
        self._ahead = {number: message for number, message in self._ahead.items() if number > last}
        self._drain()

    def _drain(self) -> None:
        while (number := self.last + 1) in self._ahead:
            self.last = number
            self._deliver(self._ahead.pop(number))
