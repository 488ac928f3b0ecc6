"""`ani serve` as an operator meets it: starts, crashes, stops, several processes, nginx in front."""

import json
from pathlib import Path

import aiohttp
import pytest

from kernel.access import Role
from tests.conftest import AddEpisode, Edge, StartServer
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer
from tests.support.servers.preloaded import Preloaded


async def _role_as_seen_by(server: LiveServer, person: Person) -> str | None:
    async with (
        aiohttp.ClientSession(server.url, headers=person.headers) as session,
        session.get("/api/v1/auth/me") as answer,
    ):
        body = await answer.json()
        return body["role"] if answer.status == 200 else None


async def test_a_crash_loses_no_account_and_no_session(live_server: StartServer) -> None:
    server = await live_server()
    person = await server.make_user(Role.EDITOR)
    await server.kill9()
    await server.start()
    assert await _role_as_seen_by(server, person) == "editor"


async def test_sigterm_is_a_clean_end(tmp_path: Path) -> None:
    server = LiveServer(tmp_path, {})  # the program itself, from its first line to its last
    try:
        await server.start()
    finally:
        ended = await server.stop()
    assert ended == 0
    assert "Traceback" not in server.log()


@pytest.mark.cluster
async def test_two_processes_are_one_server(live_server: StartServer, ingested_episode: AddEpisode) -> None:
    first = await live_server(adapters="cluster")
    second = await live_server(share=first)
    person = await first.make_user(Role.MODERATOR)
    assert await _role_as_seen_by(second, person) == "moderator"
    episode = await ingested_episode(first)
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{first.url}/api/v1/episodes/{episode.episode_id}/playback", json={}) as answer:
            path = (await answer.json())["hls_url"].removeprefix(first.url)
        async with session.get(second.url + path) as playlist:
            assert playlist.status == 200
            assert (await playlist.text()).startswith("#EXTM3U")


async def test_nginx_in_front_serves_pages_and_media(
    live_server: StartServer, ingested_episode: AddEpisode, edge: Edge
) -> None:
    server = await live_server(ANI_TRUSTED_PROXIES="1", ANI_EDGE_SECRET="between the two")
    episode = await ingested_episode(server)
    async with aiohttp.ClientSession(edge(server)) as session:
        async with session.get("/") as page:
            assert "text/html" in page.headers["Content-Type"]
        async with session.post(f"/api/v1/episodes/{episode.episode_id}/playback", json={}) as answer:
            master = (await answer.json())["hls_url"].removeprefix(server.url)
        async with session.get(master) as playlist:
            lines = (await playlist.text()).splitlines()
        variant = next(line for line in lines if line and not line.startswith("#"))
        async with session.get(f"{master.rpartition('/')[0]}/{variant}") as media:
            assert media.status == 200
            assert (await media.text()).startswith("#EXTM3U")
            assert media.headers["Server"] == "nginx"


@pytest.mark.cluster
async def test_polling_through_nginx_over_two_processes(live_server: StartServer, edge: Edge) -> None:
    """A session by polling is many requests, and lives in one process; who comes from one address stays with one."""
    first = await live_server(adapters="cluster", ANI_TRUSTED_PROXIES="1")
    second = await live_server(share=first, ANI_TRUSTED_PROXIES="1")
    async with aiohttp.ClientSession(edge(first, second)) as session:
        for number in range(12):
            headers = {"X-Forwarded-For": f"192.0.2.{number}"}
            path = "/socket.io/?EIO=4&transport=polling"
            async with session.get(path, headers=headers) as answer:
                assert answer.status == 200
                opened = json.loads((await answer.text())[1:])
            for body in ("40/party,{}", "3"):
                async with session.post(f"{path}&sid={opened['sid']}", data=body, headers=headers) as answer:
                    assert answer.status == 200, await answer.text()
            async with session.get(f"{path}&sid={opened['sid']}", headers=headers) as answer:
                assert answer.status == 200, await answer.text()
    for server in (first, second):
        async with aiohttp.ClientSession() as session, session.get(f"{server.url}/metrics") as answer:
            polls = [line for line in (await answer.text()).splitlines() if 'route="/socket.io' in line]
        assert polls, "both had some of them"


def test_a_setting_that_does_not_exist_is_told(tmp_path: Path) -> None:
    server = LiveServer(tmp_path, {"ANI_TRUSTED_PROXY": "1"})
    ended = server.ani("serve")
    assert ended.returncode == 2
    assert "ANI_TRUSTED_PROXY: there is no such setting; ANI_TRUSTED_PROXIES?" in ended.stderr


def test_a_database_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, preloaded: Preloaded) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "ani.sqlite3"
    file.write_bytes(b"no database at all, " * 100)
    file.chmod(0o600)
    ended = LiveServer(tmp_path, {}, preloaded=preloaded).ani("user", "list")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1), ended.stderr
    assert "not one of Ani's" in ended.stderr
