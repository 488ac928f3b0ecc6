"""What webhooks bind for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kernel.events import Event
from kernel.feature import Feature, Process
from kernel.jobs import PeriodicTask
from kernel.outbox.outbox import Delivery, Subscriber
from kernel.scope import Scope
from kernel.secrets.encryption import SecretBox
from kernel.secrets.reencryption import Reencryption
from notify.webhooks import jobs, routes, usecases
from notify.webhooks.adapters.context import context_of
from notify.webhooks.adapters.http_sender import Sender, WebhookTargets
from notify.webhooks.jobs import Deliverer
from notify.webhooks.repository import SqlDeliveries, SqlWebhooks, WebhookSecrets
from notify.webhooks.usecases import Deliveries, Seal, Targets, Webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookComponents:
    """What webhooks share between all requests of a process."""

    box: SecretBox
    targets: WebhookTargets
    deliverer: Deliverer


def build(process: Process, *, networks: Sequence[str]) -> WebhookComponents:
    """The components; webhooks may go to private ``networks`` (CIDR), and to public ones anyway."""
    box, targets = SecretBox(process.derive_keys("webhooks")), WebhookTargets(tuple(networks))
    return WebhookComponents(box=box, targets=targets, deliverer=Deliverer(Sender(targets), box))


def declare(components: WebhookComponents) -> Feature:
    """What webhooks bind, serve and do regularly."""
    return Feature(
        ports={
            Webhooks: lambda scope: SqlWebhooks(scope.uow),
            Deliveries: lambda scope: SqlDeliveries(scope.uow),
            Seal: lambda _: components.box,
            Targets: lambda _: components.targets,
        },
        routers=[routes.router],
        periodic_tasks=[
            PeriodicTask("deliver_webhooks", 1, components.deliverer.deliver_due),
            PeriodicTask("delete_old_webhook_deliveries", 3600, jobs.forget_old),
        ],
        reencryptions=[Reencryption("secrets of webhooks", components.box, WebhookSecrets)],
        closers=[components.deliverer.close],
    )


async def enqueue_webhooks(scope: Scope, event: Event) -> None:
    """A subscriber: other programs hear of what they asked for."""
    await _hear(scope, [(event, scope.origin)])


async def enqueue_many_webhooks(scope: Scope, deliveries: Sequence[Delivery]) -> None:
    """The same for several."""
    await _hear(scope, [(delivery.event, delivery.origin) for delivery in deliveries])


async def _hear(scope: Scope, happened: Sequence[tuple[Event, dict[str, Any]]]) -> None:
    await usecases.hear(context_of(scope), happened)


ENQUEUES = Subscriber("enqueue_webhooks", enqueue_webhooks, enqueue_many_webhooks)
