"""Protection System Specific Header boxes (ISO/IEC 23001-7:2023 §8.1).  Pure.

A box, big endian::

    size 4 │ 'pssh' │ version 1 │ flags 3 │ system id 16 │ [version 1: count 4 │ key id 16 …] │ data size 4 │ data
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from streaming.keys.signalling.systems import DrmSystem

_HEAD: Final = struct.Struct(">I4sI16s")
_COUNT: Final = struct.Struct(">I")
MAX_KEY_IDS: Final = 256
"""Of one box: a title has a handful of keys; who sends more wants to keep us busy."""


class PsshBroken(ValueError):
    """These bytes are no PSSH box."""


@dataclass(frozen=True, slots=True)
class Pssh:
    """One box.  ``key_ids`` are those in its own list, so there are none in a box of version 0."""

    system_id: UUID
    key_ids: tuple[UUID, ...] = ()
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """The box: of version 1 where it lists key ids, of version 0 where not."""
        version = 1 if self.key_ids else 0
        listed = b""
        if self.key_ids:
            listed = _COUNT.pack(len(self.key_ids)) + b"".join(key_id.bytes for key_id in self.key_ids)
        tail = listed + _COUNT.pack(len(self.data)) + self.data
        return _HEAD.pack(_HEAD.size + len(tail), b"pssh", version << 24, self.system_id.bytes) + tail


def parse(raw: bytes) -> tuple[Pssh, ...]:
    """All boxes of ``raw``, one after another.  Raises :class:`PsshBroken` unless it is made of nothing else."""
    boxes: list[Pssh] = []
    start = 0
    while start < len(raw):
        box, start = _box(raw, start)
        boxes.append(box)
    if not boxes:
        raise PsshBroken
    return tuple(boxes)


def _box(raw: bytes, start: int) -> tuple[Pssh, int]:
    try:
        size, kind, full, system = _HEAD.unpack_from(raw, start)
        end, at = start + size, start + _HEAD.size
        version = full >> 24
        if kind != b"pssh" or size < _HEAD.size + _COUNT.size or end > len(raw) or version > 1:
            raise PsshBroken
        key_ids: tuple[UUID, ...] = ()
        if version == 1:
            (count,) = _COUNT.unpack_from(raw, at)
            at += _COUNT.size
            if count > MAX_KEY_IDS or at + 16 * count > end:
                raise PsshBroken
            key_ids = tuple(UUID(bytes=raw[at + 16 * one : at + 16 * (one + 1)]) for one in range(count))
            at += 16 * count
        (length,) = _COUNT.unpack_from(raw, at)
        at += _COUNT.size
    except struct.error:
        raise PsshBroken from None
    if at + length != end:
        raise PsshBroken
    return Pssh(UUID(bytes=system), key_ids, raw[at:end]), end


def common(key_ids: Sequence[UUID]) -> bytes:
    """The common box of ``key_ids``: version 1, without data (W3C "cenc" Initialization Data Format §4)."""
    return Pssh(UUID(DrmSystem.COMMON), tuple(key_ids)).to_bytes()
