"""What the audit log binds for itself."""

from kernel.feature import Feature
from notify.audit import routes
from notify.audit.repository import SqlAuditLog
from notify.audit.usecases import AuditLog

FEATURE = Feature(ports={AuditLog: lambda scope: SqlAuditLog(scope.uow)}, routers=[routes.router])
