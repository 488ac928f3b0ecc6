"""What one may do in a team, and how high one stands there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self


class Permission(StrEnum):
    """Everything a role can allow; each is asked for somewhere, or it would not be here."""

    EDIT_TEAM = "edit_team"
    """Name, address, description, visibility, picture."""
    MANAGE_ROLES = "manage_roles"
    """Make, change and delete roles below one's own level."""
    MANAGE_MEMBERS = "manage_members"
    """Give and take the roles of members below one's own level, and remove them."""
    INVITE = "invite"
    """Send, see and take back invitations."""
    PROPOSE = "propose"
    """Propose changes to the catalogue in the team's name."""
    REVIEW = "review"
    """Decide on what was proposed in the team's name; trusted teams only."""
    AUTO_ACCEPT = "auto_accept"
    """Have one's own proposals in the team's name accepted at once; trusted teams only."""


ALL: Final = frozenset(Permission)

OF_TRUSTED_TEAMS: Final = frozenset({Permission.REVIEW, Permission.AUTO_ACCEPT})
"""They reach beyond the team, into the catalogue. Anybody can found a team and owns it with every permission, so these two
count only where a moderator of the site has said that the team is trusted."""

OF_STEWARDS: Final = frozenset({Permission.EDIT_TEAM, Permission.MANAGE_ROLES, Permission.MANAGE_MEMBERS})
"""What an administrator of the site may do in every team. To speak in its name one has to be a member."""


class Level(StrEnum):
    """How high a role stands, lowest first."""

    USER = "user"
    EDITOR = "editor"
    MODERATOR = "moderator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """1 for the lowest; 0 is an outsider, one above the highest an owner."""
        return _RANK[self]


OUTSIDER_RANK: Final = 0
_RANK: Final = {level: rank for rank, level in enumerate(Level, OUTSIDER_RANK + 1)}
OWNER_RANK: Final = len(_RANK) + 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's place in a team: a rank between outsider and owner, and their permissions."""

    rank: int = OUTSIDER_RANK
    permissions: frozenset[Permission] = field(default_factory=frozenset)

    @classmethod
    def of_roles(cls, roles: Iterable[tuple[Level, frozenset[Permission]]]) -> Self:
        """A member with these roles: the highest level, and everything any of them allows."""
        held = list(roles)
        rank = max((level.rank for level, _ in held), default=Level.USER.rank)
        return cls(rank, frozenset[Permission]().union(*(permissions for _, permissions in held)))

    @property
    def is_owner(self) -> bool:
        """Whether this is an owner's."""
        return self.rank == OWNER_RANK

    @property
    def is_outsider(self) -> bool:
        """Whether this is of somebody who is not in the team."""
        return self.rank == OUTSIDER_RANK

    def outranks(self, rank: int) -> bool:
        """Strictly: who stands as high as oneself is out of reach, except that nobody is out of an owner's."""
        return self.rank > rank

    def may_grant(self, level: Level, permissions: frozenset[Permission]) -> bool:
        """Nobody gives away a level that is not below their own, nor a permission they do not have."""
        return self.outranks(level.rank) and permissions <= self.permissions


OWNER: Final = Standing(OWNER_RANK, ALL)
STEWARD: Final = Standing(OWNER_RANK, OF_STEWARDS)


def effective(permissions: frozenset[Permission], *, trusted: bool) -> frozenset[Permission]:
    """Less what counts in trusted teams only."""
    return permissions if trusted else permissions - OF_TRUSTED_TEAMS
