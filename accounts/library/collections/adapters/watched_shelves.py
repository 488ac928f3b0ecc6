"""The shelves, as progress asks them to follow what is watched."""

from collections.abc import Sequence

from accounts.library.collections import usecases
from accounts.library.collections.adapters.context import context_of
from accounts.library.progress.model import Progress
from kernel.scope import Scope


class TidiedShelves:
    """:class:`accounts.library.progress.usecases.WatchedShelves` in the transaction of ``scope``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def after_watching(self, changed: Sequence[Progress]) -> None:
        """Move what somebody has begun or finished to the shelf where it belongs now."""
        await usecases.tidy_after_watching(context_of(self._scope), changed)
