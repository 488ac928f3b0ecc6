"""The rounds in which deliveries leave, and in which what is over is removed.

A delivery is claimed in one transaction, sent outside any, and its outcome recorded in another.  Whoever dies in between leaves a claim that
runs out, so a receiver hears everything at least once, and perhaps twice: that is what ``webhook-id`` is for.
"""

import asyncio
from functools import partial
from typing import Final

import structlog
from aiohttp import hdrs
from prometheus_client import Counter

from kernel.concurrency.tasks import TaskSet
from kernel.scope import Container
from kernel.secrets.encryption import SealBrokenError, SecretBox
from notify.webhooks import signature
from notify.webhooks.adapters.http_sender import Sender
from notify.webhooks.model import DeliveryState, Outcome, WebhookDelivery
from notify.webhooks.repository import SqlDeliveries, SqlWebhooks

log = structlog.get_logger()

AT_ONCE: Final = 8
"""Receivers that are sent to at the same time."""

A_TURN: Final = 50
"""Deliveries to one receiver before the others have their turn."""

RECEIVERS_A_ROUND: Final = 50

ROUND_S: Final = 1.0
"""A round waits no longer for slow receivers; they go on while the next one begins."""

DELIVERIES: Final = Counter("ani_webhook_attempts_total", "Attempts to deliver to webhooks", ["outcome"])
"""Outcomes: delivered, retried, dead."""


class Deliverer:
    """Rounds over all receivers, several at the same time, each in its own pace."""

    def __init__(self, sender: Sender, box: SecretBox) -> None:
        self._sender = sender
        self._box = box
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._tasks = TaskSet("webhooks")
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def close(self) -> None:
        """End what is under way, and close the client."""
        await self._tasks.close()
        await self._sender.close()

    async def deliver_due(self, container: Container) -> None:
        """One round; returns when everybody had their turn, or after :data:`ROUND_S`."""
        async with container.scope(write=False) as scope:
            due = await SqlDeliveries(scope.uow).due(container.clock.now(), limit=RECEIVERS_A_ROUND)
        for webhook_id in due:
            if webhook_id not in self._turns:
                turn = self._tasks.spawn(self._turn(container, webhook_id), name=webhook_id)
                self._turns[webhook_id] = turn
                turn.add_done_callback(partial(self._had_turn, webhook_id))
        if self._turns:
            await asyncio.wait(list(self._turns.values()), timeout=ROUND_S)

    def _had_turn(self, webhook_id: str, _turn: asyncio.Task[None]) -> None:
        self._turns.pop(webhook_id, None)

    async def _turn(self, container: Container, webhook_id: str) -> None:
        async with self._slots:
            for _ in range(A_TURN):
                if not await self._deliver_one(container, webhook_id):
                    return

    async def _deliver_one(self, container: Container, webhook_id: str) -> bool:
        """Whether there is reason to go on: something was sent, and taken."""
        now = container.clock.now()
        async with container.scope(write=True) as scope:
            delivery = await SqlDeliveries(scope.uow).claim(webhook_id, now)
            webhook = await SqlWebhooks(scope.uow).get(webhook_id) if delivery is not None else None
            if delivery is None or webhook is None:
                return False
            url, sealed = webhook.url, webhook.sealed_secrets(now)
        outcome = await self._send(webhook_id, url, sealed, delivery, round(now.timestamp()))
        # Shielded: what was sent is written down even when the server is told to stop at this moment.
        await asyncio.shield(self._record_outcome(container, webhook_id, delivery, outcome))
        return outcome.succeeded

    async def _send(
        self, webhook_id: str, url: str, sealed: list[str], delivery: WebhookDelivery, timestamp_s: int
    ) -> Outcome:
        try:
            known = [self._box.open(one, bound=webhook_id) for one in sealed]
        except SealBrokenError:
            return Outcome(status=None, error="the secret is under a secret key that is gone: rotate it")
        body = delivery.body.encode()
        headers = {
            hdrs.CONTENT_TYPE: "application/json",
            hdrs.USER_AGENT: "Ani-Webhooks/1",
            **signature.signed_headers(delivery.message_id, timestamp_s, body, known),
        }
        return await self._sender.attempt(url, body, headers)

    async def _record_outcome(
        self, container: Container, webhook_id: str, delivery: WebhookDelivery, outcome: Outcome
    ) -> None:
        now = container.clock.now()
        async with container.scope(write=True) as scope:
            state = await SqlDeliveries(scope.uow).record_outcome(delivery, outcome, now)
            webhook = await SqlWebhooks(scope.uow).lock(webhook_id)
            if webhook is not None:
                webhook.record_outcome(outcome, now)
        DELIVERIES.labels("retried" if state is DeliveryState.PENDING else state.value).inc()
        log.info(
            "webhook attempt",
            webhook_id=webhook_id,
            delivery_id=delivery.id,
            state=state.value,
            status=outcome.status,
            reason=outcome.error,
        )


async def forget_old(container: Container) -> None:
    """Remove deliveries that ended long ago."""
    async with container.scope(write=True) as scope:
        await SqlDeliveries(scope.uow).forget(container.clock.now())
