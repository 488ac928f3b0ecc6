"""What posters bind for themselves."""

from aiohttp import web

from catalog.releases.events import ReleasePosterChanged
from catalog.releases.posters import routes, usecases
from catalog.releases.posters.adapters import files
from catalog.releases.posters.adapters.context import context_of
from catalog.releases.posters.adapters.files import StoredPosters
from catalog.releases.posters.repository import SqlPosterRecords
from catalog.releases.posters.usecases import PosterFiles, PosterRecords
from kernel.feature import Feature, Process
from kernel.jobs import PeriodicTask
from kernel.outbox.outbox import Subscriber
from kernel.scope import Container, Scope

LOOKS_EVERY_S = 3600
"""For files that no event led to: of a release that is gone, of an upload that was interrupted."""


async def delete_former_poster(scope: Scope, event: ReleasePosterChanged) -> None:
    """What a release does not show any more."""
    if event.former_key is not None:
        await usecases.remove_former(context_of(scope), event.former_key, since=event.at)


async def delete_unused_posters(container: Container) -> None:
    """Until there are none left."""
    removed = usecases.REMOVED_AT_ONCE
    while removed == usecases.REMOVED_AT_ONCE:
        async with container.scope(write=True) as scope:
            removed = await usecases.remove_unused(context_of(scope))


def declare(process: Process) -> Feature:
    """Files are in the storage of the process."""

    def mount(app: web.Application) -> None:
        app.add_routes(files.routes(process.container, process.storage))

    return Feature(
        ports={
            PosterRecords: lambda scope: SqlPosterRecords(scope.uow),
            PosterFiles: lambda _: StoredPosters(process.storage),
        },
        routers=[routes.router],
        periodic_tasks=[PeriodicTask("delete_unused_posters", LOOKS_EVERY_S, delete_unused_posters)],
        subscribers={ReleasePosterChanged: [Subscriber("delete_former_poster", delete_former_poster)]},
        mounts=[mount],
    )
