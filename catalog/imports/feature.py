"""What imports bind for themselves."""

from catalog.imports.applying.repository import SqlCatalogue, SqlRecords
from catalog.imports.applying.usecases import Catalogue, Records
from catalog.imports.conflicts.ports import Conflicts
from catalog.imports.conflicts.repository import SqlConflicts
from catalog.imports.records.adapters.romaji import Romaniser
from catalog.imports.runs.jobs import JOB_KIND, RunEngine
from catalog.imports.runs.repository import SqlRuns
from catalog.imports.runs.usecases import Runs
from catalog.imports.sources.adapters.readers import SourceReaders
from catalog.imports.sources.repository import SqlSources
from catalog.imports.sources.usecases import Sources
from catalog.releases.usecases import Releases
from kernel.feature import Feature


def declare() -> Feature:
    """What imports bind, and the job that reads sources."""
    engine = RunEngine(SourceReaders(), Romaniser())
    return Feature(
        ports={
            Sources: lambda scope: SqlSources(scope.uow),
            Runs: lambda scope: SqlRuns(scope.uow),
            Conflicts: lambda scope: SqlConflicts(scope.uow),
            Records: lambda scope: SqlRecords(scope.uow),
            Catalogue: lambda scope: SqlCatalogue(scope.uow, scope.port(Releases)),
            RunEngine: lambda _: engine,
        },
        jobs={JOB_KIND: engine.run_job},
    )
