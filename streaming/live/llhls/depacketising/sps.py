"""What an H.264 sequence parameter set says of the picture (ITU-T H.264 §7.3.2.1.1)."""

from dataclasses import dataclass
from typing import Final

MAX_SIDE_PX: Final = 8192
"""No level of H.264 goes beyond 8,192 macroblocks across; more is garbage."""
MAX_BYTES: Final = 1024
"""Of a parameter set; with scaling lists and VUI a real one has at most a few hundred."""

_WITH_CHROMA: Final = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}
"""Profiles whose sets say how colour is sampled (§7.3.2.1.1)."""


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """Of one sequence parameter set."""

    profile: int
    constraints: int
    level: int
    width_px: int
    height_px: int
    chroma_format: int = 1
    """How colour is sampled: 1 for 4:2:0."""

    @property
    def codec(self) -> str:
        """As RFC 6381 §3.3 names it."""
        return f"avc1.{self.profile:02x}{self.constraints:02x}{self.level:02x}"


class _Bits:
    """Reads bits, and complains at the end."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise ValueError("parameter set cut off")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def unsigned(self) -> int:
        """Exp-Golomb (§9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 31:
                raise ValueError("number too large")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def parse_sps(nal: bytes) -> PictureFormat:
    """Read a NAL unit of type 7, its first byte included.  Raises ``ValueError`` where it is none or not whole."""
    if len(nal) < 4 or nal[0] & 0x1F != 7 or len(nal) > MAX_BYTES:
        raise ValueError("not a sequence parameter set")
    profile, constraints, level = nal[1:4]
    bits = _Bits(nal[4:].replace(b"\x00\x00\x03", b"\x00\x00"))  # emulation prevention (§7.4.1)
    bits.unsigned()  # seq_parameter_set_id
    chroma, separate = 1, 0
    if profile in _WITH_CHROMA:
        chroma = bits.unsigned()
        if chroma > 3:
            raise ValueError("unknown chroma format")
        if chroma == 3:
            separate = bits.take(1)
        bits.unsigned()  # bit depth of luma
        bits.unsigned()  # and of chroma
        bits.take(1)
        if bits.take(1):
            for index in range(8 if chroma != 3 else 12):
                if bits.take(1):
                    _skip_scaling_list(bits, 16 if index < 6 else 64)
    bits.unsigned()  # log2_max_frame_num_minus4
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.unsigned(), 255)):
            bits.signed()
    bits.unsigned()  # max_num_ref_frames
    bits.take(1)
    width = 16 * (bits.unsigned() + 1)
    height_units = bits.unsigned() + 1
    frames_only = bits.take(1)
    height = 16 * (2 - frames_only) * height_units
    if not frames_only:
        bits.take(1)
    bits.take(1)
    if bits.take(1):
        across = 2 if chroma in (1, 2) and not separate else 1
        down = (2 if chroma == 1 and not separate else 1) * (2 - frames_only)
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
        width -= across * (left + right)
        height -= down * (top + bottom)
    if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX):
        raise ValueError("absurd picture size")
    return PictureFormat(profile, constraints, level, width, height, chroma)


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    """§7.3.2.1.1.1."""
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last
