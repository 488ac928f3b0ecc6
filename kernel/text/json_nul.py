"""NUL in the text of JSON documents, for which PostgreSQL has no place and nobody has a use.  Pure."""

import re
from typing import Final

_NUL: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""The escape of NUL in JSON, not preceded by a backslash that belongs to it.  A bare one is no JSON (RFC 8259 §7)."""


def holds_nul(json: bytes) -> bool:
    """Whether some text in a JSON document has a NUL in it, for which PostgreSQL has no place and nobody has a use."""
    return b"\\u0000" in json and _NUL.search(json) is not None


def without_nul(json: bytes) -> bytes:
    """A JSON document with the NULs left out of its text."""
    return _NUL.sub(rb"\1", json) if holds_nul(json) else json
