"""What locks bind for themselves."""

from catalog.releases.merge_locks import routes
from catalog.releases.merge_locks.repository import SqlMergeLocks
from catalog.releases.merge_locks.usecases import MergeLocks
from kernel.feature import Feature

FEATURE = Feature(ports={MergeLocks: lambda scope: SqlMergeLocks(scope.uow)}, routers=[routes.router])
