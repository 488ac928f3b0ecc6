"""What ingest binds for itself."""

from kernel.feature import Feature
from kernel.jobs import JobKind, PeriodicTask, Priority
from streaming.ingest import jobs
from streaming.ingest.encoding import Encoding
from streaming.ingest.repackaging import jobs as repackaging_jobs
from streaming.ingest.repackaging import routes
from streaming.ingest.repository import SqlAssets
from streaming.ingest.tracks import jobs as track_jobs
from streaming.ingest.tracks import routes as track_routes
from streaming.ingest.usecases import Assets, ProtectionDefaults


def declare(defaults: ProtectionDefaults, encoding: Encoding) -> Feature:
    """Ingest, protecting new media by ``defaults`` and making of them what ``encoding`` says."""
    return Feature(
        ports={
            Assets: lambda scope: SqlAssets(scope.uow),
            ProtectionDefaults: lambda _: defaults,
            Encoding: lambda _: encoding,
        },
        routers=[routes.router, track_routes.router],
        jobs={
            "ingest": JobKind(jobs.run, is_stoppable=True, waits_out=jobs.PASSES),
            track_routes.TRACKS_JOB: JobKind(track_jobs.run, is_stoppable=True, waits_out=jobs.PASSES),
            routes.REPACKAGE_JOB: JobKind(repackaging_jobs.run, Priority.LOW, is_stoppable=True, waits_out=jobs.PASSES),
        },
        periodic_tasks=[
            PeriodicTask("sweep_media", 600, jobs.sweep),
            PeriodicTask("store_media_again", 300, jobs.store_again),
            PeriodicTask("remove_superseded_media", 3600, jobs.remove_superseded),
        ],
    )
