"""Who is calling, and the ladder of site-wide roles."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Role(StrEnum):
    """Site-wide roles, each with everything the ones before it may do."""

    USER = "user"
    EDITOR = "editor"
    MODERATOR = "moderator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        return _RANK[self]

    def at_least(self, other: Self) -> bool:
        """Whether this role may do what ``other`` may."""
        return self.rank >= other.rank


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in caller, as their access token and the account behind it say."""

    user_id: str
    nickname: str
    role: Role
    session_id: str
    address: str = ""

    def may(self, role: Role) -> bool:
        """Whether the caller has ``role`` or one above it."""
        return self.role.at_least(role)
