"""Films with what ffmpeg would not write: boxes put into an MP4 by hand (ISO/IEC 14496-12)."""

import struct

_PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def clap(width: int, height: int) -> bytes:
    """A clean aperture in the middle (§12.1.4.1)."""
    return box(b"clap", struct.pack(">8I", width, 1, height, 1, 0, 1, 0, 1))


def dolby_vision(profile: int, compatible: int) -> bytes:
    """The configuration record of a single-layer stream (Dolby Vision streams within ISOBMFF, §3.2)."""
    flags = profile << 9 | 1 << 3 | 0b101  # level 1; RPU and base layer are there
    return box(b"dvcC", struct.pack(">BBHB", 1, 0, flags, compatible << 4) + bytes(19))


def with_box(film: bytes, entry: bytes, added: bytes) -> bytes:
    """``film`` with ``added`` at the end of its first sample entry ``entry``.  Its ``moov`` must stand last: offsets stay."""
    place = film.index(b"stsd")
    begin = film.index(entry, place) - 4
    assert film.rindex(b"moov") > film.rindex(b"mdat")
    end = begin + struct.unpack_from(">I", film, begin)[0]
    result = bytearray(film[:end] + added + film[end:])
    parents = [film.rindex(kind, 0, begin) - 4 for kind in _PARENTS]
    for at in (*parents, begin):
        struct.pack_into(">I", result, at, struct.unpack_from(">I", result, at)[0] + len(added))
    return bytes(result)
