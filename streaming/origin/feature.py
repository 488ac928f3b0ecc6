"""What the origin binds for itself."""

from aiohttp import web

from kernel.clock import Clock
from kernel.feature import Feature
from kernel.jobs import PeriodicTask
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope
from kernel.storage import MediaStorage
from streaming.keys.usecases import StreamRights
from streaming.origin import routes
from streaming.origin.access.grants import SWEEP_S, Grants
from streaming.origin.adapters import posters
from streaming.origin.adapters.revocations import RevocationsAfterCommit
from streaming.origin.adapters.rights import TokenRights
from streaming.origin.adapters.serving import Origin, delete_expired_streams
from streaming.origin.adapters.steered import OriginSteering
from streaming.origin.leases.model import StreamLimits
from streaming.origin.leases.repository import SqlStreamLeases
from streaming.origin.leases.routes import router as leases_router
from streaming.origin.leases.usecases import StreamLeases, StreamRevocations
from streaming.origin.model import StreamStopped
from streaming.origin.ports import Assets, StreamSessions
from streaming.origin.qoe.jobs import forget_playback_quality
from streaming.origin.qoe.repository import SqlQualityRecords
from streaming.origin.qoe.routes import router as quality_router
from streaming.origin.qoe.usecases import QualityRecords
from streaming.origin.repository import LadderCache, PublishedAssets, SqlStreamSessions
from streaming.origin.steering import routes as steering_routes
from streaming.origin.steering.adapters.probes import EdgeProbes

MEDIA = Feature(routers=[routes.media_router])
"""``/hls/{token}/{asset}/{path}``: a path that takes everything below it."""


def declare(origin: Origin, storage: MediaStorage, limits: StreamLimits, probes: EdgeProbes, clock: Clock) -> Feature:
    """Everything of the origin but :data:`MEDIA`; ``limits``: how many streams an account watches at a time."""
    ladders = LadderCache(storage)

    def mount(app: web.Application) -> None:
        routes.mount(app, origin)
        app[steering_routes.STREAMS] = OriginSteering(origin, clock)
        app.add_routes(posters.routes(storage))

    return Feature(
        ports={
            StreamSessions: lambda scope: SqlStreamSessions(scope.uow),
            Assets: lambda scope: PublishedAssets(scope.uow, ladders),
            Grants: lambda _: origin.grants,
            StreamRights: lambda scope: TokenRights(scope, origin.keyring),
            StreamLeases: lambda scope: SqlStreamLeases(scope.uow),
            StreamLimits: lambda _: limits,
            QualityRecords: lambda scope: SqlQualityRecords(scope.uow),
            StreamRevocations: lambda scope: RevocationsAfterCommit(scope.uow, origin.revocations),
        },
        routers=[routes.router, leases_router, quality_router, steering_routes.router],
        background_tasks={"stream revocations": origin.revocations.listen, "edge probes": probes.run},
        periodic_tasks=[
            PeriodicTask("delete_expired_streams", 3600, delete_expired_streams),
            PeriodicTask("forget_playback_quality", 3600, forget_playback_quality),
            PeriodicTask("sweep_grants", SWEEP_S, origin.sweep_grants),
        ],
        subscribers={StreamStopped: [Subscriber("revoke_grants_of_stream", revoke_grants_of_stream)]},
        mounts=[mount],
    )


async def revoke_grants_of_stream(scope: Scope, event: StreamStopped) -> None:
    """A stream was ended: the edge is to serve no more of it."""
    await scope.port(Grants).revoke([event.session_id])
