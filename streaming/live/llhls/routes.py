"""Low-Latency HLS over HTTP: raw routes for playlists, segments and parts."""

from typing import Final

from aiohttp import hdrs, web

from kernel.http import Router
from streaming.live.llhls.adapters.forwarding import Forwarder
from streaming.live.llhls.adapters.station import LiveHls

router = Router("", tag="Media")

LIVE_HLS: Final = web.AppKey("live_hls", LiveHls)
OTHERS: Final = web.AppKey("other_nodes", Forwarder)


async def _serve(request: web.Request) -> web.StreamResponse:
    return await request.app[LIVE_HLS].serve(request, request.app[OTHERS])


async def _verify(request: web.Request) -> web.StreamResponse:
    return await request.app[LIVE_HLS].verify(request, request.app[OTHERS])


for _method in (hdrs.METH_GET, hdrs.METH_OPTIONS):  # aiohttp adds HEAD to every GET
    router.raw(_method, "/llhls/{token}/{channel}/{path:.+}", _serve)
router.raw(hdrs.METH_GET, "/internal/verify-live", _verify)


def mount(app: web.Application, live_hls: LiveHls, others: Forwarder) -> None:
    """Give ``app`` its broadcasts, which end with it, and those of other nodes."""
    app[LIVE_HLS] = live_hls
    app[OTHERS] = others
    app.cleanup_ctx.append(live_hls.running)
