"""A role of a team, and the ones a new team begins with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NewType, Self

from accounts.teams import names, permissions
from accounts.teams.permissions import Level, Permission
from kernel.ids import new_id

RoleId = NewType("RoleId", str)

DESCRIPTION: Final = ("title", "colour", "level", "permissions")
"""What a team's people say of a role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDraft:
    """A role as its people describe it, checked."""

    title: str
    colour: str
    level: Level
    permissions: frozenset[Permission]

    @classmethod
    def parse(cls, *, title: str, colour: str, level: Level, permissions: Iterable[Permission]) -> Self:
        """Raises :class:`RoleTitleInvalid`, :class:`ColourInvalid`."""
        return cls(
            title=names.role_title(title),
            colour=names.colour(colour),
            level=level,
            permissions=frozenset(permissions),
        )


DEFAULT_ROLES: Final = (
    RoleDraft(title="Admin", colour="#b3261e", level=Level.ADMIN, permissions=permissions.ALL),
    RoleDraft(
        title="Moderator",
        colour="#7b4fc9",
        level=Level.MODERATOR,
        permissions=permissions.ALL - {Permission.EDIT_TEAM, Permission.MANAGE_ROLES},
    ),
    RoleDraft(
        title="Editor",
        colour="#1769aa",
        level=Level.EDITOR,
        permissions=frozenset({Permission.PROPOSE, Permission.AUTO_ACCEPT}),
    ),
    RoleDraft(title="Member", colour="#4c6b4f", level=Level.USER, permissions=frozenset({Permission.PROPOSE})),
)
"""What a new team begins with; its owner may change all of it."""


@dataclass(eq=False, kw_only=True)
class TeamRole:
    """A role of one team."""

    id: RoleId
    team_id: str
    title: str
    colour: str
    position: int
    """Where it stands among the others, from 0; for show only."""
    level: Level
    permissions: frozenset[Permission]
    version: int = 1

    @classmethod
    def make(cls, draft: RoleDraft, *, team_id: str, position: int) -> Self:
        """A new role of a team, as ``draft`` describes it."""
        return cls(
            id=RoleId(new_id()),
            team_id=team_id,
            title=draft.title,
            colour=draft.colour,
            position=position,
            level=draft.level,
            permissions=draft.permissions,
        )
