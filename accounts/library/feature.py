"""What a person's library binds for itself: collections, history, lists, imports and exports."""

import accounts.library.collections.routes
import accounts.library.lists.routes
import accounts.library.next_up.routes
import accounts.library.progress.routes
import accounts.library.routes
import accounts.library.statistics.routes
import accounts.library.sync.routes
import accounts.library.transfer.routes
from accounts.library.collections.adapters.watched_shelves import TidiedShelves
from accounts.library.collections.repository import SqlCollections
from accounts.library.collections.usecases import Collections
from accounts.library.lists.repository import SqlLists
from accounts.library.lists.usecases import Lists
from accounts.library.progress.repository import SqlHistory
from accounts.library.progress.usecases import History, WatchedShelves
from accounts.library.statistics.adapters.kept_comparisons import CachedComparisons
from accounts.library.statistics.repository import SqlOwners, SqlSharings, SqlWatchedTime
from accounts.library.statistics.usecases import KeptComparisons, Owners, Sharings, WatchedTime
from accounts.library.transfer import jobs
from accounts.library.transfer.adapters.exporter import ShelvedReleases
from accounts.library.transfer.repository import SqlImports, SqlShelvedReleases
from accounts.library.transfer.usecases import JOB, Imports
from kernel.feature import Feature, Process
from kernel.jobs import JobKind, PeriodicTask


def declare(process: Process) -> Feature:
    """Comparisons of tastes are kept in the cache of a process, or of all."""
    return Feature(
        ports={
            History: lambda scope: SqlHistory(scope.uow),
            WatchedShelves: TidiedShelves,
            Collections: lambda scope: SqlCollections(scope.uow),
            Lists: lambda scope: SqlLists(scope.uow),
            Imports: lambda scope: SqlImports(scope.uow),
            ShelvedReleases: lambda scope: SqlShelvedReleases(scope.uow),
            WatchedTime: lambda scope: SqlWatchedTime(scope.uow),
            Sharings: lambda scope: SqlSharings(scope.uow),
            Owners: lambda scope: SqlOwners(scope.uow),
            KeptComparisons: lambda _: CachedComparisons(process.cache),
        },
        routers=[
            accounts.library.progress.routes.router,
            accounts.library.next_up.routes.router,
            accounts.library.sync.routes.router,
            accounts.library.routes.router,
            accounts.library.collections.routes.router,
            accounts.library.lists.routes.router,
            accounts.library.transfer.routes.router,
            accounts.library.statistics.routes.router,
        ],
        jobs={JOB: JobKind(jobs.run)},
        periodic_tasks=[PeriodicTask("delete_expired_library_imports", 3600, jobs.forget_expired)],
    )
