"""Votes of many people as few transactions: a thousand may vote on one release while its last episode ends.

Each vote alone would be a transaction, and they would queue for the one writer of SQLite or the one row of the release's
histogram.
"""

from collections.abc import Sequence
from typing import Final

from typing_extensions import override

from catalog.ratings import usecases
from catalog.ratings.adapters.context import context_of
from catalog.ratings.model import Ballot, ReleaseStats
from catalog.ratings.usecases import VoteWriter
from kernel.concurrency.group_commit import GroupCommit
from kernel.scope import Container

WINDOW_S: Final = 0.02
"""A vote waits this long for company: with the commit it is acknowledged within 50 ms, which nobody sees."""
BATCH_LIMIT: Final = usecases.CHUNK
BACKLOG_LIMIT: Final = 20_000
"""Ten seconds of 2,000 votes a second; beyond that voters are told to come again."""


class GroupedVotes(VoteWriter):
    """A :class:`~catalog.ratings.usecases.VoteWriter` for all requests of a process."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._commits: GroupCommit[Ballot, ReleaseStats] = GroupCommit(
            self._write, name="votes", window_s=WINDOW_S, batch_limit=BATCH_LIMIT, backlog_limit=BACKLOG_LIMIT
        )
        self._started = False

    @override
    async def cast(self, ballot: Ballot) -> ReleaseStats:
        if not self._started:  # the first vote finds the loop that it is to run in
            self._started = True
            self._commits.start()
        return await self._commits.submit(ballot)

    async def close(self) -> None:
        """Write what is waiting, then stop."""
        await self._commits.close()

    async def _write(self, ballots: Sequence[Ballot]) -> list[ReleaseStats]:
        async with self._container.scope(write=True) as scope:
            stats = await usecases.cast(context_of(scope), ballots)
        return [stats[ballot.release_id] for ballot in ballots]
