"""What moderation tidies by itself."""

from datetime import timedelta
from typing import Final

from catalog.moderation.proposals.repository import SqlAllowances, SqlProposals
from kernel.scope import Container

DRAFTS_KEPT: Final = timedelta(days=90)
"""A draft nobody touched for a season will not be submitted."""


async def tidy(container: Container) -> None:
    """A periodic task: forget old drafts, and what people did on other days."""
    async with container.scope(write=True) as scope:
        now = scope.clock.now()
        await SqlProposals(scope.uow).forget_drafts(now - DRAFTS_KEPT)
        # A day longer than needed: a request of just before midnight may still be under way.
        await SqlAllowances(scope.uow).forget((now - timedelta(days=1)).date().isoformat())
