"""E-mail that is to be sent to people; who writes it and carries it to a mail server is said in ``server/wiring.py``."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, Self

from accounts.identity.model import UserId
from accounts.identity.names import Email
from kernel.ids import new_id

TokenKind = Literal["verify", "reset", "email"]
"""E-mail with a link that works once."""

EmailKind = TokenKind | Literal["code", "confirm", "email_changed", "team_invitation"]

LANGUAGES: Final = ("en", "ru")
"""What e-mail is written in, the default first."""


def language_of(accept_language: str) -> str:
    """The first language of an ``Accept-Language`` header (RFC 9110 §12.5.4) that is one of :data:`LANGUAGES`."""
    for entry in accept_language.split(","):
        language = entry.partition(";")[0].strip().partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEmail:
    """An order to write to somebody, kept until it is carried out."""

    id: str
    kind: EmailKind
    email: Email
    language: str
    """One of :data:`LANGUAGES`."""
    user_id: UserId | None = None
    """Whom it is about, where the address does not say: it is not theirs yet, or not any more."""
    about_id: str | None = None
    """What it is about, where that is no user: an invitation."""
    attempts: int = 0

    @classmethod
    def order(
        cls,
        kind: EmailKind,
        email: Email,
        language: str,
        *,
        user_id: UserId | None = None,
        about_id: str | None = None,
    ) -> Self:
        """A new one."""
        return cls(id=new_id(), kind=kind, email=email, language=language, user_id=user_id, about_id=about_id)


class EmailOutbox(Protocol):
    """Where e-mail waits to be written and sent, in the transaction that ordered it."""

    async def put(self, email: OutgoingEmail, now: datetime) -> None:
        """Raises :class:`kernel.outbound.mail.NoMailServer` where none is set up and the e-mail is all that was asked for."""
        ...

    async def withdraw(self, user_id: UserId, kinds: Collection[EmailKind]) -> None:
        """Take back what is about a user, of these ``kinds``, and was not sent yet."""
        ...
