"""Requests for what another node carries, asked there: whichever node a proxy sends a player to."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import aiohttp
from aiohttp import hdrs, web
from typing_extensions import override
from yarl import URL

from kernel.errors import Unavailable

FORWARDED: Final = "X-Ani-Forwarded"
"""Says that another node asks; it is not asked on from there."""
CONNECT_TIMEOUT_S: Final = 3.0
READ_TIMEOUT_S: Final = 20.0
"""Longer than a request is held."""
MAX_CONNECTIONS: Final = 2_000
"""To other nodes: each player there holds a request all the time."""
CHUNK_BYTES: Final = 64 * 1024

_ASKED: Final = (hdrs.ACCEPT_ENCODING, hdrs.IF_NONE_MATCH, hdrs.RANGE, hdrs.IF_RANGE)
_NOT_HANDED_ON: Final = {
    name.lower() for name in (hdrs.CONNECTION, hdrs.DATE, hdrs.KEEP_ALIVE, hdrs.SERVER, hdrs.TRANSFER_ENCODING)
}


class OtherNodes(Protocol):
    """The other nodes of an installation."""

    async def node_of(self, channel_id: str) -> str | None:
        """Where the one is that carries a channel; ``None`` where it is this one, or none."""
        ...

    async def forward(self, request: web.Request, node_url: str, path: str) -> web.StreamResponse:
        """Have it answer ``request``, for ``path``.  Raises Unavailable."""
        ...


class Forwarder(OtherNodes):
    """Over HTTP."""

    def __init__(self, node_of: Callable[[str], Awaitable[str | None]]) -> None:
        self._node_of = node_of
        self._session: aiohttp.ClientSession | None = None

    @override
    async def node_of(self, channel_id: str) -> str | None:
        return await self._node_of(channel_id)

    @override
    async def forward(self, request: web.Request, node_url: str, path: str) -> web.StreamResponse:
        headers: dict[str, str] = {name: request.headers[name] for name in _ASKED if name in request.headers}
        headers.setdefault(hdrs.ACCEPT_ENCODING, "identity")
        # Of its parts, because what a client writes there may be the address of anything.
        url = URL(f"{node_url}{path}", encoded=True).with_query(request.query)
        try:
            answer = await self._opened().request(
                request.method, url, headers={**headers, FORWARDED: "1"}, allow_redirects=False
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(retry_after_s=1) from error
        async with answer:
            response = web.StreamResponse(status=answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in _NOT_HANDED_ON:
                    response.headers.add(name, value)
            try:
                await response.prepare(request)
                async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                    await response.write(chunk)
                await response.write_eof()
            except (
                aiohttp.ClientError,
                ConnectionError,
                TimeoutError,
            ):  # whoever asked is gone, or the node: no answer is whole then
                if request.transport is not None:
                    request.transport.abort()
            return response

    async def close(self) -> None:
        """Leave the connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S, sock_read=READ_TIMEOUT_S),
            )
        return self._session
