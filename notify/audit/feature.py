"""What the audit log binds for itself."""

from collections.abc import Sequence

from kernel.events import Event
from kernel.feature import Feature
from kernel.outbox.outbox import Delivery, Subscriber
from kernel.scope import Scope
from notify.audit import routes
from notify.audit.repository import SqlAuditLog
from notify.audit.usecases import AuditLog

FEATURE = Feature(ports={AuditLog: lambda scope: SqlAuditLog(scope.uow)}, routers=[routes.router])


async def record_audit(scope: Scope, event: Event) -> None:
    """A subscriber: whatever happens is written down, with who caused it."""
    await scope.port(AuditLog).append([(event, scope.origin)])


async def record_audits(scope: Scope, deliveries: Sequence[Delivery]) -> None:
    """The same for several."""
    await scope.port(AuditLog).append([(delivery.event, delivery.origin) for delivery in deliveries])


RECORDS = Subscriber("record_audit", record_audit, record_audits)
