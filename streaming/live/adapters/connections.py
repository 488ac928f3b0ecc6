"""Makes connections over the media port, which is opened with the first."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kernel.rtc.adapters.server import SharedPortServer
from streaming.live.media.ports import PacketHandler
from streaming.live.model import LiveTrack

if TYPE_CHECKING:
    from streaming.live.adapters.peers import WhepConnection, WhipConnection


class RtcConnections:
    """A :class:`~streaming.live.media.ports.Connections`."""

    def __init__(self, server: SharedPortServer) -> None:
        self._server = server

    async def open(self) -> None:
        """See :class:`~streaming.live.media.ports.Connections`."""
        await self._server.open()
        await asyncio.to_thread(_load)

    def publisher(self, offer: str, handler: PacketHandler, *, max_kbps: int) -> "WhipConnection":
        """See :class:`~streaming.live.media.ports.Connections`."""
        from streaming.live.adapters.peers import WhipConnection

        return WhipConnection(self._server, offer, handler, max_kbps)

    def viewer(self, offer: str, handler: PacketHandler, tracks: Sequence[LiveTrack]) -> "WhepConnection":
        """See :class:`~streaming.live.media.ports.Connections`."""
        from streaming.live.adapters.peers import WhepConnection

        return WhepConnection(self._server, offer, handler, tracks)


def _load() -> None:
    """Not on the event loop, and not before somebody goes live."""
    from streaming.live.adapters import peers  # noqa: F401 - see above
