"""What ratings bind for themselves."""

from catalog.ratings import jobs, routes
from catalog.ratings.adapters.recent_interest import CachedInterest
from catalog.ratings.adapters.vote_writer import GroupedVotes
from catalog.ratings.figures.repository import SqlRatings
from catalog.ratings.model import RatingChanged
from catalog.ratings.repository import SqlVotes
from catalog.ratings.trending import WEIGHTS, Interest
from catalog.ratings.usecases import Ratings, RecentInterest, Votes, VoteWriter
from kernel.feature import Feature, Process
from kernel.jobs import JobKind, PeriodicTask
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope


async def count_votes_as_interest(scope: Scope, event: RatingChanged) -> None:
    """Who votes is interested, whatever they give."""
    if event.interested:
        weight = event.interested * WEIGHTS[Interest.VOTE]
        await scope.port(Ratings).follow(members={}, interest={event.release_id: weight}, epoch_at=scope.clock.now())


def declare(process: Process) -> Feature:
    """Votes of all requests of a process go through one writer."""
    writer, recent = GroupedVotes(process.container), CachedInterest(process.cache)
    return Feature(
        ports={
            Votes: lambda scope: SqlVotes(scope.uow),
            Ratings: lambda scope: SqlRatings(scope.uow),
            VoteWriter: lambda _: writer,
            RecentInterest: lambda _: recent,
        },
        routers=[routes.router],
        jobs={jobs.FOLLOW_VOTER: JobKind(jobs.follow_voter)},
        periodic_tasks=[
            PeriodicTask("weigh_releases", 60, jobs.weigh_releases),
            PeriodicTask("recount_release_members", 3600, jobs.recount_members),
            PeriodicTask("recount_voters_who_watched", 600, jobs.recount_voters),
        ],
        subscribers={RatingChanged: [Subscriber("count_votes_as_interest", count_votes_as_interest)]},
        closers=[writer.close],
    )
