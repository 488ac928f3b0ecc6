"""What franchises bind for themselves."""

from catalog.franchises import routes
from catalog.franchises.repository import SqlFranchises
from catalog.franchises.usecases import Franchises
from kernel.feature import Feature

FEATURE = Feature(ports={Franchises: lambda scope: SqlFranchises(scope.uow)}, routers=[routes.router])
