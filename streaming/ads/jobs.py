"""Forgetting who saw what."""

from typing import Final

from kernel.jobs import PeriodicTask
from kernel.scope import Container
from streaming.ads.usecases import KEPT, Views

INTERVAL_S: Final = 3600


def forgetting(name: str, port: type[Views]) -> PeriodicTask:
    """Deletes what no cap and no ticket needs any more of what is behind ``port``; the sums stay."""

    async def forget(container: Container) -> None:
        async with container.scope(write=True) as scope:
            await scope.port(port).forget_before(scope.clock.now() - KEPT)

    return PeriodicTask(name, INTERVAL_S, forget)
