"""``/api/v1/auth/register``: signing up."""

from accounts.identity.adapters.http import device_of, language_of
from accounts.identity.emails import EmailOutbox, OutgoingEmail
from accounts.identity.errors import (
    EmailInvalid,
    EmailTaken,
    NicknameInvalid,
    NicknameReserved,
    NicknameTaken,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
)
from accounts.identity.ports import AccessTokens, LoginSessions, PasswordHasher, Throttle, Users
from accounts.identity.registration import usecases
from accounts.identity.schemas import (
    GrantOut,
    RegisterIn,
)
from accounts.identity.sessions import usecases as sessions
from accounts.identity.sessions.adapters.grant_reply import granted
from accounts.identity.sessions.adapters.refresh_cookie import RefreshCookie
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router

router = Router("/api/v1/auth", tag="Identity")


@router.post(
    "/register",
    status=201,
    transaction=False,
    summary="Sign up; the answer is that of a login",
    raises=(
        EmailInvalid,
        NicknameInvalid,
        PasswordTooShort,
        PasswordTooLong,
        PasswordTooCommon,
        EmailTaken,
        NicknameReserved,
        NicknameTaken,
        TooManyRequests,
        Unavailable,
    ),
)
async def register(call: Call, body: RegisterIn) -> Reply[GrantOut]:
    """Signed in at once. An e-mail asks whether the address is right."""
    device = device_of(call)
    async with call.container.scope(write=False) as scope:
        throttle, hasher, cookie = scope.port(Throttle), scope.port(PasswordHasher), scope.port(RefreshCookie)
    checked = await usecases.prepare_registration(
        throttle, hasher, email=body.email, nickname=body.nickname, password=body.password, device=device
    )
    async with call.write_scope() as scope:
        user = await usecases.register(scope.port(Users), checked, now=call.clock.now())
        grant = await sessions.start_session(
            scope.port(LoginSessions), scope.port(AccessTokens), user, device=device, now=call.clock.now()
        )
        await scope.port(EmailOutbox).put(
            OutgoingEmail.order("verify", user.email, language_of(call)), call.clock.now()
        )
    return granted(grant, body.delivery, cookie, status=201)
