"""Whose a STUN request is, found without reading all of it.  Pure; RFC 8489 and RFC 8445 §7."""

from typing import Final

_HEADER_BYTES: Final = 20
_MAGIC_COOKIE: Final = b"\x21\x12\xa4\x42"
_BINDING_REQUEST: Final = b"\x00\x01"
_USERNAME: Final = 0x0006
_MAX_ATTRIBUTES: Final = 16
"""A connectivity check has eight or so; whoever sends more is no browser."""


def local_fragment(data: bytes) -> str | None:
    """The username fragment of ours that a binding request names: what is before the colon (RFC 8445 §7.2.2).

    ``None`` for everything that is not a well-formed binding request with a username; nothing is believed yet, the
    request has still to prove that it knows the password.
    """
    if len(data) < _HEADER_BYTES or data[:2] != _BINDING_REQUEST or data[4:8] != _MAGIC_COOKIE:
        return None
    if int.from_bytes(data[2:4], "big") != len(data) - _HEADER_BYTES:
        return None
    at = _HEADER_BYTES
    for _ in range(_MAX_ATTRIBUTES):
        if at + 4 > len(data):
            return None
        kind, length = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        value = data[at + 4 : at + 4 + length]
        if len(value) != length:
            return None
        if kind == _USERNAME:
            fragment, colon, _rest = value.partition(b":")
            return fragment.decode("ascii") if colon and fragment.isascii() else None
        at += 4 + length + -length % 4
    return None
