"""Inviting people to a team, and answering: the verbs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from accounts.teams import limits
from accounts.teams.errors import (
    AlreadyMember,
    InvitationNotFound,
    InvitationOver,
    TeamForbidden,
    TeamNotFound,
    TooManyInvitations,
)
from accounts.teams.invitations.model import Invitation, InvitationKind, InvitationState, ensure_may_invite, hash_token
from accounts.teams.model import Person, Team
from accounts.teams.permissions import Permission
from accounts.teams.usecases import People, Teams, ensure_room, locked, visible
from kernel.access import Actor
from kernel.limits import Limit


class Invitations(Protocol):
    """Where invitations are kept."""

    def add(self, invitation: Invitation) -> None:
        """Keep a new invitation."""
        ...

    async def get(self, invitation_id: str) -> Invitation | None:
        """By id; ``None`` for none."""
        ...

    async def by_token(self, token_hash: bytes) -> Invitation | None:
        """By the SHA-256 of its token; ``None`` for none."""
        ...

    async def refresh(self, invitation: Invitation) -> None:
        """Read it anew: whoever holds the team sees what the one before did."""
        ...

    async def count_open(self, team_id: str, now: datetime) -> int:
        """How many of a team's invitations may still be answered."""
        ...

    async def open_to(self, team_id: str, email_key: str, now: datetime) -> Invitation | None:
        """The letter that already invites this address to the team."""
        ...

    async def of_team(self, team_id: str, *, offset: int, limit: int) -> tuple[list[Invitation], int]:
        """One page, newest first, and how many there are."""
        ...

    async def for_address(self, email_key: str, now: datetime) -> list[Invitation]:
        """Letters to an address that may still be answered, newest first."""
        ...

    async def of_person(self, user_id: str) -> list[Invitation]:
        """Everything somebody sent, newest first."""
        ...


class InvitationPost(Protocol):
    """Carries letters; bound in ``server/wiring.py`` to the letter box that identity has."""

    def address(self, text: str) -> tuple[str, str]:
        """An address and the key it is compared by. Raises ``EmailInvalid``."""
        ...

    async def send(self, invitation: Invitation, now: datetime) -> None:
        """Order the letter; it is written and sent once this transaction is durable."""
        ...


class Throttle(Protocol):
    """Counts attempts, and fails closed."""

    async def count(self, limit: Limit, key: str) -> None:
        """One more attempt; raises :class:`kernel.errors.TooManyRequests` when it is one too many."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """An invitation with what surrounds it."""

    invitation: Invitation
    team: Team
    state: InvitationState
    inviter: Person | None


async def invite_by_link(
    teams: Teams,
    invitations: Invitations,
    actor: Actor,
    team_id: str,
    *,
    role_id: str | None,
    lifetime: timedelta,
    max_uses: int,
    now: datetime,
) -> tuple[Invitation, str]:
    """Also returns the token, which is nowhere else.

    Raises :class:`TeamNotFound`, :class:`TooManyInvitations`, and as :func:`ensure_may_invite`.
    """
    team = await locked(teams, actor, team_id)
    made, token = Invitation.by_link(team, actor, role_id=role_id, lifetime=lifetime, max_uses=max_uses, now=now)
    await _ensure_room(invitations, team_id, now)
    invitations.add(made)
    return made, token


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContext:
    """What inviting by letter works with: ports of one transaction, its moment, and who invites."""

    teams: Teams
    invitations: Invitations
    people: People
    post: InvitationPost
    throttle: Throttle
    actor: Actor
    now: datetime


async def invite_by_letter(
    context: LetterContext, team_id: str, *, email: str, role_id: str | None, language: str
) -> Invitation:
    """Invite an address; who has it is nobody's business here. One that is invited already gets its letter once more,
    with the role of now.

    Raises ``EmailInvalid``, :class:`TeamNotFound`, :class:`TooManyInvitations`, :class:`AlreadyMember`,
    :class:`kernel.errors.TooManyRequests`, and as :func:`ensure_may_invite`.
    """
    actor, invitations, now = context.actor, context.invitations, context.now
    address, key = context.post.address(email)
    team = await locked(context.teams, actor, team_id)
    ensure_may_invite(team, actor.user_id, role_id)
    known = await context.people.known([member.user_id for member in team.members])
    if any(person.verified_email == key for person in known.values()):
        raise AlreadyMember("This address belongs to somebody who is in the team already.")
    await _count_letter(context.throttle, actor, key)
    present = await invitations.open_to(team_id, key, now)
    if present is not None:
        present.role_id = role_id
        present.send_again(team, actor, now)
    else:
        await _ensure_room(invitations, team_id, now)
        present = Invitation.by_letter(
            team, actor, role_id=role_id, email=address, email_key=key, language=language, now=now
        )
        invitations.add(present)
    await context.post.send(present, now)
    return present


async def _ensure_room(invitations: Invitations, team_id: str, now: datetime) -> None:
    if await invitations.count_open(team_id, now) >= limits.MAX_OPEN_INVITATIONS:
        raise TooManyInvitations(limit=limits.MAX_OPEN_INVITATIONS)


async def _count_letter(throttle: Throttle, actor: Actor, email_key: str) -> None:
    await throttle.count(limits.LETTERS_OF_INVITER, actor.user_id)
    local, _, domain = email_key.rpartition("@")
    # All tags behind a "+" lead into one mailbox.
    await throttle.count(limits.LETTERS_TO_ADDRESS, f"{local.partition('+')[0] or local}@{domain}")


async def send_again(context: LetterContext, team_id: str, invitation_id: str) -> tuple[Invitation, Team]:
    """Raises :class:`TeamNotFound`, :class:`InvitationNotFound`, :class:`InvitationOver`, ``TooManyRequests``, and as
    :func:`ensure_may_invite`."""
    actor = context.actor
    team, found = await _of_team(context.teams, context.invitations, actor, team_id, invitation_id)
    found.send_again(team, actor, context.now)
    assert found.email_key is not None, "only letters are sent again"
    await _count_letter(context.throttle, actor, found.email_key)
    await context.post.send(found, context.now)
    return found, team


async def revoke(
    teams: Teams, invitations: Invitations, actor: Actor, team_id: str, invitation_id: str, now: datetime
) -> None:
    """Raises :class:`TeamNotFound`, :class:`TeamForbidden`, :class:`InvitationNotFound`."""
    _, found = await _of_team(teams, invitations, actor, team_id, invitation_id)
    found.revoke(actor.user_id, now)


async def _of_team(
    teams: Teams, invitations: Invitations, actor: Actor, team_id: str, invitation_id: str
) -> tuple[Team, Invitation]:
    team = await locked(teams, actor, team_id)
    _ensure_sees_invitations(team, actor)
    found = await invitations.get(invitation_id)
    if found is None or found.team_id != team.id:
        raise InvitationNotFound
    await invitations.refresh(found)
    return team, found


def _ensure_sees_invitations(team: Team, actor: Actor) -> None:
    """Those who invite, and an owner's stand-in from the site: an invitation may have to be taken back by force."""
    standing = team.standing(actor)
    if Permission.INVITE not in standing.permissions and not standing.is_owner:
        raise TeamForbidden


async def list_of_team(
    teams: Teams,
    invitations: Invitations,
    people: People,
    actor: Actor,
    team_id: str,
    *,
    offset: int,
    limit: int,
    now: datetime,
) -> tuple[list[Seen], int]:
    """One page of a team's invitations. Raises :class:`TeamNotFound`, :class:`TeamForbidden`."""
    team = await visible(teams, actor, team_id)
    _ensure_sees_invitations(team, actor)
    found, total = await invitations.of_team(team_id, offset=offset, limit=limit)
    known = await people.known({one.inviter_id for one in found})
    return [Seen(one, team, one.state(team, now), known.get(one.inviter_id)) for one in found], total


async def list_mine(teams: Teams, invitations: Invitations, people: People, actor: Actor, now: datetime) -> list[Seen]:
    """Letters to one's own address that may still be answered."""
    me = (await people.known([actor.user_id])).get(actor.user_id)
    if me is None or me.verified_email is None:
        return []
    found = await invitations.for_address(me.verified_email, now)
    known = await people.known({one.inviter_id for one in found})
    seen: list[Seen] = []
    for one in found:
        team = await teams.get(one.team_id)
        if team is not None and one.state(team, now) is InvitationState.OPEN and team.member(actor.user_id) is None:
            seen.append(Seen(one, team, InvitationState.OPEN, known.get(one.inviter_id)))
    return seen


async def look_up(teams: Teams, invitations: Invitations, people: People, *, token: str, now: datetime) -> Seen:
    """What a token invites to, for whoever has it. Raises :class:`InvitationOver`, also for one that never was."""
    found = await invitations.by_token(hash_token(token))
    team = None if found is None else await teams.get(found.team_id)
    if found is None or team is None:
        raise InvitationOver
    found.ensure_open(team, now)
    return Seen(found, team, InvitationState.OPEN, await _sender(people, found))


async def _sender(people: People, invitation: Invitation) -> Person:
    """Raises :class:`InvitationOver` for what comes from somebody who was banned since."""
    sender = (await people.known([invitation.inviter_id])).get(invitation.inviter_id)
    if sender is None or sender.is_banned:
        raise InvitationOver
    return sender


async def accept_by_token(
    teams: Teams, invitations: Invitations, people: People, actor: Actor, *, token: str, now: datetime
) -> Team:
    """Raises :class:`InvitationOver` and as :meth:`Invitation.accept`, :class:`TooManyTeams`."""
    found = await invitations.by_token(hash_token(token))
    if found is None:
        raise InvitationOver
    team = await _accept(teams, invitations, people, actor, found, now)
    if found.token_hash != hash_token(token):
        raise InvitationOver  # another letter took this one's place while we waited for the team
    return team


async def accept_mine(
    teams: Teams, invitations: Invitations, people: People, actor: Actor, *, invitation_id: str, now: datetime
) -> Team:
    """Without the token: the letter is for one's own address. Raises :class:`InvitationNotFound` for any other, and as
    :func:`accept_by_token`."""
    found, _ = await _mine(invitations, people, actor, invitation_id)
    return await _accept(teams, invitations, people, actor, found, now)


async def _accept(
    teams: Teams, invitations: Invitations, people: People, actor: Actor, found: Invitation, now: datetime
) -> Team:
    await people.lock(actor.user_id)
    team = await teams.lock(found.team_id)
    if team is None:
        raise InvitationOver
    await invitations.refresh(found)
    await _sender(people, found)
    person = (await people.known([actor.user_id])).get(actor.user_id)
    if person is None:
        raise TeamNotFound
    if team.member(actor.user_id) is None:
        await ensure_room(teams, actor.user_id)
    found.accept(team, person, now)
    await teams.flush()
    return team


async def decline_by_token(
    teams: Teams, invitations: Invitations, actor: Actor | None, *, token: str, now: datetime
) -> None:
    """Who has the token of a letter has read the letter, signed in or not. Raises :class:`InvitationOver`."""
    found = await invitations.by_token(hash_token(token))
    if found is None:
        raise InvitationOver
    await _decline(teams, invitations, found, "" if actor is None else actor.user_id, now)


async def decline_mine(
    teams: Teams, invitations: Invitations, people: People, actor: Actor, *, invitation_id: str, now: datetime
) -> None:
    """Raises :class:`InvitationNotFound`, :class:`InvitationOver`."""
    found, me = await _mine(invitations, people, actor, invitation_id)
    await _decline(teams, invitations, found, me.user_id, now)


async def _decline(teams: Teams, invitations: Invitations, found: Invitation, by_id: str, now: datetime) -> None:
    team = await teams.lock(found.team_id)
    if team is None:
        raise InvitationOver
    await invitations.refresh(found)
    found.decline(team, by_id, now)


async def _mine(
    invitations: Invitations, people: People, actor: Actor, invitation_id: str
) -> tuple[Invitation, Person]:
    found = await invitations.get(invitation_id)
    me = (await people.known([actor.user_id])).get(actor.user_id)
    if found is None or me is None or found.kind is not InvitationKind.EMAIL or found.email_key != me.verified_email:
        raise InvitationNotFound
    return found, me


async def letter_of(
    teams: Teams, invitations: Invitations, people: People, invitation_id: str, now: datetime
) -> tuple[Seen, str] | None:
    """What the letter is about and a fresh token for it; ``None`` when there is nothing to write any more."""
    found = await invitations.get(invitation_id)
    team = None if found is None else await teams.lock(found.team_id)
    if found is None or team is None:
        return None
    await invitations.refresh(found)
    try:
        found.ensure_open(team, now)
        sender = await _sender(people, found)
    except InvitationOver:
        return None
    return Seen(found, team, InvitationState.OPEN, sender), found.issue_token()
