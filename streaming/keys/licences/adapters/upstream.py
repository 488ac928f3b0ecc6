"""Asking a licence server.  The operator named it, so its address is not vetted; nothing of the viewer's request but its body goes there."""

from collections.abc import Mapping

import aiohttp
import structlog

from streaming.keys.licences.model import MAX_BYTES, TIMEOUT_S, LicenceRefused, LicenceServerAway

log = structlog.get_logger()

CONNECTIONS = 64


class LicenceClient:
    """One client for all licence servers; opened at the first request."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, system: str, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The answer's body.  Raises :class:`LicenceRefused` for 4xx, :class:`LicenceServerAway` for everything but 200."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                answer = await response.content.read(MAX_BYTES + 1)
                while len(answer) <= MAX_BYTES and (more := await response.content.read(MAX_BYTES + 1)):
                    answer += more
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("licence server does not answer", system=system, reason=type(error).__name__)
            raise LicenceServerAway from None
        if 400 <= response.status < 500:
            log.warning("licence server refused a request", system=system, status=response.status)
            raise LicenceRefused
        if response.status != 200 or len(answer) > MAX_BYTES:
            log.warning("licence server answered oddly", system=system, status=response.status, size_bytes=len(answer))
            raise LicenceServerAway
        return answer

    async def close(self) -> None:
        """End the connections."""
        if self._session is not None:
            await self._session.close()
