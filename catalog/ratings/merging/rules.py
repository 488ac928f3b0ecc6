"""What becomes of one person's votes on two releases that become one.  Pure.

One vote a person: the later one.  To undo it both are as they were, unless their owner voted since: a new vote stays, and who
withdrew theirs has none on either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from catalog.ratings.model import Key, Tally, Vote


@dataclass(frozen=True, slots=True)
class JoinedVote:
    """The votes of one person before a merge, and what it left; the last one is on the release that stays."""

    other: Vote
    own: Vote | None
    after: Vote


@dataclass(frozen=True, slots=True)
class VoteChanges:
    """What is to be stored, added and removed."""

    stored: tuple[Vote, ...]
    added: tuple[Vote, ...]
    removed: tuple[Key, ...]


def joined(target_id: str, own: Vote | None, other: Vote) -> JoinedVote:
    """The vote that stays, which counts in the ranking if either did."""
    later = other if own is None or other.at > own.at else own
    watched = other.watched or (own is not None and own.watched)
    return JoinedVote(other, own, replace(later, release_id=target_id, watched=watched))


def forward(votes: Iterable[JoinedVote]) -> VoteChanges:
    """Make them one."""
    votes = list(votes)
    return VoteChanges(
        stored=tuple(one.after for one in votes if one.own is not None and one.own != one.after),
        added=tuple(one.after for one in votes if one.own is None),
        removed=tuple(one.other.key for one in votes),
    )


def backward(votes: Iterable[JoinedVote], present: Mapping[Key, Vote]) -> VoteChanges:
    """Make them two again; ``present`` are the votes on the release that stays, as they are now."""
    stored, added, removed = [], [], []
    for one in votes:
        now = present.get(one.after.key)
        if now is None:
            continue  # withdrawn
        added.append(replace(one.other, suspended=now.suspended))
        if (now.score, now.at) != (one.after.score, one.after.at):
            continue  # voted anew
        if one.own is None:
            removed.append(now.key)
        else:
            stored.append(replace(one.own, suspended=now.suspended))
    return VoteChanges(tuple(stored), tuple(added), tuple(removed))


def counted(before: Iterable[Vote], after: Iterable[Vote]) -> dict[str, Tally]:
    """By how much the count of each release changes."""
    changes: dict[str, Tally] = {}
    for vote in after:
        changes[vote.release_id] = changes.get(vote.release_id, Tally()) + Tally.of(vote)
    for vote in before:
        changes[vote.release_id] = changes.get(vote.release_id, Tally()) - Tally.of(vote)
    return changes
