"""Webhooks in memory, as the use cases see them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from kernel.outbound.url_vetting import AddressRefused
from notify.webhooks.model import DeliveryState, Webhook, WebhookDelivery
from notify.webhooks.usecases import REPLAYED_AT_ONCE, WebhookContext

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class MemoryWebhooks:
    def __init__(self) -> None:
        self.kept: dict[str, Webhook] = {}

    def add(self, webhook: Webhook) -> None:
        self.kept[webhook.id] = webhook

    async def all(self) -> Sequence[Webhook]:
        return [self.kept[webhook_id] for webhook_id in sorted(self.kept)]

    async def get(self, webhook_id: str) -> Webhook | None:
        return self.kept.get(webhook_id)

    async def lock(self, webhook_id: str) -> Webhook | None:
        return self.kept.get(webhook_id)

    async def remove(self, webhook: Webhook) -> None:
        del self.kept[webhook.id]


class MemoryDeliveries:
    def __init__(self) -> None:
        self.kept: dict[str, WebhookDelivery] = {}

    def of(self, webhook_id: str) -> list[WebhookDelivery]:
        """All for one receiver, the oldest first."""
        return [one for one in self.kept.values() if one.webhook_id == webhook_id]

    async def queue(self, deliveries: Sequence[WebhookDelivery]) -> None:
        self.kept |= {one.id: one for one in deliveries}

    async def waiting(self, webhook_ids: Collection[str]) -> dict[str, int]:
        counts = {
            webhook_id: sum(one.state is DeliveryState.PENDING for one in self.of(webhook_id))
            for webhook_id in webhook_ids
        }
        return {webhook_id: count for webhook_id, count in counts.items() if count}

    async def get(self, webhook_id: str, delivery_id: str) -> WebhookDelivery | None:
        found = self.kept.get(delivery_id)
        return found if found is not None and found.webhook_id == webhook_id else None

    async def page(
        self, webhook_id: str, *, state: DeliveryState | None, before: str | None, limit: int
    ) -> Sequence[WebhookDelivery]:
        found = [
            one for one in self.of(webhook_id) if state in {None, one.state} and (before is None or one.id < before)
        ]
        return sorted(found, key=lambda one: one.id, reverse=True)[:limit]

    async def replay(self, webhook_id: str, *, delivery_id: str | None, now: datetime) -> int:
        over = [one for one in self.of(webhook_id) if one.state is not DeliveryState.PENDING]
        if delivery_id is None:
            over = [one for one in over if one.state is DeliveryState.DEAD][:REPLAYED_AT_ONCE]
        else:
            over = [one for one in over if one.id == delivery_id]
        self.kept |= {
            one.id: replace(one, state=DeliveryState.PENDING, attempts=0, not_before=now, ended_at=None) for one in over
        }
        return len(over)


class PlainSeal:
    """Shows what it would hide, and for whom."""

    def seal(self, secret: str, *, bound: str) -> str:
        return f"{bound}:{secret}"


class HttpsAlone:
    """Refuses what is not https."""

    def vet(self, url: str) -> None:
        if not url.startswith("https://"):
            raise AddressRefused(reason="it is not https")


class Memory:
    """The ports of the use cases."""

    def __init__(self) -> None:
        self.webhooks = MemoryWebhooks()
        self.deliveries = MemoryDeliveries()

    @property
    def context(self) -> WebhookContext:
        return WebhookContext(
            webhooks=self.webhooks, deliveries=self.deliveries, seal=PlainSeal(), targets=HttpsAlone(), now=NOW
        )
