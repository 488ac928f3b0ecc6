"""``/api/v1/admin/audit``: what happened, for administrators."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from accounts.audit.usecases import AuditEntry, AuditFilter, AuditLog
from kernel.access import Role
from kernel.http import Call, Router
from kernel.ids import ID_PATTERN

router = Router("/api/v1/admin", tag="Administration")

Identifier = Annotated[str, Field(pattern=ID_PATTERN)]


class AuditQuery(BaseModel):
    event: Annotated[str, Field(max_length=80, description="The name of a domain event.")] | None = None
    actor_id: Identifier | None = None
    subject_id: Annotated[Identifier, Field(description="What it happened to: any id in the details.")] | None = None
    field: (
        Annotated[
            str,
            Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="A field that was changed, such as `description`."),
        ]
        | None
    ) = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=200)] = 50


class AuditEntryOut(BaseModel):
    """One thing that happened."""

    id: str
    at: datetime
    event: str
    details: dict[str, Any]
    actor_id: str | None
    address: str | None
    request_id: str | None

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditEntryOut":
        return cls.model_validate(entry, from_attributes=True)


class AuditPage(BaseModel):
    items: list[AuditEntryOut]
    total: int
    page: int
    page_size: int


@router.get("/audit", role=Role.ADMIN, summary="Search the audit log")
async def search_audit_log(call: Call, query: AuditQuery) -> AuditPage:
    """Newest first. Entries are never changed or removed."""
    wanted = AuditFilter(query.event, query.actor_id, query.subject_id, query.field, query.since, query.until)
    entries, total = await call.port(AuditLog).find(
        wanted, offset=(query.page - 1) * query.page_size, limit=query.page_size
    )
    return AuditPage(
        items=[AuditEntryOut.of(entry) for entry in entries], total=total, page=query.page, page_size=query.page_size
    )
