"""What administrators do with webhooks, and how an event becomes deliveries."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from kernel.events import Event
from kernel.ids import new_id
from kernel.versions import ensure_unchanged
from notify.webhooks import payload, signature
from notify.webhooks.model import (
    MAX_QUEUED,
    MAX_WEBHOOKS,
    DeliveryNotFound,
    DeliveryNotOver,
    DeliveryState,
    PauseReason,
    TooManyWebhooks,
    UnknownEvents,
    Webhook,
    WebhookDelivery,
    WebhookId,
    WebhookNotFound,
)

PING: Final = "ping"
"""The type of a test message; no event is called so."""

REPLAYED_AT_ONCE: Final = 1_000
"""Dead deliveries that one request sends again."""


class Webhooks(Protocol):
    """The receivers."""

    def add(self, webhook: Webhook) -> None:
        """Keep a new one."""
        ...

    async def all(self) -> Sequence[Webhook]:
        """By id; they are few."""
        ...

    async def get(self, webhook_id: str) -> Webhook | None:
        """``None`` where there is none with this id."""
        ...

    async def lock(self, webhook_id: str) -> Webhook | None:
        """The same, locked until the end of the transaction."""
        ...

    async def remove(self, webhook: Webhook) -> None:
        """Delete it with its deliveries."""
        ...


class Deliveries(Protocol):
    """What is sent to them."""

    async def queue(self, deliveries: Sequence[WebhookDelivery]) -> None:
        """Keep them until they are delivered."""
        ...

    async def waiting(self, webhook_ids: Collection[str]) -> dict[str, int]:
        """How many are pending for each; those without any are left out."""
        ...

    async def get(self, webhook_id: str, delivery_id: str) -> WebhookDelivery | None:
        """``None`` where that webhook has none with this id."""
        ...

    async def page(
        self, webhook_id: str, *, state: DeliveryState | None, before: str | None, limit: int
    ) -> Sequence[WebhookDelivery]:
        """The newest first, from below the id ``before``."""
        ...

    async def replay(self, webhook_id: str, *, delivery_id: str | None, now: datetime) -> int:
        """Make one that is over (``None``: the oldest dead ones) pending anew; returns how many."""
        ...


class Seal(Protocol):
    """Keeps secrets in the database."""

    def seal(self, secret: str, *, bound: str) -> str:
        """``secret`` encrypted, to be opened for ``bound`` alone."""
        ...


class Targets(Protocol):
    """Where webhooks may point."""

    def vet(self, url: str) -> None:
        """Raises :class:`kernel.outbound.url_vetting.AddressRefused`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    webhooks: Webhooks
    deliveries: Deliveries
    seal: Seal
    targets: Targets
    now: datetime


async def create(context: WebhookContext, *, url: str, description: str, events: Sequence[str]) -> tuple[Webhook, str]:
    """A new receiver, and its secret, which nobody is told a second time.

    Raises :class:`UnknownEvents`, :class:`TooManyWebhooks`, :class:`kernel.outbound.url_vetting.AddressRefused`.
    """
    _check(context.targets, url, events)
    if len(await context.webhooks.all()) >= MAX_WEBHOOKS:
        raise TooManyWebhooks(limit=MAX_WEBHOOKS)
    webhook_id, secret = WebhookId(new_id()), signature.new_secret()
    webhook = Webhook.create(
        webhook_id,
        url=url,
        description=description,
        events=tuple(events),
        sealed=context.seal.seal(secret, bound=webhook_id),
        now=context.now,
    )
    context.webhooks.add(webhook)
    return webhook, secret


async def change(
    context: WebhookContext,
    webhook_id: str,
    *,
    url: str,
    description: str,
    events: Sequence[str],
    version: int | None,
) -> Webhook:
    """Raises :class:`WebhookNotFound`, :class:`kernel.errors.Stale` and what :func:`create` raises."""
    _check(context.targets, url, events)
    webhook = await _locked(context, webhook_id)
    ensure_unchanged(webhook.version, version)
    webhook.change(url=url, description=description, events=tuple(events), now=context.now)
    return webhook


async def rotate(context: WebhookContext, webhook_id: str) -> tuple[Webhook, str]:
    """A new secret; the present one signs beside it for a day. Raises :class:`WebhookNotFound`."""
    webhook = await _locked(context, webhook_id)
    secret = signature.new_secret()
    webhook.rotate(context.seal.seal(secret, bound=webhook.id), context.now)
    return webhook, secret


async def pause(context: WebhookContext, webhook_id: str) -> Webhook:
    """Raises :class:`WebhookNotFound`."""
    webhook = await _locked(context, webhook_id)
    webhook.pause(PauseReason.BY_HAND, context.now)
    return webhook


async def resume(context: WebhookContext, webhook_id: str) -> Webhook:
    """Raises :class:`WebhookNotFound`."""
    webhook = await _locked(context, webhook_id)
    webhook.resume(context.now)
    return webhook


async def remove(context: WebhookContext, webhook_id: str) -> None:
    """Raises :class:`WebhookNotFound`."""
    webhook = await _locked(context, webhook_id)
    webhook.removed(context.now)
    await context.webhooks.remove(webhook)


async def test(context: WebhookContext, webhook_id: str, *, actor_id: str) -> WebhookDelivery:
    """Send a message that says nothing, also to a paused receiver. Raises :class:`WebhookNotFound`."""
    webhook = await _locked(context, webhook_id)
    message_id = new_id()
    message = {"id": message_id, "type": PING, "timestamp": context.now.isoformat(), "actor_id": actor_id, "data": {}}
    delivery = _delivery(webhook, message, context.now)
    await context.deliveries.queue([delivery])
    return delivery


async def replay(context: WebhookContext, webhook_id: str, delivery_id: str | None) -> int:
    """Send what is over again, under its old id; without ``delivery_id`` all that is dead, up to 1,000.

    Raises :class:`WebhookNotFound`, :class:`DeliveryNotFound`, :class:`DeliveryNotOver`.
    """
    await get(context, webhook_id)
    if delivery_id is not None:
        found = await context.deliveries.get(webhook_id, delivery_id)
        if found is None:
            raise DeliveryNotFound
        if found.state is DeliveryState.PENDING:
            raise DeliveryNotOver
    return await context.deliveries.replay(webhook_id, delivery_id=delivery_id, now=context.now)


async def hear(context: WebhookContext, happened: Sequence[tuple[Event, dict[str, Any]]]) -> None:
    """Queue each event, given with its origin, for every receiver that wants to hear of it."""
    receivers = await context.webhooks.all()
    wanted = {
        kind: [webhook for webhook in receivers if payload.matches(kind, webhook.events)]
        for kind in {type(event) for event, _ in happened}
    }
    told = {webhook.id for group in wanted.values() for webhook in group}
    if not told:
        return
    waiting = await context.deliveries.waiting(told)
    queued = []
    for event, origin in happened:
        message = payload.message(event, message_id=new_id(), actor_id=origin.get("actor_id"))
        for webhook in wanted[type(event)]:
            if waiting.get(webhook.id, 0) >= MAX_QUEUED:
                webhook.dropped += 1
            else:
                waiting[webhook.id] = waiting.get(webhook.id, 0) + 1
                queued.append(_delivery(webhook, message, context.now))
    await context.deliveries.queue(queued)


async def get(context: WebhookContext, webhook_id: str) -> Webhook:
    """Raises :class:`WebhookNotFound`."""
    webhook = await context.webhooks.get(webhook_id)
    if webhook is None:
        raise WebhookNotFound
    return webhook


async def _locked(context: WebhookContext, webhook_id: str) -> Webhook:
    webhook = await context.webhooks.lock(webhook_id)
    if webhook is None:
        raise WebhookNotFound
    return webhook


def _check(targets: Targets, url: str, events: Sequence[str]) -> None:
    targets.vet(url)
    nobody = payload.unknown(events)
    if nobody:
        raise UnknownEvents(names=", ".join(nobody))


def _delivery(webhook: Webhook, message: dict[str, Any], now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        webhook_id=webhook.id,
        message_id=message["id"],
        event=message["type"],
        # Stored as it is sent, and so as it is signed: another version's idea of JSON must not break a signature.
        body=json.dumps(message, ensure_ascii=False, separators=(",", ":")),
        created_at=now,
        not_before=now,
    )
