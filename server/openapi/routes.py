"""The API describing itself: ``/api/openapi.json``, and the page at ``/api/docs`` that shows it."""

from collections.abc import Iterable
from importlib.resources import files

import orjson
from aiohttp import web

from kernel.http import Endpoint


def routes(endpoints: Iterable[Endpoint], *, version: str, url: str) -> list[web.RouteDef]:
    """The description of ``endpoints``, for a program of this ``version`` that is reached at ``url``."""
    endpoints = list(endpoints)
    described: list[bytes] = []

    async def openapi_json(_request: web.Request) -> web.Response:
        if not described:  # half a second of work, and a quarter to load what does it: a start should not wait for them
            from server.openapi.document import openapi_document

            described.append(orjson.dumps(openapi_document(endpoints, version=version, url=url)))
        return web.Response(body=described[0], content_type="application/json")

    async def docs(_request: web.Request) -> web.Response:
        page = files("server").joinpath("static/docs.html").read_bytes()
        return web.Response(body=page, content_type="text/html", charset="utf-8")

    async def docs_asset(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        kind = {"docs.js": "text/javascript", "docs.css": "text/css"}.get(name)
        if kind is None:
            raise web.HTTPNotFound
        return web.Response(
            body=files("server").joinpath(f"static/{name}").read_bytes(), content_type=kind, charset="utf-8"
        )

    return [
        web.get("/api/openapi.json", openapi_json),
        web.get("/api/docs", docs),
        web.get("/api/docs/{name}", docs_asset),
    ]
