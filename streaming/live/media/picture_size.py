"""How large a picture is, from the packets that begin it.  Pure."""

from collections.abc import Iterator
from typing import Final

from streaming.live.llhls.depacketising.sps import parse_sps
from streaming.live.model import Codec

_NAL_TYPE: Final = 0x1F
_SPS, _STAP_A = 7, 24
_VP8_START: Final = b"\x9d\x01\x2a"
"""RFC 6386 §9.1."""


def picture_size(codec: Codec, payload: bytes) -> tuple[int, int] | None:
    """Width and height where this packet says so."""
    if codec is Codec.H264:
        for nal in _nals(payload):
            try:
                found = parse_sps(nal)
            except ValueError:
                continue
            return found.width_px, found.height_px
    elif codec is Codec.VP8:
        # The descriptor has at most six bytes, and three of the frame's header come before the mark.
        at = payload.find(_VP8_START, 0, 12)
        if at >= 0 and len(payload) >= at + 7:
            width, height = (int.from_bytes(payload[one : one + 2], "little") & 0x3FFF for one in (at + 3, at + 5))
            return (width, height) if width and height else None
    return None


def _nals(payload: bytes) -> Iterator[bytes]:
    """Parameter sets of a packet (RFC 6184 §5.6 and §5.7.1): encoders put them into packets of their own, or together."""
    if not payload:
        return
    kind = payload[0] & _NAL_TYPE
    if kind == _SPS:
        yield payload
    elif kind == _STAP_A:
        at = 1
        while at + 2 < len(payload):
            size = int.from_bytes(payload[at : at + 2], "big")
            nal = payload[at + 2 : at + 2 + size]
            if nal and nal[0] & _NAL_TYPE == _SPS:
                yield nal
            at += 2 + size
