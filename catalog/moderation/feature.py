"""What moderation binds for itself."""

import catalog.moderation.comments.routes
import catalog.moderation.credits.routes
import catalog.moderation.proposals.routes
import catalog.moderation.reports.routes
from catalog.moderation.comments.ports import Comments
from catalog.moderation.comments.repository import SqlComments
from catalog.moderation.credits.repository import SqlCredits
from catalog.moderation.credits.usecases import Credits
from catalog.moderation.proposals import jobs
from catalog.moderation.proposals.adapters.catalogue_targets import CatalogueTargets
from catalog.moderation.proposals.ports import Allowances, Proposals, Targets
from catalog.moderation.proposals.repository import SqlAllowances, SqlProposals
from catalog.moderation.reports.ports import Reports
from catalog.moderation.reports.repository import SqlReports
from kernel.feature import Feature
from kernel.jobs import PeriodicTask

FEATURE = Feature(
    ports={
        Proposals: lambda scope: SqlProposals(scope.uow),
        Allowances: lambda scope: SqlAllowances(scope.uow),
        Targets: CatalogueTargets,
        Comments: lambda scope: SqlComments(scope.uow),
        Reports: lambda scope: SqlReports(scope.uow),
        Credits: lambda scope: SqlCredits(scope.uow),
    },
    routers=[
        catalog.moderation.proposals.routes.router,
        catalog.moderation.comments.routes.router,
        catalog.moderation.reports.routes.router,
        catalog.moderation.credits.routes.router,
    ],
    periodic_tasks=[PeriodicTask("tidy_moderation", 86_400, jobs.tidy)],
)
