"""Teams and actors for the tests of their rules."""

from datetime import UTC, datetime

from accounts.teams.model import Member, Team, TeamDraft
from accounts.teams.permissions import Level, Permission
from accounts.teams.roles.model import RoleDraft, TeamRole
from kernel.access import Actor, Role

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def actor(user_id: str, role: Role = Role.USER) -> Actor:
    return Actor(user_id, user_id, role, "session")


def draft(name: str = "Night Owls", slug: str = "night-owls", *, is_public: bool = True) -> TeamDraft:
    return TeamDraft.parse(name=name, slug=slug, description="", is_public=is_public)


def founded(**members: str | None) -> Team:
    """A team of `owner` and of `members`: who → the title of their role, or None."""
    team = Team.found(draft(), "owner", NOW)
    for user_id, title in members.items():
        team.join(user_id, invited_by="owner", role=None if title is None else titled(team, title), now=NOW)
    team.pull_events()
    return team


def titled(team: Team, title: str) -> TeamRole:
    return next(role for role in team.roles if role.title == title)


def member(team: Team, user_id: str) -> Member:
    return team.require_member(user_id)


def role_draft(
    title: str = "Timer", *, level: Level = Level.USER, permissions: frozenset[Permission] = frozenset()
) -> RoleDraft:
    return RoleDraft.parse(title=title, colour="#336699", level=level, permissions=permissions)
