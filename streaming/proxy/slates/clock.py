"""Moving the clock of a segment: a slate is encoded once, from zero, and put anywhere into its run of slates.

MPEG-TS (ISO/IEC 13818-1) carries times in PES headers (PTS, DTS: 33 bits of 90 kHz) and in adaptation fields (PCR); fragmented MP4
(ISO/IEC 14496-12) in one ``tfdt`` for each track fragment; packed audio in an ID3 tag (RFC 8216 section 3.4).
"""

import struct

TICKS_PER_S = 90_000
_WRAP = 1 << 33
_TS_PACKET = 188
_PRIVATE_OWNER = b"com.apple.streaming.transportStreamTimestamp"


def shift_ts(data: bytes, offset_s: float) -> bytes:
    """MPEG-TS with all its times later by ``offset_s``."""
    ticks = round(offset_s * TICKS_PER_S)
    if not ticks:
        return data
    out = bytearray(data)
    for start in range(0, len(out) - _TS_PACKET + 1, _TS_PACKET):
        control = out[start + 3]
        payload = start + 4
        if control & 0x20:  # an adaptation field
            length = out[start + 4]
            if length >= 7 and out[start + 5] & 0x10:
                _shift_pcr(out, start + 6, ticks)
            payload += 1 + length
        begins_pes = out[start + 1] & 0x40 and control & 0x10 and out[payload : payload + 3] == b"\x00\x00\x01"
        if begins_pes and 0xBD <= out[payload + 3] <= 0xEF and out[payload + 3] not in (0xBE, 0xBF):
            flags = out[payload + 7]
            if flags & 0x80:
                _shift_time(out, payload + 9, ticks)
            if flags & 0xC0 == 0xC0:
                _shift_time(out, payload + 14, ticks)
    return bytes(out)


def _shift_time(out: bytearray, at: int, ticks: int) -> None:
    """A PTS or DTS: 33 bits in five bytes, with marker bits between (section 2.4.3.7)."""
    a, b, c, d, e = out[at : at + 5]
    time = ((a >> 1) & 0x07) << 30 | b << 22 | (c >> 1) << 15 | d << 7 | e >> 1
    time = (time + ticks) % _WRAP
    out[at : at + 5] = bytes(
        [
            (a & 0xF1) | (time >> 30) << 1,
            (time >> 22) & 0xFF,
            (time >> 14) & 0xFE | 1,
            (time >> 7) & 0xFF,
            (time << 1) & 0xFE | 1,
        ]
    )


def _shift_pcr(out: bytearray, at: int, ticks: int) -> None:
    """33 bits of 90 kHz, 6 reserved, 9 of 27 MHz, which stay (section 2.4.3.5)."""
    value = int.from_bytes(out[at : at + 6], "big")
    base = ((value >> 15) + ticks) % _WRAP
    out[at : at + 6] = (base << 15 | value & 0x7FFF).to_bytes(6, "big")


def shift_mp4(data: bytes, offset_s: float, timescales: dict[int, int]) -> bytes:
    """A fragment with its decode times later by ``offset_s``.  ``timescales``: ticks a second by track, of :func:`timescales_of`."""
    out = bytearray(data)
    for kind, start, end in _boxes(data, 0, len(data)):
        if kind != b"moof":
            continue
        for inner, first, last in _boxes(data, start, end):
            if inner != b"traf":
                continue
            parts = {name: begin for name, begin, _ in _boxes(data, first, last)}
            track = int.from_bytes(data[parts[b"tfhd"] + 4 : parts[b"tfhd"] + 8], "big")
            at = parts[b"tfdt"]
            size = 8 if data[at] == 1 else 4
            time = int.from_bytes(data[at + 4 : at + 4 + size], "big") + round(
                offset_s * timescales.get(track, TICKS_PER_S)
            )
            out[at + 4 : at + 4 + size] = (time % (1 << 8 * size)).to_bytes(size, "big")
    return bytes(out)


def timescales_of(init: bytes) -> dict[int, int]:
    """Ticks a second of each track of an initialisation section."""
    found: dict[int, int] = {}
    for kind, start, end in _boxes(init, 0, len(init)):
        if kind != b"moov":
            continue
        for inner, first, last in _boxes(init, start, end):
            if inner != b"trak":
                continue
            parts = {name: (begin, stop) for name, begin, stop in _boxes(init, first, last)}
            header = parts[b"tkhd"][0]
            track = int.from_bytes(init[header + (20 if init[header] == 1 else 12) :][:4], "big")
            media = {name: begin for name, begin, _ in _boxes(init, *parts[b"mdia"])}
            clock = media[b"mdhd"]
            found[track] = int.from_bytes(init[clock + (20 if init[clock] == 1 else 12) :][:4], "big")
    return found


def _boxes(data: bytes, start: int, end: int) -> list[tuple[bytes, int, int]]:
    """(type, first byte of the content, byte after it) of each box."""
    found = []
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        header = 8
        if size == 1:
            size, header = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        if size < header:
            break  # a box to the end of the file, which media fragments have not
        found.append((kind, start + header, min(start + size, end)))
        start += size
    return found


def packed_audio(data: bytes, offset_s: float) -> bytes:
    """Raw audio frames with the ID3 tag that says when they are to be heard (RFC 8216 section 3.4)."""
    time = round(offset_s * TICKS_PER_S) % _WRAP
    private = _PRIVATE_OWNER + b"\x00" + time.to_bytes(8, "big")
    frame = b"PRIV" + _synchsafe(len(private)) + b"\x00\x00" + private
    return b"ID3\x04\x00\x00" + _synchsafe(len(frame)) + frame + data


def _synchsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))
