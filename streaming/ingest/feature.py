"""What ingest binds for itself."""

from kernel.feature import Feature
from kernel.jobs import PeriodicTask
from streaming.ingest import jobs
from streaming.ingest.repackaging import jobs as repackaging_jobs
from streaming.ingest.repackaging import routes
from streaming.ingest.repository import SqlAssets
from streaming.ingest.usecases import Assets, ProtectionDefaults


def declare(defaults: ProtectionDefaults) -> Feature:
    """Ingest, protecting new media by ``defaults``."""
    return Feature(
        ports={Assets: lambda scope: SqlAssets(scope.uow), ProtectionDefaults: lambda _: defaults},
        routers=[routes.router],
        jobs={"ingest": jobs.run, routes.REPACKAGE_JOB: repackaging_jobs.run},
        periodic_tasks=[
            PeriodicTask("sweep_media", 600, jobs.sweep),
            PeriodicTask("remove_superseded_media", 3600, jobs.remove_superseded),
        ],
    )
