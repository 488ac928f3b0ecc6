"""The context of the webhooks' use cases."""

from kernel.scope import Scope
from notify.webhooks.usecases import Deliveries, Seal, Targets, WebhookContext, Webhooks


def context_of(scope: Scope) -> WebhookContext:
    """What the webhooks' use cases work with in the transaction of ``scope``, at this moment."""
    return WebhookContext(
        webhooks=scope.port(Webhooks),
        deliveries=scope.port(Deliveries),
        seal=scope.port(Seal),
        targets=scope.port(Targets),
        now=scope.clock.now(),
    )
