"""What people are told of the teams they are in, or are invited to."""

from collections.abc import Mapping
from typing import Any

import accounts.identity.queries
import accounts.teams.queries
from accounts.teams.events import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationSent,
    MemberRemoved,
    MemberRolesChanged,
    OwnerAppointed,
    OwnershipTransferred,
    TeamDeleted,
)
from kernel.events import Event
from kernel.scope import Scope
from notify.notifications.adapters.audience import Rule, Sending
from notify.notifications.model import Notice, NotificationKind, Value


async def invited(scope: Scope, event: InvitationSent) -> Sending | None:
    """To the addressee of a letter who has an account; nobody is meant by a link."""
    session = scope.uow.session
    invitation = await accounts.teams.queries.invitation(session, event.invitation_id)
    if invitation is None:
        return None
    # An address that nobody has shown to be theirs is anybody's.
    user_id = await accounts.identity.queries.owner_of_verified_email(session, invitation.email_key)
    if user_id is None:
        return None
    params = {"team": invitation.team, "person": await accounts.identity.queries.nickname(session, event.by_id)}
    return Sending(Notice(kind=NotificationKind.TEAM_INVITED, at=event.at, params=params, link="/teams"), [user_id])


async def invitation_accepted(scope: Scope, event: InvitationAccepted) -> Sending | None:
    """To whoever sent it."""
    return await _of_team(scope, NotificationKind.TEAM_INVITATION_ACCEPTED, event, event.inviter_id)


async def invitation_declined(scope: Scope, event: InvitationDeclined) -> Sending | None:
    """To whoever sent it."""
    return await _of_team(scope, NotificationKind.TEAM_INVITATION_DECLINED, event, event.inviter_id)


async def member_removed(scope: Scope, event: MemberRemoved) -> Sending | None:
    """To the one who was removed, unless they left."""
    return await _of_team(scope, NotificationKind.TEAM_REMOVED, event, event.user_id, link="/teams")


async def roles_changed(scope: Scope, event: MemberRolesChanged) -> Sending | None:
    """To the one whose roles they are."""
    roles = {"added": ", ".join(event.added), "removed": ", ".join(event.removed)}
    return await _of_team(scope, NotificationKind.TEAM_ROLES_CHANGED, event, event.user_id, roles)


async def owner_appointed(scope: Scope, event: OwnerAppointed) -> Sending | None:
    """To the new owner."""
    return await _of_team(scope, NotificationKind.TEAM_OWNER, event, event.user_id)


async def ownership_transferred(scope: Scope, event: OwnershipTransferred) -> Sending | None:
    """To the new owner."""
    return await _of_team(scope, NotificationKind.TEAM_OWNER, event, event.to_id)


async def team_deleted(scope: Scope, event: TeamDeleted) -> Sending | None:
    """To all members but the one who deleted it."""
    params = {"team": event.team, "person": await accounts.identity.queries.nickname(scope.uow.session, event.by_id)}
    others = [member for member in event.member_ids if member != event.by_id]
    return Sending(Notice(kind=NotificationKind.TEAM_DELETED, at=event.at, params=params, link="/teams"), others)


async def _of_team(
    scope: Scope,
    kind: NotificationKind,
    event: Any,
    user_id: str,
    more: Mapping[str, Value] | None = None,
    *,
    link: str = "",
) -> Sending | None:
    """What somebody did to somebody else in a team; what one does to oneself is no news."""
    if event.by_id == user_id:
        return None
    name = await accounts.teams.queries.team_name(scope.uow.session, event.team_id)
    params = {
        "team": name,
        "person": await accounts.identity.queries.nickname(scope.uow.session, event.by_id),
        **(more or {}),
    }
    return Sending(Notice(kind=kind, at=event.at, params=params, link=link or f"/teams/{event.team_id}"), [user_id])


RULES: Mapping[type[Event], Rule] = {
    InvitationSent: invited,
    InvitationAccepted: invitation_accepted,
    InvitationDeclined: invitation_declined,
    MemberRemoved: member_removed,
    MemberRolesChanged: roles_changed,
    OwnerAppointed: owner_appointed,
    OwnershipTransferred: ownership_transferred,
    TeamDeleted: team_deleted,
}
