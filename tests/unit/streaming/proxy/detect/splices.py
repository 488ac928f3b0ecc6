"""SCTE 35 messages to write cues with in tests."""

#: A splice_insert out of the network for 30 s, and one back.
OUT_30 = "/DAlAAAAAAAAAP/wFAUAAAABf+/+AAAAAP4AKTLgAAEBAQAAAAAAAA=="
IN = "/DAgAAAAAAAAAP/wDwUAAAABf0/+AAAAAAABAQEAAAAAAAA="
#: A time_signal with the start of a placement opportunity of a provider (0x34), or of an advertisement (0x30).
HEX_34 = "0xFC302500000000000000FFF001067F0013021143554549000000007FBF0802616234010100000000"
HEX_30 = "0xFC302500000000000000FFF001067F0013021143554549000000007FBF0802616230010100000000"


def splice_info_section(command: int, body: bytes, descriptors: bytes = b"") -> bytes:
    """A splice_info_section of ANSI/SCTE 35 section 9.6."""
    tail = len(body).to_bytes(2, "big")
    section = b"\x00" + bytes(5) + b"\x00" + (0xFFF0 | tail[0]).to_bytes(2, "big") + tail[1:] + bytes([command]) + body
    section += len(descriptors).to_bytes(2, "big") + descriptors + bytes(4)
    return b"\xfc\x30" + bytes([len(section)]) + section


def segmentation_descriptor(type_id: int, duration_s: float | None = None, *, cancelled: bool = False) -> bytes:
    """A segmentation_descriptor of ANSI/SCTE 35 section 10.3.3."""
    body = b"CUEI" + bytes(4) + (b"\xff" if cancelled else b"\x7f")
    if not cancelled:
        body += b"\xbf" if duration_s is None else b"\xff" + int(duration_s * 90_000).to_bytes(5, "big")
        body += b"\x08\x02ab" + bytes([type_id, 1, 1])
    return b"\x02" + bytes([len(body)]) + body
