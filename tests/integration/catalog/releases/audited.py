"""What was audited of a release."""

from sqlalchemy import select

from kernel.outbox.relay import Relay
from kernel.scope import Container
from notify.audit.repository import audit_log_table


async def actions_of(container: Container, release_id: str) -> list[str]:
    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        rows = await scope.uow.session.execute(
            select(audit_log_table.c.event, audit_log_table.c.details).order_by(audit_log_table.c.id)
        )
        return [row.event for row in rows if row.details.get("release_id") == release_id]
