"""The command line, as an operator meets it: help, progress, plain errors, exit codes."""

import asyncio
import gzip
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import aiohttp
import pytest

import migrations
from kernel.access import Role
from server.cli.app import app
from streaming.ingest.ffmpeg.processes import Tools
from tests.conftest import AddEpisode, StartServer
from tests.support.catalog.imports import work
from tests.support.servers.live_server import ani_program
from tests.support.servers.preloaded import Preloaded

COMMANDS = ["serve", "worker", "migrate", "ingest", "demo", "user"]


class Ani(Protocol):
    def __call__(self, *arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def ani(tmp_path: Path, preloaded: Preloaded) -> Ani:
    """Run a command in an empty folder."""

    def run(*arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {"ANI_DATA_DIR": str(tmp_path / "data"), **settings}
        return preloaded.run(arguments, env=os.environ | environment, cwd=tmp_path, stdin=stdin)

    return run


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = subprocess.run(
        [ani_program(), "--help"],
        cwd=tmp_path,
        env=os.environ | {"COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert shown.returncode == 0
    assert all(f" {command} " in shown.stdout for command in COMMANDS)
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            app([command, "--help"])
        assert ended.value.code == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"ANI_PORT": "eighty"}, "ANI_PORT"),
        ({"ANI_DATABASE_URL": "mysql://x"}, "ANI_DATABASE_URL"),
        ({"ANI_SECRET_KEY": "short"}, "ANI_SECRET_KEY"),
        ({"ANI_REDIS_URL": "http://127.0.0.1"}, "ANI_REDIS_URL: must begin with redis://"),
        ({"ANI_REDIS_URL": "redis://127.0.0.1:1/0"}, "ANI_SECRET_KEY must be set"),
        ({"ANI_PUBLIC_URL": "ani.example.org"}, "ANI_PUBLIC_URL"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(settings: dict[str, str], says: str, ani: Ani, tmp_path: Path) -> None:
    refused = ani("serve", **settings)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists(), "nothing was begun"


async def test_a_port_in_use_is_one_clear_line(live_server: StartServer, ani: Ani) -> None:
    server = await live_server()
    refused = ani("serve", "--port", str(server.port))
    assert refused.returncode == 2
    assert f"cannot listen on 127.0.0.1:{server.port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_that_is_away_is_one_clear_line(ani: Ani) -> None:
    refused = ani("migrate", ANI_DATABASE_URL="postgresql://ani:hidden-password@127.0.0.1:1/ani")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "hidden-password" not in refused.stderr


def test_migrating_up_and_down(ani: Ani) -> None:
    assert f"at {migrations.head()}." in ani("migrate").stdout
    assert "at base." in ani("migrate", "--to", "base", "--down").stdout


async def test_ingesting_shows_progress_and_makes_the_episode_playable(
    live_server: StartServer, ingested_episode: AddEpisode, clip: Callable[..., Path], tmp_path: Path
) -> None:
    """What is left to do of it, such as marking its ending, the server does: the command has ended by then."""
    server = await live_server()
    episode = await ingested_episode(server)
    film = tmp_path / "film.mkv"
    (tmp_path / "chapters").write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=8000\ntitle=Ending\n")
    source = clip(seconds=8, width_px=320, height_px=180)
    named = ["-f", "ffmetadata", "-i", str(tmp_path / "chapters"), "-map_metadata", "1", "-c", "copy"]
    command = [Tools.bundled().ffmpeg, "-v", "error", "-nostdin", "-i", str(source), *named, str(film)]
    await asyncio.to_thread(subprocess.run, command, check=True, timeout=60)
    done = server.ani("ingest", str(film), "--episode", episode.episode_id)
    assert done.returncode == 0, done.stderr
    assert "Ready to stream" in done.stdout
    assert "100 %" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    async with aiohttp.ClientSession() as client, asyncio.timeout(90):
        ending = None
        while ending is None:
            await asyncio.sleep(0.2)
            async with client.get(f"{server.url}/api/v1/episodes/{episode.episode_id}") as answer:
                ending = (await answer.json())["ending"]
    assert ending == {"start_ms": 2_000, "stop_ms": 8_000, "source": "chapters", "confidence": 1.0}


async def test_what_cannot_be_ingested_says_why(
    live_server: StartServer, ingested_episode: AddEpisode, tmp_path: Path
) -> None:
    server = await live_server()
    episode = await ingested_episode(server)
    (tmp_path / "notes.mp4").write_text("this is no film")
    for file, episode_id, says in (
        ("missing.mp4", episode.episode_id, "missing.mp4"),
        ("notes.mp4", episode.episode_id, "notes.mp4"),
        ("notes.mp4", "0198f6a0-0000-7000-8000-000000000000", "episode"),
    ):
        refused = server.ani("ingest", str(tmp_path / file), "--episode", episode_id)
        assert refused.returncode == 1
        assert says in refused.stderr
        assert "Traceback" not in refused.stderr


async def test_a_catalogue_to_look_at_is_filled_from_a_file(
    live_server: StartServer, ingested_episode: AddEpisode, tmp_path: Path
) -> None:
    """What there is already is left alone, and a second time nothing is made twice."""
    server = await live_server()
    await ingested_episode(server)  # so that no clips are drawn first
    file = tmp_path / "data.json"
    data = json.dumps({"siteMeta": {}, "items": [work(number) for number in range(120)]}, ensure_ascii=False)
    packed = file.with_suffix(".json.gz")
    file.write_text(data, encoding="utf-8")
    packed.write_bytes(gzip.compress(data.encode()))
    for source, counts in ((file, "created"), (packed, "unchanged")):
        done = server.ani("demo", "--catalogue", str(source))
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == [counts, "120"]
        assert "100 %" in done.stderr
    async with aiohttp.request("GET", f"{server.url}/api/v1/releases?sort=created_at&page_size=1") as answer:
        page = await answer.json()
    assert page["total"] == 121, "published, and in the list of a process that was running"
    missing = server.ani("demo", "--catalogue", str(tmp_path / "nothing.json"))
    assert (missing.returncode != 0, "nothing.json" in missing.stderr) == (True, True)
    assert "Traceback" not in missing.stderr


async def test_users_are_listed_promoted_and_given_passwords(live_server: StartServer, ani: Ani) -> None:
    server = await live_server()
    person = await server.make_user(Role.USER)
    assert "One-time password" in server.log()
    listed = server.ani("user", "list").stdout
    assert all(whole in listed for whole in (person.nickname, person.email, person.user_id)), "in a pipe of 80 columns"
    assert server.ani("user", "role", person.nickname, "editor").returncode == 0
    assert "editor" in server.ani("user", "list", "--search", person.nickname).stdout
    assert "There is no" in server.ani("user", "role", "nobody-here", "editor").stderr
    environment = server.command_environment()
    changed = ani("user", "password", person.nickname, stdin="another long passphrase\n", **environment)
    assert changed.returncode == 0, changed.stderr
    weak = ani("user", "password", person.nickname, stdin="short\n", **environment)
    assert weak.returncode == 1
