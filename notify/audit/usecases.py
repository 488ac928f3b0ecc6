"""Reading the audit log, and the port behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that happened, and who caused it from where; ``None`` where nobody signed in did."""

    id: str
    at: datetime
    event: str
    details: dict[str, Any]
    actor_id: str | None
    address: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries; every condition must hold, ``None`` always does."""

    event: str | None = None
    actor_id: str | None = None
    subject_id: str | None = None
    """An id that occurs in the details: a user, a release, an episode …"""
    field: str | None = None
    """The name of a field that was changed."""
    since: datetime | None = None
    until: datetime | None = None


class AuditLog(Protocol):
    """Append-only."""

    async def append(self, happened: Sequence[tuple[Event, dict[str, Any]]]) -> None:
        """Write down events, each with its origin, which says who caused it: ``actor_id``, ``address``, ``request_id``."""
        ...

    async def find(self, wanted: AuditFilter, *, offset: int, limit: int) -> tuple[Sequence[AuditEntry], int]:
        """One page, newest first, and how many match in all."""
        ...
