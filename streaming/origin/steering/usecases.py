"""Which edge a player should use, and what it found there."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kernel.clock import Clock
from streaming.origin.cmcd import PlayerReport
from streaming.origin.steering import manifest
from streaming.origin.steering.model import HERE, NOTHING_SEEN, Edge, Offer, Pathways, ViewerMemory, ordered


class EdgeHealth(Protocol):
    """Whether edges are there."""

    def down(self) -> Collection[str]:
        """The names of those that are not."""
        ...


class ViewerMemories(Protocol):
    """What players found, by stream, for some minutes and on all processes.  Raises nothing: it may be forgotten at any time."""

    async def get(self, session_id: str) -> ViewerMemory:
        """What is known of a stream's player."""
        ...

    async def put(self, session_id: str, memory: ViewerMemory) -> None:
        """Keep it."""
        ...


@dataclass(frozen=True, slots=True)
class SteeringQuery:
    """What a player says when it asks (draft-pantos-hls-rfc8216bis-20 §7.3), and what its address holds."""

    token: str
    known: Sequence[str]
    """Pathways that its playlist has, or it was told of."""
    breaks_ms: Sequence[int] = ()
    pathway: str = ""
    """``_HLS_pathway``: where it is."""
    throughput_bps: int | None = None
    """``_HLS_throughput``."""
    is_dash: bool = False
    """Whether it plays DASH (ETSI TS 103 998), and says both under names of that."""


class SteeredStreams(Protocol):
    """Streams whose players ask where to play from."""

    async def steer(self, session_id: str, query: SteeringQuery) -> manifest.Manifest:
        """What to tell a player.

        Raises ``TokenRefused`` where the token is none of this stream's, and ``StreamOver`` where it may not go on.
        """
        ...


Plan = Callable[[int], Pathways]
"""The pathways of a stream whose smallest variant has so many bit/s."""


class Steering:
    """Content steering of one process."""

    def __init__(self, edges: Sequence[Edge], health: EdgeHealth, memories: ViewerMemories, clock: Clock) -> None:
        """``edges``: as the operator named them; fewer than two leave no choice."""
        self.edges = tuple(edges)
        self._health = health
        self._memories = memories
        self._clock = clock
        self.is_on = len(self.edges) > 1
        """Whether there is a choice."""

    async def plan(self, session_id: str, token: str, asset_id: str) -> Plan:
        """Where the media of a stream are, for its multivariant playlist."""
        memory = await self._memories.get(session_id) if self.is_on else NOTHING_SEEN

        def pathways(least_bps: int) -> Pathways:
            if not self.edges:
                return HERE
            edges = self._ordered(session_id, memory, least_bps)
            return manifest.pathways(edges, session_id=session_id, token=token, asset_id=asset_id)

        return pathways

    async def steer(
        self, session_id: str, asset_id: str, query: SteeringQuery, offer: Offer, *, ttl_s: int = manifest.TTL_S
    ) -> manifest.Manifest:
        """What to tell a player whose token was found good, after taking down what it says."""
        memory, now_ms = await self._memories.get(session_id), self._clock.now_ms()
        names = {edge.name for edge in self.edges}
        if query.pathway in names:
            if not memory.told and query.known:  # the playlist sent it to its first one
                memory = ViewerMemory(query.known[0], memory.seen)
            memory = memory.at(query.pathway, now_ms)
            if query.throughput_bps:
                memory = memory.with_throughput(query.pathway, query.throughput_bps, now_ms)
        edges = self._ordered(session_id, memory, offer.least_bps)
        told = manifest.manifest(
            edges,
            offer,
            session_id=session_id,
            token=query.token,
            asset_id=asset_id,
            known=query.known,
            breaks_ms=query.breaks_ms,
            is_dash=query.is_dash,
            ttl_s=ttl_s,
        )
        await self._memories.put(session_id, ViewerMemory(told.priority[0] if told.priority else "", memory.seen))
        return told

    async def observe(self, session_id: str, reports: Iterable[PlayerReport]) -> None:
        """What the player of a stream reports by itself, as far as it names the edge (``cdn``)."""
        named = [report for report in reports if report.pathway in {edge.name for edge in self.edges}]
        if not self.is_on or not named:
            return
        memory, now_ms = await self._memories.get(session_id), self._clock.now_ms()
        for report in named:
            if report.failed:
                memory = memory.with_failure(report.pathway, now_ms)
            elif report.throughput_bps:
                memory = memory.with_throughput(report.pathway, report.throughput_bps, now_ms)
        await self._memories.put(session_id, memory)

    def _ordered(self, session_id: str, memory: ViewerMemory, least_bps: int) -> list[Edge]:
        return ordered(
            self.edges,
            session_id=session_id,
            down=self._health.down(),
            memory=memory,
            least_bps=least_bps,
            now_ms=self._clock.now_ms(),
        )
