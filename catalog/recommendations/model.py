"""What people tell of their taste, what they chose about their recommendations, and why something is recommended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kernel.errors import Conflict, NotFound
from kernel.events import Event

RECOMMENDATIONS_MAX: Final = 50
SIMILAR_MAX: Final = 20
HIDDEN_MAX: Final = 2_000
"""Releases that one person does not want recommended: a quarter of a large catalogue, and a second of one's life each."""
MEMBERS_MAX: Final = 1_000_000
DROPPED_AFTER: Final = 3
"""Episodes after which dropping something says what one thinks of it; before, one hardly knows it."""
LIKED_FROM: Final = 8
"""Of ten."""
DISLIKED_UP_TO: Final = 4
PEOPLE_SHOWN_FROM: Final = 5
"""People who like two works, from which on their number is told: of fewer one could guess who they are."""


class TooManyHidden(Conflict):
    """You have hidden too many recommendations. Take some back first."""


class NotRecommendable(NotFound):
    """There is no such release."""


@dataclass(frozen=True, kw_only=True)
class RecommendationHidden(Event):
    """Somebody does not want a release recommended."""

    user_id: str
    release_id: str


@dataclass(frozen=True, kw_only=True)
class RecommendationRestored(Event):
    """Somebody may be recommended a release again."""

    user_id: str
    release_id: str


@dataclass(frozen=True, kw_only=True)
class RecommendationSettingsChanged(Event):
    """Somebody chose anew what may be recommended to them."""

    user_id: str


@dataclass(frozen=True, kw_only=True)
class RecommendationModelBuilt(Event):
    """What is liked together was worked out anew, from this many people's likes of this many releases."""

    version: str
    people: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What one person's library says of one release."""

    release_id: str
    favorite: bool = False
    shelf: str | None = None
    """``WATCHED``, ``WATCHING``, ``PLANNED``, ``POSTPONED``, ``ABANDONED``, or none."""
    episodes_watched: int = 0
    score: int | None = None
    """Their vote, 1 to 10."""


class Opinion(StrEnum):
    """What somebody thinks of a release, as far as their library says."""

    LIKED = "liked"
    DISLIKED = "disliked"
    DROPPED = "dropped"
    """Disliked, too, but for those who say that it means nothing."""
    NONE = "none"


def opinion(signal: Signal) -> Opinion:
    """What the person thinks of it: what they said counts, then what they did; silence is no opinion."""
    if signal.favorite:
        return Opinion.LIKED
    if signal.score is not None:
        if signal.score >= LIKED_FROM:
            return Opinion.LIKED
        return Opinion.DISLIKED if signal.score <= DISLIKED_UP_TO else Opinion.NONE
    if signal.shelf == "WATCHED" or (signal.shelf == "WATCHING" and signal.episodes_watched > 0):
        return Opinion.LIKED
    if signal.shelf == "ABANDONED" and signal.episodes_watched >= DROPPED_AFTER:
        return Opinion.DROPPED
    return Opinion.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """One person's opinions, by release."""

    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    """Everything on their list or in their history."""

    @classmethod
    def of(cls, signals: Iterable[Signal]) -> "Taste":
        """From all that the library says."""
        held = list(signals)
        said = [(opinion(signal), signal.release_id) for signal in held]

        def those(wanted: Opinion) -> tuple[str, ...]:
            return tuple(release_id for found, release_id in said if found is wanted)

        return cls(
            liked=those(Opinion.LIKED),
            disliked=those(Opinion.DISLIKED),
            dropped=those(Opinion.DROPPED),
            known=frozenset(signal.release_id for signal in held),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What somebody chose about their recommendations."""

    sequels: bool = False
    """Whether more of a franchise on their list is recommended; of one they dropped, never."""
    count_dropped: bool = True
    """Whether what they dropped after some episodes counts against what is liked together with it."""
    minimum_members: int = 0
    """People who have it in their library, at least."""
    kinds: tuple[str, ...] = ()
    """Types of releases (``TV``, ``MOVIE``, …); none stands for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenRelease:
    """A release that somebody does not want recommended."""

    release_id: str
    hidden_at: datetime


class ReasonKind(StrEnum):
    """Why something is in the list."""

    LIKED_TOGETHER = "liked_together"
    """People who like one that you like also like this."""
    ALIKE = "alike"
    """It has much in common with one that you like."""
    POPULAR = "popular"
    """Many like it; your taste is not known."""
    RECENT = "recent"
    """It is new; your taste is not known."""
    VARIED = "varied"
    """Something else; neither your taste nor anybody's is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is in the list."""

    kind: ReasonKind
    because_id: str | None = None
    """The release that you like."""
    people: int = 0
    """How many people like both, or (popular) this one."""
    shared: tuple[str, ...] = ()
    """What both have in common: names of genres, tags, studios, people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A release for the list."""

    release_id: str
    reason: Reason
