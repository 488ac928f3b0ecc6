"""Gives media to whoever asked: all or a part of a file, from memory, from the storage, or by naming where it lies."""

import asyncio
import hmac
from contextlib import aclosing
from datetime import timedelta
from typing import Final

from aiohttp import hdrs, web
from multidict import CIMultiDict
from prometheus_client import Counter

from kernel.storage import NotStored, StorageAway
from streaming.origin.media.adapters.prebuilt import Packed
from streaming.origin.media.conditional import RangeNotSatisfiable, accepts_gzip, none_match, parse_range, range_applies
from streaming.origin.media.files import OPEN_HEADERS, MediaFile, MediaFiles, MediaNotFound

STALL_TIMEOUT_S: Final = 60
"""A viewer that takes none of a chunk for so long has gone; a phone in a tunnel comes back sooner."""
SIGNED_FOR: Final = timedelta(seconds=60)
"""How long an address in the bucket is good: a right that ends is to end there too, and a player asks at once."""
ACCEL_HEADER: Final = "X-Ani-Accel"
ACCEL_PATH: Final = "/storage/"
"""Where the edge fetches what we name by X-Accel-Redirect: HOST/PATH of an address with ``http:`` before it."""

REQUESTS: Final = Counter("ani_media_requests_total", "Playlists, segments and other media answered", ["source"])
BYTES: Final = Counter("ani_media_bytes_total", "Bytes of media given to the network", ["source"])
MEMORY_REQUESTS, MEMORY_BYTES = REQUESTS.labels("memory"), BYTES.labels("memory")


class MediaSender:
    """Answers with files that a request was found to have a right to."""

    def __init__(self, files: MediaFiles, edge_secret: bytes, *, redirects: bool) -> None:
        """``redirects``: whether viewers fetch segments from the bucket themselves."""
        self.files = files
        self.edge_secret = edge_secret
        self.redirects = redirects

    async def send(self, asset_id: str, path: str, request: web.Request) -> web.StreamResponse:
        """A file of an asset.  Raises ``MediaNotFound``, ``StorageAway``."""
        try:
            return await self._send(await self.files.get(asset_id, path), request)
        except NotStored:
            # Nothing was sent so far: it was moved to another storage, or deleted, since it was first asked for.
            self.files.forget_file(asset_id, path)
        try:
            return await self._send(await self.files.get(asset_id, path), request)
        except NotStored:
            raise MediaNotFound from None

    async def _send(self, file: MediaFile, request: web.Request) -> web.StreamResponse:
        """The file, or as much of it as was asked for (RFC 9110 §13.2.2 gives the order of the checks).

        Raises ``NotStored`` and ``StorageAway`` before anything is sent.
        """
        known = request.headers.get(hdrs.IF_NONE_MATCH)
        if known is not None and not none_match(known, file.etag):
            headers = file.headers if file.packed is None else file.packed.headers
            return web.Response(status=304, headers=_without(headers, hdrs.CONTENT_TYPE))
        if file.packed is None and (elsewhere := await self._elsewhere(file, request)) is not None:
            return elsewhere
        asked = request.headers.get(hdrs.RANGE) if request.method == hdrs.METH_GET else None
        part: tuple[int, int] | None = None
        if asked is not None and range_applies(request.headers.get(hdrs.IF_RANGE), file.etag):
            try:
                part = parse_range(asked, file.size_bytes)
            except RangeNotSatisfiable:
                unsatisfied = {**OPEN_HEADERS, hdrs.CONTENT_RANGE: f"bytes */{file.size_bytes}"}
                return web.Response(status=416, headers=unsatisfied)
        if file.packed is not None and part is None:
            return whole(file.packed, request)
        start, stop = part or (0, file.size_bytes)
        headers = file.headers.copy() if file.packed is None else file.packed.headers.copy()
        if part is not None:
            headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{stop - 1}/{file.size_bytes}"
        status = 200 if part is None else 206
        if file.packed is not None:
            return web.Response(status=status, body=file.packed.body[start:stop], headers=headers)
        headers[hdrs.CONTENT_LENGTH] = str(stop - start)
        return await _stream(file, request, web.StreamResponse(status=status, headers=headers), start, stop)

    async def _elsewhere(self, file: MediaFile, request: web.Request) -> web.Response | None:
        """From where the edge, or else the viewer, fetches a large file by themselves; ``None``: from here."""
        if request.method != hdrs.METH_GET:  # an address is signed for one method
            return None
        if asked_by_storage_edge(request, self.edge_secret):
            address = await file.stored.signed_url(SIGNED_FOR, public=False)
            if address is not None and address.startswith(
                "http://"
            ):  # the edge has no certificates to check another by
                REQUESTS.labels("edge").inc()
                # Nothing else: nginx would keep our Cache-Control even where the storage then refuses.
                return web.Response(headers={"X-Accel-Redirect": ACCEL_PATH + address.removeprefix("http://")})
        if self.redirects and (address := await file.stored.signed_url(SIGNED_FOR, public=True)) is not None:
            REQUESTS.labels("redirect").inc()
            return web.Response(
                status=302, headers={**OPEN_HEADERS, hdrs.LOCATION: address, hdrs.CACHE_CONTROL: "no-store"}
            )
        return None


def asked_by_storage_edge(request: web.BaseRequest, secret: bytes) -> bool:
    """Whether nginx asks, and will fetch from the bucket what we name: its header has the shared secret, where there is one."""
    shown = request.headers.get(ACCEL_HEADER, "").encode(errors="replace").strip()
    return hmac.compare_digest(shown, (b"storage " + secret).strip())


def whole(packed: Packed, request: web.BaseRequest) -> web.Response:
    """Something in memory, compressed for whom takes it so."""
    zipped = packed.gzipped is not None and accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    body = packed.gzipped if zipped else packed.body
    MEMORY_REQUESTS.inc()
    MEMORY_BYTES.inc(len(body or b""))
    return web.Response(body=body, headers=packed.gzip_headers if zipped else packed.headers)


async def _stream(
    file: MediaFile, request: web.Request, response: web.StreamResponse, start: int, stop: int
) -> web.StreamResponse:
    if request.method == hdrs.METH_HEAD:
        await response.prepare(request)
        return response
    sent = BYTES.labels(file.stored.source)
    async with aclosing(file.stored.chunks(start, stop)) as chunks:
        chunk = await anext(chunks, b"")  # before the headers: what is not there is told by a status
        await response.prepare(request)
        try:
            while chunk:
                async with asyncio.timeout(STALL_TIMEOUT_S):
                    await response.write(chunk)
                sent.inc(len(chunk))
                chunk = await anext(chunks, b"")
            await response.write_eof()
        except (TimeoutError, StorageAway):
            # The status has been sent: that this is not all of it can only be told by an end without an end.
            if request.transport is not None:
                request.transport.abort()
    REQUESTS.labels(file.stored.source).inc()
    return response


def _without(headers: CIMultiDict[str], name: str) -> CIMultiDict[str]:
    left = headers.copy()
    left.popall(name, None)
    return left
