"""A session that keeps what it has seen until the commit."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from kernel.entity import Entity


class SeeingSession(Session):
    """Remembers every entity that was loaded or added.

    A session holds clean entities weakly, so one that only recorded an event could be collected before the commit and its
    event lost.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.seen: dict[int, Entity] = {}


# On the class: listening on each session would be a sixth of what a small read costs.
@event.listens_for(SeeingSession, "loaded_as_persistent")
@event.listens_for(SeeingSession, "before_attach")
def _see(session: SeeingSession, instance: Any) -> None:
    if isinstance(instance, Entity):
        session.seen[id(instance)] = instance
