"""What splitting binds for itself."""

from catalog.releases.splitting import routes
from catalog.releases.splitting.repository import SqlSplits
from catalog.releases.splitting.usecases import Splits
from kernel.feature import Feature

FEATURE = Feature(ports={Splits: lambda scope: SqlSplits(scope.uow)}, routers=[routes.router])
