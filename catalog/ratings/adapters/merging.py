"""Votes, when their release is merged into another."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from catalog.ratings.adapters.context import context_of
from catalog.ratings.figures.repository import SqlRatings
from catalog.ratings.merging.repository import SqlVoteMerges, keys
from catalog.ratings.merging.rules import VoteChanges, backward, counted, forward, joined
from catalog.ratings.model import Vote
from catalog.ratings.usecases import count, recount_members
from catalog.releases.merging.model import Move
from kernel.scope import Scope


class VoteFollower:
    """One vote a person.  To be told last: others vote on the same releases meanwhile, and wait for the histogram."""

    name = "votes"

    def __init__(self, scope: Scope) -> None:
        self._context = context_of(scope)
        self._merges = SqlVoteMerges(scope.uow)

    async def merge(self, move: Move) -> Any:
        """The votes are written down in a table of their own; here how many."""
        voters = await self._merges.voters(move.source_id)
        held = await self._context.votes.lock(sorted([*keys(move.source_id, voters), *keys(move.target_id, voters)]))
        others = [vote for vote in held.values() if vote.release_id == move.source_id]
        votes = [joined(move.target_id, held.get((move.target_id, one.user_id)), one) for one in others]
        await self._merges.keep(move.merge_id, votes)
        await self._change(forward(votes), list(held.values()))
        # Libraries went before.
        await recount_members(self._context.ratings, self._context.viewing, (move.source_id, move.target_id))
        return len(votes)

    async def contradictions(self, move: Move, record: Any) -> list[str]:  # noqa: ARG002 - the port's signature
        """Nothing: who voted since keeps that vote."""
        return []

    async def undo(self, move: Move, record: Any) -> None:  # noqa: ARG002 - the port's signature
        """Every vote that still is as the merge left it."""
        votes = await self._merges.take(move.merge_id)
        held = await self._context.votes.lock(keys(move.target_id, [one.after.user_id for one in votes]))
        await self._change(backward(votes, held), list(held.values()))

    async def _change(self, changes: VoteChanges, held: Sequence[Vote]) -> None:
        votes, before = self._context.votes, {vote.key: vote for vote in held}
        fresh = await votes.claim(changes.added) if changes.added else set()
        await votes.store(changes.stored)
        await votes.remove(changes.removed)
        touched = [before[key] for key in (*changes.removed, *(vote.key for vote in changes.stored))]
        after = [*changes.stored, *(vote for vote in changes.added if vote.key in fresh)]
        await count(self._context, counted(touched, after), {})


class TrendFollower:
    """Interest adds up.  To be told last, as votes."""

    name = "trend"

    def __init__(self, scope: Scope) -> None:
        self._ratings = SqlRatings(scope.uow)

    async def merge(self, move: Move) -> Any:
        """What was moved, and the epoch that it is counted from."""
        counter, epoch = await self._ratings.move_trend(move.source_id, move.target_id, move.now)
        return [counter, epoch.isoformat()] if counter else None

    async def contradictions(self, move: Move, record: Any) -> list[str]:  # noqa: ARG002 - the port's signature
        """Nothing: interest since then is of the release that stays."""
        return []

    async def undo(self, move: Move, record: Any) -> None:
        """What was moved goes back, by now worth less as everything is."""
        if record:  # a merge of before had none
            counter, epoch = record
            known = float(counter), datetime.fromisoformat(epoch)
            await self._ratings.move_trend(move.target_id, move.source_id, move.now, known)
