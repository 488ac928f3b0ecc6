"""What can go wrong with an account.

::

    Invalid ──────── EmailInvalid NicknameInvalid PasswordTooShort PasswordTooLong PasswordTooCommon
                     AuthorizationPending SlowDown AccessDenied ExpiredToken InvalidGrant
    Unauthenticated  InvalidCredentials TokenInvalid TokenExpired SessionEnded RefreshTokenInvalid CodeInvalid
    Forbidden ────── AccountBanned WrongPassword WrongCode ConfirmationNeeded OutOfReach CrossSiteRequest
    Conflict ─────── EmailTaken NicknameTaken AlreadyVerified HasPassword LastAdmin
    Gone ─────────── OneTimeTokenInvalid
    NotFound ─────── UserNotFound SessionNotFound DeviceCodeNotFound
"""

from kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Unauthenticated


class EmailInvalid(Invalid):
    """This does not look like an e-mail address."""


class NicknameInvalid(Invalid):
    """A nickname has 2 to 32 characters: letters of one alphabet, digits, spaces, "_", "-", "." and an apostrophe."""


class PasswordTooShort(Invalid):
    """A password needs at least {min_chars} characters."""


class PasswordTooLong(Invalid):
    """A password may have at most {max_chars} characters."""


class PasswordTooCommon(Invalid):
    """This password is among the first that anybody would try. Choose another; a few unrelated words do well."""


class AuthorizationPending(Invalid):
    """Nobody has approved this device yet. Ask again after the interval."""


class SlowDown(Invalid):
    """This device asks too often. Its interval is now {interval} s."""


class AccessDenied(Invalid):
    """Somebody refused to sign this device in."""


class ExpiredToken(Invalid):
    """The code of this device has expired. Get a new one."""


class InvalidGrant(Invalid):
    """This device code is not known, or was used already. Get a new one."""


class InvalidCredentials(Unauthenticated):
    """The login or the password is wrong."""


class OneTimePasswordSpent(Unauthenticated):
    """This password was good for signing in once. Choose another one where you are signed in, or let the operator set one."""


class TokenInvalid(Unauthenticated):
    """The access token is not valid."""


class TokenExpired(Unauthenticated):
    """The access token has expired. Refresh it."""


class SessionEnded(Unauthenticated):
    """This session has ended. Please sign in."""


class RefreshTokenInvalid(Unauthenticated):
    """The refresh token is not valid. Please sign in."""


class CodeInvalid(Unauthenticated):
    """This code is wrong, or no longer good. Ask for a new one."""


class OneTimeTokenInvalid(Gone):
    """This link has been used, or is too old. Ask for a new one."""


class AccountBanned(Forbidden):
    """This account has been blocked."""


class WrongPassword(Forbidden):
    """The current password is wrong."""


class WrongCode(Forbidden):
    """This code is wrong or too old. Have another one sent."""


class ConfirmationNeeded(Forbidden):
    """You have no password here: have a code sent to your e-mail address, and send that along."""


class OutOfReach(Forbidden):
    """You may do this only to people whose role is below yours."""


class CrossSiteRequest(Forbidden):
    """Another site may not do this."""


class EmailTaken(Conflict):
    """Somebody already registered with this e-mail address."""


class NicknameTaken(Conflict):
    """Somebody already has this nickname, or one that looks the same."""


class NicknameReserved(NicknameTaken):
    """This nickname, or one that looks like it, is kept for the site itself. Choose another one."""


class AlreadyVerified(Conflict):
    """This e-mail address is confirmed already."""


class HasPassword(Conflict):
    """You have a password, which is what shows that it is you."""


class LastAdmin(Conflict):
    """This is the last administrator; make somebody else one first."""


class UserNotFound(NotFound):
    """There is no such user."""


class SessionNotFound(NotFound):
    """There is no such session."""


class DeviceCodeNotFound(NotFound):
    """No device waits with this code: it is mistyped, too old, or was used."""
