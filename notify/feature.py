"""The features of ``notify`` put together, in the order that the API page has them."""

from collections.abc import Sequence
from dataclasses import dataclass

import notify.audit.feature
import notify.emails.feature
import notify.notifications.feature
import notify.webhooks.feature
from kernel.events import Event
from kernel.feature import Feature, Process
from kernel.outbound.mail import Mailer
from kernel.scope import Scope
from notify.audit.feature import record_audit
from notify.emails.jobs import EmailSender
from notify.webhooks.feature import WebhookComponents, enqueue_webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """What ``notify`` shares between all requests of a process, and what it declares."""

    emails: EmailSender
    webhooks: WebhookComponents
    feature: Feature


def build(process: Process, mailer: Mailer, *, sends_mail: bool, webhook_networks: Sequence[str]) -> Notify:
    """``notify`` over its process.

    ``mailer`` carries e-mail; without ``sends_mail`` whoever asks for one is told that there is none.  Webhooks may go to
    the private ``webhook_networks`` (CIDR), too.
    """
    emails = notify.emails.feature.build(process, mailer)
    webhooks = notify.webhooks.feature.build(process, networks=webhook_networks)
    feature = Feature.merged(
        [
            notify.notifications.feature.FEATURE,
            notify.webhooks.feature.declare(webhooks),
            notify.audit.feature.FEATURE,
            notify.emails.feature.declare(emails, sends_mail=sends_mail),
        ]
    )
    return Notify(emails=emails, webhooks=webhooks, feature=feature)


async def audit_and_enqueue(scope: Scope, event: Event) -> None:
    """Both in one: what a row means that was written before they were two subscribers."""
    await record_audit(scope, event)
    await enqueue_webhooks(scope, event)
