"""A database, or a disk, that is away: told as such, to people and to whatever looks after the process."""

import errno
import shutil
import sqlite3
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import event, text

from kernel.db import Database, DatabaseAway, StorageFull
from kernel.http import CONTAINER
from server.http import health
from server.local_stack import Postgres
from server.services import Services
from tests.conftest import AppClient
from tests.support.people import PASSWORD

NEWCOMER = {"email": "new@example.org", "password": PASSWORD, "nickname": "Newcomer"}


def _always(services: Services, pragma: str) -> None:
    """On whichever connection of the pool is taken."""

    @event.listens_for(services.database.engine.sync_engine, "checkout")
    def checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.cursor().execute(pragma)


async def test_a_full_disk_is_told_and_loses_nothing(app_client: AppClient, services: Services) -> None:
    async with services.container.scope(write=False) as scope:
        pages = (await scope.uow.session.execute(text("PRAGMA page_count"))).scalar_one()
    # What SQLite says of a file that may not grow is what it says of a full disk (SQLITE_FULL).
    _always(services, f"PRAGMA max_page_count={pages}")
    statuses = set()
    for number in range(40):
        body = {**NEWCOMER, "email": f"new{number}@example.org", "nickname": f"Newcomer {number}"}
        async with app_client.post("/api/v1/auth/register", json=body) as answer:
            statuses.add(answer.status)
            if answer.status == 503:
                assert (await answer.json())["code"] == "storage_full"
                assert int(answer.headers["Retry-After"]) > 0
                break
    assert statuses <= {201, 202, 503}, statuses
    assert 503 in statuses


async def test_a_read_only_database_is_told(app_client: AppClient, services: Services) -> None:
    _always(services, "PRAGMA query_only=ON")
    async with app_client.post("/api/v1/auth/register", json=NEWCOMER) as answer:
        assert answer.status == 503
        assert (await answer.json())["code"] == "storage_full"


async def test_not_ready_on_a_full_disk(
    app_client: AppClient, monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    assert (await app_client.get("/readyz")).status == 200
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage(100, 99, 1))
    answer = await app_client.get("/readyz")
    assert (answer.status, (await answer.json())["code"]) == (503, "storage_full")


async def test_not_ready_on_a_disk_that_cannot_be_written(
    app_client: AppClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert (await app_client.get("/readyz")).status == 503
    assert (await app_client.get("/healthz")).status == 200, "a restart would not help"


async def test_a_postgresql_that_dies_and_comes_back_is_told(postgres_url: str, postgres_server: Postgres) -> None:
    database = Database(postgres_url)
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    gone = Database(postgres_url.replace(f":{postgres_server.port}/", ":9/"))
    with pytest.raises(DatabaseAway):
        async with gone.engine.connect():
            pass
    await gone.close()
    await database.close()


@pytest.mark.both_adapters
async def test_a_worker_answers_for_itself(services: Services) -> None:
    app = web.Application()
    app[CONTAINER] = services.container
    app.add_routes(health.routes(services))
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/healthz")).status == 200
        assert (await client.get("/readyz")).status == 200
        answer = await client.get("/metrics")
        assert "ani_jobs_running" in await answer.text()


def test_every_trouble_with_a_disk_has_its_name(tmp_path: Path) -> None:
    """The words are SQLite's; should they change, this fails before people see a 500."""
    from sqlalchemy.exc import OperationalError

    from kernel.db import outage

    file = sqlite3.connect(tmp_path / "x.sqlite3")
    file.execute("CREATE TABLE t (x)")
    file.execute("PRAGMA max_page_count=2")
    with pytest.raises(sqlite3.OperationalError) as full:
        file.execute("INSERT INTO t VALUES (zeroblob(100000))")
    file.execute("PRAGMA query_only=ON")
    with pytest.raises(sqlite3.OperationalError) as readonly:
        file.execute("INSERT INTO t VALUES (1)")
    file.close()
    with pytest.raises(sqlite3.OperationalError) as missing:
        sqlite3.connect(tmp_path / "no" / "such.sqlite3")
    for error in (full.value, readonly.value, missing.value):
        assert isinstance(outage(OperationalError("", {}, error)), StorageFull), error
