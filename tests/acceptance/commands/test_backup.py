"""A backup that is made while the server runs, and an installation that comes back from it elsewhere."""

import os
from pathlib import Path

import aiohttp
import pytest

import migrations
from kernel.access import Role
from server.boot import open_services
from server.cli.upkeep import backup
from server.cli.upkeep.backup import NoBackup
from server.local_stack import Postgres
from server.local_stack.programs import postgres_folder
from server.settings import Settings
from tests.conftest import AddEpisode, StartServer
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer
from tests.support.servers.preloaded import Preloaded


async def _role(server: LiveServer, person: Person) -> str | None:
    async with (
        aiohttp.ClientSession(server.url, headers=person.headers) as session,
        session.get("/api/v1/auth/me") as answer,
    ):
        return (await answer.json())["role"] if answer.status == 200 else None


def _in_place_of(server: LiveServer, folder: Path, environment: dict[str, str], preloaded: Preloaded) -> LiveServer:
    """At the same address: it is part of what tokens are made for."""
    other = LiveServer(folder, environment, preloaded=preloaded)
    other.port, other.url = server.port, server.url
    return other


async def test_an_installation_comes_back(
    live_server: StartServer, ingested_episode: AddEpisode, preloaded: Preloaded, tmp_path: Path
) -> None:
    server = await live_server(ANI_SECRET_KEY="")  # kept in its file
    person = await server.make_user(Role.EDITOR)
    episode = await ingested_episode(server)
    made = server.ani("backup", str(tmp_path / "copy"))
    assert made.returncode == 0, made.stderr
    assert "media files" in made.stdout
    assert (tmp_path / "copy" / "secret.key").stat().st_mode & 0o077 == 0
    assert server.ani("backup", str(tmp_path / "copy")).returncode == 1, "never over another one"
    assert server.ani("restore", str(tmp_path / "copy")).returncode == 1, "never over what is there"
    await server.stop()

    elsewhere = _in_place_of(server, tmp_path / "elsewhere", {}, preloaded)
    put = elsewhere.ani("restore", str(tmp_path / "copy"))
    assert put.returncode == 0, put.stderr
    await elsewhere.start()
    try:
        assert await _role(elsewhere, person) == "editor", "nobody is signed out"
        async with aiohttp.ClientSession(elsewhere.url) as session:
            async with session.post(f"/api/v1/episodes/{episode.episode_id}/playback", json={}) as answer:
                url = (await answer.json())["hls_url"]
            async with session.get(url) as playlist:
                assert (await playlist.text()).startswith("#EXTM3U")
    finally:
        await elsewhere.stop()


@pytest.mark.cluster
async def test_postgresql_by_its_own_programs(
    live_server: StartServer,
    postgres_server: Postgres,
    preloaded: Preloaded,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{postgres_folder()}{os.pathsep}{os.environ['PATH']}")
    server = await live_server(adapters="cluster")
    person = await server.make_user(Role.EDITOR)
    made = server.ani("backup", str(tmp_path / "copy"), "--no-media")
    assert made.returncode == 0, made.stderr
    await server.stop()
    await postgres_server.create_database(name := f"restored_{person.nickname.lower()}")
    kept = {
        "ANI_SECRET_KEY": server.environment["ANI_SECRET_KEY"],
        "ANI_REDIS_URL": server.environment["ANI_REDIS_URL"],
    }
    environment = {**kept, "ANI_DATABASE_URL": postgres_server.url(name)}
    elsewhere = _in_place_of(server, tmp_path / "elsewhere", environment, preloaded)
    put = elsewhere.ani("restore", str(tmp_path / "copy"))
    assert put.returncode == 0, put.stderr
    await elsewhere.start()
    try:
        assert await _role(elsewhere, person) == "editor"
    finally:
        await elsewhere.stop()


async def test_half_a_backup_is_none(tmp_path: Path) -> None:
    made, empty = (Settings.load(_env_file=None, data_dir=tmp_path / name) for name in ("made", "empty"))
    async with open_services(made) as services:
        await migrations.upgrade(services.database)
        await backup.make(services, tmp_path / "copy", with_media=True, show=lambda _stage, _fraction: None)
    manifest = tmp_path / "copy" / "backup.json"
    whole = manifest.read_bytes()
    for damaged in (None, whole[:20], whole.replace(b'"format": 1', b'"format": 2')):
        manifest.unlink()
        if damaged is not None:
            manifest.write_bytes(damaged)
        with pytest.raises(NoBackup, match="no whole backup"):
            await backup.restore(empty, tmp_path / "copy", show=lambda _stage, _fraction: None)
        manifest.touch()
