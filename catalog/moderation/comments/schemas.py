"""Comments as JSON."""

from datetime import datetime

from pydantic import BaseModel, Field

from catalog.moderation.comments.model import Comment
from catalog.moderation.schemas import Names, PersonOut, Strict, Words, known_person


class CommentIn(Strict):
    """What somebody says on a proposal."""

    text: Words


class CommentOut(BaseModel):
    """A comment on a proposal; the text of a deleted one is empty."""

    id: str
    proposal_id: str
    author: PersonOut
    text: str = Field(description="Empty once it is deleted.")
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    version: int

    @classmethod
    def of(cls, comment: Comment, names: Names) -> "CommentOut":
        """``names``: user → nickname; accounts that are gone are not in it."""
        return cls(
            id=comment.id,
            proposal_id=comment.proposal_id,
            author=known_person(comment.author_id, names),
            text=comment.text,
            created_at=comment.created_at,
            edited_at=comment.edited_at,
            deleted_at=comment.deleted_at,
            version=comment.text_version,
        )


class CommentList(BaseModel):
    """The comments on a proposal, the oldest first."""

    items: list[CommentOut]
