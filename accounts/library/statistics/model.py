"""A library in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from accounts.library.collections.model import ShelfName
from kernel.errors import Conflict, NotFound
from kernel.events import Event

ACTIVITY_DAYS: Final = 366
"""Days of activity: a year, whichever."""
TOP_GENRES: Final = 30
"""Genres told of, those watched longest: more than most catalogues have."""
TOP_YEARS: Final = 150
"""Years told of, the newest: there is film since 1888."""


class ProfileNotFound(NotFound):
    """There is no public profile of this name."""


class ComparisonOff(Conflict):
    """Let others compare their taste with yours first: who does not want to be compared cannot compare."""


@dataclass(frozen=True, kw_only=True)
class SharingChanged(Event):
    """Somebody changed what of their library others may see."""

    user_id: str
    profile: bool
    comparison: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What others may see of a library; nothing, unless its owner wants it."""

    profile: bool = False
    """A public page with statistics, for everybody."""
    comparison: bool = False
    """Others who allow it too may see how far their taste agrees."""


@dataclass(frozen=True, slots=True)
class WatchedRelease:
    """What somebody watched of a release."""

    release_id: str
    episodes: int
    """Watched to the end, each once."""
    watched_ms: int
    """Time spent, rewatches and what was begun included."""


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What releases are counted by."""

    kind: str
    year: int | None
    genres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a library: how many releases, how long they were watched, and how they were scored."""

    name: str
    releases: int
    watched_ms: int
    mean_score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """A library in numbers."""

    collections: Mapping[ShelfName, int]
    releases: int
    """With anything watched or a score."""
    episodes: int
    rewatches: int
    watched_ms: int
    scores: Sequence[int]
    """How often each score was given, from 1 to 10."""
    mean_score: float | None
    genres: Sequence[Share]
    """The longest watched first."""
    kinds: Sequence[Share]
    years: Sequence[Share]
    """The newest first."""


@dataclass(frozen=True, slots=True)
class ActiveDay:
    """A day on which episodes were finished or gone on with."""

    day: date
    episodes: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What everybody sees of somebody who wants it."""

    nickname: str
    avatar_url: str | None
    member_since: datetime
    statistics: Statistics
    comparable: bool
    """Whether they let others compare their taste."""


def summary(
    collections: Mapping[ShelfName, int],
    watched: Sequence[WatchedRelease],
    rewatches: int,
    scores: Mapping[str, int],
    facts: Mapping[str, ReleaseFacts],
) -> Statistics:
    """The numbers of a library.  Some ten milliseconds for the longest: to be worked out in a thread."""
    time = {one.release_id: one.watched_ms for one in watched}
    known = sorted(time.keys() | scores.keys())
    given = list(scores.values())
    by_genre: dict[str, list[str]] = {}
    by_kind: dict[str, list[str]] = {}
    by_year: dict[str, list[str]] = {}
    for release_id in known:
        fact = facts.get(release_id)
        if fact is None:
            continue
        for genre in fact.genres:
            by_genre.setdefault(genre, []).append(release_id)
        by_kind.setdefault(fact.kind, []).append(release_id)
        if fact.year is not None:
            by_year.setdefault(f"{fact.year}", []).append(release_id)

    def shares(groups: Mapping[str, Sequence[str]]) -> list[Share]:
        return [
            Share(
                name,
                len(ids),
                sum(time.get(id_, 0) for id_ in ids),
                _mean([scores[id_] for id_ in ids if id_ in scores]),
            )
            for name, ids in groups.items()
        ]

    def longest(share: Share) -> tuple[int, int, str]:
        return -share.watched_ms, -share.releases, share.name

    return Statistics(
        collections=collections,
        releases=len(known),
        episodes=sum(one.episodes for one in watched),
        rewatches=rewatches,
        watched_ms=sum(time.values()),
        scores=[given.count(score) for score in range(1, 11)],
        mean_score=_mean(given),
        genres=sorted(shares(by_genre), key=longest)[:TOP_GENRES],
        kinds=sorted(shares(by_kind), key=longest),
        years=sorted(shares(by_year), key=lambda share: share.name, reverse=True)[:TOP_YEARS],
    )


def _mean(scores: Sequence[int]) -> float | None:
    return sum(scores) / len(scores) if scores else None
