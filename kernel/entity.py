"""The base of everything with an identity and a history."""

from kernel.events import Event


class Entity:
    """Collects the domain events that happen to it until the unit of work takes them.

    The list is made on first use: an entity loaded from the database never runs ``__init__``.
    """

    def record(self, event: Event) -> None:
        """Remember that ``event`` happened; it is stored with this entity's changes, or not at all."""
        self.__dict__.setdefault("_events", []).append(event)

    def pull_events(self) -> list[Event]:
        """The events since the last call, oldest first."""
        events: list[Event] = self.__dict__.pop("_events", [])
        return events
