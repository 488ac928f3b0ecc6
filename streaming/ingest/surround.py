"""Surround sound beside stereo: what is made of a track that has more than two channels.  Pure.

Everything plays the stereo rendition.  The other one is for rooms with loudspeakers: the source's Dolby Digital as it is, which
televisions and receivers decode, or AAC, which browsers decode too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

CHANNELS: Final = 6
"""5.1: what is encoded, and the least that is worth a rendition of its own."""

BPS: Final = 384_000
"""AAC-LC with 5.1 channels, at the rate for each two that stereo has."""

AAC: Final = "mp4a"
_COPIED: Final = {"ac3": "ac-3", "eac3": "ec-3"}
"""ffmpeg's names, and those of ISO media files (ETSI TS 102 366, annex F)."""

_GROUP: Final = "surround-"


class Surround(StrEnum):
    """What becomes of sound with 5.1 channels or more, besides stereo."""

    COPY = "copy"
    """AC-3 and E-AC-3 are kept as they are where they are in step with the picture, everything else becomes AAC."""
    AAC = "aac"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class SurroundPlan:
    """The rendition of a track with all its channels."""

    name: str
    """Its folder: ``surround-en``."""
    channels: int
    codec: str = AAC
    """The sample entry: ``mp4a``, ``ac-3``, ``ec-3``."""

    @property
    def is_copied(self) -> bool:
        """Whether the source's own packets are taken."""
        return self.codec != AAC

    @property
    def group(self) -> str:
        """GROUP-ID: players leave out a whole group of a codec that they lack, so each codec has its own."""
        return f"{_GROUP}{self.codec}"


def plan(name: str, codec: str, channels: int, wanted: Surround, *, in_step: bool) -> SurroundPlan | None:
    """The rendition beside the stereo one called ``name``, of a track in ffmpeg's ``codec``; ``None``: there is none.

    ``in_step``: the track goes with the picture from beginning to end as it is.
    """
    if wanted is Surround.OFF or channels < CHANNELS:
        return None
    folder = f"{_GROUP}{name.removeprefix('a-')}"
    if wanted is Surround.COPY and in_step and codec in _COPIED:
        return SurroundPlan(folder, channels, _COPIED[codec])
    return SurroundPlan(folder, CHANNELS)


class SoundTrack(Protocol):
    """A track, as far as its renditions are concerned."""

    @property
    def name(self) -> str:
        """The folder of the stereo rendition."""
        ...

    @property
    def surround(self) -> SurroundPlan | None:
        """The other one, where there is one."""
        ...


def renditions(sound: Sequence[SoundTrack]) -> Iterator[str]:
    """The folders of everything there is to hear."""
    for track in sound:
        yield track.name
        if track.surround is not None:
            yield track.surround.name


def is_surround_group(group: str) -> bool:
    """Whether a GROUP-ID is of :attr:`SurroundPlan.group`."""
    return group.startswith(_GROUP)
