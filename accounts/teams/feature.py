"""What teams bind for themselves."""

from accounts.teams import routes
from accounts.teams.invitations import jobs
from accounts.teams.invitations.repository import SqlInvitations
from accounts.teams.invitations.routes import InvitationLinks
from accounts.teams.invitations.routes import router as invitation_router
from accounts.teams.invitations.usecases import Invitations, Throttle
from accounts.teams.members.routes import router as members_router
from accounts.teams.repository import SqlTeams
from accounts.teams.roles.routes import router as roles_router
from accounts.teams.usecases import Teams
from kernel.feature import Feature, Process
from kernel.jobs import PeriodicTask


def declare(process: Process) -> Feature:
    """Teams, with invitations whose links lead to the public URL."""
    links = InvitationLinks(process.public_url)
    return Feature(
        ports={
            Teams: lambda scope: SqlTeams(scope.uow),
            Invitations: lambda scope: SqlInvitations(scope.uow),
            InvitationLinks: lambda _: links,
            Throttle: lambda _: process.throttle,
        },
        routers=[routes.router, members_router, roles_router, invitation_router],
        periodic_tasks=[PeriodicTask("delete_ended_invitations", 3600, jobs.forget_ended)],
    )
