"""The media port of this process, as voice uses it."""

import asyncio

from typing_extensions import override

from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.ports import RtcUnavailable
from realtime.voice.model import VoiceUnavailable
from realtime.voice.ports import AudioPeer, AudioPeers, OnPacket


class VoiceConnections(AudioPeers):
    """An :class:`~realtime.voice.ports.AudioPeers`."""

    def __init__(self, server: SharedPortServer) -> None:
        self._server = server

    @override
    async def open(self) -> None:
        try:
            await self._server.open()
        except RtcUnavailable as error:
            raise VoiceUnavailable from error
        await asyncio.to_thread(_load)

    @override
    def peer(self, on_packet: OnPacket) -> AudioPeer:
        from realtime.voice.adapters.peer import ForwardingPeer

        return ForwardingPeer(self._server, on_packet)


def _load() -> None:
    """Not on the event loop, and not before somebody talks."""
    from realtime.voice.adapters import peer  # noqa: F401 - see above
