"""``/api/v1/admin/audit``: what happened, for administrators."""

from kernel.access import Role
from kernel.http import Call, Router
from notify.audit.schemas import AuditEntryOut, AuditPage, AuditQuery
from notify.audit.usecases import AuditFilter, AuditLog

router = Router("/api/v1/admin", tag="Administration")


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
