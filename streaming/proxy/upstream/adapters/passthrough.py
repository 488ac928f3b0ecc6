"""Segments of a source, passed through to a viewer as they come: nothing is kept, and half of one never looks like a whole."""

import asyncio
import re
from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

from streaming.origin.media.files import OPEN_HEADERS
from streaming.proxy.upstream.adapters.fetch import Fetcher, Upstream, UpstreamRefused
from streaming.proxy.upstream.url_policy import FORWARDED_RESPONSE_HEADERS

CHUNK_BYTES: Final = 64 * 1024
STALL_TIMEOUT_S: Final = 60
"""A viewer that takes none of a chunk for so long has gone."""

_SAFE_TYPES: Final = (
    "video/",
    "audio/",
    "text/vtt",
    "image/jpeg",
    "image/png",
    "application/mp4",
    "application/octet-stream",
    "application/json",
)
"""Passed on as they are; a page or a script of somebody else's must not come from our address as one."""
_CONTENT_RANGE: Final = re.compile(r"bytes 0-([0-9]{1,19})/([0-9]{1,19})")


async def pass_through(fetcher: Fetcher, upstream: Upstream, url: str, request: web.Request) -> web.StreamResponse:
    """Answer ``request`` with what is at ``url``.  Raises ``UpstreamRefused``, and what the fetcher raises."""
    viewer = {str(name): value for name, value in request.headers.items()}
    async with fetcher.stream(upstream, url, viewer, method=request.method) as answer:
        status = answer.status
        # By one spelling each: there are servers that write them small.
        headers = {name: answer.headers[name] for name in FORWARDED_RESPONSE_HEADERS if name in answer.headers}
        was_asked = hdrs.RANGE in answer.request_info.headers
        if status == 206 and not was_asked and _is_whole(headers):
            status = 200
            del headers["content-range"]
        elif status not in (200, 206) or (status == 206 and not was_asked):
            raise UpstreamRefused(status=status, retry_after=answer.headers.get(hdrs.RETRY_AFTER, ""))
        if hdrs.CONTENT_ENCODING in answer.headers:  # it is unpacked by now
            headers.pop("content-length", None)
        if not headers.get("content-type", "").lower().startswith(_SAFE_TYPES):
            headers["content-type"] = "application/octet-stream"
        response = web.StreamResponse(status=status, headers={**headers, **OPEN_HEADERS})
        await response.prepare(request)
        if request.method == hdrs.METH_HEAD:
            return response
        meter = fetcher.meter(upstream.key)
        try:
            async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                async with asyncio.timeout(STALL_TIMEOUT_S):
                    await response.write(chunk)
                meter.passed(len(chunk))
            await response.write_eof()
        except Exception:
            if request.transport is not None:
                request.transport.abort()
            raise
        return response


def _is_whole(headers: Mapping[str, str]) -> bool:
    """Whether a partial answer is all there is, as some caches have it."""
    match = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
    return match is not None and int(match.group(1)) + 1 == int(match.group(2))
