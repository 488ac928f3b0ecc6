"""What bulk edits bind for themselves."""

from catalog.releases.bulk import routes
from catalog.releases.bulk.repository import SqlReleasesToChange
from catalog.releases.bulk.usecases import ReleasesToChange
from kernel.feature import Feature

FEATURE = Feature(
    ports={ReleasesToChange: lambda scope: SqlReleasesToChange(scope.uow)},
    routers=[routes.router],
)
