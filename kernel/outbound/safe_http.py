"""Connections to addresses that somebody else named: nothing is connected to that was not vetted.

Three gates, the first of which is ``kernel.outbound.url_vetting.vet_url``: then the addresses a name resolves to, and last the very address
a socket is about to connect to (an IP literal never meets the resolver, and a name server may change its mind in between).
"""

import socket
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override
from yarl import URL

from kernel.outbound.url_vetting import AddressRefused, Limits, VettedUrl, vet_address


class VettingResolver(AbstractResolver):
    """Resolves with ``inner`` and leaves only addresses that may be connected to; one forbidden address refuses the name."""

    def __init__(self, inner: AbstractResolver, limits: Limits) -> None:
        self._inner = inner
        self._limits = limits

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See ``AbstractResolver``.  Raises ``AddressRefused``."""
        found = await self._inner.resolve(host, port, family)
        for result in found:
            vet_address(result["host"], self._limits)
        return found

    @override
    async def close(self) -> None:
        await self._inner.close()


def vetted_socket(info: tuple[Any, ...], limits: Limits) -> socket.socket:
    """A socket for an entry of ``getaddrinfo``, if its address may be connected to.  Raises ``AddressRefused``."""
    vet_address(str(info[4][0]), limits)
    made = socket.socket(family=info[0], type=info[1], proto=info[2])
    made.setblocking(False)
    return made


def guarded_session(
    limits: Limits,
    timeout: aiohttp.ClientTimeout,
    *,
    connections: int,
    connections_per_host: int,
    resolver: AbstractResolver | None = None,
    make_socket: Callable[[tuple[Any, ...], Limits], socket.socket] = vetted_socket,
) -> aiohttp.ClientSession:
    """A client without cookies and proxies whose sockets open to vetted addresses alone; redirects are the caller's to refuse."""
    connector = aiohttp.TCPConnector(
        resolver=VettingResolver(resolver or aiohttp.ThreadedResolver(), limits),
        socket_factory=lambda info: make_socket(info, limits),
        use_dns_cache=False,  # a cached answer would be vetted once and trusted for ever
        limit=connections,
        limit_per_host=connections_per_host,
    )
    return aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    )


def as_the_client_reads_it(target: VettedUrl) -> URL:
    """The URL as the client will understand it, which must be what was vetted: two parsers are one too many.

    Raises ``AddressRefused``.
    """
    try:
        # As it was written: signatures cover the very characters, which requoting could change.
        parsed = URL(target.url, encoded=target.url.isascii())
        host = (parsed.host or "").rstrip(".").lower()
    except ValueError:
        raise AddressRefused(reason="it is not a URL") from None
    if host != target.host and parsed.raw_host != target.host and (parsed.raw_host or "").rstrip(".") != target.host:
        raise AddressRefused(reason="its host can be read in two ways")
    if parsed.port != target.port or parsed.user is not None or parsed.scheme != target.scheme:
        raise AddressRefused(reason="it can be read in two ways")
    return parsed
