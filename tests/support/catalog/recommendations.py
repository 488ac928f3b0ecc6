"""Recommending in tests: what was published a moment ago is recommended at once."""

from catalog.recommendations.adapters.live_snapshot import LiveSnapshot
from catalog.recommendations.usecases import Recommender
from kernel.scope import Container


async def refreshed(container: Container) -> LiveSnapshot:
    """The snapshot of this process, after it has looked; by itself it looks once a minute."""
    async with container.scope(write=False) as scope:
        snapshot = scope.port(Recommender)
    assert isinstance(snapshot, LiveSnapshot)
    await snapshot.refresh()
    return snapshot
