"""What merging binds for itself."""

from catalog.releases.merging import routes
from catalog.releases.merging.repository import SqlMerges
from catalog.releases.merging.usecases import Merges
from kernel.feature import Feature

FEATURE = Feature(ports={Merges: lambda scope: SqlMerges(scope.uow)}, routers=[routes.router])
