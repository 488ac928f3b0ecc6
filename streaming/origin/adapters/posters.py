"""Posters of assets, for catalogues: pictures anybody may see, without a stream session."""

from aiohttp import hdrs, web

from kernel.ids import is_id
from kernel.storage import Storage

NAME = "poster.jpg"


def routes(storage: Storage) -> list[web.RouteDef]:
    """``GET /posters/{asset_id}.jpg``."""

    async def poster(request: web.Request) -> web.StreamResponse:
        asset_id = request.match_info["asset_id"]
        if not is_id(asset_id):
            raise web.HTTPNotFound
        file = storage.path(asset_id) / NAME
        if not file.is_file():
            raise web.HTTPNotFound
        # An asset never changes, and a new one has another id.
        return web.FileResponse(file, headers={hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable"})

    return [web.get("/posters/{asset_id}.jpg", poster)]
