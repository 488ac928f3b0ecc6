"""What ends the right to watch and no stream: the edge serves no more of a release that was blocked until it has asked again.

Whatever ends streams takes their grants away with them (``server/adapters/watching.py``, ``StreamStopped``).  A block may concern one
region alone, and who watches elsewhere goes on.  Taking their grant away costs them one question.
"""

from collections.abc import Sequence

import catalog.releases.episodes.queries
from catalog.releases.events import ReleaseUpdated
from kernel.feature import Feature
from kernel.outbox.outbox import Delivery, Subscriber
from kernel.scope import Scope
from streaming.origin.access.grants import Grants
from streaming.origin.ports import StreamSessions


async def of_release(scope: Scope, event: ReleaseUpdated) -> None:
    """A release may be blocked where somebody watches it."""
    await _revoke(scope, [event])


async def of_releases(scope: Scope, deliveries: Sequence[Delivery]) -> None:
    """The same of many: an import updates thousands."""
    await _revoke(scope, [delivery.event for delivery in deliveries])


async def _revoke(scope: Scope, events: Sequence[ReleaseUpdated]) -> None:
    blocked = {event.release_id for event in events if "blocks" in event.changes}
    if not blocked:
        return
    seasons = await catalog.releases.episodes.queries.published_episodes(scope.uow.session, blocked)
    episode_ids = [episode.episode_id for season in seasons.values() for episode in season]
    sessions = scope.port(StreamSessions)
    await scope.port(Grants).revoke(await sessions.unexpired_ids(episode_ids, now=scope.clock.now()))


JOINED = Feature(
    subscribers={ReleaseUpdated: [Subscriber("revoke_grants_of_release", of_release, many=of_releases)]},
)
"""A part of ``server/wiring.py``."""
