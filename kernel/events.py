"""Domain events: facts in the past tense, written to the outbox in the transaction that made them true."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something happened.

    Subclasses are frozen dataclasses whose fields JSON can hold (text, numbers, booleans, ``datetime``, tuples of these).
    The class name is the event's name on every wire, so renaming a class is a breaking change.
    """

    registry: ClassVar[dict[str, type["Event"]]] = {}

    at: datetime
    """When it became true, by the clock of the process that recorded it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        known = Event.registry.setdefault(cls.__name__, cls)
        if known.__module__ != cls.__module__:
            raise TypeError(f"two events are called {cls.__name__}: {known.__module__} and {cls.__module__}")

    @property
    def name(self) -> str:
        """What it is called on every wire and in the outbox."""
        return type(self).__name__
