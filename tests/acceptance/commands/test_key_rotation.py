"""Changing the secret key of a running installation, as docs/security.md says: nobody is signed out by it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import jwt
import pytest
import socketio

from tests.conftest import StartServer
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer


async def me(server: LiveServer, token: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"}) as answer,
    ):
        return answer.status


async def post(server: LiveServer, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.post(f"{server.url}/api/v1{path}", json=body, headers=headers) as answer,
    ):
        found: dict[str, Any] = await answer.json()
        return found


@asynccontextmanager
async def connected(server: LiveServer, **credentials: str) -> AsyncIterator[socketio.AsyncClient]:
    client = socketio.AsyncClient(reconnection=False)
    await client.connect(server.url, auth=credentials, namespaces=["/party"], transports=["websocket"], wait_timeout=10)
    try:
        yield client
    finally:
        await client.disconnect()


async def join_as_guest(server: LiveServer, party_id: str, **credentials: str) -> str:
    """Come in and out again; returns the pass to come back with."""
    async with connected(server, **credentials) as client:
        answer = await client.call("party:join", {"party_id": party_id}, namespace="/party", timeout=10)
        assert isinstance(answer, dict)
        assert answer["ok"], answer
        return str(answer["you"]["guest_token"])


async def test_a_rotation_signs_nobody_out(live_server: StartServer) -> None:
    server = await live_server(ANI_SECRET_KEY="")
    ann: Person = await server.make_user()
    party = await post(server, "/parties", {"title": "Friday"}, ann.access_token)
    link = urlsplit(party["invite_url"])
    invite, party_id = parse_qs(link.query)["invite"][0], party["party_id"]
    guest_token = await join_as_guest(server, party_id, invite=invite, name="Guest")

    assert server.ani("keys", "rotate").returncode == 0
    await server.restart()

    assert await me(server, ann.access_token) == 200, "signed before the rotation, believed after it"
    guest_token = await join_as_guest(server, party_id, token=guest_token)
    await join_as_guest(server, party_id, invite=invite, name="Late guest")
    fresh = await post(server, "/auth/refresh", {"refresh_token": ann.refresh_token})
    old_kid, new_kid = (jwt.get_unverified_header(token)["kid"] for token in (ann.access_token, fresh["access_token"]))
    assert old_kid != new_kid

    # A key got out: it goes at once, not when its last invite is over.
    assert "1 removed" in server.ani("keys", "retire", "--all").stdout
    await server.restart()

    assert await me(server, ann.access_token) == 401, "a retired key is nobody's"
    assert await me(server, fresh["access_token"]) == 200
    with pytest.raises(socketio.exceptions.ConnectionError):
        await join_as_guest(server, party_id, invite=invite, name="Too late")
    renewed = await post(server, "/auth/refresh", {"refresh_token": fresh["refresh_token"]})
    assert await me(server, renewed["access_token"]) == 200, "sessions do not hang on the key at all"
