"""What is asked and answered about the audit log."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from kernel.ids import ID_PATTERN
from notify.audit.usecases import AuditEntry

Identifier = Annotated[str, Field(pattern=ID_PATTERN)]


class AuditQuery(BaseModel):
    """Which entries of the audit log."""

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
    """A page of the audit log."""

    items: list[AuditEntryOut]
    total: int
    page: int
    page_size: int
