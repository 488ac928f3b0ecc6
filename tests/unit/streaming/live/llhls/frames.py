"""RTP packets and frames made by hand."""

from kernel.rtc.rtp import RtpPacket

SPS = bytes.fromhex("6742c01fda014016e840000003004000000523c60ca8")
"""Of 1280x720, constrained baseline, as x264 writes it."""
PPS = bytes.fromhex("68ce0fc8")
KEY = b"\x65\x88" + bytes(60)
"""A slice of a key frame whose first macroblock is 0."""
NEXT = b"\x41\x9a" + bytes(20)


def packet(sequence: int, payload: bytes = b"x", *, timestamp: int = 0, marker: bool = True) -> RtpPacket:
    return RtpPacket(96, marker, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, 1, None, payload)


def stap(*nals: bytes) -> bytes:
    """RFC 6184 §5.7.1."""
    return b"\x78" + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)


def fragments(nal: bytes, size: int) -> list[bytes]:
    """RFC 6184 §5.8."""
    pieces = [nal[at : at + size] for at in range(1, len(nal), size)]
    head = bytes([nal[0] & 0xE0 | 28])
    return [
        head + bytes([(0x80 if i == 0 else 0) | (0x40 if i == len(pieces) - 1 else 0) | nal[0] & 0x1F]) + piece
        for i, piece in enumerate(pieces)
    ]
