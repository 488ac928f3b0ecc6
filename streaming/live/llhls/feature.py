"""What Low-Latency HLS binds for itself."""

from functools import partial

from kernel.feature import Feature
from streaming.live.llhls import routes
from streaming.live.llhls.adapters.station import LiveHls


def declare(live_hls: LiveHls) -> Feature:
    """Its raw routes."""
    return Feature(routers=[routes.router], mounts=[partial(routes.mount, live_hls=live_hls)])
