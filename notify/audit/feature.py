"""What the audit log binds for itself."""

from kernel.events import Event
from kernel.feature import Feature
from kernel.scope import Scope
from notify.audit import routes
from notify.audit.repository import SqlAuditLog
from notify.audit.usecases import AuditLog

FEATURE = Feature(ports={AuditLog: lambda scope: SqlAuditLog(scope.uow)}, routers=[routes.router])


async def record_audit(scope: Scope, event: Event) -> None:
    """A subscriber: whatever happens is written down, with who caused it."""
    await scope.port(AuditLog).append(event, scope.origin)
