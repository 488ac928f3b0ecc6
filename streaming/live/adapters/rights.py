"""Whether somebody may go on watching a live channel, as the database has it at this moment."""

from kernel.access import Standing
from kernel.scope import Container
from streaming.live.channels import usecases
from streaming.live.channels.usecases import Channels


class WatchingRights:
    """Asked by whoever serves a channel by tokens."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def ensure(self, channel_id: str, login_id: str | None) -> None:
        """``login_id``: the sign-in under which somebody began; ``None``: without one.  Raises ChannelNotFound, StreamEnded."""
        async with self._container.scope(write=False) as scope:
            await usecases.ensure_watched_still(scope.port(Channels), scope.port(Standing), channel_id, login_id)
