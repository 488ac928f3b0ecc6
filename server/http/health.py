"""What looks after a process asks it: whether it lives, whether it can work, and what it counted."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kernel.http.problems import response_for
from server.services import Services

_OK = b'{"status":"ok"}'


def routes(services: Services) -> list[web.RouteDef]:
    """``/healthz``, ``/readyz`` and ``/metrics``, of a server and of a worker."""

    async def healthz(_request: web.Request) -> web.Response:
        """The process runs and its event loop turns."""
        return web.Response(body=_OK, content_type="application/json")

    async def readyz(_request: web.Request) -> web.Response:
        """The process and all it depends on can serve."""
        try:
            await services.check()
        except Exception as error:
            response = response_for(error, conditional=False, request_id=None)
            if response is None:
                raise
            return response
        return web.Response(body=_OK, content_type="application/json")

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]
