"""What recommendations bind for themselves."""

import catalog.recommendations.routes
import catalog.recommendations.similar.routes
from catalog.recommendations import jobs
from catalog.recommendations.adapters.live_snapshot import LiveSnapshot
from catalog.recommendations.model import RecommendationModelBuilt
from catalog.recommendations.repository import SqlChoices, SqlModels
from catalog.recommendations.similar.repository import SqlSimilarPairs
from catalog.recommendations.similar.usecases import SimilarPairs
from catalog.recommendations.usecases import Choices, Models, Recommender
from kernel.feature import Feature, Process
from kernel.jobs import JobKind, PeriodicTask, Priority
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope


def declare(process: Process) -> Feature:
    """One snapshot of the catalogue for the process."""
    snapshot = LiveSnapshot(process.container, process.bus)

    async def announce_model(_: Scope, event: RecommendationModelBuilt) -> None:
        await snapshot.announce(event.version)

    return Feature(
        ports={
            Choices: lambda scope: SqlChoices(scope.uow),
            Models: lambda scope: SqlModels(scope.uow),
            Recommender: lambda _: snapshot,
            SimilarPairs: lambda scope: SqlSimilarPairs(scope.uow),
        },
        routers=[catalog.recommendations.routes.router, catalog.recommendations.similar.routes.router],
        jobs={jobs.JOB: JobKind(jobs.build, Priority.LOW, is_stoppable=True)},
        periodic_tasks=[PeriodicTask("order_recommendation_model", jobs.LOOK_INTERVAL_S, jobs.order_if_due)],
        background_tasks={"recommendations": snapshot.follow},
        subscribers={RecommendationModelBuilt: [Subscriber("announce_recommendation_model", announce_model)]},
    )
