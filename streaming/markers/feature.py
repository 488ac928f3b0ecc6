"""What marks bind for themselves."""

from kernel.feature import Feature
from kernel.jobs import JobKind, Priority
from kernel.outbox.outbox import Subscriber
from streaming.ingest.model import AssetReady
from streaming.markers import jobs
from streaming.markers.repository import SqlAssetSounds
from streaming.markers.usecases import AssetSounds

FEATURE = Feature(
    ports={AssetSounds: lambda scope: SqlAssetSounds(scope.uow)},
    jobs={jobs.JOB: JobKind(jobs.run, Priority.LOW, is_stoppable=True, waits_out=jobs.WAITS_OUT)},
    subscribers={AssetReady: [Subscriber("find_marks_of_asset", jobs.order)]},
)
