"""A comment on a proposal."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from catalog.moderation.proposals.model import ProposalId
from kernel.entity import Entity
from kernel.errors import Conflict, NotFound
from kernel.versions import version_of

CommentId = NewType("CommentId", str)


class CommentNotFound(NotFound):
    """There is no such comment."""


class TooManyComments(Conflict):
    """There are too many comments on this proposal."""


@dataclass(eq=False, kw_only=True)
class Comment(Entity):
    """What somebody says about a proposal; without text once it is deleted."""

    id: CommentId
    proposal_id: ProposalId
    author_id: str
    text: str
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def text_version(self) -> int:
        """Of the text, for ``If-Match``."""
        return version_of(self.text)

    def edit(self, text: str, now: datetime) -> None:
        """Say it differently."""
        self.text, self.edited_at = text, now

    def delete(self, now: datetime) -> None:
        """Take the text away; that something stood there can still be seen."""
        self.text, self.deleted_at = "", now
