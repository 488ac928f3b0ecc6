"""Deciding on proposals."""

from collections.abc import Collection

from catalog.moderation.proposals import diff
from catalog.moderation.proposals.diff import Document
from catalog.moderation.proposals.model import ForceForbidden, OwnProposal, Proposal, TargetGone
from catalog.moderation.proposals.states import TRANSITIONS, ProposalState, Step
from catalog.moderation.proposals.usecases import ProposalContext, apply, current, reviews, visible
from kernel.access import Actor, Role
from kernel.errors import Forbidden


async def take(context: ProposalContext, actor: Actor, proposal_id: str) -> Proposal:
    """Hold a proposal for oneself; who asks again holds it longer."""
    proposal = await _to_decide(context, actor, proposal_id)
    proposal.take(actor.user_id, context.now)
    return proposal


async def release(context: ProposalContext, actor: Actor, proposal_id: str) -> Proposal:
    """Give it back undecided."""
    proposal = await _to_decide(context, actor, proposal_id)
    proposal.release(actor.user_id, context.now)
    return proposal


async def rebase(context: ProposalContext, actor: Actor, proposal_id: str, keep: Collection[str]) -> Proposal:
    """Fit it to what changed under it: of the fields in conflict ``keep`` still stand, the others are dropped."""
    proposal = await _to_decide(context, actor, proposal_id)
    target = await current(context, proposal)
    if target is None:
        raise TargetGone
    proposal.rebase(actor.user_id, target.document, keep, context.now)
    return proposal


async def accept(context: ProposalContext, actor: Actor, proposal_id: str, *, publish: bool) -> Proposal:
    """Make the change; ``publish`` shows something new to viewers at once."""
    proposal = await _to_decide(context, actor, proposal_id)
    was_new = proposal.target_id is None
    target = await apply(context, proposal, actor.user_id)
    if publish and was_new and target.id is not None:
        await context.targets.publish(proposal.kind, target.id, context.now)
    return proposal


async def reject(context: ProposalContext, actor: Actor, proposal_id: str, reason: str) -> Proposal:
    """Decide against it.  Raises ``NotHolder``, :class:`OwnProposal`, ``WrongState``, :class:`kernel.errors.Forbidden`."""
    proposal = await _to_decide(context, actor, proposal_id)
    proposal.reject(actor.user_id, reason, context.now)
    return proposal


async def roll_back(context: ProposalContext, actor: Actor, proposal_id: str, reason: str, *, force: bool) -> Proposal:
    """Take an accepted change back; ``force`` over what others changed since, for administrators."""
    if force and not actor.may(Role.ADMIN):
        raise ForceForbidden
    proposal = await visible(context, actor, proposal_id)
    if not actor.may(Role.MODERATOR):
        raise Forbidden  # a team decides on what is asked in its name, not on what the catalogue says
    target = await current(context, proposal)
    if target is None or target.id is None:
        # Either it is gone, or it never came to be: then the state says what is wrong.
        if proposal.target_id is not None:
            raise TargetGone
        dependents, document = [], {}
    else:
        dependents = await context.targets.dependents(proposal.kind, target.id) if proposal.is_new else []
        document = dict(target.document)
    values = proposal.roll_back(actor.user_id, document, dependents, reason, context.now, force=force)
    assert target is not None
    assert target.id is not None
    if proposal.is_new:
        await context.targets.remove(proposal.kind, target.id, context.now)
    elif values:
        before = await context.targets.checked(target, {**document, **values})
        await context.targets.write(proposal.kind, target.id, before, context.now)
    return proposal


async def steps_for(context: ProposalContext, actor: Actor, proposal: Proposal) -> list[Step]:
    """What ``actor`` may do with a proposal now, in the order of the table."""
    state = proposal.state_at(context.now)
    is_author, is_admin = proposal.author_id == actor.user_id, actor.may(Role.ADMIN)
    allowed: set[Step] = {Step.EDIT, Step.SUBMIT, Step.WITHDRAW} if is_author else set()
    if (not is_author or is_admin) and await reviews(context, actor, proposal.team_id):
        holds = state is ProposalState.TAKEN and proposal.taken_by == actor.user_id
        if state is ProposalState.PENDING or holds:
            allowed.add(Step.TAKE)
        if holds:
            allowed |= {Step.RELEASE, Step.REBASE, Step.ACCEPT, Step.REJECT}
    if actor.may(Role.MODERATOR):
        allowed.add(Step.ROLL_BACK)
    return [step for (at, step) in TRANSITIONS if at is state and step in allowed]


def in_the_way(proposal: Proposal, document: Document, steps: Collection[Step]) -> list[str]:
    """Fields that somebody changed since: of accepting a proposal, or for who may roll it back of that."""
    if proposal.decided_at is None:
        return diff.conflicts(proposal.diff, document)
    return diff.undone(proposal.applied or {}, document)[1] if Step.ROLL_BACK in steps else []


async def _to_decide(context: ProposalContext, actor: Actor, proposal_id: str) -> Proposal:
    """A proposal ``actor`` may decide on: nobody on their own, except an administrator, who may be the only one there."""
    proposal = await visible(context, actor, proposal_id)
    if not await reviews(context, actor, proposal.team_id):
        raise Forbidden
    if proposal.author_id == actor.user_id and not actor.may(Role.ADMIN):
        raise OwnProposal
    return proposal
