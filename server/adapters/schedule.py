"""What schedules need of other features."""

from collections.abc import Collection

import accounts.library.queries
from kernel.scope import Scope


class FollowedReleases:
    """What people follow, out of their libraries."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def release_ids(self, user_id: str) -> Collection[str]:
        """On their shelves "watching" and "planned", and among their favourites."""
        return await accounts.library.queries.followed_releases(self._session, user_id)
