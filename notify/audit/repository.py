"""The audit log in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Index, String, Table, Text, func, insert, select
from sqlalchemy.sql import ColumnElement

from kernel.db import Id, Json, UnitOfWork, UtcDateTime, metadata
from kernel.events import Event
from kernel.ids import is_id, new_id
from kernel.outbox.outbox import encode
from notify.audit.usecases import AuditEntry, AuditFilter

audit_log_table = Table(
    "audit_log",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("event", String(80), nullable=False),
    Column("details", Json, nullable=False),
    # All ids in the details, and the fields that changed, between spaces: one way to find them on both databases.
    Column("subjects", Text, nullable=False),
    Column("actor_id", Id),
    Column("address", String(64)),
    Column("request_id", String(64)),
    Index("ix_audit_log_event", "event", "at"),
    Index("ix_audit_log_actor", "actor_id", "at"),
    Index("ix_audit_log_at", "at"),
)


class SqlAuditLog:
    """The audit log of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def append(self, happened: Sequence[tuple[Event, dict[str, Any]]]) -> None:
        """The fields of each event as JSON, with all ids in them for the search."""
        await self._session.execute(insert(audit_log_table), [_entry(event, origin) for event, origin in happened])

    async def find(self, wanted: AuditFilter, *, offset: int, limit: int) -> tuple[Sequence[AuditEntry], int]:
        """One page, newest first, and the count of all matches."""
        c = audit_log_table.c
        conditions: list[ColumnElement[bool]] = []
        if wanted.event is not None:
            conditions.append(c.event == wanted.event)
        if wanted.actor_id is not None:
            conditions.append(c.actor_id == wanted.actor_id)
        if wanted.subject_id is not None:
            conditions.append(c.subjects.contains(f" {wanted.subject_id} ", autoescape=True))
        if wanted.field is not None:
            conditions.append(c.subjects.contains(f" {_field_mark(wanted.field)} ", autoescape=True))
        if wanted.since is not None:
            conditions.append(c.at >= wanted.since)
        if wanted.until is not None:
            conditions.append(c.at < wanted.until)
        total = await self._session.execute(select(func.count()).select_from(audit_log_table).where(*conditions))
        found = await self._session.execute(
            select(audit_log_table).where(*conditions).order_by(c.at.desc(), c.id.desc()).offset(offset).limit(limit)
        )
        entries = [
            AuditEntry(row.id, row.at, row.event, row.details, row.actor_id, row.address, row.request_id)
            for row in found
        ]
        return entries, total.scalar_one()


def _entry(event: Event, origin: dict[str, Any]) -> dict[str, Any]:
    details = encode(event)
    del details["at"]
    return {
        "id": new_id(),
        "at": event.at,
        "event": event.name,
        "details": details,
        "subjects": " ".join(["", *_ids_in(details), *map(_field_mark, _changed_in(details)), ""]),
        "actor_id": origin.get("actor_id"),
        "address": (origin.get("address") or "")[:64] or None,
        "request_id": origin.get("request_id") or None,
    }


def _field_mark(field: str) -> str:
    return f"changed:{field}"


def _changed_in(details: dict[str, Any]) -> list[str]:
    """The fields that an event says are different: of ``changes``, or of ``before`` and ``after`` where those are mappings."""
    found: set[str] = set()
    for name in ("changes", "before", "after"):
        value = details.get(name)
        if isinstance(value, dict):
            found.update(map(str, value))
    return sorted(found)


def _ids_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [found for child in value.values() for found in _ids_in(child)]
    if isinstance(value, list):
        return [found for child in value for found in _ids_in(child)]
    return [value] if isinstance(value, str) and is_id(value) else []
