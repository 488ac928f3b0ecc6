"""What waits in the outbox is delivered by the version that is installed, whichever wrote it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select

from kernel.events import Event
from kernel.ids import new_id
from kernel.outbox.outbox import outbox_table
from kernel.outbox.relay import Relay
from notify.audit.repository import audit_log_table
from server.services import Services

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OF_VERSION_0_1 = [
    "server.bridges.SocketsOfUsers.role_changed",
    "server.bridges.SocketsOfUsers.session_revoked",
    "server.bridges.audited",
    "server.bridges.episode_got_media",
    "server.bridges.media_of_episode_goes",
    "server.bridges.media_of_release_goes",
    "server.bridges.streams_end_with_login",
    "server.moderation.author_is_gone",
    "server.notices.told_to_people",
]
"""Copied out of a database that 0.1 wrote."""


@pytest.mark.parametrize("name", OF_VERSION_0_1)
async def test_a_name_of_an_older_version_has_a_handler(services: Services, name: str) -> None:
    assert services.container.events.handler(name) is not None


@pytest.mark.both_adapters
async def test_a_row_of_an_older_version_is_delivered(services: Services) -> None:
    container = services.container
    payload = {"at": NOW.isoformat(), "session_id": new_id(), "user_id": new_id(), "reason": "logout"}
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(
            insert(outbox_table).values(
                id=new_id(),
                subscriber="server.bridges.audited",
                event="SessionRevoked",
                payload=payload,
                origin={},
                not_before=NOW,
                attempts=0,
            )
        )
    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        assert await scope.uow.session.scalar(select(func.count()).select_from(outbox_table)) == 0
        assert await scope.uow.session.scalar(select(func.count()).select_from(audit_log_table)) == 1


async def test_names_are_no_module_paths(services: Services) -> None:
    """Moving a function must not change what is stored."""
    table = services.container.events
    stored = {name for kind in Event.registry.values() for name in table.subscribers_of(kind)}
    assert {"record_audit", "enqueue_webhooks", "notify", "mark_episode_playable"} <= stored
    assert [name for name in stored if "." in name] == []
