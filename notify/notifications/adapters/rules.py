"""All rules, and the subscriber that follows them.  A new notification takes one row in one of the tables here."""

from collections.abc import Mapping

from kernel.events import Event
from kernel.scope import Scope
from notify.notifications import usecases
from notify.notifications.adapters import (
    account_rules,
    episode_rules,
    moderation_rules,
    operator_rules,
    team_rules,
)
from notify.notifications.adapters.audience import Rule, Sending
from notify.notifications.usecases import Notifications, Push

RULES: Mapping[type[Event], Rule] = {
    **account_rules.RULES,
    **episode_rules.RULES,
    **moderation_rules.RULES,
    **operator_rules.RULES,
    **team_rules.RULES,
}


async def notify(scope: Scope, event: Event) -> None:
    """The subscriber of every event in :data:`RULES`."""
    found = await RULES[type(event)](scope, event)
    for sending in [found] if isinstance(found, Sending) else found or ():
        await usecases.send(scope.port(Notifications), scope.port(Push), sending.notice, sending.to)
