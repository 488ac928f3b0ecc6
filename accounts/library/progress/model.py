"""How far somebody has come in an episode, as it is kept."""

from dataclasses import dataclass

from kernel.errors import NotFound
from kernel.events import Event

NEVER = 0
"""Stands for "never" among moments, which are Unix milliseconds: the year 1970 had no episodes."""


AUDIO_LANGUAGE_MAX = 35
"""Characters; the longest tag that has to be supported (RFC 5646 §4.4.1)."""
AUDIO_LABEL_MAX = 120


class NothingWatched(NotFound):
    """You have not watched this."""


class UnknownEpisode(NotFound):
    """There is no such episode."""


@dataclass(frozen=True, kw_only=True)
class ProgressRecorded(Event):
    """Somebody came further in an episode, or went back."""

    user_id: str
    episode_id: str
    release_id: str
    position_ms: int
    watched: bool


@dataclass(frozen=True, slots=True)
class Audio:
    """What somebody listened to. Two voice-overs in one language differ by their label."""

    language: str
    """BCP 47."""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One user's progress in one episode.

    Every field can be brought up to date by a single statement that looks at nothing but the row and the news, whatever
    order they come in: the newest moment decides about the position, ``watched_at_ms`` and ``unwatched_at_ms`` only grow.
    """

    user_id: str
    episode_id: str
    release_id: str
    position_ms: int
    duration_ms: int
    at_ms: int
    """The client's clock when it was there, Unix ms; never ahead of the server's."""
    finished: bool
    """Whether the position is at or after the point where the episode counts as watched."""
    watched_at_ms: int = NEVER
    """The last time it was finished."""
    unwatched_at_ms: int = NEVER
    """The last time its owner said that it was not."""
    completions: int = 0
    audio_language: str | None = None
    """The voice-over heard last, as far as a player said; see :class:`Audio`."""
    audio_label: str | None = None
    removed: bool = False
    """Taken out of the history; kept so that other devices learn of it."""
    revision: int = 0
    """Grows with every change of the user's library; what a device has not seen yet is above the number it knows."""

    @property
    def is_watched(self) -> bool:
        """Sticky: watching again from the start does not take it back, only its owner does."""
        return self.watched_at_ms > self.unwatched_at_ms

    @property
    def audio(self) -> Audio | None:
        """The voice-over heard last; ``None`` where no player said."""
        return None if self.audio_language is None else Audio(self.audio_language, self.audio_label or "")

    @property
    def rewatches(self) -> int:
        """How often the episode was seen again after the first time."""
        return max(0, self.completions - 1)

    @property
    def shown_position_ms(self) -> int:
        """Where the bar under the picture ends; an episode that is over starts anew."""
        return 0 if self.finished else self.position_ms


@dataclass(frozen=True, slots=True)
class Sample:
    """A player was at ``position_ms`` of ``duration_ms`` when its clock said ``at_ms`` (Unix ms)."""

    user_id: str
    episode_id: str
    position_ms: int
    duration_ms: int
    at_ms: int
    audio: Audio | None = None
    """``None`` where the player does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEpisode:
    """What the library has to know of an episode; ``None`` where nobody knows."""

    episode_id: str
    release_id: str
    duration_ms: int | None = None
    ending_start_ms: int | None = None
