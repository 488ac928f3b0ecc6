"""Webhooks and their deliveries in SQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from kernel.db import Id, Texts, UnitOfWork, UtcDateTime, mapper_registry, metadata
from kernel.scope import Scope
from kernel.secrets.reencryption import StoredSecret
from notify.webhooks.model import (
    MAX_ATTEMPTS,
    DeliveryState,
    Outcome,
    Webhook,
    WebhookDelivery,
    retry_delay,
)
from notify.webhooks.usecases import PING, REPLAYED_AT_ONCE

LEASE: Final = timedelta(seconds=60)
"""A delivery that was begun is left alone for this long, six times what an attempt may take; then whoever began it is dead."""

KEEP_DELIVERED: Final = timedelta(days=7)
"""Long enough to look back at what a receiver did with a release week."""

KEEP_DEAD: Final = timedelta(days=30)
"""Time for somebody to notice and replay them."""


webhook_table = Table(
    "webhooks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", String(2_000), nullable=False),
    Column("description", String(200), nullable=False),
    Column("events", Texts, nullable=False),
    Column("sealed_secret", String(200), nullable=False),
    Column("sealed_former", String(200)),
    Column("former_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("paused_at", UtcDateTime),
    Column("pause_reason", String(16)),
    Column("failures", Integer, nullable=False),
    Column("last_success_at", UtcDateTime),
    Column("last_failure_at", UtcDateTime),
    Column("dropped", Integer, nullable=False),
)

delivery_table = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("webhook_id", Id, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", Id, nullable=False),
    Column("event", String(80), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("status", Integer),
    Column("error", String(300)),
    Column("answer", Text),
    Column("duration_ms", Integer),
    Column("ended_at", UtcDateTime),
    Index(None, "webhook_id", "id"),
    Index(None, "state", "not_before"),
)

mapper_registry.map_imperatively(Webhook, webhook_table)


class SqlWebhooks:
    """Receivers behind the ``Webhooks`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, webhook: Webhook) -> None:
        """Written with the next flush."""
        self._session.add(webhook)

    async def all(self) -> Sequence[Webhook]:
        """By id."""
        return (await self._session.scalars(select(Webhook).order_by(webhook_table.c.id))).all()

    async def get(self, webhook_id: str) -> Webhook | None:
        """By primary key."""
        return await self._session.get(Webhook, webhook_id)

    async def lock(self, webhook_id: str) -> Webhook | None:
        """With its row locked (``FOR UPDATE``)."""
        return await self._session.get(Webhook, webhook_id, with_for_update=True)

    async def remove(self, webhook: Webhook) -> None:
        """With its deliveries, by foreign key."""
        await self._session.delete(webhook)


class WebhookSecrets:
    """The secrets of webhooks, encrypted, as ``kernel.secrets.reencryption`` knows them."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def secrets(self) -> list[StoredSecret]:
        """See ``SecretStore``: the present ones, and the former ones that still sign."""
        c = webhook_table.c
        rows = await self._session.execute(select(c.id, c.sealed_secret, c.sealed_former))
        return [
            StoredSecret(row.id, one, row.id) for row in rows for one in (row.sealed_secret, row.sealed_former) if one
        ]

    async def replace(self, owner_id: str, before: str, after: str) -> None:
        """See ``SecretStore``.  Beside the version of the webhook: nothing that anybody can see changes."""
        for name in ("sealed_secret", "sealed_former"):
            column = webhook_table.c[name]
            await self._session.execute(
                update(webhook_table)
                .where(webhook_table.c.id == owner_id, column == before)
                .values({name: after})
                .execution_options(synchronize_session=False)
            )


class SqlDeliveries:
    """Deliveries behind the ``Deliveries`` port, and what the sender needs of them."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def queue(self, deliveries: Sequence[WebhookDelivery]) -> None:
        """One ``INSERT`` for them all."""
        if deliveries:
            await self._session.execute(insert(delivery_table), [asdict(one) for one in deliveries])

    async def waiting(self, webhook_ids: Collection[str]) -> dict[str, int]:
        """Webhook → pending deliveries; those without any are left out."""
        c = delivery_table.c
        found = await self._session.execute(
            select(c.webhook_id, func.count())
            .where(c.webhook_id.in_(webhook_ids), c.state == DeliveryState.PENDING)
            .group_by(c.webhook_id)
        )
        return {row[0]: row[1] for row in found}

    async def get(self, webhook_id: str, delivery_id: str) -> WebhookDelivery | None:
        """``None`` for one of another webhook, too."""
        c = delivery_table.c
        query = select(delivery_table).where(c.webhook_id == webhook_id, c.id == delivery_id)
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else _delivery(row)

    async def page(
        self, webhook_id: str, *, state: DeliveryState | None, before: str | None, limit: int
    ) -> Sequence[WebhookDelivery]:
        """By keyset on the id, newest first."""
        c = delivery_table.c
        query = select(delivery_table).where(c.webhook_id == webhook_id)
        if state is not None:
            query = query.where(c.state == state)
        if before is not None:
            query = query.where(c.id < before)
        return [_delivery(row) for row in await self._session.execute(query.order_by(c.id.desc()).limit(limit))]

    async def replay(self, webhook_id: str, *, delivery_id: str | None, now: datetime) -> int:
        """How many became pending."""
        c = delivery_table.c
        ids = select(c.id).where(c.webhook_id == webhook_id)
        if delivery_id is None:
            ids = ids.where(c.state == DeliveryState.DEAD).order_by(c.id).limit(REPLAYED_AT_ONCE)
        else:
            ids = ids.where(c.id == delivery_id)
        changed = await self._session.execute(
            update(delivery_table)
            .where(c.id.in_(ids.scalar_subquery()), c.state != DeliveryState.PENDING)
            .values(state=DeliveryState.PENDING, attempts=0, not_before=now, ended_at=None)
            .returning(c.id)
        )
        return len(changed.all())

    async def due(self, now: datetime, *, limit: int) -> Sequence[str]:
        """Receivers for which something is to be sent now."""
        c = delivery_table.c
        found = await self._session.scalars(
            select(c.webhook_id)
            .join(webhook_table, webhook_table.c.id == c.webhook_id)
            .where(*_due(now))
            .distinct()
            .limit(limit)
        )
        return found.all()

    async def claim(self, webhook_id: str, now: datetime) -> WebhookDelivery | None:
        """The oldest one due for a receiver, for whoever asked alone; it counts as an attempt from here on."""
        c = delivery_table.c
        first = (
            select(c.id)
            .join(webhook_table, webhook_table.c.id == c.webhook_id)
            .where(c.webhook_id == webhook_id, *_due(now))
            .order_by(c.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=delivery_table)
        )
        delivery_id = (await self._session.scalars(first)).one_or_none()
        if delivery_id is None:
            return None
        row = (
            await self._session.execute(
                update(delivery_table)
                .where(c.id == delivery_id)
                .values(attempts=c.attempts + 1, not_before=now + LEASE)
                .returning(*delivery_table.c)
            )
        ).one()
        return _delivery(row)

    async def record_outcome(self, delivery: WebhookDelivery, outcome: Outcome, now: datetime) -> DeliveryState:
        """Write down what came of an attempt; returns what becomes of the delivery."""
        state, not_before = DeliveryState.PENDING, now
        if outcome.succeeded:
            state = DeliveryState.DELIVERED
        elif delivery.attempts >= MAX_ATTEMPTS:
            state = DeliveryState.DEAD
        else:
            not_before = now + retry_delay(delivery.attempts, retry_after_s=outcome.retry_after_s)
        await self._session.execute(
            update(delivery_table)
            .where(delivery_table.c.id == delivery.id)
            .values(
                state=state,
                not_before=not_before,
                status=outcome.status,
                error=outcome.error[:300] or None,
                answer=outcome.answer or None,
                duration_ms=outcome.duration_ms,
                ended_at=None if state is DeliveryState.PENDING else now,
            )
        )
        return state

    async def forget(self, now: datetime) -> None:
        """Remove what ended long ago."""
        c = delivery_table.c
        await self._session.execute(
            delete(delivery_table).where(
                or_(
                    (c.state == DeliveryState.DELIVERED) & (c.ended_at < now - KEEP_DELIVERED),
                    (c.state == DeliveryState.DEAD) & (c.ended_at < now - KEEP_DEAD),
                )
            )
        )


def _due(now: datetime) -> list[Any]:
    c = delivery_table.c
    return [
        c.state == DeliveryState.PENDING,
        c.not_before <= now,
        or_(webhook_table.c.paused_at.is_(None), c.event == PING),
    ]


def _delivery(row: Row[Any]) -> WebhookDelivery:
    return WebhookDelivery(**{**row._mapping, "state": DeliveryState(row.state)})
