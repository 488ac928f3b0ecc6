"""What is done for ratings in the background, in small transactions."""

from datetime import timedelta
from typing import Any, Final

from catalog.ratings import queries, usecases
from catalog.ratings.adapters.context import context_of
from catalog.ratings.merging.repository import SqlVoteMerges
from catalog.ratings.usecases import CHUNK, WEIGHED_AT_ONCE, Ratings, Viewing, Voters, VoterState, Votes
from kernel.jobs import JobContext
from kernel.scope import Container

FOLLOW_VOTER: Final = "follow-voter"
LOOK_AGAIN_AFTER: Final = timedelta(hours=1)
"""Whoever voted first and watches afterwards counts in the ranking within this time; at once when they finish it."""
LOOKS_AT_ONCE: Final = 20
"""Pages of votes in one run: 4,000 of people who have not watched enough, every ten minutes."""


async def follow_voter(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Job :data:`FOLLOW_VOTER`: an account was banned, let in again or deleted, and its votes follow."""
    after: str | None = None
    while True:
        await job.ensure_owner()
        async with job.container.scope(write=True) as scope:
            voters, user_id = scope.port(Voters), payload["user_id"]
            after = await usecases.follow_voter(context_of(scope), voters, user_id, after)
            if await voters.state(user_id) is VoterState.GONE:
                await SqlVoteMerges(scope.uow).forget(user_id)
        if after is None:
            return {}


async def weigh_releases(container: Container) -> None:
    """Mix scores with what is usual by now, where that moved."""
    async with container.scope(write=False) as scope:
        prior = await usecases.moved_prior(scope.port(Ratings))
    if prior is None:
        return
    async with container.scope(write=True) as scope:
        await scope.port(Ratings).set_prior(prior)
    after: str | None = None
    while True:
        async with container.scope(write=True) as scope:
            after = await usecases.weigh_next(scope.port(Ratings), after)
        if after is None:
            return


async def recount_members(container: Container) -> None:
    """Correct how many people have each release in a collection."""
    after: str | None = None
    while True:
        # A reader sees one moment; what is delivered after it is not corrected away.
        async with container.scope(write=False) as scope:
            page = await queries.release_ids(scope.uow.session, after, WEIGHED_AT_ONCE)
            if not page:
                return
            wrong = await usecases.miscounted(scope.port(Ratings), scope.port(Viewing), page)
        if wrong:
            async with container.scope(write=True) as scope:
                await scope.port(Ratings).correct_members(wrong)
        after = page[-1]


async def recount_voters(container: Container) -> None:
    """Let votes count in the ranking whose voters have watched enough since."""
    for _ in range(LOOKS_AT_ONCE):
        async with container.scope(write=True) as scope:
            now = scope.clock.now()
            keys = await scope.port(Votes).unwatched(now - LOOK_AGAIN_AFTER, now, CHUNK)
            if not keys:
                return
            await usecases.count_those_who_watched(context_of(scope), keys)
