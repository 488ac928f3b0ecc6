"""``/api/v1/auth``: forgotten passwords and confirmed addresses."""

from accounts.identity import usecases
from accounts.identity.adapters.http import device_of, language_of
from accounts.identity.emails import EmailOutbox
from accounts.identity.errors import (
    AlreadyVerified,
    EmailInvalid,
    EmailTaken,
    OneTimeTokenInvalid,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
)
from accounts.identity.ports import AccessCache, LoginSessions, PasswordHasher, Throttle, Users
from accounts.identity.recovery import usecases as recovery
from accounts.identity.recovery.usecases import LinkedAccounts, OneTimeTokens
from accounts.identity.schemas import ForgotIn, ResetIn, VerifyIn
from kernel.access import Role
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Router

router = Router("/api/v1/auth", tag="Identity")


@router.post(
    "/forgot",
    summary="Ask for a letter with which to choose a new password",
    raises=(EmailInvalid, TooManyRequests, Unavailable),
)
async def forgot(call: Call, body: ForgotIn) -> None:
    """The answer is the same whether anybody has this address or not."""
    await recovery.ask_for_reset(
        call.port(EmailOutbox),
        call.port(Throttle),
        email=body.email,
        language=language_of(call),
        device=device_of(call),
        now=call.clock.now(),
    )


@router.post(
    "/reset",
    transaction=False,
    summary="Choose a new password with the token from the letter; every session ends",
    raises=(OneTimeTokenInvalid, PasswordTooShort, PasswordTooLong, PasswordTooCommon, Unavailable),
)
async def reset(call: Call, body: ResetIn) -> None:
    """The token is good once."""
    async with call.container.scope(write=False) as scope:
        hasher = scope.port(PasswordHasher)
        await recovery.prepare_reset(scope.port(OneTimeTokens), token=body.token, now=call.clock.now())
    password_hash = await recovery.hash_password(hasher, body.password)
    async with call.write_scope() as scope:
        context = recovery.ResetContext(
            users=scope.port(Users),
            sessions=scope.port(LoginSessions),
            tokens=scope.port(OneTimeTokens),
            linked=scope.port(LinkedAccounts),
            cache=scope.port(AccessCache),
            now=call.clock.now(),
        )
        await recovery.reset(context, token=body.token, password_hash=password_hash)


@router.post(
    "/verify",
    summary="Confirm one's e-mail address, or a new one, with the token from the letter",
    raises=(OneTimeTokenInvalid, EmailTaken),
)
async def verify(call: Call, body: VerifyIn) -> None:
    """The token is good once."""
    await recovery.verify(
        call.port(Users),
        call.port(OneTimeTokens),
        call.port(EmailOutbox),
        token=body.token,
        language=language_of(call),
        now=call.clock.now(),
    )


@router.post(
    "/verify/letter",
    role=Role.USER,
    summary="Ask for another letter to confirm one's e-mail address",
    raises=(AlreadyVerified, TooManyRequests, Unavailable),
)
async def ask_for_verification(call: Call) -> None:
    await recovery.ask_for_verification(
        call.port(EmailOutbox),
        call.port(Throttle),
        await usecases.me(call.port(Users), call.user),
        language=language_of(call),
        now=call.clock.now(),
    )
