"""What schedules bind for themselves."""

from aiohttp import web

import catalog.schedule.feeds.routes
from catalog.schedule import jobs, routes
from catalog.schedule.feeds.repository import SqlCalendarFeeds
from catalog.schedule.feeds.usecases import CalendarFeeds
from catalog.schedule.repository import SqlAiringMark, SqlDueBroadcasts, SqlListings, SqlSchedules
from catalog.schedule.usecases import AiringMark, DueBroadcasts, Listings, Schedules
from kernel.feature import Feature, Process
from kernel.jobs import PeriodicTask


def declare(process: Process) -> Feature:
    """Schedules, and calendars of them."""

    def mount(app: web.Application) -> None:
        app[catalog.schedule.feeds.routes.PUBLIC_URL] = process.public_url

    return Feature(
        ports={
            Schedules: lambda scope: SqlSchedules(scope.uow),
            Listings: lambda scope: SqlListings(scope.uow),
            DueBroadcasts: lambda scope: SqlDueBroadcasts(scope.uow),
            AiringMark: lambda scope: SqlAiringMark(scope.uow),
            CalendarFeeds: lambda scope: SqlCalendarFeeds(scope.uow),
        },
        routers=[routes.router, catalog.schedule.feeds.routes.router],
        periodic_tasks=[PeriodicTask("announce_aired_episodes", jobs.INTERVAL_S, jobs.announce_aired)],
        mounts=[mount],
    )
