"""Edges asked whether they are there."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Final

import aiohttp
import structlog
from prometheus_client import Gauge
from typing_extensions import override

from streaming.origin.steering.model import Edge, Health
from streaming.origin.steering.usecases import EdgeHealth

log = structlog.get_logger()

INTERVAL_S: Final = 5
"""Between two questions of one edge by one process; with two failed ones and the time-out an edge is given up within 13 s."""
TIMEOUT_S: Final = 3
"""An edge that takes longer for a few bytes is none to play from."""
BAD_STATUS: Final = 400

UP: Final = Gauge("ani_edge_up", "Whether an edge of ANI_EDGES answers", ["edge"])


class EdgeProbes(EdgeHealth):
    """Run :meth:`run` beside it.  Until an edge was asked it counts as up, and one without an address always does."""

    def __init__(self, edges: Sequence[Edge], *, interval_s: float = INTERVAL_S) -> None:
        self._edges = [edge for edge in edges if edge.url] if len(edges) > 1 else []
        self._interval_s = interval_s
        self._health = {edge.name: Health() for edge in self._edges}

    @override
    def down(self) -> Collection[str]:
        return {name for name, health in self._health.items() if not health.is_up}

    async def run(self) -> None:
        """Ask for ever, until cancelled."""
        if not self._edges:
            return
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
            while True:
                await asyncio.gather(*(self._ask(session, edge) for edge in self._edges))
                await asyncio.sleep(self._interval_s)

    async def _ask(self, session: aiohttp.ClientSession, edge: Edge) -> None:
        reason = ""
        try:
            async with session.get(edge.url + edge.health_path, allow_redirects=False) as answer:
                if answer.status >= BAD_STATUS:
                    reason = f"status {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            reason = str(error) or type(error).__name__
        before = self._health[edge.name]
        now = self._health[edge.name] = before.after(not reason)
        UP.labels(edge.name).set(now.is_up)
        if before.is_up and not now.is_up:
            log.warning("an edge is down", edge=edge.name, reason=reason)
        elif now.is_up and not before.is_up:
            log.info("an edge is up again", edge=edge.name)
