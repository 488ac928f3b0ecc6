"""Posters of assets, for catalogues: pictures anybody may see, without a stream session."""

from aiohttp import hdrs, web

from kernel.ids import is_id
from kernel.storage import MediaStorage, NotStored, StorageAway
from kernel.storage.ports import read
from streaming.origin.media.conditional import none_match

NAME = "poster.jpg"
RETRY_AFTER_S = 5


def routes(storage: MediaStorage) -> list[web.RouteDef]:
    """``GET /posters/{asset_id}.jpg``."""

    async def poster(request: web.Request) -> web.StreamResponse:
        asset_id = request.match_info["asset_id"]
        if not is_id(asset_id):
            raise web.HTTPNotFound
        try:
            # Not out of the origin's memory: no session ends here, so the file is to be there when it is given.
            file = await storage.file(asset_id, NAME)
            body = await read(file)
        except NotStored:
            raise web.HTTPNotFound from None
        except StorageAway as error:
            raise web.HTTPServiceUnavailable(headers={hdrs.RETRY_AFTER: str(RETRY_AFTER_S)}) from error
        # An asset never changes, and a new one has another id.
        headers = {hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable", hdrs.ETAG: file.etag}
        known = request.headers.get(hdrs.IF_NONE_MATCH)
        if known is not None and not none_match(known, file.etag):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type="image/jpeg", headers=headers)

    return [web.get("/posters/{asset_id}.jpg", poster)]
