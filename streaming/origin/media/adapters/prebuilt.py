"""Answers that are bytes already: a playlist asked for ten thousand times is put together once.

aiohttp writes the headers of each response anew, which for a small file costs more than everything else together.  A
:class:`PrebuiltResponse` answer goes to the transport as it is.  It holds nothing of a request, so one serves all of them.
"""

import gzip
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Final

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter
from multidict import CIMultiDict

JOIN_BYTES: Final = 4096
"""Up to here one copy is cheaper than a second buffer for the network."""


class PrebuiltResponse(web.StreamResponse):
    """A 200 with everything but its ``Date``."""

    def __init__(self, body: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(headers=headers)
        self._bytes = body
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._head = f"HTTP/1.1 200 OK\r\n{fields}Content-Length: {len(body)}\r\nDate: ".encode("ascii")

    @staticmethod
    def suits(request: web.BaseRequest) -> bool:
        """Whether ``request`` can be answered this way: on a connection that stays, with nothing waiting to be sent on it.

        A client that asks on and on without reading is left to aiohttp, which waits for it.
        """
        transport = request.transport
        return (
            transport is not None
            and transport.get_write_buffer_size() == 0
            and request.version == HttpVersion11
            and request.keep_alive
        )

    @property
    def keep_alive(self) -> bool:
        """Always: see :meth:`suits`."""
        return True

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Called by aiohttp to send the headers; here everything is sent at once."""
        self.send(request)
        return None

    def send(self, request: web.BaseRequest) -> None:
        """Everything to the network.  Raises ``ConnectionResetError`` where the client has gone."""
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client has gone")
        head = self._head + _date.text() + b"\r\n\r\n"
        if len(self._bytes) <= JOIN_BYTES:
            transport.write(head + self._bytes)
        else:
            transport.writelines((head, self._bytes))

    async def write_eof(self, data: bytes = b"") -> None:
        """Called by aiohttp at the end; nothing is left."""


class SentResponse(web.StreamResponse):
    """What a handler answers with that has had :meth:`PrebuiltResponse.send` called already."""

    @property
    def keep_alive(self) -> bool:
        """See :meth:`PrebuiltResponse.suits`."""
        return True

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002 - aiohttp's own signature
        """Called by aiohttp to send the headers; nothing is left."""
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Called by aiohttp at the end; nothing is left."""


class _Date:
    """The HTTP date (RFC 9110 §5.6.7), put into words once a second."""

    def __init__(self) -> None:
        self._second = -1
        self._text = b""

    def text(self) -> bytes:
        now = int(time.time())
        if now != self._second:
            self._second, self._text = now, formatdate(now, usegmt=True).encode("ascii")
        return self._text


_date: Final = _Date()


@dataclass(frozen=True, slots=True)
class Packed:
    """Bytes with the headers they are sent with, made once."""

    body: bytes
    headers: CIMultiDict[str]
    gzipped: bytes | None
    """Compressed, when it gains by it."""
    gzip_headers: CIMultiDict[str]
    ready: PrebuiltResponse
    ready_gzipped: PrebuiltResponse | None

    @property
    def weight_bytes(self) -> int:
        """What it holds in memory."""
        return len(self.body) + len(self.gzipped or b"")


def pack(body: bytes, headers: Mapping[str, str], *, compress: bool) -> Packed:
    """``body`` ready to be sent with ``headers``, also compressed where that makes it smaller."""
    gzipped = gzip.compress(body, 6, mtime=0) if compress else None
    if gzipped is not None and len(gzipped) >= len(body):
        gzipped = None
    plain = CIMultiDict(headers)
    packed = CIMultiDict(headers)
    if compress:
        plain["Vary"] = packed["Vary"] = "Accept-Encoding"
        packed["Content-Encoding"] = "gzip"
        if "ETag" in packed:
            packed["ETag"] = "W/" + packed["ETag"]  # other bytes, so at most weakly the same (RFC 9110 §8.8.1)
    ready_gzipped = None if gzipped is None else PrebuiltResponse(gzipped, packed)
    return Packed(body, plain, gzipped, packed, PrebuiltResponse(body, plain), ready_gzipped)
