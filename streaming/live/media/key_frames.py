"""Where a picture can be begun, and what a new viewer is shown at once.  Pure."""

from typing import Final

from kernel.rtc.rtp import RtpPacket
from streaming.live.model import Codec

_NAL_TYPE: Final = 0x1F
_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28
"""RFC 6184 §5.2 and table 1 there; a sequence parameter set comes before each key frame that can be begun with."""
_FU_START: Final = 0x80

MAX_AGE_MS: Final = 2_000.0
"""Pictures since the key frame, sent in one burst: more of them take longer than asking for a new key frame."""
MAX_PACKETS: Final = 600
"""660 kB: what a home's line takes in half a second."""
MAX_KEY_FRAME_PACKETS: Final = 1_000
"""A key frame of 1.1 MB; a publisher that sends a larger one shows new viewers nothing before the next."""


def begins_key_frame(codec: Codec, payload: bytes) -> bool:
    """Whether this packet is one of the first of a key frame."""
    if codec is Codec.H264:
        return _h264(payload)
    return codec is Codec.VP8 and _vp8(payload)


def _h264(payload: bytes) -> bool:
    """RFC 6184 §5.6 to §5.8."""
    if len(payload) < 2:
        return False
    kind = payload[0] & _NAL_TYPE
    if kind == _FU_A:
        return bool(payload[1] & _FU_START) and payload[1] & _NAL_TYPE in (_IDR, _SPS)
    if kind == _STAP_A:
        at = 1
        while at + 2 < len(payload):
            if payload[at + 2] & _NAL_TYPE in (_IDR, _SPS):
                return True
            at += 2 + int.from_bytes(payload[at : at + 2], "big")
        return False
    return kind in (_IDR, _SPS)


def _vp8(payload: bytes) -> bool:
    """RFC 7741 §4.2 and §4.3: the first partition of a frame whose inverse key frame flag is clear."""
    if not payload or payload[0] & 0x10 == 0 or payload[0] & 0x0F:
        return False
    at = 1
    if payload[0] & 0x80:
        if len(payload) < 2:
            return False
        flags, at = payload[1], 2
        if flags & 0x80:
            at += 2 if at < len(payload) and payload[at] & 0x80 else 1
        at += (flags & 0x40) >> 6
        at += 1 if flags & 0x30 else 0
    return at < len(payload) and not payload[at] & 1


class PictureCache:
    """The packets since the last key frame, while they are few; then those of the key frame alone."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._packets: list[RtpPacket] = []
        self._began_ms = 0.0
        self._whole = False
        self._too_large = False

    def add(self, packet: RtpPacket, now_ms: float) -> bool:
        """Take a packet of the stream; true where a key frame begins with it."""
        begins = begins_key_frame(self._codec, packet.payload)
        if begins and (not self._packets or packet.timestamp != self._packets[0].timestamp):
            self._packets, self._began_ms = [packet], now_ms
            self._whole, self._too_large = True, False
            return True
        if not self._packets:
            return False
        of_key_frame = packet.timestamp == self._packets[0].timestamp
        if self._whole and (now_ms - self._began_ms > MAX_AGE_MS or len(self._packets) >= MAX_PACKETS):
            self._whole = False
            self._packets = [one for one in self._packets if one.timestamp == self._packets[0].timestamp]
        if self._whole or of_key_frame:
            self._too_large = self._too_large or len(self._packets) >= MAX_KEY_FRAME_PACKETS
            if not self._too_large:
                self._packets.append(packet)
        return False

    @property
    def whole(self) -> bool:
        """Whether what comes next goes on from what is kept."""
        return self._whole

    def packets(self) -> list[RtpPacket]:
        """In the order of the stream; empty where nothing can be begun with."""
        if not self._packets or self._too_large:
            return []
        first = self._packets[0].sequence
        # A packet may have come before the first of its frame.
        return sorted(self._packets, key=lambda one: (one.sequence - first + 0x8000) & 0xFFFF)

    def clear(self) -> None:
        """The stream ends."""
        self._packets, self._whole = [], False
