"""Avatars in the database: stored with the change that shows them, gone with the change that does not.

They are small (``kernel.images.images`` makes them 10 to 20 kB) and few, so they need no folder that all nodes share, and no
sweeping up after a crash between a file and a row.
"""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Final, Protocol

from aiohttp import hdrs, web
from sqlalchemy import Column, LargeBinary, String, Table, delete, insert, select
from typing_extensions import override

from kernel.db import UnitOfWork, metadata
from kernel.http.problems import HttpRefusal
from kernel.images.images import MAX_IMAGE_BYTES, ImageTooLarge
from kernel.scope import Container

AVATAR_PX: Final = 256
"""Shown at 96 CSS pixels at most, on screens with up to 2.7 of their own for each."""

NAME_BYTES: Final = 16  # 128 random bits: nobody finds a picture by guessing
MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/gif")
"""What a client may say it sends; what it really is the first bytes tell."""

BODY_TIMEOUT_S: Final = 120
"""For a whole photo over a poor phone connection, 70 kB/s."""

pictures = Table(
    "pictures",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("webp", LargeBinary, nullable=False),
)


class Pictures(Protocol):
    """Where avatars are kept."""

    async def add(self, webp: bytes) -> str:
        """Keep a picture; returns the URL it is at."""
        ...

    async def remove(self, url: str | None) -> None:
        """Forget the picture at ``url``; ``None``, or one that is gone, is no error."""
        ...


class SqlPictures(Pictures):
    """Pictures in the transaction of the one who shows them."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def add(self, webp: bytes) -> str:
        name = secrets.token_hex(NAME_BYTES)
        await self._session.execute(insert(pictures).values(name=name, webp=webp))
        return f"/avatars/{name}.webp"

    @override
    async def remove(self, url: str | None) -> None:
        if url is not None:
            name = url.removeprefix("/avatars/").removesuffix(".webp")
            await self._session.execute(delete(pictures).where(pictures.c.name == name))


def routes(container: Container) -> list[web.RouteDef]:
    """``GET /avatars/{name}.webp``, for anybody who has the URL."""

    async def avatar(request: web.Request) -> web.StreamResponse:
        query = select(pictures.c.webp).where(pictures.c.name == request.match_info["name"])
        async with container.scope(write=False) as scope:
            webp = await scope.uow.session.scalar(query)
        if webp is None:
            raise web.HTTPNotFound
        # A picture never changes: a new one has another name.
        headers = {hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable"}
        return web.Response(body=webp, content_type="image/webp", headers=headers)

    return [web.get("/avatars/{name:[0-9a-f]{32}}.webp", avatar)]


async def read_image(request: web.Request, media_types: Sequence[str] = MEDIA_TYPES) -> bytes:
    """The picture that is the body of a request, said to be of one of ``media_types``.

    Raises :class:`kernel.images.images.ImageTooLarge` as soon as there is too much of it.
    """
    if request.content_type not in media_types:
        raise HttpRefusal(415, "unsupported_media_type", f"Send the picture itself: one of {', '.join(media_types)}.")
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.content.iter_any():
                data += chunk
                if len(data) > MAX_IMAGE_BYTES:
                    raise ImageTooLarge
    except TimeoutError:
        raise HttpRefusal(
            408, "request_timeout", f"The body did not come within {BODY_TIMEOUT_S} s.", headers={"Connection": "close"}
        ) from None
    return bytes(data)
