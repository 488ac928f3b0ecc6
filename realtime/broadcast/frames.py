"""The bytes of one Socket.IO event as a WebSocket server frame.

Frames from a server are not masked (RFC 6455 §5.1), so the same bytes serve every member of a room.
"""

import struct
from typing import Any

import orjson

_FINAL_TEXT = 0x81  # FIN set, opcode 1 (RFC 6455 §5.2)
_FINAL_BINARY = 0x82  # FIN set, opcode 2
_SHORT_MAX = 125  # lengths up to here fit the second byte
_MEDIUM_MAX = 0xFFFF  # lengths up to here follow it in two bytes, longer ones in eight


def event_text(namespace: str, event: str, *args: Any) -> bytes:
    """One event as Engine.IO sends it: ``4`` (message), ``2`` (event), the namespace unless it is the main one, a JSON array.

    Raises ``TypeError`` for what JSON cannot hold, ``bytes`` among it.
    """
    body = orjson.dumps([event, *args])
    return b"42" + body if namespace == "/" else b"42%b,%b" % (namespace.encode(), body)


def server_frame(text: bytes) -> bytes:
    """``text`` as one unfragmented, unmasked, uncompressed text frame."""
    return _frame(_FINAL_TEXT, text)


def binary_frame(data: bytes) -> bytes:
    """The same with ``data`` that is no text."""
    return _frame(_FINAL_BINARY, data)


def _frame(head: int, payload: bytes) -> bytes:
    length = len(payload)
    if length <= _SHORT_MAX:
        return bytes((head, length)) + payload
    if length <= _MEDIUM_MAX:
        return struct.pack("!BBH", head, 126, length) + payload
    return struct.pack("!BBQ", head, 127, length) + payload
