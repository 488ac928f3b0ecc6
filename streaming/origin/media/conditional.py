"""Conditional and range requests (RFC 9110 §13 and §14), as far as a file needs them.  Pure."""

import re
from functools import lru_cache
from typing import Final

_SINGLE_RANGE: Final = re.compile(r"bytes=[ \t]*(\d{0,19})-(\d{0,19})[ \t]*", re.IGNORECASE | re.ASCII)
_QUALITY_ZERO: Final = re.compile(r"q=0(?:\.0{0,3})?", re.ASCII)


class RangeNotSatisfiable(Exception):
    """Nothing of the file lies in the range asked for: 416."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """The half-open range ``[start, stop)`` of a ``Range`` header for a file of ``size`` bytes; ``None``: all of it, as 200.

    §14.2 lets a server ignore the header.  We do for several ranges at once (no player sends them, and overlapping ones are
    an old way to make a server work hard) and for what is not a byte range at all.
    Raises :class:`RangeNotSatisfiable`.
    """
    match = _SINGLE_RANGE.fullmatch(header)
    if match is None:
        return None
    first, last = match.groups()
    if not first:
        if not last:
            return None
        length = min(int(last), size)  # §14.1.2: a suffix longer than the file is the whole file
        if length == 0:
            raise RangeNotSatisfiable
        return size - length, size
    start = int(first)
    stop = int(last) + 1 if last else size
    if stop <= start and last:
        return None  # §14.1.1: last before first makes the range invalid, and an invalid one is ignored
    if start >= size:
        raise RangeNotSatisfiable
    return start, min(stop, size)


def none_match(header: str, etag: str) -> bool:
    """Whether ``If-None-Match`` holds, so that the file is sent (§13.1.2, weak comparison)."""
    if header.strip() == "*":
        return False
    return _opaque(etag) not in {_opaque(tag.strip()) for tag in header.split(",")}


def range_applies(header: str | None, etag: str) -> bool:
    """Whether ``If-Range`` lets ``Range`` apply (§13.1.5): absent, or exactly our strong tag.

    We send no ``Last-Modified``, so a date there is not ours.
    """
    return header is None or (header.strip() == etag and not etag.startswith("W/"))


def _opaque(etag: str) -> str:
    return etag.removeprefix("W/")


@lru_cache(maxsize=256)  # a handful of browsers send a handful of spellings; the bound is for the others
def accepts_gzip(header: str) -> bool:
    """Whether ``Accept-Encoding`` allows gzip (§12.5.3)."""
    for item in header.lower().split(","):
        coding, _, weight = item.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return _QUALITY_ZERO.fullmatch(weight.strip()) is None
    return False
