"""The settings of a player, plain values: what holds is the account's, what one device has otherwise, and what one series remembers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from kernel.errors import NotFound

MAX_WISHES: Final = 12
"""Rows of the table of languages; somebody who speaks six has both ways of watching in each."""
MAX_SERIES: Final = 500
"""Series remembered of one account: the oldest are forgotten first."""
MAX_DEVICES: Final = 30
"""Devices of one account with settings of their own, forgotten the same way: a sign-in that runs out says nothing."""
MAX_LABEL_CHARS: Final = 100
MAX_LANGUAGE_CHARS: Final = 35
"""RFC 5646 §4.4.1: room for any tag in use."""
MAX_HEIGHT_PX: Final = 4320
MIN_RATE: Final = 0.25
MAX_RATE: Final = 4.0
"""Browsers mute sound outside of a sixteenth to sixteen times; people understand speech up to three."""

ORIGINAL: Final = "original"
"""Instead of a language: the one it was made in."""
ANY: Final = "any"
"""Instead of a language of sound: whatever it would be anyway."""
OFF: Final = "off"
"""Instead of a language of subtitles: none."""


class SeriesUnknown(NotFound):
    """There is no series {release_id} to remember anything of."""


class SubtitleKind(StrEnum):
    """What subtitles are there for."""

    FULL = "full"
    """All that is said."""
    FORCED = "forced"
    """Signs and songs alone: what those who understand the sound still need."""
    SDH = "sdh"
    """With the sounds, for the deaf and hard of hearing."""


@dataclass(frozen=True, slots=True)
class TrackWish:
    """A row of the table: this sound with these subtitles."""

    audio: str
    """A language (BCP 47), :data:`ORIGINAL` or :data:`ANY`."""
    subtitles: str = OFF
    """A language (BCP 47), :data:`ORIGINAL` or :data:`OFF`."""
    kind: SubtitleKind = SubtitleKind.FULL


class CaptionEdge(StrEnum):
    """What sets letters off from the picture."""

    NONE = "none"
    OUTLINE = "outline"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True)
class CaptionStyle:
    """How subtitles look.  Colours are ``#rrggbb``."""

    size_percent: int = 100
    color: str = "#fffaf0"
    background: str = "#08090d"
    background_percent: int = 72
    """How much it covers; 0 is none."""
    edge: CaptionEdge = CaptionEdge.NONE


@dataclass(frozen=True, slots=True)
class PlayerSettings:
    """How somebody watches."""

    tracks: tuple[TrackWish, ...] = ()
    """The best first."""
    quality_px: int = 0
    """The height not to go above, and to stay at; 0: what the link carries."""
    rate: float = 1.0
    autoplay_next: bool = True
    skip_openings: bool = False
    captions: CaptionStyle = field(default_factory=CaptionStyle)

    def with_changes(self, changes: "Changes") -> "PlayerSettings":
        """These, with some values in place of its own; ``None`` among them: the one that holds for everybody."""
        default = PlayerSettings()
        return replace(
            self, **{name: getattr(default, name) if value is None else value for name, value in changes.items()}
        )


FIELDS: Final = frozenset(each.name for each in fields(PlayerSettings))

Changes = Mapping[str, Any]
"""Some of :data:`FIELDS` → a value of its type."""


def overridden(before: Changes, changes: Changes) -> dict[str, Any]:
    """What a device has otherwise; ``None`` in ``changes``: that no longer."""
    return {name: value for name, value in {**before, **changes}.items() if value is not None}


@dataclass(frozen=True, slots=True)
class AudioChoice:
    """A voice-over somebody chose; two in one language differ by their label."""

    language: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class SubtitleChoice:
    """Subtitles somebody chose, or that they want none: ``language`` is :data:`OFF`."""

    language: str
    label: str = ""
    kind: SubtitleKind = SubtitleKind.FULL


@dataclass(frozen=True, slots=True)
class SeriesChoice:
    """What somebody chose while they watched a series; ``None``: they did not."""

    audio: AudioChoice | None = None
    subtitles: SubtitleChoice | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to remember."""
        return self.audio is None and self.subtitles is None


@dataclass(frozen=True, slots=True)
class RememberedSeries:
    """A choice, and of what."""

    release_id: str
    choice: SeriesChoice
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """The settings of an account, and which version of them."""

    settings: PlayerSettings = field(default_factory=PlayerSettings)
    version: int = 0


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """What one signed-in device has otherwise, and which version of it."""

    changes: Changes = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class KeptDevice:
    """The same, for the copy of one's data."""

    login_id: str
    changes: Changes
