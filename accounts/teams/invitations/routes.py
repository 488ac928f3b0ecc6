"""``/api/v1/teams/…/invitations`` for who invites, ``/api/v1/teams/invitations`` for who is invited."""

from dataclasses import dataclass

from accounts.identity.adapters.http import language_of
from accounts.identity.errors import EmailInvalid
from accounts.teams import limits
from accounts.teams.adapters.http import LIMITED
from accounts.teams.errors import (
    AlreadyMember,
    EmailNotVerified,
    InvitationForAnother,
    InvitationNotFound,
    InvitationOver,
    OutranksYou,
    TeamForbidden,
    TeamNotFound,
    TeamRoleNotFound,
    TooManyInvitations,
    TooManyMembers,
    TooManyTeams,
)
from accounts.teams.invitations import usecases
from accounts.teams.invitations.model import Invitation, invitation_link
from accounts.teams.invitations.schemas import (
    InvitationIn,
    InvitationOut,
    InvitationPage,
    LinkIn,
    OfferOut,
    OffersOut,
    TokenIn,
)
from accounts.teams.invitations.usecases import InvitationPost, Invitations, Seen, Throttle
from accounts.teams.model import Team
from accounts.teams.schemas import TeamOut
from accounts.teams.usecases import People, Teams, visible
from kernel.access import Role
from kernel.http import Call, Router
from kernel.http.schemas import PageIn

router = Router("/api/v1/teams", tag="Teams")

INVITE_ERRORS = (TeamNotFound, TeamForbidden, TeamRoleNotFound, OutranksYou, *LIMITED)
JOIN_ERRORS = (
    InvitationOver,
    EmailNotVerified,
    InvitationForAnother,
    AlreadyMember,
    TooManyMembers,
    TooManyTeams,
    TeamNotFound,
    *LIMITED,
)


@dataclass(frozen=True, slots=True)
class InvitationLinks:
    """Where people reach this server; bound in ``server/wiring.py``."""

    public_url: str

    def url(self, token: str) -> str:
        """The page at which whoever has ``token`` takes the invitation; the token is in it."""
        return invitation_link(public_url=self.public_url, token=token)


async def _seen(call: Call, invitation: Invitation, team: Team) -> Seen:
    known = await call.port(People).known([invitation.inviter_id])
    return Seen(invitation, team, invitation.state(team, call.clock.now()), known.get(invitation.inviter_id))


def _letters(call: Call) -> usecases.LetterContext:
    return usecases.LetterContext(
        teams=call.port(Teams),
        invitations=call.port(Invitations),
        people=call.port(People),
        post=call.port(InvitationPost),
        throttle=call.port(Throttle),
        actor=call.user,
        now=call.clock.now(),
    )


# For who invites.


@router.get(
    "/{team_id}/invitations",
    role=Role.USER,
    summary="List a team's invitations, newest first",
    raises=(TeamNotFound, TeamForbidden),
)
async def list_invitations(call: Call, team_id: str, query: PageIn) -> InvitationPage:
    """Takes the permission `invite`. What ended more than 30 days ago is forgotten."""
    found, total = await usecases.list_of_team(
        call.port(Teams),
        call.port(Invitations),
        call.port(People),
        call.user,
        team_id,
        offset=query.offset,
        limit=query.page_size,
        now=call.clock.now(),
    )
    return InvitationPage(
        items=[InvitationOut.of(seen) for seen in found], total=total, page=query.page, page_size=query.page_size
    )


@router.post(
    "/{team_id}/invitations",
    status=201,
    role=Role.USER,
    limit=limits.INVITE,
    summary="Invite by a link or by a letter",
    raises=(EmailInvalid, AlreadyMember, TooManyInvitations, *INVITE_ERRORS),
)
async def invite(call: Call, team_id: str, body: InvitationIn) -> InvitationOut:
    """Takes the permission `invite`. The role must be one that the caller may give. Somebody invited by letter joins with
    an account whose confirmed address it is; an address that has a letter already gets it once more."""
    wanted, url = body.root, None
    if isinstance(wanted, LinkIn):
        made, token = await usecases.invite_by_link(
            call.port(Teams),
            call.port(Invitations),
            call.user,
            team_id,
            role_id=wanted.role_id,
            lifetime=wanted.lifetime,
            max_uses=wanted.max_uses,
            now=call.clock.now(),
        )
        url = call.port(InvitationLinks).url(token)
    else:
        made = await usecases.invite_by_letter(
            _letters(call), team_id, email=wanted.email, role_id=wanted.role_id, language=language_of(call)
        )
    team = await visible(call.port(Teams), call.user, team_id)
    return InvitationOut.of(await _seen(call, made, team), url=url)


@router.post(
    "/{team_id}/invitations/{invitation_id}/resend",
    role=Role.USER,
    limit=limits.INVITE,
    summary="Send a letter again; the link in the one before is good no more",
    raises=(InvitationNotFound, InvitationOver, *INVITE_ERRORS),
)
async def resend_invitation(call: Call, team_id: str, invitation_id: str) -> InvitationOut:
    sent, team = await usecases.send_again(_letters(call), team_id, invitation_id)
    return InvitationOut.of(await _seen(call, sent, team))


@router.delete(
    "/{team_id}/invitations/{invitation_id}",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Take an invitation back",
    raises=(TeamNotFound, TeamForbidden, InvitationNotFound, *LIMITED),
)
async def revoke_invitation(call: Call, team_id: str, invitation_id: str) -> None:
    await usecases.revoke(call.port(Teams), call.port(Invitations), call.user, team_id, invitation_id, call.clock.now())


# For who is invited.


@router.get("/invitations", role=Role.USER, summary="Invitations to one's own confirmed address")
async def list_my_invitations(call: Call) -> OffersOut:
    found = await usecases.list_mine(
        call.port(Teams), call.port(Invitations), call.port(People), call.user, call.clock.now()
    )
    return OffersOut(items=[OfferOut.of(seen) for seen in found], total=len(found))


@router.post(
    "/invitations/look-up",
    limit=limits.LOOK_UP,
    summary="What a token invites to",
    raises=(InvitationOver, *LIMITED),
)
async def look_up_invitation(call: Call, body: TokenIn) -> OfferOut:
    """For whoever has it, signed in or not. A POST, because addresses are logged on the way."""
    seen = await usecases.look_up(
        call.port(Teams), call.port(Invitations), call.port(People), token=body.token, now=call.clock.now()
    )
    return OfferOut.of(seen)


@router.post(
    "/invitations/accept",
    role=Role.USER,
    limit=limits.JOIN,
    summary="Join a team with the token of an invitation",
    raises=JOIN_ERRORS,
)
async def accept_invitation(call: Call, body: TokenIn) -> TeamOut:
    team = await usecases.accept_by_token(
        call.port(Teams),
        call.port(Invitations),
        call.port(People),
        call.user,
        token=body.token,
        now=call.clock.now(),
    )
    return TeamOut.of(team, call.user)


@router.post(
    "/invitations/decline",
    limit=limits.LOOK_UP,
    summary="Decline a letter with its token; a link is nobody's to decline",
    raises=(InvitationOver, *LIMITED),
)
async def decline_invitation(call: Call, body: TokenIn) -> None:
    """For whoever has its token, signed in or not."""
    await usecases.decline_by_token(
        call.port(Teams), call.port(Invitations), call.actor, token=body.token, now=call.clock.now()
    )


@router.post(
    "/invitations/{invitation_id}/accept",
    role=Role.USER,
    limit=limits.JOIN,
    summary="Accept one of those to one's own address",
    raises=(InvitationNotFound, *JOIN_ERRORS),
)
async def accept_my_invitation(call: Call, invitation_id: str) -> TeamOut:
    team = await usecases.accept_mine(
        call.port(Teams),
        call.port(Invitations),
        call.port(People),
        call.user,
        invitation_id=invitation_id,
        now=call.clock.now(),
    )
    return TeamOut.of(team, call.user)


@router.post(
    "/invitations/{invitation_id}/decline",
    role=Role.USER,
    limit=limits.JOIN,
    summary="Decline one of those to one's own address",
    raises=(InvitationNotFound, InvitationOver, *LIMITED),
)
async def decline_my_invitation(call: Call, invitation_id: str) -> None:
    await usecases.decline_mine(
        call.port(Teams),
        call.port(Invitations),
        call.port(People),
        call.user,
        invitation_id=invitation_id,
        now=call.clock.now(),
    )
