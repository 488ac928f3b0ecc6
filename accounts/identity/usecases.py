"""Looking up an account."""

from accounts.identity.errors import (
    UserNotFound,
)
from accounts.identity.model import (
    User,
    UserId,
)
from accounts.identity.ports import Users
from kernel.access import Actor


async def me(users: Users, actor: Actor) -> User:
    """Raises :class:`UserNotFound` for an account deleted in the meantime."""
    return await require_user(users, UserId(actor.user_id))


async def require_user(users: Users, user_id: UserId) -> User:
    """Raises :class:`UserNotFound`."""
    user = await users.get(user_id)
    if user is None:
        raise UserNotFound
    return user
