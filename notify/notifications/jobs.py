"""Regular work: forgetting what is old."""

from kernel.scope import Container
from notify.notifications.repository import SqlNotifications


async def forget_old(container: Container) -> None:
    """Keep each user's notifications within their bounds."""
    async with container.scope(write=True) as scope:
        await SqlNotifications(scope.uow).forget(container.clock.now())
