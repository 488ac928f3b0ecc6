"""Where a channel is as Low-Latency HLS: here, or at the node that carries it, to which requests are forwarded."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from kernel.access import Actor
from kernel.clock import Clock
from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError
from kernel.nodes.calls import Json
from streaming.live.model import ChannelId

log = structlog.get_logger()

KNOWN_MS: Final = 3_000
"""How long what another node said is believed: a playlist is asked for several times in it."""
MAX_KNOWN: Final = 1_000
"""Channels that somebody asked for here lately and that are not carried here."""
LOOK_TIMEOUT_S: Final = 2.0
"""A node that was killed does not answer, and is believed to carry its channels for a while."""

AskCarrier = Callable[[ChannelId, Json], Awaitable[Json | None]]
"""Asks the node that carries a channel; ``None`` where none does, or this one."""


class HlsOutput(Protocol):
    """Where what this node carries is as Low-Latency HLS."""

    def address(self, channel_id: str, login_id: str | None) -> str:
        """Of the multivariant playlist, for a sign-in."""
        ...

    def rewind_s(self, channel_id: ChannelId) -> int:
        """How far back viewers may seek, in whole seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A channel at another node."""

    node_url: str
    rewind_s: int


class HlsAddresses:
    """Those of all channels, as far as this node can have them asked for."""

    def __init__(
        self,
        carries: Callable[[ChannelId], bool],
        output: HlsOutput,
        ask: AskCarrier,
        clock: Clock,
        *,
        node_url: str,
        alone: bool,
    ) -> None:
        """``carries`` this node a channel?  ``node_url``: where other nodes reach this one, empty: nowhere; ``alone``: there are no others."""
        self._carries = carries
        self._output = output
        self._ask = ask
        self._clock = clock
        self._node_url = node_url
        self._alone = alone
        self._known: dict[ChannelId, tuple[float, asyncio.Task[Elsewhere | None]]] = {}
        self._tasks = TaskSet("live-elsewhere")

    async def of(self, channel_id: ChannelId, actor: Actor | None) -> tuple[str | None, int]:
        """The address for ``actor``, who may watch the channel, and how far back it goes, in whole seconds; ``None`` where there is none.

        While nobody sends it is the slate.
        """
        address = self._output.address(channel_id, None if actor is None else actor.session_id)
        if self._carries(channel_id):
            return address, self._output.rewind_s(channel_id)
        found = await self._find(channel_id)
        return (None, 0) if found is None else (address, found.rewind_s)

    async def node_of(self, channel_id: str) -> str | None:
        """Where requests for a channel are to be forwarded; ``None``: nowhere."""
        found = await self._find(ChannelId(channel_id))
        return None if found is None else found.node_url

    def here(self, channel_id: ChannelId) -> Json:
        """What another node is told that asks."""
        carries = self._carries(channel_id)
        return {"node_url": self._node_url if carries else "", "rewind_s": self._output.rewind_s(channel_id)}

    async def close(self) -> None:
        """Look for nothing any more."""
        await self._tasks.close()

    async def _find(self, channel_id: ChannelId) -> Elsewhere | None:
        if self._alone or self._carries(channel_id):
            return None
        now_ms = self._clock.monotonic_ms()
        until_ms, looking = self._known.get(channel_id, (0.0, None))
        if looking is None or until_ms <= now_ms:
            looking = self._tasks.spawn(self._look(channel_id), name="look")
            self._known.pop(channel_id, None)
            if len(self._known) >= MAX_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[channel_id] = (now_ms + KNOWN_MS, looking)
        return await asyncio.shield(looking)

    async def _look(self, channel_id: ChannelId) -> Elsewhere | None:
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                answer = await self._ask(channel_id, {"kind": "hls", "channel_id": channel_id})
        except (AniError, OSError, TimeoutError) as error:
            log.info("the node that carries a channel does not say where it is", channel=channel_id, reason=repr(error))
            return None
        # A node of another version answers something else.
        if answer is None or not answer.get("node_url"):
            return None
        return Elsewhere(str(answer["node_url"]), int(answer["rewind_s"]))
