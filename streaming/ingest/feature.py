"""What ingest binds for itself."""

from kernel.feature import Feature
from kernel.jobs import PeriodicTask
from streaming.ingest import jobs
from streaming.ingest.repository import SqlAssets
from streaming.ingest.usecases import Assets

FEATURE = Feature(
    ports={Assets: lambda scope: SqlAssets(scope.uow)},
    jobs={"ingest": jobs.run},
    periodic_tasks=[PeriodicTask("sweep_media", 600, jobs.sweep)],
)
