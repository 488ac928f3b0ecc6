"""Files of posters: written into the storage, and answered to anybody who has the address."""

import asyncio
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web
from typing_extensions import override

from catalog.releases.poster import generated_digest
from catalog.releases.posters.generated import poster_svg
from catalog.releases.posters.repository import main_name
from catalog.releases.posters.usecases import PosterFiles
from kernel.ids import is_id, new_id
from kernel.scope import Container
from kernel.storage import LocalStorage

IMMUTABLE: Final[dict[str, str]] = {hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable"}
"""What is behind an address never changes: another picture, or another title, has another one."""
SVG_HEADERS: Final[dict[str, str]] = {**IMMUTABLE, "Content-Security-Policy": "default-src 'none'"}
"""For whoever opens one by itself."""

_NAME: Final = re.compile(r"[1-9][0-9]{1,3}\.webp", re.ASCII)


class StoredPosters(PosterFiles):
    """Posters as folders ``poster-KEY`` of the storage, with one file for each width."""

    def __init__(self, storage: LocalStorage) -> None:
        self._storage = storage

    @override
    async def write(self, key: str, webps: Mapping[int, bytes]) -> None:
        staging = self._storage.staging(f"{_folder(key)}-{new_id()}")
        try:
            await asyncio.to_thread(_write, staging, webps)
            await self._storage.publish(staging, _folder(key))
        finally:
            await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)

    @override
    async def delete(self, key: str) -> None:
        await self._storage.delete(_folder(key))


def routes(container: Container, storage: LocalStorage) -> list[web.RouteDef]:
    """``GET /posters/{key}/{name}``: the file of one width, or the poster made of a title."""

    async def uploaded(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        file = storage.path(_folder(request.match_info["key"])) / name
        if _NAME.fullmatch(name) is None or not await asyncio.to_thread(file.is_file):
            raise web.HTTPNotFound
        return web.FileResponse(file, headers=IMMUTABLE)

    async def generated(request: web.Request) -> web.StreamResponse:
        release_id, digest = request.match_info["release_id"], request.match_info["digest"]
        if not is_id(release_id):
            raise web.HTTPNotFound
        async with container.scope(write=False) as scope:
            title = await main_name(scope.uow.session, release_id)
        # Who knows the digest knows the title: drafts are safe, and an address that was right stays right for caches alone.
        if title is None or generated_digest(release_id, title) != digest:
            raise web.HTTPNotFound
        return web.Response(text=poster_svg(release_id, title), content_type="image/svg+xml", headers=SVG_HEADERS)

    return [
        web.get("/posters/{key:[0-9a-f]{32}}/{name}", uploaded),
        web.get("/posters/{release_id}/{digest:[0-9a-f]{16}}.svg", generated),
    ]


def _folder(key: str) -> str:
    return f"poster-{key}"


def _write(folder: Path, webps: Mapping[int, bytes]) -> None:
    folder.mkdir(parents=True)
    for width_px, webp in webps.items():
        (folder / f"{width_px}.webp").write_bytes(webp)
