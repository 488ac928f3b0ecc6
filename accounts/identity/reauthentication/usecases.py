"""Showing that it is still oneself who sits there: by password, or by a code from a letter for those who have none.

Whatever somebody could do for good with a browser that was left open asks for it: deleting the account, going over to another
address, giving a team away, linking another way in (OWASP ASVS 5.0 §7.5.1).  A fresh sign-in at the provider would not do: many
of them let an open browser through without a question, and do not tell.
"""

from datetime import datetime

from accounts.identity import limits
from accounts.identity.emails import EmailOutbox, OutgoingEmail
from accounts.identity.errors import ConfirmationNeeded, HasPassword, WrongCode, WrongPassword
from accounts.identity.model import ClientDevice, User
from accounts.identity.otp.usecases import LIFETIME, LoginCodes
from accounts.identity.passwords.usecases import prove_again
from accounts.identity.ports import PasswordHasher, Throttle
from kernel.limits import address_key


async def ask(
    codes: LoginCodes,
    emails: EmailOutbox,
    throttle: Throttle,
    user: User,
    *,
    language: str,
    device: ClientDevice,
    now: datetime,
) -> None:
    """Order a letter with a code that stands for the password ``user`` does not have.

    Raises :class:`HasPassword`, :class:`kernel.errors.TooManyRequests`.
    """
    if user.password_hash:
        raise HasPassword
    await throttle.count(limits.CODE_ADDRESS, address_key(device.address))
    # Counted for the account: strangers, who can have codes to sign in with sent to the address, do not use this up.
    await throttle.count(limits.CODE_ACCOUNT, user.id)
    await throttle.count(limits.CODE_ACCOUNT_DAY, user.id)
    await codes.put(user.email, None, now + LIFETIME)
    await emails.put(OutgoingEmail.order("confirm", user.email, language), now)


async def begin(
    throttle: Throttle,
    hasher: PasswordHasher,
    user: User,
    *,
    password: str | None,
    code: str | None,
    device: ClientDevice,
) -> str | None:
    """Check the password, or give back the code that is yet to be spent (``otp.usecases.spend``) and told to :func:`end`.

    Outside any transaction.  Raises :class:`WrongPassword`, :class:`ConfirmationNeeded`,
    :class:`kernel.errors.TooManyRequests`.
    """
    if user.password_hash:
        if password is None:
            raise WrongPassword
        await prove_again(throttle, hasher, user, password=password, device=device)
        return None
    if code is None:
        raise ConfirmationNeeded
    await throttle.count(limits.LOGIN_PAIR, _pair(user, device))
    return code


async def end(throttle: Throttle, user: User, *, right: bool, device: ClientDevice) -> None:
    """Raises :class:`WrongCode`."""
    if not right:
        raise WrongCode
    await throttle.reset(limits.LOGIN_PAIR, _pair(user, device))


def _pair(user: User, device: ClientDevice) -> str:
    return f"confirm {user.id} {address_key(device.address)}"
