"""What packagers bind for themselves."""

from kernel.feature import Feature
from streaming.keys.packagers import routes
from streaming.keys.packagers.repository import SqlPackagers
from streaming.keys.packagers.usecases import Packagers

FEATURE = Feature(ports={Packagers: lambda scope: SqlPackagers(scope.uow)}, routers=[routes.router])
