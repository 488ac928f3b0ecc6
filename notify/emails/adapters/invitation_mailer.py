"""Invitations to teams by e-mail."""

from datetime import datetime

from accounts.identity.emails import EmailOutbox, OutgoingEmail
from accounts.identity.names import Email
from accounts.teams.invitations import usecases
from accounts.teams.invitations.model import Invitation, invitation_link
from accounts.teams.invitations.usecases import Invitations
from accounts.teams.usecases import People, Teams
from kernel.outbound.mail import Mail
from kernel.scope import Scope
from notify.emails import templates


class InvitationMailer:
    """The ``InvitationPost`` of ``accounts.teams``: orders the e-mail of an invitation."""

    def __init__(self, scope: Scope) -> None:
        self._emails = scope.port(EmailOutbox)

    def address(self, text: str) -> tuple[str, str]:
        """An address as it was written, and folded.  Raises ``EmailInvalid``."""
        email = Email.parse(text)
        return email, email.key

    async def send(self, invitation: Invitation, now: datetime) -> None:
        """Put an invitation into the outbox."""
        email = OutgoingEmail.order(
            "team_invitation", Email(invitation.email), invitation.language, about_id=invitation.id
        )
        await self._emails.put(email, now)


class InvitationAuthor:
    """Writes the e-mails that :class:`InvitationMailer` ordered; ``public_url`` begins their links."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def __call__(self, scope: Scope, email: OutgoingEmail, now: datetime) -> Mail | None:
        """The e-mail as it is sent; ``None`` for an invitation that is over."""
        found = await usecases.letter_of(
            scope.port(Teams), scope.port(Invitations), scope.port(People), email.about_id or "", now
        )
        if found is None:
            return None
        seen, token = found
        subject, text = templates.write_invitation(
            email.language,
            inviter="" if seen.inviter is None else seen.inviter.nickname,
            team=seen.team.name,
            link=invitation_link(public_url=self._public_url, token=token),
        )
        return Mail(email.email, subject, text)
