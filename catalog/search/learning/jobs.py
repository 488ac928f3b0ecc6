"""Forgetting what was chosen long ago."""

from catalog.search.learning.model import WINDOW
from catalog.search.learning.usecases import AliasCandidates
from kernel.scope import Container

INTERVAL_S = 3600
"""Nothing is kept for longer than the window and an hour."""


async def forget_choices(container: Container) -> None:
    """Those that no longer count."""
    async with container.scope(write=True) as scope:
        await scope.port(AliasCandidates).forget_before(scope.clock.now() - WINDOW)
