"""Where comments are kept."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from catalog.moderation.comments.model import Comment


class Comments(Protocol):
    """Where comments are kept."""

    async def lock(self, comment_id: str) -> Comment | None:
        """Held until the end of the transaction."""
        ...

    def add(self, comment: Comment) -> None:
        """Keep a new one."""
        ...

    async def of_proposal(self, proposal_id: str) -> list[Comment]:
        """Oldest first."""
        ...

    async def count(self, proposal_id: str) -> int:
        """How many there are on a proposal, deleted ones included."""
        ...

    async def proposals_of(self, comment_ids: Collection[str]) -> Mapping[str, str]:
        """Comment → the proposal it is on."""
        ...

    async def forget_author(self, author_id: str, now: datetime) -> None:
        """Delete all that somebody said, as they could have."""
        ...
