"""``/api/v1/moderation``: proposals."""

from collections.abc import Mapping, Sequence

from catalog.moderation.proposals import inbox, review, subtitle_text, usecases
from catalog.moderation.proposals.model import (
    DailyCap,
    ForceForbidden,
    NothingProposed,
    NotHolder,
    OwnProposal,
    Proposal,
    ProposalHeld,
    ProposalNotFound,
    ProposalStale,
    RollBackConflict,
    TargetGone,
    TargetNotFound,
)
from catalog.moderation.proposals.ports import (
    Allowances,
    People,
    ProposalFilter,
    Proposals,
    Targets,
    TeamName,
    TeamNames,
    TeamRights,
)
from catalog.moderation.proposals.schemas import (
    AcceptIn,
    DiffIn,
    ProposalBrief,
    ProposalIn,
    ProposalOut,
    ProposalPage,
    ProposalQuery,
    RebaseIn,
    RejectIn,
    RollBackIn,
    StandingOut,
    SubmitIn,
)
from catalog.moderation.proposals.states import WrongState
from catalog.moderation.proposals.trust import ACCEPTED_BY_ITSELF, DAILY, CountedAction, trust
from catalog.moderation.proposals.usecases import FieldEdit, ProposalContext
from catalog.moderation.schemas import encoded
from catalog.releases.episodes.model import BadSpan, NothingToPlay, OrdinalTaken
from catalog.releases.model import AliasTaken, BadAlias
from catalog.subtitles.model import SubtitleTaken, SubtitleUnreadable, TooManySubtitles
from catalog.subtitles.routes import READINGS
from catalog.subtitles.usecases import SubtitleFormats
from catalog.translations.model import NothingTranslated, TranslationTaken
from kernel.access import Role
from kernel.errors import Conflict, Forbidden, Stale
from kernel.http import Call, Prepared, Reply, Router, throttled, versioned
from kernel.scope import Scope

router = Router("/api/v1/moderation", tag="Moderation")

_AS_AN_EDITOR = (
    AliasTaken,
    BadAlias,
    BadSpan,
    OrdinalTaken,
    NothingTranslated,
    TranslationTaken,
    SubtitleUnreadable,
    SubtitleTaken,
    TooManySubtitles,
    Conflict,
)
"""What the change itself may meet."""
_DECIDING = (ProposalNotFound, WrongState, Forbidden, OwnProposal, Conflict)


def context_of(call: Call) -> ProposalContext:
    """The ports of this call's transaction, and its moment."""
    return ProposalContext(
        proposals=call.port(Proposals),
        targets=call.port(Targets),
        allowances=call.port(Allowances),
        teams=call.port(TeamRights),
        now=call.clock.now(),
    )


async def _shown(
    call: Call, context: ProposalContext, proposal: Proposal, status: int | None = None
) -> Reply[ProposalOut]:
    # The version counts up when the row is written; the answer must carry the new one.
    if call.request.method != "GET":
        await call.scope.flush()
    target = await usecases.current(context, proposal)
    people = [proposal.author_id, proposal.taken_by, proposal.decided_by]
    names = await call.port(People).nicknames([user_id for user_id in people if user_id is not None])
    document = None if target is None else target.document
    steps = await review.steps_for(context, call.user, proposal)
    answer = ProposalOut.of(
        proposal,
        document,
        review.in_the_way(proposal, document or {}, steps),
        steps,
        names,
        await _teams(call, [proposal]),
        context.now,
    )
    return versioned(answer, proposal.version, status=status)


@router.post(
    "/proposals",
    status=201,
    role=Role.USER,
    transaction=False,
    summary="Propose a change",
    raises=(TargetNotFound, NothingProposed, Forbidden, DailyCap, *_AS_AN_EDITOR),
)
async def create_proposal(call: Call, body: ProposalIn) -> Prepared[ProposalOut]:
    """As a draft, which nobody else sees, or submitted at once. The changes of the trusted are made on submission.

    The text of subtitles may be WebVTT, SRT, ASS or SSA; one that cannot be read counts as one of the day's proposals.
    """
    asked: Mapping[str, FieldEdit] = body.asked()
    has_text = subtitle_text.holds_text(body.kind, asked)
    if has_text:
        async with call.write_scope() as scope:
            await usecases.count_ahead(
                context_of(Call(call.request, scope)),
                call.user,
                kind=body.kind,
                target_id=body.target_id,
                parent_id=body.parent_id,
                team_id=body.team_id,
            )
            formats = scope.port(SubtitleFormats)
        asked = await subtitle_text.as_webvtt(formats, asked)

    async def propose(scope: Scope) -> Reply[ProposalOut]:
        inner = Call(call.request, scope)
        context = context_of(inner)
        proposal = await usecases.propose(
            context,
            call.user,
            kind=body.kind,
            target_id=body.target_id,
            parent_id=body.parent_id,
            team_id=body.team_id,
            asked=asked,
            note=body.note,
            counted=has_text,
        )
        if body.submit:
            await scope.flush()
            await usecases.submit(context, call.user, proposal.id, review=body.review)
        reply = await _shown(inner, context, proposal)
        reply.headers["Location"] = f"/api/v1/moderation/proposals/{proposal.id}"
        return reply

    return Prepared(propose)


@router.get("/proposals", role=Role.USER, summary="List proposals", raises=(Forbidden,))
async def list_proposals(call: Call, query: ProposalQuery) -> ProposalPage:
    """`box=own` are the caller's. The others are for moderators, and of what was proposed in a team's name for its reviewers.

    `pending` leaves out what the caller may not decide on because it is their own.
    """
    context = context_of(call)
    wanted = ProposalFilter(
        box=query.box,
        asker_id=call.user.user_id,
        kind=query.kind,
        release_id=query.release_id,
        author_id=query.author_id,
        team_ids=None if query.team_id is None else [query.team_id],
        after=query.after,
    )
    found, cursor = await inbox.page(context, call.user, wanted, limit=query.page_size)
    return ProposalPage(items=await _briefs(call, found, context), next_cursor=encoded(cursor))


async def _briefs(call: Call, proposals: Sequence[Proposal], context: ProposalContext) -> list[ProposalBrief]:
    people = {each for p in proposals for each in (p.author_id, p.taken_by, p.decided_by) if each is not None}
    names = await call.port(People).nicknames(people)
    teams = await _teams(call, proposals)
    return [ProposalBrief(**ProposalBrief.values(proposal, names, teams, context.now)) for proposal in proposals]


async def _teams(call: Call, proposals: Sequence[Proposal]) -> Mapping[str, TeamName]:
    asked_for = {proposal.team_id for proposal in proposals if proposal.team_id is not None}
    return await call.port(TeamNames).named(asked_for) if asked_for else {}


@router.get("/standing", role=Role.USER, summary="How far one is trusted")
async def get_own_standing(call: Call) -> StandingOut:
    record = await call.port(Proposals).record_of(call.user.user_id)
    level = trust(call.user.role, record)
    return StandingOut(
        trust=level,
        accepted=record.accepted,
        refused=record.refused,
        proposals_a_day=DAILY[CountedAction.PROPOSAL][level],
        accepted_by_itself=level in ACCEPTED_BY_ITSELF,
    )


@router.get("/proposals/{proposal_id}", role=Role.USER, summary="Read a proposal", raises=(ProposalNotFound,))
async def get_proposal(call: Call, proposal_id: str) -> Reply[ProposalOut]:
    """For its author, and once it is submitted for those who decide on it."""
    context = context_of(call)
    proposal = await usecases.visible(context, call.user, proposal_id)
    reply = await _shown(call, context, proposal)
    del reply.headers["ETag"]  # what stands there now is part of the answer, and has versions of its own
    return reply


@router.put(
    "/proposals/{proposal_id}",
    role=Role.USER,
    transaction=False,
    summary="Edit a draft",
    raises=(
        ProposalNotFound,
        TargetNotFound,
        NothingProposed,
        BadAlias,
        NothingTranslated,
        SubtitleUnreadable,
        WrongState,
        Stale,
    ),
)
async def update_proposal(call: Call, proposal_id: str, body: DiffIn) -> Prepared[ProposalOut]:
    asked: Mapping[str, FieldEdit] = body.asked()
    async with call.container.scope(write=False, actor=call.actor, origin=call.origin()) as scope:
        draft = await usecases.own(context_of(Call(call.request, scope)), call.user, proposal_id)
        formats, has_text = scope.port(SubtitleFormats), subtitle_text.holds_text(draft.kind, asked)
    if has_text:
        await throttled(call.request, READINGS)
        asked = await subtitle_text.as_webvtt(formats, asked)

    async def edit(scope: Scope) -> Reply[ProposalOut]:
        inner = Call(call.request, scope)
        context = context_of(inner)
        proposal = await usecases.edit(context, call.user, proposal_id, asked, body.note, version=call.if_match())
        return await _shown(inner, context, proposal)

    return Prepared(edit)


@router.post(
    "/proposals/{proposal_id}/submit",
    role=Role.USER,
    summary="Submit a draft",
    raises=(ProposalNotFound, WrongState, *_AS_AN_EDITOR),
)
async def submit_proposal(call: Call, proposal_id: str, body: SubmitIn) -> Reply[ProposalOut]:
    context = context_of(call)
    return await _shown(call, context, await usecases.submit(context, call.user, proposal_id, review=body.review))


@router.post(
    "/proposals/{proposal_id}/withdraw",
    role=Role.USER,
    summary="Take one's proposal back",
    raises=(ProposalNotFound, WrongState, Conflict),
)
async def withdraw_proposal(call: Call, proposal_id: str) -> Reply[ProposalOut]:
    context = context_of(call)
    return await _shown(call, context, await usecases.withdraw(context, call.user, proposal_id))


@router.post(
    "/proposals/{proposal_id}/take",
    role=Role.USER,
    summary="Take a proposal to decide on it",
    raises=(ProposalHeld, *_DECIDING),
)
async def take_proposal(call: Call, proposal_id: str) -> Reply[ProposalOut]:
    """For 30 minutes; asking again prolongs it."""
    context = context_of(call)
    return await _shown(call, context, await review.take(context, call.user, proposal_id))


@router.post(
    "/proposals/{proposal_id}/release",
    role=Role.USER,
    summary="Give a proposal back undecided",
    raises=(NotHolder, *_DECIDING),
)
async def release_proposal(call: Call, proposal_id: str) -> Reply[ProposalOut]:
    context = context_of(call)
    return await _shown(call, context, await review.release(context, call.user, proposal_id))


@router.post(
    "/proposals/{proposal_id}/rebase",
    role=Role.USER,
    summary="Fit a proposal to what changed under it",
    raises=(NotHolder, NothingProposed, TargetGone, *_DECIDING),
)
async def rebase_proposal(call: Call, proposal_id: str, body: RebaseIn) -> Reply[ProposalOut]:
    context = context_of(call)
    return await _shown(call, context, await review.rebase(context, call.user, proposal_id, body.keep))


@router.post(
    "/proposals/{proposal_id}/accept",
    role=Role.USER,
    summary="Accept a proposal",
    raises=(NotHolder, ProposalStale, TargetGone, NothingToPlay, *_DECIDING, *_AS_AN_EDITOR),
)
async def accept_proposal(call: Call, proposal_id: str, body: AcceptIn) -> Reply[ProposalOut]:
    """Makes the change, by the rules that hold for an editor's own."""
    context = context_of(call)
    return await _shown(call, context, await review.accept(context, call.user, proposal_id, publish=body.publish))


@router.post(
    "/proposals/{proposal_id}/reject",
    role=Role.USER,
    summary="Reject a proposal",
    raises=(NotHolder, *_DECIDING),
)
async def reject_proposal(call: Call, proposal_id: str, body: RejectIn) -> Reply[ProposalOut]:
    context = context_of(call)
    return await _shown(call, context, await review.reject(context, call.user, proposal_id, body.reason))


@router.post(
    "/proposals/{proposal_id}/roll-back",
    role=Role.MODERATOR,
    summary="Take an accepted change back",
    raises=(ProposalNotFound, WrongState, RollBackConflict, ForceForbidden, TargetGone, *_AS_AN_EDITOR),
)
async def roll_back_proposal(call: Call, proposal_id: str, body: RollBackIn) -> Reply[ProposalOut]:
    context = context_of(call)
    rolled_back = await review.roll_back(context, call.user, proposal_id, body.reason, force=body.force)
    return await _shown(call, context, rolled_back)
