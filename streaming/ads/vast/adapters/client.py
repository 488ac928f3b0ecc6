"""The HTTP client for ad servers: vetted addresses, redirects vetted as well, and a limit to everything.

It says nothing of whoever watches: no cookies, no address, no header of theirs.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbelow
from typing import Final
from urllib.parse import urljoin

import aiohttp
from aiohttp import hdrs
from typing_extensions import override

from kernel.outbound.safe_http import as_the_client_reads_it, guarded_session
from kernel.outbound.url_vetting import AddressRefused, Limits, vet_url
from streaming.ads.vast.chain import Tags
from streaming.ads.vast.document import MAX_BYTES
from streaming.ads.vast.errors import AdRefused, VastError
from streaming.ads.vast.macros import expand

DECISION_S: Final = 5.0
"""For all answers of one break: so long a viewer looks at a still picture."""
BEACON_S: Final = 5.0
DOWNLOAD_S: Final = 120.0
MAX_MEDIA_BYTES: Final = 128 * 1024 * 1024
"""Three minutes at 6 Mbit/s."""
MAX_REDIRECTS: Final = 5
CONNECTIONS, CONNECTIONS_PER_HOST = 64, 8
USER_AGENT: Final = "Ani (video server)"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class AdClient:
    """Asks and tells ad servers.  ``networks``: private ones that are opened on purpose."""

    def __init__(self, networks: tuple[str, ...] = ()) -> None:
        self._limits = Limits(allowed_networks=networks)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def vet(self, url: str) -> None:
        """Raises ``AddressRefused`` for what will never be asked."""
        vet_url(filled(url), self._limits)

    def for_one_break(self, break_position: int = 1) -> Tags:
        """Ad servers, for :data:`DECISION_S` from now on.  ``break_position``: 1 before the programme, 2 within it (§6.5)."""
        return _Deadline(self, time.monotonic() + DECISION_S, break_position)

    async def document(self, url: str, *, timeout_s: float, break_position: int) -> bytes:
        """Raises :class:`AdRefused`."""
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._answer(filled(url, BREAKPOSITION=str(break_position))) as answer,
            ):
                if answer.status == 204:
                    return b'<VAST version="4.2"/>'  # what some say for "no ad"
                if answer.status != 200:
                    raise AdRefused(VastError.WRAPPER)
                body = bytearray()
                async for chunk in answer.content.iter_chunked(64 * 1024):
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise AdRefused(VastError.XML)
                return bytes(body)
        except TimeoutError:
            raise AdRefused(VastError.WRAPPER_TIMEOUT) from None
        except (aiohttp.ClientError, OSError, ValueError, AddressRefused):
            raise AdRefused(VastError.WRAPPER) from None

    async def download(self, url: str, file: Path) -> None:
        """A video, whole.  Raises :class:`AdRefused`."""
        try:
            async with asyncio.timeout(DOWNLOAD_S), self._answer(filled(url)) as answer:
                if answer.status != 200:
                    raise AdRefused(VastError.MEDIA_NOT_FOUND)
                size = 0
                with await asyncio.to_thread(file.open, "wb") as target:
                    async for chunk in answer.content.iter_chunked(256 * 1024):
                        size += len(chunk)
                        if size > MAX_MEDIA_BYTES:
                            raise AdRefused(VastError.MEDIA_UNFIT)
                        await asyncio.to_thread(target.write, chunk)
        except (TimeoutError, aiohttp.ClientError, ValueError, AddressRefused, ConnectionError):
            raise AdRefused(VastError.MEDIA_NOT_FOUND) from None

    async def tell(self, url: str) -> bool:
        """Call an address whose answer nobody reads; whether it was there."""
        try:
            async with asyncio.timeout(BEACON_S), self._answer(url) as answer:
                return answer.status < 400
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError, AddressRefused):
            return False

    @asynccontextmanager
    async def _answer(self, url: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer after its redirects.  Raises what aiohttp raises, and ``AddressRefused``."""
        for _ in range(MAX_REDIRECTS + 1):
            target = as_the_client_reads_it(vet_url(url, self._limits))
            async with self._client().get(target, allow_redirects=False) as answer:
                location = answer.headers.get(hdrs.LOCATION)
                if answer.status in _REDIRECTS and location is not None:
                    url = urljoin(url, location)
                    continue
                try:
                    yield answer
                finally:
                    answer.close()  # whatever else there is to it
                return
        raise AddressRefused(reason="it redirects in circles")

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = guarded_session(
                self._limits,
                aiohttp.ClientTimeout(total=None, connect=DECISION_S, sock_read=DECISION_S),
                connections=CONNECTIONS,
                connections_per_host=CONNECTIONS_PER_HOST,
            )
            self._session.headers[hdrs.USER_AGENT] = USER_AGENT
        return self._session


class _Deadline(Tags):
    def __init__(self, client: AdClient, ends_at_s: float, break_position: int) -> None:
        self._client, self._ends_at_s, self._break_position = client, ends_at_s, break_position

    @override
    async def fetch(self, url: str) -> bytes:
        left_s = self._ends_at_s - time.monotonic()
        if left_s <= 0:
            raise AdRefused(VastError.WRAPPER_TIMEOUT)
        return await self._client.document(url, timeout_s=left_s, break_position=self._break_position)


def filled(url: str, **values: str) -> str:
    """``url`` with its macros filled in, as of now."""
    return expand(url, datetime.now(UTC), f"{randbelow(90_000_000) + 10_000_000}", values)
