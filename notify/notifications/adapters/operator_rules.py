"""What administrators are told of the installation."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import accounts.identity.queries
from catalog.imports.sources.model import ImportSourceResting
from catalog.imports.sources.usecases import Sources
from kernel.access import Role
from kernel.events import Event
from kernel.scope import Scope
from notify.notifications.adapters.audience import Rule, Sending
from notify.notifications.model import Notice, NotificationKind
from notify.webhooks.model import PauseReason, WebhookPaused
from notify.webhooks.usecases import Webhooks

FAULT: Final = "fault_"
"""Begins the parameters of a reason's code, beside those of the notification."""


async def webhook_paused(scope: Scope, event: WebhookPaused) -> Sending | None:
    """To all administrators, unless one of them did it."""
    webhook = await scope.port(Webhooks).get(event.webhook_id)
    if webhook is None or event.kind == PauseReason.BY_HAND:
        return None
    name = webhook.description or urlsplit(webhook.url).hostname or ""
    notice = Notice(
        kind=NotificationKind.WEBHOOK_PAUSED,
        at=event.at,
        params={"webhook": name, "reason": event.kind},
        link="/admin/webhooks",
    )
    return Sending(notice, accounts.identity.queries.with_role(Role.ADMIN))


async def import_resting(scope: Scope, event: ImportSourceResting) -> Sending | None:
    """To all administrators: until one of them looks, the catalogue grows old."""
    source = await scope.port(Sources).get(event.source_id)
    if source is None:
        return None
    notice = Notice(
        kind=NotificationKind.IMPORT_RESTING,
        at=event.at,
        params={
            "source": source.title,
            "reason": event.reason,
            "code": event.code,
            **{f"{FAULT}{name}": value for name, value in event.params.items()},
        },
        link="/admin/imports",
    )
    return Sending(notice, accounts.identity.queries.with_role(Role.ADMIN))


RULES: Mapping[type[Event], Rule] = {WebhookPaused: webhook_paused, ImportSourceResting: import_resting}
