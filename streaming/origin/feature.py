"""What the origin binds for itself."""

from aiohttp import web

from kernel.feature import Feature
from kernel.jobs import PeriodicTask
from kernel.storage import Storage
from streaming.keys.usecases import StreamRights
from streaming.origin import routes
from streaming.origin.adapters import posters
from streaming.origin.adapters.rights import TokenRights
from streaming.origin.adapters.serving import Origin, delete_expired_streams
from streaming.origin.repository import LadderCache, PublishedAssets, SqlStreamSessions
from streaming.origin.usecases import Assets, StreamSessions

MEDIA = Feature(routers=[routes.media_router])
"""``/hls/{token}/{asset}/{path}``: a path that takes everything below it."""


def declare(origin: Origin, storage: Storage) -> Feature:
    """Everything of the origin but :data:`MEDIA`."""
    ladders = LadderCache(storage)

    def mount(app: web.Application) -> None:
        routes.mount(app, origin)
        app.add_routes(posters.routes(storage))

    return Feature(
        ports={
            StreamSessions: lambda scope: SqlStreamSessions(scope.uow),
            Assets: lambda scope: PublishedAssets(scope.uow, ladders),
            StreamRights: lambda scope: TokenRights(scope, origin.keyring),
        },
        routers=[routes.router],
        periodic_tasks=[PeriodicTask("delete_expired_streams", 3600, delete_expired_streams)],
        mounts=[mount],
    )
