"""Regular work: forgetting invitations that are over."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete

from accounts.teams.invitations.repository import team_invitation_table
from kernel.scope import Container

KEEP_ENDED_INVITATIONS: Final = timedelta(days=30)
"""Long enough to see who was invited and did not come; no longer, because they hold addresses of people who never asked
for an account."""


async def forget_ended(container: Container) -> None:
    """Delete invitations whose time was over long ago, however they ended."""
    long_ago = container.clock.now() - KEEP_ENDED_INVITATIONS
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(
            delete(team_invitation_table).where(team_invitation_table.c.expires_at <= long_ago)
        )
