"""Showing that it is still oneself who sits there: what an unlocked screen must not be enough for (OWASP ASVS 5.0 §7.5.1)."""

from typing import Final

from accounts.identity.adapters.http import device_of, language_of
from accounts.identity.emails import EmailOutbox
from accounts.identity.errors import ConfirmationNeeded, HasPassword, UserNotFound, WrongCode, WrongPassword
from accounts.identity.model import User
from accounts.identity.otp import usecases as otp
from accounts.identity.otp.code_seal import CodeSeal
from accounts.identity.otp.usecases import LoginCodes
from accounts.identity.ports import PasswordHasher, Throttle, Users
from accounts.identity.reauthentication import usecases
from accounts.identity.schemas import ProofIn
from accounts.identity.usecases import me
from kernel.access import Role
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Router

router = Router("/api/v1/auth/otp", tag="Identity")

PROOF: Final = (WrongPassword, WrongCode, ConfirmationNeeded)
"""What :func:`prove` raises, beside ``TooManyRequests``."""


@router.post(
    "/confirm",
    role=Role.USER,
    summary="Ask for a letter with a code that stands for the password one does not have",
    raises=(HasPassword, UserNotFound, TooManyRequests, Unavailable),
)
async def request_confirmation(call: Call) -> None:
    """For those who sign in with a provider only. Six digits, good once, for ten minutes and five tries."""
    await usecases.ask(
        call.port(LoginCodes),
        call.port(EmailOutbox),
        call.port(Throttle),
        await me(call.port(Users), call.user),
        language=language_of(call),
        device=device_of(call),
        now=call.clock.now(),
    )


async def prove(call: Call, user: User, proof: ProofIn) -> None:
    """Make sure of it, by password, or by code for who has none; the code is spent. Outside any transaction."""
    device = device_of(call)
    async with call.container.scope(write=False) as scope:
        throttle, hasher = scope.port(Throttle), scope.port(PasswordHasher)
    code = await usecases.begin(throttle, hasher, user, password=proof.password, code=proof.code, device=device)
    if code is None:
        return
    async with call.write_scope() as scope:
        right = await otp.spend(
            scope.port(LoginCodes), scope.port(CodeSeal), user.email, "confirm", code, call.clock.now()
        )
    await usecases.end(throttle, user, right=right, device=device)
