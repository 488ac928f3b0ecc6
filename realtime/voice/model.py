"""Who is in the voice of a party, as the others see it; why somebody is refused; the limits.  Pure."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from kernel.errors import AniError, Conflict, Gone, Unavailable

WINDOW_MS: Final = 500
"""How often speaking and levels are told (LiveKit's window)."""
HALF_OPEN_MS: Final = 20_000
"""How long somebody may be in voice without a connection for sound: a browser asks its user for the microphone before, not after."""
ORPHANED_MS: Final = 5_000
"""How long a voice outlives the socket of its member: a lost WebSocket is back within a second or two, and the sound need not stop."""


class VoiceOff(Conflict):
    """This server carries no voice."""


class VoiceUnavailable(Unavailable):
    """This server cannot carry voice now. Its operator finds the reason in the log."""


class VoiceFull(Conflict):
    """Voice is full on this server ({capacity} people). You can go on watching and writing."""


class NotInVoice(Gone):
    """You are not in voice (any more). Join it again."""


REFUSALS: Final[dict[str, type[AniError]]] = {
    kind.code: kind for kind in (VoiceOff, VoiceFull, VoiceUnavailable, NotInVoice)
}


class Ended(StrEnum):
    """Why somebody's voice ended, in ``voice:ended``."""

    OUT = "out"
    """They left the party, or were sent out."""
    ELSEWHERE = "elsewhere"
    """They joined with another device."""
    LOST = "lost"
    """Nothing came from them any more, or never did: come back."""
    MOVED = "moved"
    """Another server carries the voice of this party now, or this one ends: come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Somebody in voice."""

    member_id: str
    muted: bool
    """By themselves."""
    may_speak: bool
    """By their role in the party."""
    connected: bool
    """Whether sound can go both ways."""
    speaking: bool = False
    level: float | None = None
    """0 to 1; ``None`` where no sound of theirs arrives."""
    heard_by: int = 0
    """How many listeners their last words were sent to."""
    loss: int | None = None
    """Percent of their packets lost on the way to the listeners; ``None`` where that is not known (yet)."""

    def json(self) -> dict[str, Any]:
        """As the wire has it."""
        return asdict(self)

    def is_same_person(self, other: "Voice") -> bool:
        """Whether everything is the same but the figures, which only those in voice are told."""
        return (self.muted, self.may_speak, self.connected) == (other.muted, other.may_speak, other.connected)


def loss_percent(up: float, downs: list[float]) -> int:
    """What of the packets does not arrive: lost on the way here (0 to 1), or on the way to the listeners."""
    down = sum(downs) / len(downs) if downs else 0.0
    return round(100 * (1 - (1 - up) * (1 - down)))
