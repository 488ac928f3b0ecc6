"""H.264 out of RTP (RFC 6184, packetization-mode 0 and 1): single NAL units, STAP-A and FU-A."""

import base64
import contextlib
from dataclasses import dataclass
from typing import Final

from streaming.live.llhls.depacketising.reorder import Ordered, Packet
from streaming.live.llhls.depacketising.sps import MAX_BYTES, PictureFormat, parse_sps

MAX_UNIT_BYTES: Final = 4 * 1024 * 1024
"""Of one picture; a key frame of 4K at 50 Mbit/s has half of it.  More is a sender that never ends one."""
MAX_NALS: Final = 512
"""Of one picture; level 5.2 allows fewer slices."""
MAX_FRAGMENTS: Final = 8192
"""Of one NAL unit: :data:`MAX_UNIT_BYTES` in datagrams that are half full.  Smaller ones are mostly the memory to hold them."""
MAX_PARAMETER_SETS: Final = 16
"""Of each kind at a time; encoders use one or two."""

_SLICE, _IDR, _SPS, _PPS, _STAP_A, _FU_A = 1, 5, 7, 8, 24, 28


@dataclass(frozen=True, slots=True)
class PictureConfig:
    """What a decoder needs before the first picture (ISO/IEC 14496-15 §5.3.3)."""

    format: PictureFormat
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit."""

    timestamp: int
    """As in its packets: 90 kHz, 32 bits."""
    nals: tuple[bytes, ...]
    """Slices; parameter sets stand in ``config``."""
    is_key: bool
    config: PictureConfig


class H264Depacketiser:
    """Whole pictures out of packets in order; after a loss nothing until the next key frame, because it would show garbage."""

    def __init__(self, parameter_sets: str = "") -> None:
        """``parameter_sets`` is ``sprop-parameter-sets`` of the session description (RFC 6184 §8.1), for publishers that send
        none on the way."""
        self._sps: dict[bytes, bytes] = {}
        self._pps: dict[bytes, bytes] = {}
        self._config: PictureConfig | None = None
        self.needs_key = True
        """Whether nothing can be shown before a key frame."""
        self.malformed = 0
        """Packets that are no H.264 as it was negotiated."""
        self._begin(None)
        for text in parameter_sets.split(",")[:MAX_PARAMETER_SETS]:
            with contextlib.suppress(ValueError):
                nal = base64.b64decode(text, validate=True)
                if nal and nal[0] & 0x1F in (_SPS, _PPS):
                    self._take(nal)

    def push(self, ordered: Ordered[Packet]) -> list[Picture]:
        """The pictures that end with this packet: at most two, where the end of the first one was not marked."""
        packet, done = ordered.packet, []
        if ordered.after_loss:
            self.needs_key = True
            self._damaged = True
        if packet.timestamp != self._timestamp:
            if self._timestamp is not None:
                done += self._end()
            self._begin(packet.timestamp)
        try:
            self._unpack(packet.payload)
        except ValueError:
            self.malformed += 1
            self._damaged = True
        if packet.marker:
            done += self._end()
            self._begin(None)
        return done

    def _begin(self, timestamp: int | None) -> None:
        self._timestamp = timestamp
        self._nals: list[bytes] = []
        self._size = 0
        self._fragments: list[bytes] | None = None
        self._damaged = False

    def _unpack(self, payload: bytes) -> None:
        if not payload or payload[0] & 0x80:
            raise ValueError("no NAL unit")
        kind = payload[0] & 0x1F
        if kind == _FU_A:
            self._take_fragment(payload)
            return
        if self._fragments is not None:
            self._fragments = None
            self._damaged = True  # its end is missing
        if 1 <= kind <= 23:
            self._take(payload)
        elif kind == _STAP_A:
            at = 1
            while at < len(payload):
                size = int.from_bytes(payload[at : at + 2], "big")
                nal = payload[at + 2 : at + 2 + size]
                if not size or len(nal) < size:
                    raise ValueError("aggregate cut off")
                self._take(nal)
                at += 2 + size
        else:
            raise ValueError("a packet type of interleaved mode")

    def _take_fragment(self, payload: bytes) -> None:
        if len(payload) < 3:
            raise ValueError("fragment cut off")
        head = payload[1]
        if head & 0x80:
            if self._fragments is not None:
                self._damaged = True
            self._fragments = [bytes([payload[0] & 0xE0 | head & 0x1F])]
        if self._fragments is None:
            raise ValueError("a fragment whose start is missing")
        self._grow(len(payload) - 2)
        self._fragments.append(payload[2:])
        if head & 0x40:
            nal, self._fragments = b"".join(self._fragments), None
            self._size -= len(nal) - 1
            self._take(nal)

    def _grow(self, size: int) -> None:
        self._size += size
        too_many = len(self._nals) >= MAX_NALS or len(self._fragments or ()) >= MAX_FRAGMENTS
        if self._size > MAX_UNIT_BYTES or too_many:
            self._nals.clear()
            self._fragments = None
            raise ValueError("a picture without an end")

    def _take(self, nal: bytes) -> None:
        kind = nal[0] & 0x1F
        if kind in (_SLICE, _IDR):
            if len(nal) < 2:
                raise ValueError("empty slice")
            self._grow(len(nal))
            self._nals.append(nal)
        elif kind in (_SPS, _PPS):
            if (len(nal) < 4 and kind == _SPS) or len(nal) > MAX_BYTES:  # an initialisation section has 16 bits for it
                raise ValueError("a parameter set of a size that none has")
            self._remember(nal, self._sps if kind == _SPS else self._pps)
        # The rest (delimiters, SEI, filler) says nothing a player needs.

    @staticmethod
    def _remember(nal: bytes, known: dict[bytes, bytes]) -> None:
        """Sets are told apart by their number, the first thing in them: its bits are compared rather than decoded."""
        number = nal[4:5] if nal[0] & 0x1F == _SPS else nal[1:2]
        key = _first_number(number)
        known.pop(key, None)
        known[key] = nal
        if len(known) > MAX_PARAMETER_SETS:
            del known[next(iter(known))]

    def _end(self) -> list[Picture]:
        timestamp, nals = self._timestamp, tuple(self._nals)
        if self._fragments is not None:
            self._damaged = True
        if timestamp is None or not nals:
            return []
        is_key = any(nal[0] & 0x1F == _IDR for nal in nals)
        # first_mb_in_slice 0 is a single bit: whether the beginning of the picture is there (H.264 §7.3.3).
        whole = not self._damaged and nals[0][1] & 0x80 != 0
        if not whole:
            self.needs_key = True
            return []
        if is_key:
            self._config = self._configured()
            if self._config is None:
                self.malformed += 1
            self.needs_key = self._config is None
        if self.needs_key or self._config is None:
            return []
        return [Picture(timestamp, nals, is_key, self._config)]

    def _configured(self) -> PictureConfig | None:
        """The present parameter sets; the same object while they stay the same."""
        sps, pps = tuple(self._sps.values()), tuple(self._pps.values())
        if not sps or not pps:
            return None
        if self._config is not None and set(self._config.sps) == set(sps) and set(self._config.pps) == set(pps):
            return self._config
        try:
            return PictureConfig(parse_sps(sps[-1]), sps, pps)
        except ValueError:
            return None


def _first_number(data: bytes) -> bytes:
    """The bits of the first Exp-Golomb number in ``data``, where it ends within a byte (numbers 0 to 14)."""
    if not data or not data[0]:
        return data
    zeros = 8 - data[0].bit_length()
    length = 2 * zeros + 1
    return data if length > 8 else bytes([zeros, data[0] >> (8 - length)])
