"""What locks bind for themselves."""

from catalog.releases.locks import routes
from catalog.releases.locks.repository import SqlLocks
from catalog.releases.locks.usecases import Locks
from kernel.feature import Feature

FEATURE = Feature(ports={Locks: lambda scope: SqlLocks(scope.uow)}, routers=[routes.router])
