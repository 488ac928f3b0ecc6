"""What the command line does with accounts."""

from dataclasses import dataclass
from datetime import datetime

from accounts.identity.admin import usecases as admin
from accounts.identity.admin.usecases import FIRST_ADMIN_EMAIL
from accounts.identity.ports import AccessCache, LoginSessions, PasswordHasher, Users
from kernel.access import Role
from kernel.errors import Conflict
from kernel.scope import Scope
from server.services import Services

__all__ = ["FIRST_ADMIN_EMAIL", "UserRow", "first_admin", "set_password", "set_role", "users"]


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user in a list."""

    id: str
    nickname: str
    email: str
    role: Role
    since: datetime


async def first_admin(services: Services) -> str | None:
    """Make the administrator of a new installation; returns the password to show once, or ``None``."""
    try:
        async with services.container.scope(write=True) as scope:
            return await admin.create_first_admin(
                scope.port(Users), scope.port(PasswordHasher), now=services.container.clock.now()
            )
    except Conflict:
        return None  # another process that started at the same moment was faster, and shows it


async def users(scope: Scope, search: str) -> tuple[list[UserRow], int]:
    """The newest users that match ``search``, and how many do in all."""
    found, total = await admin.list_users(scope.port(Users), search=search)
    return [UserRow(user.id, str(user.nickname), str(user.email), user.role, user.created_at) for user in found], total


async def set_role(services: Services, login: str, role: Role) -> None:
    """Raises ``UserNotFound``, ``LastAdmin``."""
    async with services.container.scope(write=True) as scope:
        found = await admin.find(scope.port(Users), login)
        await admin.set_role(
            scope.port(Users), scope.port(AccessCache), user_id=found.id, role=role, now=services.container.clock.now()
        )


async def set_password(services: Services, login: str, password: str) -> None:
    """Raises ``UserNotFound`` and the errors of a bad password."""
    async with services.container.scope(write=False) as scope:
        hasher = scope.port(PasswordHasher)
    password_hash = await admin.hash_new_password(hasher, password)
    async with services.container.scope(write=True) as scope:
        await admin.set_password(
            scope.port(Users),
            scope.port(LoginSessions),
            scope.port(AccessCache),
            login=login,
            password_hash=password_hash,
            now=services.container.clock.now(),
        )
