"""The use cases' context, out of a scope."""

from kernel.jobs import Jobs
from kernel.scope import Scope
from streaming.ingest.watch_folder.usecases import WatchCatalogue, WatchContext


def context_of(scope: Scope) -> WatchContext:
    """What the use cases of a watch folder work with in this transaction."""
    return WatchContext(catalogue=scope.port(WatchCatalogue), jobs=scope.port(Jobs))
