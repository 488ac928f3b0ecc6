"""Boxes of ISO/IEC 14496-12."""

import struct


def box(kind: bytes, *contents: bytes) -> bytes:
    """A box (§4.2)."""
    size = 8 + sum(map(len, contents))
    return b"".join((struct.pack(">L4s", size, kind), *contents))


def full_box(kind: bytes, version: int, flags: int, *contents: bytes) -> bytes:
    """A box with a version and flags (§4.2)."""
    return box(kind, struct.pack(">L", version << 24 | flags), *contents)
