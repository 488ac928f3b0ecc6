"""Episodes to give videos to."""

import catalog.releases.episodes.usecases
import catalog.releases.usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from kernel.ids import new_id
from kernel.scope import Container


async def add_episode(container: Container) -> str:
    """The id of a new, unpublished episode without a video."""
    async with container.scope(write=True) as scope:
        context = context_of(scope)
        draft = ReleaseDraft(f"show-{new_id()}", ReleaseType.WEB, Names("Show"), episodes_total=1)
        release = await catalog.releases.usecases.create_release(context, draft, ())
        await scope.uow.session.flush()
        episode = await catalog.releases.episodes.usecases.add_episode(context, release.id, EpisodeDraft(ordinal=1))
    return str(episode.id)
