"""What learning names binds for itself."""

from catalog.search.learning import jobs, routes
from catalog.search.learning.model import Voices
from catalog.search.learning.repository import SqlAliasCandidates
from catalog.search.learning.usecases import AliasCandidates
from kernel.feature import Feature, Process
from kernel.jobs import PeriodicTask


def declare(process: Process) -> Feature:
    """Voices are hashed with a key of their own."""
    voices = Voices(process.derive_keys("search-choices")[0])
    return Feature(
        ports={AliasCandidates: lambda scope: SqlAliasCandidates(scope.uow), Voices: lambda _: voices},
        routers=[routes.router],
        periodic_tasks=[PeriodicTask("forget_search_choices", jobs.INTERVAL_S, jobs.forget_choices)],
    )
