"""Initialisation sections: what a player needs before the parts of one rendition (rfc8216bis §3.1.2, §4.4.4.5)."""

import struct
from dataclasses import dataclass, field
from typing import Final

from streaming.live.llhls.depacketising.h264 import PictureConfig
from streaming.live.llhls.fmp4.boxes import box, full_box

TRACK_ID: Final = 1
"""Each rendition has one track."""
SOUND_TRACK_ID: Final = 2
"""Of sound in a file with a picture."""
_TRACK_ID_AT: Final = 28
"""In a ``trak`` of ours: behind the heads of both boxes and two times (ISO/IEC 14496-12 §8.3.2.2, version 0)."""
VIDEO_TIMESCALE: Final = 90_000
"""As in RTP, so that no time is rounded."""
AUDIO_TIMESCALE: Final = 48_000

_MATRIX: Final = struct.pack(">9L", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_HIGH_PROFILES: Final = (100, 110, 122, 144)
"""Whose configuration record goes on with the format of colours (ISO/IEC 14496-15 §5.3.3.1.2)."""


@dataclass(frozen=True, slots=True)
class InitSection:
    """Of one rendition, until its format changes."""

    data: bytes
    codec: str
    """As RFC 6381 names it, or an RFC 6381 registration of its own kind: ``opus``."""
    width_px: int = 0
    height_px: int = 0
    track: bytes = field(default=b"", repr=False)
    """The ``trak`` box in ``data``, of track :data:`TRACK_ID`."""


def video_init(config: PictureConfig) -> InitSection:
    """For H.264 whose parameter sets stand in the section (``avc1``)."""
    shown = config.format
    entry = box(
        b"avc1",
        struct.pack(">6xH16xHHLL4xH32xHh", 1, shown.width_px, shown.height_px, 0x480000, 0x480000, 1, 24, -1),
        box(b"avcC", _avc_configuration(config)),
    )
    media_header = full_box(b"vmhd", 0, 1, bytes(8))
    track = _track(VIDEO_TIMESCALE, b"vide", b"Picture", media_header, entry, shown.width_px, shown.height_px)
    return InitSection(_movie(VIDEO_TIMESCALE, track), shown.codec, shown.width_px, shown.height_px, track)


def opus_init() -> InitSection:
    """For Opus as WebRTC has it, always two channels (Opus in ISOBMFF §4.3.1 and §4.3.2)."""
    specific = box(b"dOps", struct.pack(">BBHLhB", 0, 2, 0, AUDIO_TIMESCALE, 0, 0))
    entry = box(b"Opus", _audio_entry(), specific)
    track = _track(AUDIO_TIMESCALE, b"soun", b"Sound", _SOUND_HEADER, entry)
    return InitSection(_movie(AUDIO_TIMESCALE, track), "opus", track=track)


def aac_init(audio_specific_config: bytes) -> InitSection:
    """For AAC-LC of two channels at 48 kHz (ISO/IEC 14496-14 §5.6)."""
    decoder = _descriptor(
        0x04,
        struct.pack(">BB3xLL", 0x40, 0x15, 0, 0),
        _descriptor(0x05, audio_specific_config),
    )
    stream = _descriptor(0x03, struct.pack(">HB", TRACK_ID, 0), decoder, _descriptor(0x06, b"\x02"))
    entry = box(b"mp4a", _audio_entry(), full_box(b"esds", 0, 0, stream))
    track = _track(AUDIO_TIMESCALE, b"soun", b"Sound", _SOUND_HEADER, entry)
    return InitSection(_movie(AUDIO_TIMESCALE, track), "mp4a.40.2", track=track)


def whole_init(picture: InitSection, sound: InitSection) -> bytes:
    """For both in one file: the picture is track :data:`TRACK_ID`, the sound :data:`SOUND_TRACK_ID`."""
    moved = bytearray(sound.track)
    struct.pack_into(">L", moved, _TRACK_ID_AT, SOUND_TRACK_ID)
    return _movie(VIDEO_TIMESCALE, picture.track, bytes(moved))


_SOUND_HEADER: Final = full_box(b"smhd", 0, 0, bytes(4))


def _audio_entry() -> bytes:
    return struct.pack(">6xH8xHH4xL", 1, 2, 16, AUDIO_TIMESCALE << 16)


def _avc_configuration(config: PictureConfig) -> bytes:
    """ISO/IEC 14496-15 §5.3.3.1; lengths of four bytes before each NAL unit."""
    shown = config.format
    record = [struct.pack(">6B", 1, shown.profile, shown.constraints, shown.level, 0xFF, 0xE0 | len(config.sps))]
    record += [struct.pack(">H", len(nal)) + nal for nal in config.sps]
    record.append(bytes([len(config.pps)]))
    record += [struct.pack(">H", len(nal)) + nal for nal in config.pps]
    if shown.profile in _HIGH_PROFILES:
        record.append(bytes([0xFC | shown.chroma_format, 0xF8, 0xF8, 0]))
    return b"".join(record)


def _descriptor(tag: int, *contents: bytes) -> bytes:
    """ISO/IEC 14496-1 §8.3.3, of less than 128 bytes."""
    body = b"".join(contents)
    return bytes([tag, len(body)]) + body


def _track(
    timescale: int,
    handler: bytes,
    name: bytes,
    media_header: bytes,
    entry: bytes,
    width_px: int = 0,
    height_px: int = 0,
) -> bytes:
    is_sound = handler == b"soun"
    tables = (
        full_box(kind, 0, 0, bytes(size)) for kind, size in ((b"stts", 4), (b"stsc", 4), (b"stsz", 8), (b"stco", 4))
    )
    return box(
        b"trak",
        full_box(
            b"tkhd", 0, 3,
            struct.pack(">LLLLL8xHHH2x", 0, 0, TRACK_ID, 0, 0, 0, 0, 0x0100 if is_sound else 0),
            _MATRIX,
            struct.pack(">LL", width_px << 16, height_px << 16),
        ),
        box(
            b"mdia",
            full_box(b"mdhd", 0, 0, struct.pack(">LLLLHH", 0, 0, timescale, 0, 0x55C4, 0)),  # language: undetermined
            full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), name, b"\x00"),
            box(
                b"minf",
                media_header,
                box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">L", 1), full_box(b"url ", 0, 1))),
                box(b"stbl", full_box(b"stsd", 0, 0, struct.pack(">L", 1), entry), *tables),
            ),
        ),
    )  # fmt: skip


def _movie(timescale: int, *tracks: bytes) -> bytes:
    extends = [
        full_box(b"trex", 0, 0, struct.pack(">LLLLL", TRACK_ID + index, 1, 0, 0, 0)) for index in range(len(tracks))
    ]
    movie = box(
        b"moov",
        full_box(
            b"mvhd", 0, 0,
            struct.pack(">LLLLLH10x", 0, 0, timescale, 0, 0x10000, 0x0100), _MATRIX, bytes(24),
            struct.pack(">L", TRACK_ID + len(tracks)),
        ),
        *tracks,
        box(b"mvex", *extends),
    )  # fmt: skip
    return box(b"ftyp", b"iso6", struct.pack(">L", 1), b"iso6", b"cmfc", b"mp41") + movie
