"""The part of SCTE 35 that says "an ad break begins here": splice commands and segmentation descriptors of a cue message.

Source: ANSI/SCTE 35 2023, sections 9.6 (splice_info_section), 9.7 (commands), 10.3.3 (segmentation_descriptor), table 23 (types).
"""

import base64
import binascii
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

_TABLE_ID = 0xFC
_SPLICE_INSERT = 0x05
_TIME_SIGNAL = 0x06
_OTHER_COMMANDS = frozenset([0x00, 0x04, 0x07, 0xFF])  # null, schedule, bandwidth reservation, private
_SEGMENTATION_DESCRIPTOR = 0x02
_CUE_IDENTIFIER = b"CUEI"
_TICKS_PER_S = 90_000
# A section's length is a 12-bit field, so a longer message is not one; 4 characters of base64 hold 3 bytes.
_MAX_TEXT = 4096 * 2 + 2

#: Segmentation types that start something an ad goes into, each with how deep it nests: a break holds placement opportunities, and
#: those hold single ads.  The end of each is its start + 1.  Overlays (0x38, 0x3A) are absent: the programme runs on under them.
_STARTS = {0x22: 1, 0x34: 2, 0x36: 2, 0x44: 2, 0x46: 2, 0x30: 3, 0x32: 3}
_ENDS = {start + 1: level for start, level in _STARTS.items()}


class Turn(Enum):
    """What a cue means for the programme."""

    OUT = "out"
    IN = "in"
    OTHER = "other"  # well understood, and no ad break: programme or chapter boundaries, overlays, time descriptors


@dataclass(frozen=True, slots=True)
class Cue:
    """A decoded cue.  ``level`` nests: 0 a plain splice, 1 break, 2 placement opportunity, 3 one ad.  ``duration_s`` may be unknown."""

    turn: Turn
    duration_s: float | None = None
    level: int = 0


_OTHER = Cue(Turn.OTHER)


def cue_of_type(type_id: int, duration_s: float | None = None) -> Cue:
    """The meaning of a segmentation type id alone."""
    if type_id in _STARTS:
        return Cue(Turn.OUT, duration_s, _STARTS[type_id])
    if type_id in _ENDS:
        return Cue(Turn.IN, None, _ENDS[type_id])
    return _OTHER


def decode(text: str) -> Cue | None:
    """Decode a cue in base64, or in hexadecimal after ``0x``.  ``None`` for what is not a readable message."""
    text = text.strip().strip('"')
    if not text or len(text) > _MAX_TEXT:
        return None
    try:
        if text[:2].lower() == "0x":
            return _decode(bytes.fromhex(text[2:]))
        if text[:3].upper() == "FC3":  # hexadecimal whose prefix was forgotten; base64 of a message begins with "/D"
            return _decode(bytes.fromhex(text))
        return _decode(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (ValueError, binascii.Error, IndexError):
        return None


def _decode(section: bytes) -> Cue | None:
    length = int.from_bytes(section[1:3], "big") & 0x0FFF
    encrypted = section[4] & 0x80
    # The example of RFC 8216 section 8.10 itself lacks a byte; read it, and the fields would be somebody else's.
    if section[0] != _TABLE_ID or len(section) < 3 + length or encrypted:
        return None
    command_length = int.from_bytes(section[11:13], "big") & 0x0FFF
    command = section[13]
    if command == _SPLICE_INSERT:
        return _splice_insert(section[14:])
    if command != _TIME_SIGNAL:
        return _OTHER if command in _OTHER_COMMANDS else None
    # 0xFFF: the length was left out, as old encoders may (section 9.6.1); a time_signal is 1 byte, or 5 with a time.
    length = command_length if command_length != 0x0FFF else (5 if section[14] & 0x80 else 1)
    start = 14 + length
    loop = section[start + 2 : start + 2 + int.from_bytes(section[start : start + 2], "big")]
    return _descriptors(loop)


def _splice_insert(body: bytes) -> Cue:
    cancelled = body[4] & 0x80
    if cancelled:
        return _OTHER
    flags = body[5]
    out_of_network, program_splice, has_duration, immediate = flags & 0x80, flags & 0x40, flags & 0x20, flags & 0x10
    if not out_of_network:
        return Cue(Turn.IN)
    duration_s = None
    if has_duration and program_splice:
        time_length = 0 if immediate else (5 if body[6] & 0x80 else 1)
        ticks = int.from_bytes(body[6 + time_length : 11 + time_length], "big") & 0x1FFFFFFFF
        duration_s = ticks / _TICKS_PER_S
    return Cue(Turn.OUT, duration_s)


def _descriptors(loop: bytes) -> Cue:
    """The outermost start among the descriptors of a ``time_signal``, else the outermost end."""
    cues: list[Cue] = []
    while len(loop) >= 2:
        tag, length = loop[0], loop[1]
        body, loop = loop[2 : 2 + length], loop[2 + length :]
        if tag == _SEGMENTATION_DESCRIPTOR and body[:4] == _CUE_IDENTIFIER:
            with suppress(IndexError):  # one damaged descriptor does not spoil the others
                cues.append(_segmentation(body))
    starts = [cue for cue in cues if cue.turn is Turn.OUT]
    ends = [cue for cue in cues if cue.turn is Turn.IN]
    return min(starts or ends, key=lambda cue: cue.level, default=_OTHER)


def _segmentation(body: bytes) -> Cue:
    if body[8] & 0x80:  # cancelled
        return _OTHER
    flags = body[9]
    position = 10
    if not flags & 0x80:  # program_segmentation_flag clear: a list of components
        position += 1 + 6 * body[position]
    duration_s = None
    if flags & 0x40:
        duration_s = int.from_bytes(body[position : position + 5], "big") / _TICKS_PER_S
        position += 5
    upid_length = body[position + 1]
    return cue_of_type(body[position + 2 + upid_length], duration_s)
