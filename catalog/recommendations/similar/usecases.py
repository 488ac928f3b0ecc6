"""Suggesting that two releases are similar, agreeing, and taking out what is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.recommendations.model import NotRecommendable
from catalog.recommendations.similar.model import (
    SHOWN_MAX,
    OwnVote,
    Pair,
    SimilarNotFound,
    SimilarPair,
    SimilarRemoved,
    SimilarSuggested,
    SimilarTakenOut,
    SimilarVoted,
    VotedSimilar,
)
from catalog.recommendations.usecases import published
from catalog.releases.usecases import Reader, Releases
from kernel.access import Actor
from kernel.events import Event


class SimilarPairs(Protocol):
    """Where pairs and votes are kept."""

    async def get(self, pair: Pair) -> SimilarPair | None:
        """A removed one too."""
        ...

    async def add(self, pair: Pair, now: datetime) -> SimilarPair:
        """Keep a new one, or find the one that somebody else added in the meantime."""
        ...

    async def vote(self, pair_id: str, user_id: str, now: datetime) -> bool:
        """Whether that is new."""
        ...

    async def withdraw(self, pair_id: str, user_id: str) -> bool:
        """Whether there was a vote."""
        ...

    async def remove(self, pair_id: str) -> None:
        """Take it out for good, with its votes."""
        ...

    async def of_release(
        self, release_id: str, reader: Reader, reader_id: str | None, limit: int
    ) -> list[VotedSimilar]:
        """Those with votes that ``reader`` sees, most votes first; ``reader_id`` is their account."""
        ...

    async def votes_of(self, user_id: str) -> Sequence[OwnVote]:
        """All of one person, oldest first."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarContext:
    """What the use cases here work with: ports of one transaction, its moment, and who asks."""

    pairs: SimilarPairs
    releases: Releases
    actor: Actor
    reader: Reader
    now: datetime


async def suggest(context: SimilarContext, release_id: str, other_id: str) -> None:
    """Say that two published releases are similar, which is a vote as well; of a pair that is known, a vote alone.

    Raises ``NotRecommendable``, :class:`SimilarTakenOut`, ``SimilarToItself``.
    """
    pair = Pair.of(release_id, other_id)
    if len(await published(context.releases, [release_id, other_id], context.reader)) < 2:
        raise NotRecommendable
    known = await context.pairs.get(pair)
    if known is None:
        known = await context.pairs.add(pair, context.now)
        context.pairs.announce(
            SimilarSuggested(
                at=context.now, user_id=context.actor.user_id, release_id=pair.low_id, other_id=pair.high_id
            )
        )
    await _vote(context, pair, known)


async def vote(context: SimilarContext, release_id: str, other_id: str) -> None:
    """Agree with a pair; twice is once.  Raises :class:`SimilarNotFound`, :class:`SimilarTakenOut`, ``NotRecommendable``."""
    pair = Pair.of(release_id, other_id)
    if len(await published(context.releases, [release_id, other_id], context.reader)) < 2:
        raise NotRecommendable
    known = await context.pairs.get(pair)
    if known is None:
        raise SimilarNotFound
    await _vote(context, pair, known)


async def withdraw(context: SimilarContext, release_id: str, other_id: str) -> None:
    """Take one's vote back; without an effect where there is none."""
    pair = Pair.of(release_id, other_id)
    known = await context.pairs.get(pair)
    if known is not None and await context.pairs.withdraw(known.id, context.actor.user_id):
        context.pairs.announce(_voted(context, pair, withdrawn=True))


async def remove(context: SimilarContext, release_id: str, other_id: str) -> None:
    """Take a pair out for good.  For moderators.  Raises :class:`SimilarNotFound`."""
    pair = Pair.of(release_id, other_id)
    known = await context.pairs.get(pair)
    if known is None or known.removed:
        raise SimilarNotFound
    await context.pairs.remove(known.id)
    context.pairs.announce(
        SimilarRemoved(
            at=context.now, moderator_id=context.actor.user_id, release_id=pair.low_id, other_id=pair.high_id
        )
    )


async def of_release(pairs: SimilarPairs, release_id: str, reader: Reader, actor: Actor | None) -> list[VotedSimilar]:
    """What people find similar to a release, of what ``reader`` sees, most votes first."""
    return await pairs.of_release(release_id, reader, None if actor is None else actor.user_id, SHOWN_MAX)


async def _vote(context: SimilarContext, pair: Pair, known: SimilarPair) -> None:
    if known.removed:
        raise SimilarTakenOut
    if await context.pairs.vote(known.id, context.actor.user_id, context.now):
        context.pairs.announce(_voted(context, pair, withdrawn=False))


def _voted(context: SimilarContext, pair: Pair, *, withdrawn: bool) -> SimilarVoted:
    return SimilarVoted(
        at=context.now,
        user_id=context.actor.user_id,
        release_id=pair.low_id,
        other_id=pair.high_id,
        withdrawn=withdrawn,
    )
