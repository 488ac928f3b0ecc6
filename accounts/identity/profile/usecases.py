"""What others see of a person, and the address we write to."""

from datetime import datetime

from accounts.identity import limits
from accounts.identity.emails import EmailOutbox, OutgoingEmail
from accounts.identity.errors import UserNotFound
from accounts.identity.model import ClientDevice, User, UserId, profile_version
from accounts.identity.names import Email, Nickname, ensure_not_reserved
from accounts.identity.ports import Throttle, Users
from kernel.access import Actor
from kernel.images.pictures import Pictures
from kernel.limits import address_key
from kernel.versions import ensure_unchanged


async def rename(
    users: Users, throttle: Throttle, actor: Actor, *, nickname: str, now: datetime, version: int | None
) -> User:
    """Raises :class:`NicknameInvalid`, :class:`NicknameReserved`, :class:`NicknameTaken`, :class:`kernel.errors.Stale`,
    :class:`kernel.errors.TooManyRequests`."""
    name = Nickname.parse(nickname)
    user = await _held(users, actor)
    ensure_unchanged(profile_version(user), version)
    if name != user.nickname:
        if name.key != user.nickname_key:
            ensure_not_reserved(name)
        await throttle.count(limits.NICKNAME, user.id)
        user.rename(name, now)
        await users.save_names()
    return user


async def show_avatar(
    users: Users, pictures: Pictures, actor: Actor, *, webp: bytes | None, now: datetime, version: int | None = None
) -> User:
    """Show ``webp``, a picture of our own making, or nothing; what was shown before is gone with that.

    Raises :class:`kernel.errors.Stale`.
    """
    user = await _held(users, actor)
    ensure_unchanged(profile_version(user), version)
    before = user.avatar_url
    user.show(None if webp is None else await pictures.add(webp), now)
    await pictures.remove(before)
    return user


async def _held(users: Users, actor: Actor) -> User:
    """Of two changes that come at once one follows the other, instead of both changing what was there before."""
    user = await users.lock(UserId(actor.user_id))
    if user is None:
        raise UserNotFound
    return user


async def count_email_change(throttle: Throttle, user: User, address: Email, device: ClientDevice) -> None:
    """Raises :class:`kernel.errors.TooManyRequests`."""
    await throttle.count(limits.FORGOT_ADDRESS, address_key(device.address))
    await throttle.count(limits.FORGOT_ACCOUNT, address.mailbox)
    await throttle.count(limits.VERIFY_ACCOUNT, user.id)


async def ask_for_email_change(emails: EmailOutbox, user: User, *, email: Email, language: str, now: datetime) -> None:
    """Order a letter to the new address; the old one stays until the link in it is opened.

    Whether somebody else has the address is not said here: their mailbox is not the asker's business.
    """
    await emails.put(OutgoingEmail.order("email", email, language, user_id=user.id), now)
