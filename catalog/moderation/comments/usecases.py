"""Commenting on a proposal, as its author or as one who decides on it."""

from collections.abc import Sequence

from catalog.moderation.comments.model import Comment, CommentId, CommentNotFound, TooManyComments
from catalog.moderation.comments.ports import Comments
from catalog.moderation.limits import COMMENTS_MAX
from catalog.moderation.proposals.events import ProposalCommentDeleted, ProposalCommented, ProposalCommentEdited
from catalog.moderation.proposals.model import Proposal
from catalog.moderation.proposals.states import ProposalState, WrongState
from catalog.moderation.proposals.trust import CountedAction
from catalog.moderation.proposals.usecases import ProposalContext, count, visible
from kernel.access import Actor, Role
from kernel.errors import Forbidden
from kernel.ids import new_id
from kernel.versions import ensure_unchanged


async def read(context: ProposalContext, comments: Comments, actor: Actor, proposal_id: str) -> Sequence[Comment]:
    """The comments on a proposal, oldest first.  Raises ``ProposalNotFound``."""
    proposal = await visible(context, actor, proposal_id)
    return await comments.of_proposal(proposal.id)


async def comment(context: ProposalContext, comments: Comments, actor: Actor, proposal_id: str, text: str) -> Comment:
    """Raises :class:`TooManyComments`, ``DailyCap``; nobody reads comments on a draft."""
    proposal = await visible(context, actor, proposal_id)
    if proposal.state is ProposalState.DRAFT:
        raise WrongState(state="a draft")
    if await comments.count(proposal.id) >= COMMENTS_MAX:
        raise TooManyComments
    await count(context, actor, CountedAction.COMMENT)
    added = Comment(
        id=CommentId(new_id()), proposal_id=proposal.id, author_id=actor.user_id, text=text, created_at=context.now
    )
    comments.add(added)
    proposal.commented(added.id, added.author_id, ProposalCommented, context.now)
    return added


async def edit(
    context: ProposalContext, comments: Comments, actor: Actor, comment_id: str, text: str, *, version: int | None
) -> Comment:
    """One's own only. Raises :class:`kernel.errors.Stale`."""
    found, proposal = await _visible(context, comments, actor, comment_id)
    if found.author_id != actor.user_id:
        raise Forbidden
    ensure_unchanged(found.text_version, version)
    found.edit(text, context.now)
    proposal.commented(found.id, found.author_id, ProposalCommentEdited, context.now)
    return found


async def delete(context: ProposalContext, comments: Comments, actor: Actor, comment_id: str) -> None:
    """One's own, or as a moderator anybody's; that something stood there can still be seen."""
    found, proposal = await _visible(context, comments, actor, comment_id)
    if found.author_id != actor.user_id and not actor.may(Role.MODERATOR):
        raise Forbidden
    found.delete(context.now)
    proposal.commented(found.id, found.author_id, ProposalCommentDeleted, context.now)


async def _visible(
    context: ProposalContext, comments: Comments, actor: Actor, comment_id: str
) -> tuple[Comment, Proposal]:
    found = await comments.lock(comment_id)
    if found is None or found.deleted_at is not None:
        raise CommentNotFound
    return found, await visible(context, actor, found.proposal_id)
