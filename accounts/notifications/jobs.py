"""Regular work: forgetting what is old."""

from accounts.notifications.repository import SqlNotifications
from kernel.scope import Container


async def forget_old(container: Container) -> None:
    """Keep each user's notifications within their bounds."""
    async with container.scope(write=True) as scope:
        await SqlNotifications(scope.uow).forget(container.clock.now())
