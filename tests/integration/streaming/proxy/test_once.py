"""A source that is registered twice under one `Idempotency-Key` is one source, and its server is asked once."""

from typing import Any

import pytest

from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode, StartUpstream
from tests.support.people import Person


@pytest.mark.both_adapters
async def test_registered_once(
    app_client: AppClient, admin: Person, start_upstream: StartUpstream, empty_episode: AddEmptyEpisode
) -> None:
    upstream = await start_upstream("pp")
    wanted = {"name": "Channel", "url": upstream.base + "master.m3u8", "episode_id": await empty_episode()}
    headers = {**admin.headers, "Idempotency-Key": "channel"}

    async def register(body: dict[str, Any]) -> tuple[int, Any, str | None]:
        async with app_client.post("/api/v1/sources", json=body, headers=headers) as answer:
            return answer.status, await answer.json(), answer.headers.get("Idempotency-Replayed")

    upstream.status = 503
    assert (await register(wanted))[0] >= 400
    upstream.status = 200
    status, made, _ = await register(wanted)
    assert status == 201
    # The answer got lost, and by now the server of the source does not answer either.
    upstream.status = 503
    upstream.asked.clear()
    assert await register(wanted) == (201, made, "true")
    assert upstream.asked == []
    status, problem, _ = await register({**wanted, "name": "Another"})
    assert (status, problem["code"]) == (422, "idempotency_key_reused")
