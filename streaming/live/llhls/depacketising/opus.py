"""Opus out of RTP (RFC 7587): one packet of RTP is one packet of Opus; how long it lasts stands in its first byte."""

from typing import Final

CLOCK_RATE_HZ: Final = 48_000
"""RFC 7587 §4.1, whatever the sound was sampled at."""
MAX_BYTES: Final = 1275 * 48 + 97
"""Of a packet: frames of at most 1,275 bytes, 48 of them, and their lengths (RFC 6716 §3.2.5)."""
MAX_SAMPLES: Final = 5760
"""120 ms (RFC 6716 §3.2.5)."""
SILENCE: Final = b"\xf8\xff\xfe"
"""20 ms of digital silence: one CELT frame, fullband, stereo."""
SILENCE_SAMPLES: Final = 960

_SILK: Final = (480, 960, 1920, 2880)
_HYBRID: Final = (480, 960)
_CELT: Final = (120, 240, 480, 960)


def samples_of(packet: bytes) -> int:
    """How long ``packet`` lasts, in samples at 48 kHz (RFC 6716 §3.1 and §3.2).  Raises ``ValueError`` where it is not Opus."""
    if not packet or len(packet) > MAX_BYTES:
        raise ValueError("no Opus packet")
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        samples = _SILK[config & 3]
    elif config < 16:
        samples = _HYBRID[config & 1]
    else:
        samples = _CELT[config & 3]
    if code == 3:
        if len(packet) < 2 or not packet[1] & 0x3F:
            raise ValueError("an Opus packet of no frames")
        samples *= packet[1] & 0x3F
    elif code:
        samples *= 2
    if samples > MAX_SAMPLES:
        raise ValueError("an Opus packet of more than 120 ms")
    return samples
