"""What e-mail binds for itself: the outbox that accounts order from, and the round that sends it."""

from accounts.identity.emails import EmailOutbox
from accounts.teams.invitations.usecases import InvitationPost
from kernel.feature import Feature, Process
from kernel.jobs import PeriodicTask
from kernel.outbound.mail import Mailer
from kernel.scope import Scope
from notify.emails.adapters.invitation_mailer import InvitationAuthor, InvitationMailer
from notify.emails.jobs import EmailSender
from notify.emails.outbox import EmailQueue
from notify.emails.repository import SqlEmailOutbox


def build(process: Process, mailer: Mailer) -> EmailSender:
    """Sends through ``mailer`` what identity orders, and invitations to teams."""
    return EmailSender(
        mailer,
        public_url=process.public_url,
        authors={"team_invitation": InvitationAuthor(process.public_url)},
    )


def declare(sender: EmailSender, *, sends_mail: bool) -> Feature:
    """Without ``sends_mail`` nothing is put into the outbox, for nobody would take it out."""

    def outbox(scope: Scope) -> SqlEmailOutbox:
        return SqlEmailOutbox(scope.uow, deliverable=sends_mail)

    return Feature(
        ports={EmailOutbox: outbox, EmailQueue: outbox, InvitationPost: InvitationMailer},
        # The name of its mark in the database, from when e-mails were letters.
        periodic_tasks=[PeriodicTask("deliver_letters", 2, sender.deliver_due)],
    )
