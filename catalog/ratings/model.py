"""Votes and what they come to.

A vote is from 1 to 10.  Everybody's stands in the histogram; the weighted score and the ranking count those who watched at least
a fifth.  Votes of a banned account are kept and count nowhere until it is unbanned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from catalog.ratings.weighted import SCORE_MAX, SCORE_MIN
from kernel.events import Event

BUCKETS: Final = SCORE_MAX - SCORE_MIN + 1
WATCHED_PART: Final = 5
"""A fifth of a release: who saw less judges its poster."""

Key = tuple[str, str]
"""Release and user: the order in which votes are locked."""


@dataclass(frozen=True, kw_only=True)
class RatingChanged(Event):
    """Votes of a release were cast, changed or withdrawn; ``interested`` people voted who had not lately."""

    release_id: str
    votes: int
    weighted: float | None
    interested: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """What somebody wants to say of a release; ``score`` is ``None`` to withdraw the vote."""

    user_id: str
    release_id: str
    score: int | None
    at: datetime
    is_news: bool = False
    """Whether it counts as interest: the first of this person in a while."""

    @property
    def key(self) -> Key:
        """What it replaces."""
        return self.release_id, self.user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A vote as it is kept."""

    user_id: str
    release_id: str
    score: int
    at: datetime
    watched: bool
    """Whether the voter saw at least a fifth of it (:data:`WATCHED_PART`); once true it stays."""
    suspended: bool = False
    """Whether the account is banned."""

    @property
    def key(self) -> Key:
        """By what there is one at most."""
        return self.release_id, self.user_id


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes counted, or (with negative numbers) how the count changes."""

    counts: tuple[int, ...] = (0,) * BUCKETS
    """Votes by score, from 1 to 10."""
    ranked_votes: int = 0
    """Those of people who watched."""
    ranked_total: int = 0
    """Their scores together."""

    @classmethod
    def of(cls, vote: Vote | None) -> "Tally":
        """One vote, or none."""
        if vote is None or vote.suspended:
            return cls()
        counts = tuple(int(vote.score == score) for score in range(SCORE_MIN, SCORE_MAX + 1))
        return cls(counts, int(vote.watched), vote.score if vote.watched else 0)

    def __add__(self, other: "Tally") -> "Tally":
        counts = tuple(mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True))
        return Tally(counts, self.ranked_votes + other.ranked_votes, self.ranked_total + other.ranked_total)

    def __sub__(self, other: "Tally") -> "Tally":
        counts = tuple(mine - theirs for mine, theirs in zip(self.counts, other.counts, strict=True))
        return Tally(counts, self.ranked_votes - other.ranked_votes, self.ranked_total - other.ranked_total)

    def __bool__(self) -> bool:
        return any(self.counts) or self.ranked_votes != 0 or self.ranked_total != 0

    @property
    def votes(self) -> int:
        """All of them."""
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        """Of all votes; ``None`` without any."""
        total = sum(score * count for score, count in enumerate(self.counts, SCORE_MIN))
        return total / self.votes if self.votes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Miscount:
    """How many members a release is said to have, and how many it has but for what is not delivered yet."""

    said: int
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStats:
    """What people make of one release."""

    release_id: str
    tally: Tally = field(default_factory=Tally)
    weighted: float | None = None
    """From 1 to 10; ``None`` while there are not enough votes."""
    members: int = 0
    """People who have it in a collection; below 0 for the moment in which a later change was counted before an earlier one."""
    trend: float = 0.0
    """The counter of :mod:`catalog.ratings.trending`: to compare with others, not to show."""


Ranking = Literal["top", "popular", "trending"]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A page of a ranking, and how many releases it has in all; ``epoch`` is that of their counters."""

    items: Sequence[ReleaseStats]
    total: int
    epoch: datetime


def replaced(
    known: Mapping[Key, Vote], ballots: Iterable[Ballot], watched: Mapping[Key, bool]
) -> tuple[dict[Key, Vote], list[Key], dict[str, Tally]]:
    """What becomes of the ``known`` votes: those to store, those to remove, and by how much each release's count changes.

    ``watched`` says of each voter whether they saw enough; who did once still did.
    """
    store: dict[Key, Vote] = {}
    remove: list[Key] = []
    changes: dict[str, Tally] = {}
    for ballot in ballots:
        before, after = known.get(ballot.key), None
        if ballot.score is not None:
            after = Vote(
                user_id=ballot.user_id,
                release_id=ballot.release_id,
                score=ballot.score,
                at=ballot.at,
                watched=watched.get(ballot.key, False) or (before is not None and before.watched),
                suspended=before is not None and before.suspended,
            )
            store[ballot.key] = after
        elif before is not None:
            remove.append(ballot.key)
        change = Tally.of(after) - Tally.of(before)
        changes[ballot.release_id] = changes.get(ballot.release_id, Tally()) + change
    return store, remove, changes


@dataclass(frozen=True, slots=True)
class Watched:
    """How much somebody saw of a release."""

    episodes: float
    """Watched ones, and the shares of those begun."""
    finished: bool
    """Whether they have put it among what they watched."""


NOTHING_WATCHED: Final = Watched(0.0, finished=False)


def watched_enough(seen: Watched, episodes: int | None) -> bool:
    """Whether somebody's vote counts in the ranking of a release of so many ``episodes`` (``None``: nobody knows)."""
    # A catalogue may hold no episodes of what people watched elsewhere and brought along in a list.
    if seen.finished:
        return True
    return episodes is not None and episodes > 0 and seen.episodes * WATCHED_PART >= episodes
