"""Versions of what has no number of its own that counts its changes: a digest of what people edit of it.

Good for telling whether a thing still is what somebody saw (RFC 9110 §13.1.1), and for nothing else.
"""

import json
from hashlib import sha256

from kernel.errors import Stale


def version_of(*facts: object) -> int:
    """The same number for the same facts, and in practice never for others: 48 bits, which JavaScript can hold."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return int.from_bytes(sha256(text.encode("utf-8", "surrogatepass")).digest()[:6], "big")


def ensure_unchanged(present: int, seen: int | None) -> None:
    """Raises :class:`kernel.errors.Stale` where the caller saw another version; ``None``: they did not look."""
    if seen is not None and seen != present:
        raise Stale
