"""How far somebody has come in a franchise: all its seasons as one bar, and what to watch next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from catalog.franchises.model import Member, Order


@dataclass(frozen=True, slots=True)
class Season:
    """What the catalogue knows of the length of one release."""

    release_id: str
    episodes_published: int
    episodes_total: int | None
    """How many there are to be; ``None`` where nobody knows."""
    is_ongoing: bool = False

    @property
    def length(self) -> int:
        """Episodes to see: those there are, or that are known to come."""
        return max(self.episodes_published, self.episodes_total or 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody's library says of one release."""

    episodes_watched: int = 0
    on_watched_shelf: bool = False
    """Its owner says so, whatever their history has."""
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class NextEpisode:
    """What to play next: ``resume`` at ``position_ms``, or the ``next`` from its start."""

    kind: Literal["resume", "next"]
    release_id: str
    episode_id: str
    position_ms: int = 0


@dataclass(frozen=True, slots=True)
class SeasonProgress:
    """How far somebody is in one release."""

    release_id: str
    watched: int
    total: int
    may_skip: bool
    abandoned: bool = False

    @property
    def is_finished(self) -> bool:
        """A release that nobody knows an episode of is not."""
        return 0 < self.total <= self.watched


NOTHING = Seen()


def seasons_seen(
    members: Sequence[Member], seasons: Mapping[str, Season], seen: Mapping[str, Seen]
) -> list[SeasonProgress]:
    """Each release of ``seasons``, in the recommended order.

    What stands on the shelf of watched releases counts as seen to its end, unless more is still to come: of a release
    without videos here the history can know nothing.
    """
    found = []
    for member in sorted(members, key=lambda member: member.place(Order.RECOMMENDED)):
        season = seasons.get(member.release_id)
        if season is None:
            continue
        known = seen.get(member.release_id, NOTHING)
        watched = min(known.episodes_watched, season.length)
        if known.on_watched_shelf and not season.is_ongoing:
            watched = season.length
        found.append(SeasonProgress(member.release_id, watched, season.length, member.may_skip, known.abandoned))
    return found


def candidates(progress: Sequence[SeasonProgress]) -> list[str]:
    """What may come next, the best first: what is not finished, in the recommended order.

    What may be skipped is passed over until it is begun, what was abandoned always.
    """
    return [
        one.release_id
        for one in progress
        if not one.is_finished and not one.abandoned and (not one.may_skip or one.watched > 0)
    ]
