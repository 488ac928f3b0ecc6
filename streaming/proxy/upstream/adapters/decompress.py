"""Unpacking a body step by step: never more than was allowed, and only if its end is there.

A packed body that was cut off still unpacks, to a playlist that lost its last segments: clients that do this by themselves do not tell.
"""

import zlib

from aiohttp import ClientPayloadError

_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"


class PlainBody:
    """A body as it is."""

    def __init__(self) -> None:
        self.body = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes.  Raises ``ClientPayloadError``."""
        self.body += data

    def end(self) -> None:
        """There are no more.  Raises ``ClientPayloadError`` if there should be."""


class CompressedBody(PlainBody):
    """A body that was packed with gzip (RFC 1952) or zlib (RFC 1950); unpacked to one byte more than ``limit`` at most."""

    def __init__(self, limit: int, window: int) -> None:
        super().__init__()
        self._limit, self._window = limit, window
        self._unpacker = zlib.decompressobj(window)

    def feed(self, data: bytes) -> None:
        """Take the next bytes.  Raises ``ClientPayloadError`` for what is not compressed as it says."""
        try:
            while data and len(self.body) <= self._limit:
                if self._unpacker.eof:
                    if not data.startswith(_GZIP_MAGIC):
                        return  # padding behind the end
                    self._unpacker = zlib.decompressobj(self._window)  # files put one behind the other (section 2.2)
                self.body += self._unpacker.decompress(data, self._limit + 1 - len(self.body))
                data = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
        except zlib.error as error:
            raise ClientPayloadError("not what it says it is packed with") from error

    def end(self) -> None:
        """There are no more.  Raises ``ClientPayloadError`` where the end of the compressed data is missing."""
        if not self._unpacker.eof:
            raise ClientPayloadError("cut off")


def decompressor_for(encoding: str, limit: int) -> PlainBody:
    """For a ``Content-Encoding``.  Raises ``ClientPayloadError`` for one that was not asked for."""
    match encoding.strip().lower():
        case "" | "identity":
            return PlainBody()
        case "gzip" | "x-gzip":
            return CompressedBody(limit, _GZIP_WINDOW)
        case "deflate":
            return CompressedBody(limit, zlib.MAX_WBITS)
    raise ClientPayloadError("packed with what was not asked for")
