"""Invitations to a team: by a link that anybody may use who has it, or by a letter to one address."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Self

from accounts.teams import events
from accounts.teams.errors import (
    EmailNotVerified,
    InvitationForAnother,
    InvitationOver,
    OutranksYou,
    TeamForbidden,
    TeamRoleNotFound,
)
from accounts.teams.limits import LETTER_LIFETIME
from accounts.teams.model import Person, Team
from accounts.teams.permissions import Permission
from accounts.teams.roles.model import TeamRole
from kernel.access import Actor
from kernel.entity import Entity
from kernel.ids import new_id

InvitationId = NewType("InvitationId", str)

TOKEN_BYTES: Final = 32


class InvitationKind(StrEnum):
    """How an invitation reaches people."""

    LINK = "link"
    EMAIL = "email"


class InvitationState(StrEnum):
    """What has become of an invitation."""

    OPEN = "open"
    USED_UP = "used_up"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    VOID = "void"
    """Who sent it may not give that role any more, or is not in the team any more."""


@dataclass(eq=False, kw_only=True)
class Invitation(Entity):
    """One invitation; of its token only a hash is kept."""

    id: InvitationId
    team_id: str
    kind: InvitationKind
    inviter_id: str
    role_id: str | None
    created_at: datetime
    expires_at: datetime
    max_uses: int
    language: str = ""
    """Of the letter."""
    email: str | None = None
    email_key: str | None = None
    token_hash: bytes | None = None
    """``None`` until the letter is written, which is when its token is made."""
    uses: int = 0
    declined_at: datetime | None = None
    revoked_at: datetime | None = None

    @classmethod
    def by_link(
        cls, team: Team, actor: Actor, *, role_id: str | None, lifetime: timedelta, max_uses: int, now: datetime
    ) -> tuple[Self, str]:
        """The invitation and its token, which is for the caller alone. Raises as :func:`ensure_may_invite`."""
        ensure_may_invite(team, actor.user_id, role_id)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        made = cls(
            id=InvitationId(new_id()),
            team_id=team.id,
            kind=InvitationKind.LINK,
            inviter_id=actor.user_id,
            role_id=role_id,
            created_at=now,
            expires_at=now + lifetime,
            max_uses=max_uses,
            token_hash=hash_token(token),
        )
        made._record_sent(now)
        return made, token

    @classmethod
    def by_letter(
        cls,
        team: Team,
        actor: Actor,
        *,
        role_id: str | None,
        email: str,
        email_key: str,
        language: str,
        now: datetime,
    ) -> Self:
        """Raises as :func:`ensure_may_invite`."""
        ensure_may_invite(team, actor.user_id, role_id)
        made = cls(
            id=InvitationId(new_id()),
            team_id=team.id,
            kind=InvitationKind.EMAIL,
            inviter_id=actor.user_id,
            role_id=role_id,
            created_at=now,
            expires_at=now + LETTER_LIFETIME,
            max_uses=1,
            email=email,
            email_key=email_key,
            language=language,
        )
        made._record_sent(now)
        return made

    def _record_sent(self, now: datetime) -> None:
        self.record(
            events.InvitationSent(
                at=now, team_id=self.team_id, by_id=self.inviter_id, invitation_id=self.id, kind=self.kind
            )
        )

    def state(self, team: Team, now: datetime) -> InvitationState:
        """Of an invitation to ``team``."""
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        if self.declined_at is not None:
            return InvitationState.DECLINED
        if self.uses >= self.max_uses:
            return InvitationState.USED_UP
        if now >= self.expires_at:
            return InvitationState.EXPIRED
        return InvitationState.OPEN if may_invite(team, self.inviter_id, self.role_id) else InvitationState.VOID

    def ensure_open(self, team: Team, now: datetime) -> None:
        """Raises :class:`InvitationOver`."""
        if self.state(team, now) is not InvitationState.OPEN:
            raise InvitationOver

    def ensure_for(self, person: Person) -> None:
        """Raises :class:`EmailNotVerified`, :class:`InvitationForAnother` where a letter went to somebody else."""
        if self.kind is InvitationKind.EMAIL and self.email_key != person.verified_email:
            raise EmailNotVerified if person.verified_email is None else InvitationForAnother

    def accept(self, team: Team, person: Person, now: datetime) -> None:
        """Take ``person`` into ``team``.

        The role comes from the one who invited, so it is given only if they still may. Raises :class:`InvitationOver`,
        :class:`EmailNotVerified`, :class:`InvitationForAnother`, :class:`AlreadyMember`, :class:`TooManyMembers`.
        """
        self.ensure_open(team, now)
        self.ensure_for(person)
        team.join(person.user_id, invited_by=self.inviter_id, role=carried_role(team, self.role_id), now=now)
        self.uses += 1
        self.record(
            events.InvitationAccepted(
                at=now,
                team_id=self.team_id,
                by_id=person.user_id,
                invitation_id=self.id,
                inviter_id=self.inviter_id,
            )
        )

    def decline(self, team: Team, by_id: str, now: datetime) -> None:
        """Say no to a letter; a link is nobody's to decline, so there it changes nothing. Raises :class:`InvitationOver`."""
        self.ensure_open(team, now)
        if self.kind is InvitationKind.LINK:
            return
        self.declined_at = now
        self.record(
            events.InvitationDeclined(
                at=now, team_id=self.team_id, by_id=by_id, invitation_id=self.id, inviter_id=self.inviter_id
            )
        )

    def revoke(self, by_id: str, now: datetime) -> None:
        """Take it back; what is over already stays as it is."""
        if self.revoked_at is None and self.declined_at is None and self.uses < self.max_uses:
            self.revoked_at = now
            self.record(events.InvitationRevoked(at=now, team_id=self.team_id, by_id=by_id, invitation_id=self.id))

    def send_again(self, team: Team, actor: Actor, now: datetime) -> None:
        """Start the time of a letter anew, in the name of who sends it now.

        Raises :class:`InvitationOver`, except for one that only ran out or whose sender lost the right to it, and as
        :func:`ensure_may_invite`.
        """
        if self.kind is InvitationKind.LINK or self.state(team, now) not in {
            InvitationState.OPEN,
            InvitationState.EXPIRED,
            InvitationState.VOID,
        }:
            raise InvitationOver
        ensure_may_invite(team, actor.user_id, self.role_id)
        self.inviter_id = actor.user_id
        self.expires_at = now + LETTER_LIFETIME
        self._record_sent(now)

    def issue_token(self) -> str:
        """A fresh token for the letter; the one of an earlier letter is good no more."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.token_hash = hash_token(token)
        return token


def hash_token(token: str) -> bytes:
    """SHA-256. The tokens are 256 random bits, so there is nothing to guess and no need for a slow hash."""
    return hashlib.sha256(token.encode()).digest()


def carried_role(team: Team, role_id: str | None) -> TeamRole | None:
    """Raises :class:`TeamRoleNotFound`."""
    return None if role_id is None else team.role(role_id)


def ensure_may_invite(team: Team, user_id: str, role_id: str | None) -> None:
    """Raises :class:`TeamForbidden`, :class:`TeamRoleNotFound`, :class:`OutranksYou`."""
    # As a member: an invitation is in the team's name, which is not a steward's to use.
    standing = team.standing_of(user_id)
    if Permission.INVITE not in standing.permissions:
        raise TeamForbidden
    role = carried_role(team, role_id)
    if role is not None and not standing.may_grant(role.level, role.permissions):
        raise OutranksYou


def may_invite(team: Team, user_id: str, role_id: str | None) -> bool:
    """Whether :func:`ensure_may_invite` would let it pass."""
    try:
        ensure_may_invite(team, user_id, role_id)
    except (TeamForbidden, TeamRoleNotFound, OutranksYou):
        return False
    return True


def invitation_link(*, public_url: str, token: str) -> str:
    """Where an invitation leads; the token stands where no server, log or referrer sees it."""
    return f"{public_url}/teams/invite#{token}"
