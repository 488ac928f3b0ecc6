"""Asking the upstream: one careful HTTP client for all registered sources.

Vetted three times: the URL as text, the addresses a name resolves to, and the very address a socket is about to connect to (an IP
literal never meets the resolver, and a name server may change its mind in between).  Redirects are followed by hand.  Playlists and
keys are read whole under a cap, once for all who ask at the same time; segments are streamed through.
"""

import asyncio
import socket
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver

from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError, Invalid, TooLarge, Unavailable
from kernel.outbound.safe_http import as_the_client_reads_it, guarded_session, vetted_socket
from kernel.outbound.url_vetting import AddressRefused, Limits, VettedUrl, vet_url
from streaming.proxy.upstream.adapters.decompress import decompressor_for
from streaming.proxy.upstream.breaker import Breaker, Circuit
from streaming.proxy.upstream.metrics import Meter
from streaming.proxy.upstream.url_policy import MAX_PLAYLIST_BYTES, next_hop, request_headers

#: A handshake across the world takes half a second; a host that needs longer than this is down.
CONNECT_TIMEOUT_S = 5.0
#: Between two reads. Longer, and a player at the live edge has run dry anyway.
READ_TIMEOUT_S = 10.0
#: For a whole playlist or key, redirects included.
TOTAL_TIMEOUT_S = 15.0
#: Connections to one host at a time, and in all: 20 viewers of one source, with room for several sources.
CONNECTIONS_PER_HOST, CONNECTIONS = 32, 256
#: What is kept of playlists and keys in memory.
CACHE_BYTES = 32 * 1024 * 1024
#: How long an answer stands in when the upstream fails: about a live window.
STALE_IF_ERROR_S = 30.0
_REDIRECTS = frozenset([301, 302, 303, 307, 308])


class UpstreamFailed(Unavailable):
    """The source does not answer."""


class UpstreamRefused(Invalid):
    """The source answered with status {status}."""

    def __init__(self, message: str | None = None, *, status: int, retry_after: str = "") -> None:
        super().__init__(message, status=status, retry_after=retry_after)
        self.status = status
        #: Seconds, as digits; empty where it named none.
        self.retry_after = retry_after if retry_after.isdecimal() and len(retry_after) < 6 else ""


class UpstreamTooLarge(TooLarge):
    """The answer of the source is larger than {limit} bytes."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """A source as the fetcher needs it.  ``key`` names its circuit breaker, its place in the cache and its metrics."""

    key: str
    home: VettedUrl
    headers: Mapping[str, str]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Document:
    """A whole answer.  ``url`` is where it was found in the end, which relative addresses in it are relative to."""

    url: str
    body: bytes
    content_type: str
    etag: str = ""
    last_modified: str = ""
    fetched_at_s: float = 0.0  # monotonic
    is_stale: bool = False  # the upstream failed, and this is from before


class Fetcher:
    """The client.  ``networks``: private networks opened on purpose (see ``Limits``), for all sources of this server."""

    def __init__(
        self,
        *,
        networks: tuple[str, ...] = (),
        resolver: AbstractResolver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self._limits = Limits(allowed_networks=networks)
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._cache: OrderedDict[tuple[str, str], Document] = OrderedDict()
        self._cached_bytes = 0
        self._flights: dict[tuple[str, str], asyncio.Task[Document | AniError]] = {}
        self._breakers: dict[str, Breaker] = {}
        self._meters: dict[str, Meter] = {}
        self._tasks = TaskSet("proxy fetches")

    def upstream(self, key: str, url: str, headers: Mapping[str, str], hosts: tuple[str, ...]) -> Upstream:
        """A source, vetted.  Its own host is always one of its hosts.  Raises ``AddressRefused``."""
        home = vet_url(url, self._limits)
        limits = replace(self._limits, allowed_hosts=(home.host, *hosts) if hosts else ())
        return Upstream(key, home, headers, limits)

    async def close(self) -> None:
        """Cancel what is under way and close all connections."""
        await self._tasks.close()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def forget(self, key: str) -> None:
        """A source was changed or removed."""
        for known in [known for known in self._cache if known[0] == key]:
            self._cached_bytes -= len(self._cache.pop(known).body)
        self._breakers.pop(key, None)

    def removed(self, key: str) -> None:
        """A source is no more."""
        self.forget(key)
        if (meter := self._meters.pop(key, None)) is not None:
            meter.forget()

    def meter(self, key: str) -> Meter:
        """The counts of a source."""
        if (meter := self._meters.get(key)) is None:
            meter = self._meters[key] = Meter(key)
        return meter

    def circuit(self, key: str) -> Circuit:
        """Whether a source is being asked at all just now."""
        breaker = self._breakers.get(key)
        return Circuit.CLOSED if breaker is None else breaker.state(self.clock())

    async def document(
        self, upstream: Upstream, url: str, *, fresh_s: float, limit: int = MAX_PLAYLIST_BYTES
    ) -> Document:
        """A playlist or key, whole: from memory if it is younger than ``fresh_s``, and asked for once however many want it.

        Raises ``AddressRefused``, ``UpstreamRefused``, ``UpstreamTooLarge``, ``UpstreamFailed``.
        """
        where = (upstream.key, url)
        known = self._cache.get(where)
        if known is not None:
            self._cache.move_to_end(where)
            if self.clock() - known.fetched_at_s < fresh_s:
                self.meter(upstream.key).asked("cached")
                return known
        flight = self._flights.get(where)
        if flight is None:
            # Addresses carry tokens, and names of tasks are logged.
            flight = self._tasks.spawn(self._settled(upstream, url, known, limit), name="document")
            flight.add_done_callback(lambda _: self._flights.pop(where, None))
            self._flights[where] = flight
        result = await asyncio.shield(flight)
        if isinstance(result, Document):
            return result
        is_young = known is not None and self.clock() - known.fetched_at_s < STALE_IF_ERROR_S
        if known is not None and is_young and _passes(result):
            self.meter(upstream.key).asked("stale")
            return replace(known, is_stale=True)
        raise _again(result)

    @asynccontextmanager
    async def stream(
        self, upstream: Upstream, url: str, viewer: Mapping[str, str], *, method: str = hdrs.METH_GET
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer to a segment's request, its body still to be read; closed with the block, whoever leaves first.

        Any status but those of redirects is the caller's to pass on.  Raises ``AddressRefused``, ``UpstreamFailed``.
        """
        self.meter(upstream.key).asked("streamed")
        self._admit(upstream)
        begin = self.clock()
        asked = {**viewer, hdrs.ACCEPT_ENCODING: "identity"}
        try:
            async with asyncio.timeout(TOTAL_TIMEOUT_S):  # until it begins; as long as it comes, somebody is watching
                response = await self._open(upstream, url, asked, method=method)
        except TimeoutError as error:
            self._failed(upstream, "timeout")
            raise UpstreamFailed from error
        self.meter(upstream.key).answered("segment", self.clock() - begin)
        try:
            self._judge(upstream, response.status)
            yield response
        finally:
            response.close() if not response.content.at_eof() else response.release()

    async def _settled(self, upstream: Upstream, url: str, known: Document | None, limit: int) -> Document | AniError:
        """A failure that is expected is an answer as well, for all who wait for it, and none of the log's business."""
        try:
            return await self._renew(upstream, url, known, limit)
        except AniError as error:
            return error

    async def _renew(self, upstream: Upstream, url: str, known: Document | None, limit: int) -> Document:
        conditions = {hdrs.IF_NONE_MATCH: known.etag, hdrs.IF_MODIFIED_SINCE: known.last_modified} if known else {}
        headers = {str(name): value for name, value in conditions.items() if value} | {"Accept-Encoding": "gzip"}
        self._admit(upstream)
        begin = self.clock()
        try:
            async with asyncio.timeout(TOTAL_TIMEOUT_S):
                response = await self._open(upstream, url, headers, unpack=False)
                try:
                    self._judge(upstream, response.status)
                    if response.status == 304 and known is not None:
                        self.meter(upstream.key).asked("unchanged")
                        document = replace(known, fetched_at_s=self.clock())
                    elif response.status != 200:
                        retry_after = response.headers.get(hdrs.RETRY_AFTER, "")
                        raise UpstreamRefused(status=response.status, retry_after=retry_after)
                    else:
                        document = await self._read(response, limit)
                        self.meter(upstream.key).asked("fetched")
                finally:
                    response.close()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._failed(upstream, _kind_of(error))
            raise UpstreamFailed from error
        except UpstreamTooLarge:
            self.meter(upstream.key).failed("too_large")
            raise
        self.meter(upstream.key).answered("document", self.clock() - begin)
        self._keep((upstream.key, url), document)
        return document

    async def _read(self, response: aiohttp.ClientResponse, limit: int) -> Document:
        """The body, unpacked, under the cap: what a header promises proves nothing."""
        headers = response.headers
        unpacker = decompressor_for(headers.get(hdrs.CONTENT_ENCODING, ""), limit)
        async for chunk in response.content.iter_chunked(64 * 1024):
            unpacker.feed(chunk)
            if len(unpacker.body) > limit:
                raise UpstreamTooLarge(limit=limit)
        unpacker.end()
        body = unpacker.body
        return Document(
            str(response.url),
            bytes(body),
            headers.get(hdrs.CONTENT_TYPE, ""),
            headers.get(hdrs.ETAG, ""),
            headers.get(hdrs.LAST_MODIFIED, ""),
            self.clock(),
        )

    async def _open(
        self,
        upstream: Upstream,
        url: str,
        headers: Mapping[str, str],
        *,
        method: str = hdrs.METH_GET,
        unpack: bool = True,
    ) -> aiohttp.ClientResponse:
        target = vet_url(url, upstream.limits)
        hops = 0
        while True:
            address = as_the_client_reads_it(target)
            is_named = bool(upstream.limits.allowed_hosts)
            sent = request_headers(upstream.headers, headers, upstream.home, target, is_named=is_named)
            sent |= {name: value for name, value in headers.items() if name in _OWN_HEADERS}
            try:
                response = await self._client().request(
                    method, address, headers=sent, allow_redirects=False, auto_decompress=unpack
                )
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                if isinstance(error.__cause__, AddressRefused):
                    raise error.__cause__ from None
                self._failed(upstream, _kind_of(error))
                raise UpstreamFailed from error
            if response.status not in _REDIRECTS or hdrs.LOCATION not in response.headers:
                return response
            location = response.headers[hdrs.LOCATION]
            response.close()
            target = next_hop(target, location, hops, upstream.limits)
            hops += 1

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = guarded_session(
                self._limits,
                aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S, sock_read=READ_TIMEOUT_S),
                connections=CONNECTIONS,
                connections_per_host=CONNECTIONS_PER_HOST,
                resolver=self._resolver,
                make_socket=self._socket,
            )
        return self._session

    def _socket(self, info: tuple[Any, ...], limits: Limits) -> socket.socket:
        """The last gate: called with the address about to be connected to, whichever way it came here."""
        return vetted_socket(info, limits)

    def _admit(self, upstream: Upstream) -> None:
        breaker = self._breakers.setdefault(upstream.key, Breaker())
        if not breaker.admits(self.clock()):
            raise UpstreamFailed

    def _judge(self, upstream: Upstream, status: int) -> None:
        if status >= 500:
            self._failed(upstream, "status_5xx")
        else:
            self._breakers.setdefault(upstream.key, Breaker()).succeeded()
            if status >= 400:
                self.meter(upstream.key).failed("status_4xx")

    def _failed(self, upstream: Upstream, kind: str) -> None:
        self.meter(upstream.key).failed(kind)
        self._breakers.setdefault(upstream.key, Breaker()).failed(self.clock())

    def _keep(self, where: tuple[str, str], document: Document) -> None:
        if (old := self._cache.pop(where, None)) is not None:
            self._cached_bytes -= len(old.body)
        self._cache[where] = document
        self._cached_bytes += len(document.body)
        while self._cached_bytes > CACHE_BYTES:
            _, dropped = self._cache.popitem(last=False)
            self._cached_bytes -= len(dropped.body)


_OWN_HEADERS = frozenset([hdrs.IF_NONE_MATCH, hdrs.IF_MODIFIED_SINCE, hdrs.ACCEPT_ENCODING])


def _passes(error: AniError) -> bool:
    """Whether it may be over soon: gone is gone and refused is refused, but too often is not never."""
    if isinstance(error, UpstreamRefused):
        return error.status >= 500 or error.status == 429
    return not isinstance(error, AddressRefused)


def _again(error: AniError) -> AniError:
    """The error as this caller's own: one object raised by many would gather all their tracebacks."""
    return copy(error)


def _kind_of(error: BaseException) -> str:
    """What went wrong, as one of few words."""
    if isinstance(error, TimeoutError):
        return "timeout"
    return "truncated" if isinstance(error, aiohttp.ClientPayloadError) else "connection"
