"""``/api/v1/moderation``: comments on proposals."""

from catalog.moderation.comments import usecases
from catalog.moderation.comments.model import Comment, CommentNotFound, TooManyComments
from catalog.moderation.comments.ports import Comments
from catalog.moderation.comments.schemas import CommentIn, CommentList, CommentOut
from catalog.moderation.proposals.model import DailyCap, ProposalNotFound
from catalog.moderation.proposals.ports import People
from catalog.moderation.proposals.routes import context_of
from catalog.moderation.proposals.states import WrongState
from kernel.access import Role
from kernel.errors import Forbidden, Stale
from kernel.http import Call, Reply, Router, versioned

router = Router("/api/v1/moderation", tag="Moderation")


@router.get("/proposals/{proposal_id}/comments", role=Role.USER, summary="List comments", raises=(ProposalNotFound,))
async def list_comments(call: Call, proposal_id: str) -> CommentList:
    """Oldest first."""
    found = await usecases.read(context_of(call), call.port(Comments), call.user, proposal_id)
    names = await call.port(People).nicknames({comment.author_id for comment in found})
    return CommentList(items=[CommentOut.of(comment, names) for comment in found])


async def _comment(call: Call, comment: Comment) -> Reply[CommentOut]:
    answer = CommentOut.of(comment, await call.port(People).nicknames([comment.author_id]))
    return versioned(answer, answer.version)


@router.post(
    "/proposals/{proposal_id}/comments",
    status=201,
    role=Role.USER,
    summary="Comment on a proposal",
    raises=(ProposalNotFound, TooManyComments, DailyCap, WrongState),
)
async def create_comment(call: Call, proposal_id: str, body: CommentIn) -> Reply[CommentOut]:
    added = await usecases.comment(context_of(call), call.port(Comments), call.user, proposal_id, body.text)
    return await _comment(call, added)


@router.put(
    "/comments/{comment_id}",
    role=Role.USER,
    summary="Edit one's comment",
    raises=(CommentNotFound, ProposalNotFound, Forbidden, Stale),
)
async def update_comment(call: Call, comment_id: str, body: CommentIn) -> Reply[CommentOut]:
    edited = await usecases.edit(
        context_of(call), call.port(Comments), call.user, comment_id, body.text, version=call.if_match()
    )
    return await _comment(call, edited)


@router.delete(
    "/comments/{comment_id}",
    role=Role.USER,
    summary="Delete one's comment",
    raises=(CommentNotFound, ProposalNotFound, Forbidden),
)
async def delete_comment(call: Call, comment_id: str) -> None:
    """Moderators may delete anybody's."""
    await usecases.delete(context_of(call), call.port(Comments), call.user, comment_id)
