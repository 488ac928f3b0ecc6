"""What imports bind for themselves."""

from collections.abc import Sequence
from typing import Final

from catalog.imports.applying.relations import SourceRelations
from catalog.imports.applying.repository import SqlCatalogue, SqlRecords, SqlSourceRelations
from catalog.imports.applying.usecases import Catalogue, Records, StreamOrders
from catalog.imports.conflicts import routes as conflict_routes
from catalog.imports.conflicts.ports import Conflicts
from catalog.imports.conflicts.repository import SqlConflicts
from catalog.imports.records.adapters.romaji import Romaniser
from catalog.imports.rules import routes as rule_routes
from catalog.imports.rules.repository import SqlRules
from catalog.imports.rules.usecases import Rules
from catalog.imports.runs import routes as run_routes
from catalog.imports.runs.jobs import JOB_KIND, RunEngine, start_due
from catalog.imports.runs.repository import SqlRuns
from catalog.imports.runs.usecases import Runs
from catalog.imports.sources import routes as source_routes
from catalog.imports.sources.adapters.readers import SourceReaders
from catalog.imports.sources.repository import SourceTokens, SqlSources
from catalog.imports.sources.usecases import Seal, Sources
from catalog.imports.streams import jobs as stream_jobs
from catalog.imports.streams.jobs import OrderedStreams
from catalog.releases.usecases import Releases
from kernel.feature import Feature, Process
from kernel.jobs import JobKind, PeriodicTask, Priority
from kernel.secrets.encryption import SecretBox
from kernel.secrets.reencryption import Reencryption

LOOK_AT_TIMETABLES_S: Final = 30
"""Timetables are to the minute."""


def declare(process: Process, networks: Sequence[str]) -> Feature:
    """What imports bind and serve, and the job that reads sources, which may be in private ``networks`` (CIDR)."""
    box = SecretBox(process.derive_keys("imports"))
    engine = RunEngine(SourceReaders(process.container, tuple(networks)), Romaniser())
    return Feature(
        ports={
            Sources: lambda scope: SqlSources(scope.uow),
            Seal: lambda _: box,
            Runs: lambda scope: SqlRuns(scope.uow),
            Conflicts: lambda scope: SqlConflicts(scope.uow),
            Rules: lambda scope: SqlRules(scope.uow),
            Records: lambda scope: SqlRecords(scope.uow),
            SourceRelations: lambda scope: SqlSourceRelations(scope.uow),
            Catalogue: lambda scope: SqlCatalogue(scope.uow, scope.port(Releases)),
            StreamOrders: OrderedStreams,
            RunEngine: lambda _: engine,
        },
        routers=[source_routes.router, run_routes.router, conflict_routes.router, rule_routes.router],
        jobs={
            JOB_KIND: JobKind(engine.run_job, Priority.LOW),
            stream_jobs.JOB_KIND: JobKind(stream_jobs.run_job),
        },
        periodic_tasks=[PeriodicTask("start_due_imports", LOOK_AT_TIMETABLES_S, start_due)],
        reencryptions=[Reencryption("tokens of import sources", box, lambda scope: SourceTokens(scope.uow))],
    )
