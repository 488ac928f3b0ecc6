"""A pair of releases that people say are similar."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event

SHOWN_MAX: Final = 50
"""Pairs of one release that are listed, those with most votes."""


class SimilarNotFound(NotFound):
    """Nobody has suggested these two as similar."""


class SimilarToItself(Invalid):
    """A release is not similar to itself. Choose another one."""


class SimilarTakenOut(Conflict):
    """A moderator has decided that these two are not similar."""


@dataclass(frozen=True, kw_only=True)
class SimilarSuggested(Event):
    """Somebody suggested that two releases are similar."""

    user_id: str
    release_id: str
    other_id: str


@dataclass(frozen=True, kw_only=True)
class SimilarVoted(Event):
    """Somebody agreed that two releases are similar, or (``withdrawn``) does not say so any more."""

    user_id: str
    release_id: str
    other_id: str
    withdrawn: bool


@dataclass(frozen=True, kw_only=True)
class SimilarRemoved(Event):
    """A moderator took out a pair of similar releases."""

    moderator_id: str
    release_id: str
    other_id: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two releases in either order."""

    low_id: str
    high_id: str

    @classmethod
    def of(cls, one: str, other: str) -> "Pair":
        """Raises :class:`SimilarToItself`."""
        if one == other:
            raise SimilarToItself
        return cls(min(one, other), max(one, other))


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarPair:
    """What is kept of a pair; ``removed`` ones stay, so that nobody suggests them again."""

    id: str
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VotedSimilar:
    """A release that people find similar to another one."""

    release_id: str
    pair_id: str
    votes: int
    voted: bool
    """Whether the reader is one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVote:
    """Two releases that somebody finds similar, for the copy of their data."""

    release_id: str
    other_id: str
    voted_at: datetime
