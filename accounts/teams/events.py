"""What happens in teams. ``by_id`` is who did it, ``team`` what the team is called; the audit log and the notifications live on these."""

from dataclasses import dataclass

from kernel.changes import Changes
from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _InTeam:
    team_id: str
    by_id: str


@dataclass(frozen=True, kw_only=True)
class TeamCreated(Event, _InTeam):
    """Somebody founded a team, and owns it."""

    team: str
    slug: str


@dataclass(frozen=True, kw_only=True)
class TeamUpdated(Event, _InTeam):
    """A team describes itself differently."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class TeamTrustChanged(Event, _InTeam):
    """A moderator of the site trusts a team, or does so no longer."""

    trusted: bool


@dataclass(frozen=True, kw_only=True)
class TeamDeleted(Event, _InTeam):
    """A team is gone, with everything in it."""

    team: str
    member_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MemberAdded(Event, _InTeam):
    """Somebody joined a team; ``by_id`` is who had invited them."""

    team: str
    user_id: str
    role_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event, _InTeam):
    """Somebody left a team of their own accord, or deleted their account."""

    team: str
    user_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(Event, _InTeam):
    """Somebody was put out of a team."""

    team: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class MemberRolesChanged(Event, _InTeam):
    """A member of a team has other roles than before; the titles of what came and went."""

    team: str
    user_id: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TeamRoleCreated(Event, _InTeam):
    """A team has a new role."""

    role_id: str
    title: str
    level: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TeamRoleChanged(Event, _InTeam):
    """A role of a team is another one."""

    role_id: str
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class TeamRoleDeleted(Event, _InTeam):
    """A team has a role less; those who had it lost it."""

    role_id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class OwnerAppointed(Event, _InTeam):
    """A team has one more owner."""

    team: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class OwnerSteppedDown(Event, _InTeam):
    """An owner of a team is an ordinary member again."""

    user_id: str


@dataclass(frozen=True, kw_only=True)
class OwnershipTransferred(Event, _InTeam):
    """An owner handed a team over to somebody else."""

    team: str
    from_id: str
    to_id: str


@dataclass(frozen=True, kw_only=True)
class InvitationSent(Event, _InTeam):
    """Somebody invited to a team: by a link, or by a letter. The address is in the invitation, not in the log."""

    invitation_id: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(Event, _InTeam):
    """Somebody took up an invitation to a team."""

    invitation_id: str
    inviter_id: str


@dataclass(frozen=True, kw_only=True)
class InvitationDeclined(Event, _InTeam):
    """The addressee of an invitation to a team does not want to; nobody is signed in where ``by_id`` is empty."""

    invitation_id: str
    inviter_id: str


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(Event, _InTeam):
    """An invitation to a team was taken back."""

    invitation_id: str
