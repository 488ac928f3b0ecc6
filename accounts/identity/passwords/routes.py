"""``/api/v1/auth/password``: changing one's password."""

from accounts.identity import usecases
from accounts.identity.adapters.http import device_of
from accounts.identity.errors import (
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    WrongPassword,
)
from accounts.identity.passwords import usecases as passwords
from accounts.identity.ports import AccessCache, LoginSessions, PasswordHasher, Throttle, Users
from accounts.identity.schemas import (
    PasswordIn,
)
from kernel.access import Role
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Router

router = Router("/api/v1/auth", tag="Identity")


@router.post(
    "/password",
    role=Role.USER,
    transaction=False,
    summary="Change one's password; other sessions end",
    raises=(WrongPassword, PasswordTooShort, PasswordTooLong, PasswordTooCommon, TooManyRequests, Unavailable),
)
async def change_password(call: Call, body: PasswordIn) -> None:
    """The session that asks goes on."""
    async with call.container.scope(write=False) as scope:
        throttle, hasher = scope.port(Throttle), scope.port(PasswordHasher)
        user = await usecases.me(scope.port(Users), call.user)
    password_hash = await passwords.prepare(
        throttle, hasher, user, current=body.current_password, new=body.new_password, device=device_of(call)
    )
    async with call.write_scope() as scope:
        await passwords.change(
            scope.port(Users),
            scope.port(LoginSessions),
            scope.port(AccessCache),
            call.user,
            proven=user,
            password_hash=password_hash,
            now=call.clock.now(),
        )
