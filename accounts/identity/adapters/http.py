"""What the routes of accounts have in common: where a call comes from, and how a user is answered."""

from aiohttp import hdrs

from accounts.identity import emails
from accounts.identity import model as profile
from accounts.identity.model import ClientDevice, User
from accounts.identity.schemas import UserOut
from kernel.http import Call, Reply, etag
from kernel.versions import version_of


def device_of(call: Call) -> ClientDevice:
    """Where ``call`` comes from, as text that any database can hold."""
    user_agent = call.request.headers.get(hdrs.USER_AGENT, "")
    # aiohttp hands header bytes that are no UTF-8 on as lone surrogates.
    printable = "".join(char for char in user_agent if char.isprintable())
    return ClientDevice(call.address, printable)


def language_of(call: Call) -> str:
    """The language to write to the caller in."""
    return emails.language_of(call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))


def shown(user: User) -> Reply[UserOut]:
    """Somebody to themselves; the tag is for ``If-Match`` when the profile is edited."""
    others = version_of(
        user.email, user.email_verified_at is None, user.role, bool(user.password_hash), user.sign_ins_left
    )
    return Reply(UserOut.of(user), headers={hdrs.ETAG: etag(profile.profile_version(user), str(others))})
