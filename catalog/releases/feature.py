"""What releases bind for themselves."""

from catalog.releases import queries, routes
from catalog.releases.repository import SqlReleases
from catalog.releases.usecases import Releases
from kernel.feature import Feature
from kernel.scope import Scope


async def _by_alias(scope: Scope, alias: str) -> str | None:
    return await queries.id_of_alias(scope.uow.session, alias)


FEATURE = Feature(
    ports={
        Releases: lambda scope: SqlReleases(scope.uow),
    },
    path_names={"release_id": _by_alias, "other_id": _by_alias},
    routers=[routes.router],
)
