"""A channel, and whoever publishes to it and watches it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from kernel.access import Role
from server.services import Services
from streaming.live.media.hub import LiveHub
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person
from tests.support.realtime.live import LiveClient

API = "/api/v1/live"


@dataclass
class Stage:
    """One channel of one owner."""

    client: AppClient
    services: Services
    owner: Person
    channel: dict[str, Any]
    key: str
    clients: list[LiveClient] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"{API}/channels/{self.channel['id']}"

    @property
    def hub(self) -> LiveHub:
        return self.services.components.streaming.live.hub

    async def publisher(self, *sections: tuple[str, str], takeover: bool = False, expected: int = 201) -> LiveClient:
        """Somebody with the key."""
        made = LiveClient(*sections)
        self.clients.append(made)
        query = "?takeover=true" if takeover else ""
        status = await made.post(self.client, f"{API}/whip{query}", {"Authorization": f"Bearer {self.key}"})
        assert status == expected
        return made

    async def viewer(
        self,
        *sections: tuple[str, str],
        headers: Mapping[str, str] | None = None,
        place: str = "",
        expected: int = 201,
    ) -> LiveClient:
        """Somebody who watches; ``place``: that was waited for under this name."""
        made = LiveClient(*sections, direction="recvonly")
        self.clients.append(made)
        assert await made.post(self.client, f"{self.path}/whep?place={place}", headers) == expected
        return made

    async def health(self) -> dict[str, Any]:
        response = await self.client.get(f"{self.path}/health", headers=self.owner.headers)
        assert response.status == 200, await response.text()
        return dict(await response.json())


@pytest.fixture
async def stage(app_client: AppClient, services: Services, make_user: MakeUser) -> AsyncIterator[Stage]:
    owner = await make_user(Role.EDITOR)
    response = await app_client.post(f"{API}/channels", json={"title": "Evenings"}, headers=owner.headers)
    assert response.status == 201, await response.text()
    channel = await response.json()
    made = Stage(app_client, services, owner, channel, channel["stream_key"])
    try:
        yield made
    finally:
        for client in made.clients:
            await client.close()
