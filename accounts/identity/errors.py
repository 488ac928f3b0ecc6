"""What can go wrong with an account.

::

    Invalid ──────── EmailInvalid NicknameInvalid PasswordTooShort PasswordTooLong PasswordTooCommon
    Unauthenticated  InvalidCredentials TokenInvalid TokenExpired SessionEnded RefreshTokenInvalid
    Forbidden ────── AccountBanned WrongPassword OutOfReach CrossSiteRequest
    Conflict ─────── EmailTaken NicknameTaken AlreadyVerified LastAdmin
    Gone ─────────── OneTimeTokenInvalid
    NotFound ─────── UserNotFound SessionNotFound
"""

from kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Unauthenticated


class EmailInvalid(Invalid):
    """This does not look like an e-mail address."""


class NicknameInvalid(Invalid):
    """A nickname has 2 to 32 characters: letters of one alphabet, digits, spaces, "_", "-" and "."."""


class PasswordTooShort(Invalid):
    """A password needs at least {min_chars} characters."""


class PasswordTooLong(Invalid):
    """A password may have at most {max_chars} characters."""


class PasswordTooCommon(Invalid):
    """This password is among the first that anybody would try. Choose another; a few unrelated words do well."""


class InvalidCredentials(Unauthenticated):
    """The login or the password is wrong."""


class TokenInvalid(Unauthenticated):
    """The access token is not valid."""


class TokenExpired(Unauthenticated):
    """The access token has expired. Refresh it."""


class SessionEnded(Unauthenticated):
    """This session has ended. Please sign in."""


class RefreshTokenInvalid(Unauthenticated):
    """The refresh token is not valid. Please sign in."""


class OneTimeTokenInvalid(Gone):
    """This link has been used, or is too old. Ask for a new one."""


class AccountBanned(Forbidden):
    """This account has been blocked."""


class WrongPassword(Forbidden):
    """The current password is wrong."""


class OutOfReach(Forbidden):
    """You may do this only to people whose role is below yours."""


class CrossSiteRequest(Forbidden):
    """Another site may not do this."""


class EmailTaken(Conflict):
    """Somebody already registered with this e-mail address."""


class NicknameTaken(Conflict):
    """Somebody already has this nickname, or one that looks the same."""


class AlreadyVerified(Conflict):
    """This e-mail address is confirmed already."""


class LastAdmin(Conflict):
    """This is the last administrator; make somebody else one first."""


class UserNotFound(NotFound):
    """There is no such user."""


class SessionNotFound(NotFound):
    """There is no such session."""
