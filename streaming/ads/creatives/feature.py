"""What videos of other people's ads bind for themselves."""

from typing import Final

from kernel.feature import Feature
from kernel.jobs import JobKind, PeriodicTask, Priority
from streaming.ads.creatives import jobs
from streaming.ads.creatives.repository import SqlAdCreatives
from streaming.ads.creatives.usecases import JOB, AdCreatives
from streaming.ingest.jobs import PASSES

FEATURE: Final = Feature(
    ports={AdCreatives: lambda scope: SqlAdCreatives(scope.uow)},
    jobs={JOB: JobKind(jobs.fetch, Priority.LOW, is_stoppable=True, waits_out=PASSES)},
    periodic_tasks=[PeriodicTask("remove_idle_ad_creatives", 3600, jobs.remove_idle)],
)
