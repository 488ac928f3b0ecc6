"""What an administrator is told of the storage."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from kernel.storage.checks import Check

YOUNG: Final = timedelta(days=1)
"""What changed since then may be somebody's work, and is no garbage."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How many, and how much they take."""

    count: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where videos lie."""

    name: str
    """``local``, ``s3``."""
    address: str
    """The folder, or the bucket with the prefix of what is ours in it."""
    takes_new: bool
    """New videos go there."""
    videos: Amount


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of this machine that the folder is on."""

    used_bytes: int
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Stored:
    """All of it."""

    places: tuple[Place, ...]
    recordings: Amount
    """Of live channels; they lie on this machine, like uploads."""
    uploads: Amount
    """Files that were sent, whole or not, and are not ingested yet."""
    disk: Disk
    last_check: Check | None


Reason = Literal["gone", "cut_off", "left_over"]
"""Of a video that is gone, of a transfer that was cut off, left by a move or a copy."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """What belongs to no video."""

    place: str
    key: str
    files: int
    size_bytes: int
    reason: Reason
