"""Fragments: a part of a rendition, ready to be appended (ISO/IEC 14496-12 §8.8)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streaming.live.llhls.fmp4.boxes import box, full_box
from streaming.live.llhls.fmp4.init_section import TRACK_ID

_BASE_IS_MOOF: Final = 0x020000
_TRUN_FLAGS: Final = 0x000001 | 0x000100 | 0x000200 | 0x000400
"""An offset, and of each sample its duration, size and flags (§8.8.8.1)."""
_NUMBER_AT: Final = 20
_TRACK_ID_AT: Final = 44
_TIME_AT: Final = 60
_RUN_AT: Final = 68
"""Where :func:`fragment` puts what :func:`moved` changes and :func:`span` reads: all its boxes before the run have one size."""
_KEY: Final = 0x02000000
"""Depends on no other (§8.6.4)."""
_NOT_KEY: Final = 0x01010000
"""Depends on others, and is no sync sample."""


@dataclass(slots=True)
class Sample:
    """A frame."""

    start: int
    """In ticks since the broadcast began."""
    duration: int
    data: bytes
    is_key: bool = True

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.start + self.duration


def sample_of_nals(nals: Sequence[bytes]) -> bytes:
    """NAL units as a sample of ``avc1``: each after its length (ISO/IEC 14496-15 §5.3.4.2.1)."""
    return b"".join(piece for nal in nals for piece in (len(nal).to_bytes(4, "big"), nal))


def fragment(number: int, samples: Sequence[Sample]) -> bytes:
    """``moof`` and ``mdat`` of consecutive samples of one track; ``number`` counts the fragments of a rendition."""
    table = b"".join(
        struct.pack(">LLL", sample.duration, len(sample.data), _KEY if sample.is_key else _NOT_KEY)
        for sample in samples
    )
    moof_bytes = 8 + 16 + 8 + 16 + 20 + 20 + len(table)
    run = full_box(b"trun", 0, _TRUN_FLAGS, struct.pack(">LL", len(samples), moof_bytes + 8), table)
    moof = box(
        b"moof",
        full_box(b"mfhd", 0, 0, struct.pack(">L", number & 0xFFFFFFFF)),
        box(
            b"traf",
            full_box(b"tfhd", 0, _BASE_IS_MOOF, struct.pack(">L", TRACK_ID)),
            full_box(b"tfdt", 1, 0, struct.pack(">Q", samples[0].start)),
            run,
        ),
    )
    assert len(moof) == moof_bytes
    return moof + box(b"mdat", *(sample.data for sample in samples))


def moved(fragments: bytes, *, track_id: int, earlier_by: int, number: int) -> tuple[bytes, int]:
    """What :func:`fragment` made, one after the other, as part of another file: of track ``track_id``, ``earlier_by`` ticks before,
    counted from ``number``.  Also the number that comes next."""
    data, at = bytearray(fragments), 0
    while at < len(data):
        struct.pack_into(">L", data, at + _NUMBER_AT, number & 0xFFFFFFFF)
        struct.pack_into(">L", data, at + _TRACK_ID_AT, track_id)
        (time,) = struct.unpack_from(">Q", data, at + _TIME_AT)
        struct.pack_into(">Q", data, at + _TIME_AT, max(time - earlier_by, 0))
        number += 1
        for _ in range(2):  # moof and mdat
            at += int.from_bytes(data[at : at + 4], "big")
    return bytes(data), number


def span(moof: bytes) -> tuple[int, int, int]:
    """Track, begin and end in ticks of a ``moof`` that :func:`fragment` made.  Raises ``struct.error`` where it is another's."""
    (track_id,) = struct.unpack_from(">L", moof, _TRACK_ID_AT)
    (start,) = struct.unpack_from(">Q", moof, _TIME_AT)
    (count,) = struct.unpack_from(">L", moof, _RUN_AT + 12)
    durations = (struct.unpack_from(">L", moof, _RUN_AT + 20 + 12 * index)[0] for index in range(count))
    return track_id, start, start + sum(durations)
