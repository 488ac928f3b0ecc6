"""What can go wrong while signing in with an account somewhere else.

::

    NotFound ─────── ProviderNotFound IdentityNotFound
    Unavailable ──── ProviderAway
    Invalid ──────── SignInExpired
    Unauthenticated  ProviderAnswerInvalid
    Forbidden ────── SignInRefused ProviderEmailUnverified
    Conflict ─────── EmailHasAccount IdentityTaken LastWayIn TooManyLinked
"""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable


class ProviderNotFound(NotFound):
    """There is no such provider."""


class IdentityNotFound(NotFound):
    """No such account is linked to yours."""


class ProviderAway(Unavailable):
    """The provider does not answer. Try again in a moment, or sign in with your password."""


class SignInExpired(Invalid):
    """This sign-in was begun elsewhere, too long ago, or is over already. Begin again."""


class ProviderAnswerInvalid(Unauthenticated):
    """What the provider answered does not hold, so you were not signed in."""


class SignInRefused(Forbidden):
    """The provider did not let you in, or you changed your mind."""


class ProviderEmailUnverified(Forbidden):
    """The provider does not vouch for your e-mail address. Confirm it there, or sign up here and link the account."""


class EmailHasAccount(Conflict):
    """There is an account with this e-mail address. Sign in to it, then link the provider on your account page."""


class IdentityTaken(Conflict):
    """This account of the provider is linked to somebody else here."""


class TooManyLinked(Conflict):
    """You have linked as many accounts as there may be. Unlink one first."""


class LastWayIn(Conflict):
    """You have no password, so this is your only way in. Set one first with "Forgotten password"."""
