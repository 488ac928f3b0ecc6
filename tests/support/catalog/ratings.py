"""Releases to vote on, and votes counted one by one."""

from sqlalchemy import select

from catalog.ratings.model import Tally
from catalog.ratings.repository import read_vote, vote_table
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from catalog.releases.usecases import create_release, publish_release
from kernel.ids import new_id
from kernel.scope import Container


async def add_releases(
    container: Container, count: int, *, published: bool = True, episodes: int | None = None
) -> list[str]:
    """Releases, published or drafts."""
    ids: list[str] = []
    async with container.scope(write=True) as scope:
        context = context_of(scope)
        for _ in range(count):
            draft = ReleaseDraft(
                alias=f"rated-{new_id()}", type=ReleaseType.TV, name=Names("Rated"), episodes_total=episodes
            )
            made = await create_release(context, draft, [])
            await scope.flush()
            if published:
                await publish_release(context, made.id)
            ids.append(made.id)
    return ids


async def histogram(container: Container, release_id: str) -> Tally:
    """Out of the votes themselves."""
    async with container.scope(write=False) as scope:
        rows = await scope.uow.session.execute(select(vote_table).where(vote_table.c.release_id == release_id))
        return sum((Tally.of(read_vote(row)) for row in rows), Tally())
