"""Making proposals and looking at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.moderation.proposals.diff import Change, between, same
from catalog.moderation.proposals.model import (
    DailyCap,
    NothingProposed,
    Proposal,
    ProposalId,
    ProposalKind,
    ProposalNotFound,
    ProposalStale,
    TargetGone,
)
from catalog.moderation.proposals.ports import Allowances, Proposals, Target, Targets, TeamRights
from catalog.moderation.proposals.states import ProposalState
from catalog.moderation.proposals.trust import (
    ACCEPTED_BY_ITSELF,
    DAILY,
    CountedAction,
    Trust,
    seconds_until_tomorrow,
    trust,
)
from kernel.access import Actor, Role
from kernel.errors import Forbidden, Stale
from kernel.ids import new_id

REVIEW = "review"
"""The permission of a team whose holders decide on what was proposed in its name."""
AUTO_ACCEPT = "auto_accept"
"""The permission of a team whose holders need no decision."""
PROPOSE = "propose"
"""The permission of a team to propose in its name."""


@dataclass(frozen=True, slots=True)
class ProposalContext:
    """What proposals are worked on with."""

    proposals: Proposals
    targets: Targets
    allowances: Allowances
    teams: TeamRights
    now: datetime


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """A field as a proposal's author sends it; without ``before`` they mean what stands now."""

    after: Any
    before: Any = None
    has_before: bool = False


async def trust_level(context: ProposalContext, actor: Actor) -> Trust:
    """How far ``actor`` is trusted today."""
    return trust(actor.role, await context.proposals.record_of(actor.user_id))


async def count(context: ProposalContext, actor: Actor, action: CountedAction) -> None:
    """Count one more action of today's.  Raises :class:`DailyCap`."""
    cap = DAILY[action][await trust_level(context, actor)]
    if not await context.allowances.use(actor.user_id, action, context.now.date().isoformat(), cap):
        raise DailyCap(retry_after_s=seconds_until_tomorrow(context.now))


async def propose(
    context: ProposalContext,
    actor: Actor,
    *,
    kind: ProposalKind,
    target_id: str | None,
    parent_id: str | None,
    team_id: str | None,
    asked: Mapping[str, FieldEdit],
    note: str,
    counted: bool = False,
) -> Proposal:
    """Begin a proposal, as a draft; ``counted``: as one of today's already, by :func:`count_ahead`."""
    target = await _target(context, actor, kind=kind, target_id=target_id, parent_id=parent_id, team_id=team_id)
    diff = await _diff(context, target, asked)
    if not diff:
        raise NothingProposed
    if not counted:
        await count(context, actor, CountedAction.PROPOSAL)
    proposal = Proposal(
        id=ProposalId(new_id()),
        author_id=actor.user_id,
        team_id=team_id,
        kind=kind,
        target_id=target.id,
        is_new=target_id is None,
        parent_id=target.parent_id,
        release_id=target.release_id,
        title=target.title or str(next((c.after for name, c in diff.items() if name in {"name.main", "name"}), "")),
        note=note,
        diff=diff,
        created_at=context.now,
        updated_at=context.now,
    )
    context.proposals.add(proposal)
    return proposal


async def count_ahead(
    context: ProposalContext,
    actor: Actor,
    *,
    kind: ProposalKind,
    target_id: str | None,
    parent_id: str | None,
    team_id: str | None,
) -> None:
    """Count a proposal before the work that it makes: nobody has more texts read in a day than proposals."""
    await _target(context, actor, kind=kind, target_id=target_id, parent_id=parent_id, team_id=team_id)
    await count(context, actor, CountedAction.PROPOSAL)


async def _target(
    context: ProposalContext,
    actor: Actor,
    *,
    kind: ProposalKind,
    target_id: str | None,
    parent_id: str | None,
    team_id: str | None,
) -> Target:
    if team_id is not None and PROPOSE not in await context.teams.permissions(actor.user_id, team_id):
        raise Forbidden
    if target_id is None:
        return await context.targets.place(actor, kind, parent_id)
    return await context.targets.find(actor, kind, target_id)


async def edit(
    context: ProposalContext,
    actor: Actor,
    proposal_id: str,
    asked: Mapping[str, FieldEdit],
    note: str,
    *,
    version: int | None,
) -> Proposal:
    """Say it differently, while it is a draft."""
    proposal = await own(context, actor, proposal_id)
    if version is not None and version != proposal.version:
        raise Stale
    if proposal.target_id is None:
        target = await context.targets.place(actor, proposal.kind, proposal.parent_id)
    else:
        target = await context.targets.find(actor, proposal.kind, proposal.target_id)
    proposal.edit(await _diff(context, target, asked), note, context.now)
    return proposal


async def submit(context: ProposalContext, actor: Actor, proposal_id: str, *, review: bool) -> Proposal:
    """Ask for a decision; the trusted need none, unless they want one (``review``)."""
    proposal = await own(context, actor, proposal_id)
    proposal.submit(context.now)
    if not review and await _is_trusted(context, actor, proposal):
        try:
            await apply(context, proposal, None)
        except (ProposalStale, TargetGone):
            return proposal  # a moderator will see what became of it
    return proposal


async def _is_trusted(context: ProposalContext, actor: Actor, proposal: Proposal) -> bool:
    level = await trust_level(context, actor)
    if level is Trust.STAFF:
        return True
    if proposal.is_new:
        return False  # whether the catalogue wants it at all is for its editors to say
    if level in ACCEPTED_BY_ITSELF:
        return True
    team_id = proposal.team_id
    return team_id is not None and AUTO_ACCEPT in await context.teams.permissions(actor.user_id, team_id)


async def apply(context: ProposalContext, proposal: Proposal, moderator_id: str | None) -> Target:
    """Accept ``proposal`` and make its change.  Raises ``ProposalStale``, :class:`TargetGone`, what an editor would meet."""
    target = await current(context, proposal)
    if target is None:
        raise TargetGone
    changes = proposal.accept(moderator_id, target.document, context.now)
    wanted = {**target.document, **{name: change.after for name, change in changes.items()}}
    document = await context.targets.checked(target, wanted)
    if target.id is None:
        target = await context.targets.create(proposal.kind, proposal.parent_id, document, context.now)
    elif changes:
        await context.targets.write(proposal.kind, target.id, document, context.now)
    assert target.id is not None
    proposal.accepted(target.id, target.release_id, context.now)
    return target


async def current(context: ProposalContext, proposal: Proposal) -> Target | None:
    """What a proposal is about, as it stands now; ``None`` when that is gone."""
    if proposal.target_id is not None:
        return await context.targets.current(proposal.kind, proposal.target_id)
    return Target(
        kind=proposal.kind,
        id=None,
        parent_id=proposal.parent_id,
        release_id=proposal.release_id,
        title=proposal.title,
        document={},
    )


async def withdraw(context: ProposalContext, actor: Actor, proposal_id: str) -> Proposal:
    """Take one's own proposal back.  Raises ``ProposalNotFound``, ``WrongState``."""
    proposal = await own(context, actor, proposal_id)
    proposal.withdraw(context.now)
    return proposal


async def own(context: ProposalContext, actor: Actor, proposal_id: str) -> Proposal:
    """One's own proposal; others' are not there."""
    found = await context.proposals.get(proposal_id)
    if found is None or found.author_id != actor.user_id:
        raise ProposalNotFound
    return found


async def reviews(context: ProposalContext, actor: Actor, team_id: str | None) -> bool:
    """Whether ``actor`` decides on proposals made in the name of ``team_id`` (``None``: in nobody's)."""
    if actor.may(Role.MODERATOR):
        return True
    return team_id is not None and REVIEW in await context.teams.permissions(actor.user_id, team_id)


async def visible(context: ProposalContext, actor: Actor, proposal_id: str) -> Proposal:
    """A proposal its author or those who decide on it look at.  A draft is its author's alone."""
    found = await context.proposals.get(proposal_id)
    if found is None:
        raise ProposalNotFound
    if found.author_id == actor.user_id:
        return found
    if found.state is ProposalState.DRAFT or (found.state is ProposalState.WITHDRAWN and found.submitted_at is None):
        raise ProposalNotFound
    if not await reviews(context, actor, found.team_id):
        raise ProposalNotFound
    return found


async def forget_author(proposals: Proposals, user_id: str, now: datetime) -> None:
    """An account is gone: what it began is deleted, what it asked for and nobody decided on is withdrawn."""
    await proposals.forget_unsubmitted(user_id)
    for proposal in await proposals.open_of(user_id):
        proposal.withdraw(now)


async def _diff(context: ProposalContext, target: Target, asked: Mapping[str, FieldEdit]) -> dict[str, Change]:
    """What is asked for, in canonical form, without what would change nothing."""
    after = {name: field.after for name, field in asked.items()}
    wanted = await context.targets.checked(target, {**target.document, **after})
    seen = dict(target.document)
    if target.id is not None:
        before = {name: field.before for name, field in asked.items() if field.has_before}
        seen = await context.targets.checked(target, {**target.document, **before})
    changes = between(seen, {name: wanted[name] for name in asked})
    # What the author means by "before" is what stands there now, if it says the same in another spelling.
    return {
        name: Change(target.document[name], change.after)
        if name in target.document and same(target.document[name], change.before)
        else change
        for name, change in changes.items()
    }
