"""Who is calling, and the ladder of site-wide roles."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

from kernel.errors import Forbidden, Unauthenticated


class Role(StrEnum):
    """Site-wide roles, each with everything the ones before it may do."""

    USER = "user"
    EDITOR = "editor"
    MODERATOR = "moderator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Higher for who may do more."""
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


class Standing(Protocol):
    """What people may do at this moment: asked by whatever goes on for longer than the request it began with."""

    async def of_session(self, actor: Actor) -> Actor | None:
        """``actor`` with the role they have now; ``None``: the session has ended, or the account is banned or gone."""
        ...

    async def roles(self, session_ids: Collection[str]) -> Mapping[str, Role]:
        """The same for many at once: the present role behind each session that has not ended."""
        ...

    async def of_user(self, user_id: str) -> Actor | None:
        """Somebody whose work goes on without them, and outlives their session; ``None``: banned or gone."""
        ...


async def ensure_still(standing: Standing, actor: Actor, role: Role) -> Actor:
    """``actor`` as they are now, if they still may do what takes ``role``.

    Raises :class:`~kernel.errors.Unauthenticated` when their session has ended, :class:`~kernel.errors.Forbidden` when
    they have the role no longer.
    """
    current = await standing.of_session(actor)
    if current is None:
        raise Unauthenticated
    if not current.may(role):
        raise Forbidden
    return current
