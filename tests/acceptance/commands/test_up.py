"""`ani up`: a whole installation from one command, which outlives the death of each of its parts."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert, select

from catalog.ratings.figures.repository import epoch_table
from kernel.db import Database
from kernel.storage.bucket import BucketSettings
from kernel.storage.ports import read
from kernel.storage.s3 import S3Storage
from server.local_stack.service import free_port
from tests.support.servers.databases import SqliteDatabases
from tests.support.servers.live_server import ani_program
from tests.support.servers.preloaded import Preloaded

START_TIMEOUT_S = 500.0
"""Seven programs and all migrations, on two cores that others use, too."""
PARTS = ("postgres", "valkey", "seaweedfs", "app-1", "app-2", "worker", "nginx")


class Installation:
    """An `ani up` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "my data"
        """Folders of people have spaces."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "up.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.more = ["--processes", "2", "--storage", "s3"]

    def command(self, port: int) -> list[str]:
        return [ani_program(), "up", "--data-dir", str(self.data), "--port", str(port), *self.more]

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ANI_")}
        return {**inherited, "ANI_RTC_PORT": "0", "NO_COLOR": "1"}

    async def start(self) -> None:
        before = self.log.read_text().count("Ani runs at") if self.log.exists() else 0
        self._launch()

        async def announced() -> bool:
            return self.log.read_text().count("Ani runs at") > before and await self.answers()

        await self.until(announced, START_TIMEOUT_S)

    def _launch(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(self.port), env=self.environment(), cwd=self.folder, stdout=log, stderr=log
            )

    def second(self) -> subprocess.CompletedProcess[str]:
        """Another one on the same data."""
        return subprocess.run(
            self.command(free_port()),
            env=self.environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def state(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads((self.data / "up" / "state.json").read_text())
        except FileNotFoundError:
            return {"parts": {}}
        return state

    def database_url(self) -> str:
        return self.setting("ANI_DATABASE_URL")

    def setting(self, name: str) -> str:
        """As a shell finds it that reads the file for other commands."""
        script = f'set -a; . "$0"; printf %s "${name}"; test "$ANI_DATA_DIR" = "$1"'
        environment = str(self.data / "up" / "environment")
        return subprocess.run(
            ["sh", "-c", script, environment, str(self.data)], capture_output=True, text=True, check=True, timeout=10
        ).stdout

    def bucket(self) -> S3Storage:
        settings = BucketSettings(
            endpoint=self.setting("ANI_S3_ENDPOINT"),
            bucket=self.setting("ANI_S3_BUCKET"),
            access_key=self.setting("ANI_S3_ACCESS_KEY"),
            secret_key=self.setting("ANI_S3_SECRET_KEY"),
        )
        return S3Storage(settings, self.folder / "staging")

    def pid(self, part: str) -> int | None:
        pid: int | None = self.state()["parts"].get(part, {}).get("pid")
        return pid

    async def answers(self, path: str = "/readyz") -> bool:
        timeout = aiohttp.ClientTimeout(5)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(self.url + path) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def until(self, true: Callable[[], Any], timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                while not await true():
                    assert self.process is not None
                    assert self.process.poll() is None, self.log.read_text()[-6000:]
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise AssertionError(self.log.read_text()[-6000:]) from None

    async def stop(self, with_signal: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(with_signal)
        return await asyncio.to_thread(self.process.wait, 60)


async def write_epoch(url: str, number: int) -> None:
    """One row of a kind that the program does not make by itself."""
    database = Database(url)
    try:
        async with database.engine.begin() as connection:
            await connection.execute(insert(epoch_table), [{"id": number, "at": datetime(2026, 1, 1, tzinfo=UTC)}])
    finally:
        await database.close()


async def epochs(url: str) -> list[int]:
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            return list(await connection.scalars(select(epoch_table.c.id)))
    finally:
        await database.close()


def alive(pid: int | None) -> bool:
    return pid is not None and Path(f"/proc/{pid}").exists()


def open_to_nobody(folder: str) -> Path:
    Path(folder).chmod(0o755)
    return Path(folder)


@pytest.fixture
async def installation() -> AsyncIterator[Installation]:
    # Not tmp_path: run by root, PostgreSQL is nobody and could not enter it.
    with tempfile.TemporaryDirectory(prefix="ani-up-") as folder:
        made = Installation(open_to_nobody(folder))
        yield made
        if made.process is not None and made.process.poll() is None:
            await made.stop(signal.SIGTERM)


@pytest.mark.slow
@pytest.mark.timeout(1800)  # two starts and six deaths, where everything else runs, too
async def test_a_whole_installation(installation: Installation, sqlite_databases: SqliteDatabases) -> None:
    """One test, for its start takes longest: it takes along what was there, serves, takes each death, tells who comes second, and
    ends in order."""
    former = installation.data / "ani.sqlite3"
    await write_epoch(sqlite_databases.copy_to(former), 7)

    await installation.start()

    assert await epochs(installation.database_url()) == [7]
    assert not former.exists()
    moved = former.with_name("ani.sqlite3.moved")
    assert await epochs(f"sqlite:///{moved}") == [7], "it is kept"
    log = installation.log.read_text()
    assert f"Ani runs at {installation.url}" in log
    assert "One-time password" in log
    assert sorted(installation.state()["parts"]) == sorted(PARTS)
    assert await installation.answers("/api/v1/releases")
    assert installation.setting("ANI_STORAGE") == "s3"
    stored = installation.folder / "staging" / "asset"
    stored.mkdir(parents=True)
    (stored / "1.m4s").write_bytes(b"one")
    await installation.bucket().publish(stored, "asset")

    for part in PARTS:
        before = installation.pid(part)
        assert before is not None
        os.kill(before, signal.SIGKILL)

        async def another(part: str = part, before: int = before) -> bool:
            return installation.pid(part) not in (None, before) and await installation.answers()

        await installation.until(another, 200)
        assert await installation.answers("/api/v1/releases"), part
        assert installation.state()["parts"][part]["restarts"] == 1
    assert f"{'worker':9} │ " in installation.log.read_text(), "each line has the name of its part"

    second = await asyncio.to_thread(installation.second)
    assert second.returncode == 1
    assert f"Another `ani up` (process {installation.state()['pid']}) runs on" in second.stderr
    pids = [installation.pid(part) for part in PARTS]

    assert await installation.stop(signal.SIGTERM) == 0
    assert not any(map(alive, pids))
    assert "Stopped." in installation.log.read_text()
    assert installation.state() == {"parts": {}}

    installation.more = ["--processes", "1"]  # which of the parts there are is not what is remembered
    moved.rename(former)  # as somebody leaves one there who forgets ANI_DATABASE_URL
    await installation.start()
    assert installation.log.read_text().count("One-time password") == 1, "the data is there still"
    assert "ani.sqlite3 is left as it is" in installation.log.read_text()
    assert former.exists()
    assert installation.setting("ANI_STORAGE") == "s3", "it is remembered"
    assert await read(await installation.bucket().file("asset", "1.m4s")) == b"one"
    assert installation.setting("ANI_S3_SECRET_KEY") not in installation.log.read_text()
    assert await installation.stop(signal.SIGINT) == 0


def _up(preloaded: Preloaded, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ANI_")}
    return preloaded.run(
        ["up", "--data-dir", str(folder), *arguments], env={**inherited, "NO_COLOR": "1"}, cwd=folder.parent
    )


def test_a_port_that_is_taken(preloaded: Preloaded, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = _up(preloaded, tmp_path / "data", "--port", str(port))

    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}: another program has that port; choose one with --port." in done.stderr


def test_a_folder_that_cannot_be_one(preloaded: Preloaded, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    done = _up(preloaded, tmp_path / "data", "--port", str(free_port()))

    assert done.returncode == 1
    assert "cannot be used" in done.stderr


@pytest.mark.parametrize("wrong", [["--processes", "0"], ["--processes", "1000"], ["--port", "0"]], ids=" ".join)
def test_what_cannot_be_asked_for(preloaded: Preloaded, tmp_path: Path, wrong: list[str]) -> None:
    assert _up(preloaded, tmp_path / "data", *wrong).returncode == 2
