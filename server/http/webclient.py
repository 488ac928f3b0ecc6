"""Serves the browser client: hashed assets for ever, everything else is its one page."""

import mimetypes
from pathlib import Path

from aiohttp import hdrs, web

_SERVER = Path(__file__).parent.parent
PACKAGED = _SERVER / "webclient"
BUILT = _SERVER.parent / "web" / "dist"
"""In a checkout the client is served from where Vite builds it; a wheel carries it as ``PACKAGED``."""

FONT = "font/woff2"
"""Python's own table does not know it."""

MISSING = """<!doctype html><meta charset="utf-8"><title>Ani</title>
<p>The server runs, but its web client has not been built. In a checkout, run <code>make web</code>.</p>"""


def client_folder() -> Path | None:
    """Where the built client is, ``None`` when it is nowhere."""
    return next((folder for folder in (PACKAGED, BUILT) if (folder / "index.html").is_file()), None)


def routes(folder: Path | None) -> list[web.RouteDef]:
    """Everything that no other route takes."""

    async def page(request: web.Request) -> web.StreamResponse:
        if request.path.startswith(("/api/", "/hls/", "/llhls/", "/socket.io/", "/assets/", "/avatars/", "/posters/")):
            raise web.HTTPNotFound
        if folder is None:
            return web.Response(text=MISSING, content_type="text/html", status=503)
        # Files beside index.html (icons, manifest) by their exact name; never a path out of the folder.
        name = request.match_info["path"]
        file = folder / name
        if name and "/" not in name and not name.startswith(".") and _is_file(file):
            return web.FileResponse(file, headers={hdrs.CACHE_CONTROL: "public, max-age=3600"})
        return web.FileResponse(folder / "index.html", headers={hdrs.CACHE_CONTROL: "no-cache"})

    async def asset(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if folder is None or not _is_file(folder / "assets" / name):
            raise web.HTTPNotFound
        kind = FONT if name.endswith(".woff2") else mimetypes.guess_type(name)[0] or "application/octet-stream"
        return web.FileResponse(
            folder / "assets" / name,
            headers={hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable", hdrs.CONTENT_TYPE: kind},
        )

    return [web.get("/assets/{name:[A-Za-z0-9_.-]+}", asset), web.get("/{path:.*}", page)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than any file has
        return False
