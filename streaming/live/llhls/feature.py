"""What Low-Latency HLS binds for itself."""

from collections.abc import Awaitable, Callable
from functools import partial

from kernel.feature import Feature
from streaming.live.llhls import routes
from streaming.live.llhls.adapters.forwarding import Forwarder
from streaming.live.llhls.adapters.station import LiveHls


def declare(live_hls: LiveHls, node_of: Callable[[str], Awaitable[str | None]]) -> Feature:
    """Its raw routes; ``node_of`` a channel: where another node is that carries it."""
    others = Forwarder(node_of)
    return Feature(
        routers=[routes.router],
        mounts=[partial(routes.mount, live_hls=live_hls, others=others)],
        closers=[others.close],
    )
