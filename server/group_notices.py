"""Event → whom to tell what, where people work together: teams and moderation."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from accounts.identity.repository import users
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
from accounts.teams.repository import team_invitation_table, team_table
from catalog.moderation.proposals.events import (
    ProposalAccepted,
    ProposalCommented,
    ProposalEvent,
    ProposalRejected,
    ProposalRolledBack,
    ProposalTaken,
)
from catalog.moderation.proposals.repository import proposal_table
from catalog.moderation.reports.events import ReportDismissed, ReportResolved
from catalog.moderation.reports.repository import report_table
from kernel.events import Event
from kernel.scope import Scope
from notify.notifications.model import Kind, Notice, Value
from server.sending import Compose, Sending

# Teams


async def invited(scope: Scope, event: InvitationSent) -> Sending | None:
    """To the addressee of a letter who has an account; nobody is meant by a link."""
    session = scope.uow.session
    found = (
        await session.execute(
            select(users.c.id, team_table.c.name)
            .select_from(team_invitation_table)
            .join(users, users.c.email_key == team_invitation_table.c.email_key)
            .join(team_table, team_table.c.id == team_invitation_table.c.team_id)
            # An address that nobody has shown to be theirs is anybody's.
            .where(team_invitation_table.c.id == event.invitation_id, users.c.email_verified_at.is_not(None))
        )
    ).one_or_none()
    if found is None:
        return None
    params = {"team": found.name, "person": await _nickname(scope, event.by_id)}
    return Sending(Notice(kind=Kind.TEAM_INVITED, at=event.at, params=params, link="/teams"), [found.id])


async def invitation_accepted(scope: Scope, event: InvitationAccepted) -> Sending | None:
    return await _of_team(scope, Kind.TEAM_INVITATION_ACCEPTED, event, event.inviter_id)


async def invitation_declined(scope: Scope, event: InvitationDeclined) -> Sending | None:
    return await _of_team(scope, Kind.TEAM_INVITATION_DECLINED, event, event.inviter_id)


async def put_out(scope: Scope, event: MemberRemoved) -> Sending | None:
    return await _of_team(scope, Kind.TEAM_REMOVED, event, event.user_id, link="/teams")


async def roles_changed(scope: Scope, event: MemberRolesChanged) -> Sending | None:
    roles = {"added": ", ".join(event.added), "removed": ", ".join(event.removed)}
    return await _of_team(scope, Kind.TEAM_ROLES_CHANGED, event, event.user_id, roles)


async def owner_appointed(scope: Scope, event: OwnerAppointed) -> Sending | None:
    return await _of_team(scope, Kind.TEAM_OWNER, event, event.user_id)


async def handed_over(scope: Scope, event: OwnershipTransferred) -> Sending | None:
    return await _of_team(scope, Kind.TEAM_OWNER, event, event.to_id)


async def dissolved(scope: Scope, event: TeamDeleted) -> Sending | None:
    params = {"team": event.team, "person": await _nickname(scope, event.by_id)}
    others = [member for member in event.member_ids if member != event.by_id]
    return Sending(Notice(kind=Kind.TEAM_DELETED, at=event.at, params=params, link="/teams"), others)


async def _of_team(
    scope: Scope, kind: Kind, event: Any, user_id: str, more: Mapping[str, Value] | None = None, *, link: str = ""
) -> Sending | None:
    """What somebody did to somebody else in a team; what one does to oneself is no news."""
    if event.by_id == user_id:
        return None
    name = await scope.uow.session.scalar(select(team_table.c.name).where(team_table.c.id == event.team_id))
    params = {"team": name or "", "person": await _nickname(scope, event.by_id), **(more or {})}
    return Sending(Notice(kind=kind, at=event.at, params=params, link=link or f"/teams/{event.team_id}"), [user_id])


async def _nickname(scope: Scope, user_id: str) -> str:
    """Empty where nobody is signed in, or nobody is left."""
    if not user_id:
        return ""
    return await scope.uow.session.scalar(select(users.c.nickname).where(users.c.id == user_id)) or ""


# Moderation


async def proposal_taken(scope: Scope, event: ProposalTaken) -> Sending | None:
    return await _of_proposal(scope, Kind.PROPOSAL_TAKEN, event, {event.author_id} - {event.moderator_id})


async def proposal_accepted(scope: Scope, event: ProposalAccepted) -> Sending | None:
    """Who is trusted has seen it happen."""
    return await _of_proposal(scope, Kind.PROPOSAL_ACCEPTED, event, {event.author_id} if event.moderator_id else set())


async def proposal_rejected(scope: Scope, event: ProposalRejected) -> Sending | None:
    reason = {"reason": event.reason}
    return await _of_proposal(scope, Kind.PROPOSAL_REJECTED, event, {event.author_id} - {event.moderator_id}, reason)


async def proposal_rolled_back(scope: Scope, event: ProposalRolledBack) -> Sending | None:
    reason = {"reason": event.reason}
    return await _of_proposal(scope, Kind.PROPOSAL_ROLLED_BACK, event, {event.author_id} - {event.moderator_id}, reason)


async def proposal_commented(scope: Scope, event: ProposalCommented) -> Sending | None:
    """To its author, and to whoever holds it or decided on it; not to who wrote the comment."""
    others = {event.author_id, *([event.moderator_id] if event.moderator_id else [])} - {event.commenter_id}
    person = {"person": await _nickname(scope, event.commenter_id)}
    return await _of_proposal(scope, Kind.PROPOSAL_COMMENTED, event, others, person, topic="comments")


async def _of_proposal(
    scope: Scope,
    kind: Kind,
    event: ProposalEvent,
    to: Collection[str],
    more: Mapping[str, Value] | None = None,
    *,
    topic: str = "",
) -> Sending | None:
    found = proposal_table.c
    title = await scope.uow.session.scalar(select(found.title).where(found.id == event.proposal_id))
    if title is None or not to:
        return None
    notice = Notice(
        kind=kind,
        at=event.at,
        params={"title": title, **(more or {})},
        link=f"/moderation/{event.proposal_id}",
        topic=f"{topic}:{event.proposal_id}" if topic else "",
    )
    return Sending(notice, to)


async def report_closed(scope: Scope, event: ReportResolved | ReportDismissed) -> Sending | None:
    kind = Kind.REPORT_RESOLVED if isinstance(event, ReportResolved) else Kind.REPORT_DISMISSED
    found = report_table.c
    title = await scope.uow.session.scalar(select(found.title).where(found.id == event.report_id))
    params = {"title": title or "", "outcome": event.outcome}
    return Sending(Notice(kind=kind, at=event.at, params=params), [event.reporter_id])


TABLE: Mapping[type[Event], Compose] = {
    InvitationSent: invited,
    InvitationAccepted: invitation_accepted,
    InvitationDeclined: invitation_declined,
    MemberRemoved: put_out,
    MemberRolesChanged: roles_changed,
    OwnerAppointed: owner_appointed,
    OwnershipTransferred: handed_over,
    TeamDeleted: dissolved,
    ProposalTaken: proposal_taken,
    ProposalAccepted: proposal_accepted,
    ProposalRejected: proposal_rejected,
    ProposalRolledBack: proposal_rolled_back,
    ProposalCommented: proposal_commented,
    ReportResolved: report_closed,
    ReportDismissed: report_closed,
}
