"""Fixtures of every test: settings, the application over both kinds of adapters, real servers, users, clips, a browser.

Whatever a fixture starts it also stops, by its own process id, whether the test passed or not.
"""

import contextlib
import gc
import os
import secrets
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.async_api import Browser
from redis.asyncio import Redis

from kernel.access import Role
from kernel.concurrency import collector
from kernel.scope import Container
from kernel.storage.bucket import BucketSettings
from server.boot import open_services
from server.http.app import create_app
from server.local_stack import Postgres, SeaweedFS, Valkey
from server.local_stack.service import free_port
from server.services import Services
from server.settings import Settings
from tests.support.chromium import chromium_program, launched_chromium
from tests.support.media.clips import Clip, make_clip
from tests.support.media.episodes import IngestedEpisode, RememberingEngine, add_episode
from tests.support.people import Person, make_passwords_quick, sign_up
from tests.support.servers.crashing import CrashingParent
from tests.support.servers.databases import PostgresDatabases, SqliteDatabases, compile_statements_once, memory_folder
from tests.support.servers.edges import nginx_before
from tests.support.servers.live_server import LiveServer
from tests.support.servers.preloaded import Preloaded
from tests.support.shared import shared_folder

SECRET_KEY = "a secret of the tests, long enough to be taken"

AppClient = TestClient[web.Request, web.Application]


def pytest_configure() -> None:
    """Keep the developer's own settings out of the tests, and what needs time for its own sake."""
    gc.disable()  # until all is loaded: see pytest_collection_finish
    signal.signal(signal.SIGINT, _interrupt)
    for name in [name for name in os.environ if name.startswith("ANI_")]:
        del os.environ[name]
    make_passwords_quick()
    compile_statements_once()
    # Without local variables, of which a traceback takes a second.
    printed = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], printed])
    # How fast examples come depends on what else the machine does.
    hypothesis_settings.register_profile("ani", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis_settings.load_profile("ani")


def _interrupt(number: int, frame: FrameType | None) -> None:
    """End at Ctrl-C like Python itself, which `asyncio.Runner` would replace before each of its runs.

    What it replaces it has printed (`signal.signal` tries to name it), and that prints the fixture before, with all of the application.
    """
    raise KeyboardInterrupt


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where browser tests alone are wanted, leave out the files that name no browser: to load them all takes ten seconds."""
    wanted = str(config.option.markexpr).startswith("browser")
    return True if wanted and collection_path.suffix == ".py" and not _names_a_browser(collection_path) else None


def _names_a_browser(path: Path) -> bool:
    return b"browser" in path.read_bytes()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both_adapters` once with each kind."""
    if metafunc.definition.get_closest_marker("both_adapters"):
        kinds = ["embedded", pytest.param("cluster", marks=pytest.mark.cluster)]
        metafunc.parametrize("adapters", kinds, indirect=True)  # fails for a test that stands on no adapters


@pytest.hookimpl(tryfirst=True)  # before -m picks by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and skip it where there is none."""
    missing = chromium_program() is None
    for item in items:
        if isinstance(item, pytest.Function) and _uses_chromium(item):
            item.add_marker(pytest.mark.browser)
            assert _names_a_browser(item.path), (
                f"{item.path} has to name the fixture browser, or its tests are left out"
            )
        if missing and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium"))


@pytest.hookimpl(wrapper=True, tryfirst=True)  # around the end of every fixture, the event loop's included
def pytest_runtest_protocol() -> Iterator[None]:
    """Remember what ran before, for the look at the end."""
    _threads_before.clear()
    _threads_before.update(threading.enumerate())
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # after every fixture, the event loop included
def pytest_runtest_teardown() -> Iterator[None]:
    """Fail the test that leaves a connection to SQLite behind its event loop.

    What such a connection still does it reports to a closed loop: its thread dies, and whichever test comes next fails.
    """
    yield
    left = [thread for thread in threading.enumerate() if "_connection_worker_thread" in thread.name]
    if left := [thread for thread in left if thread not in _threads_before]:
        pytest.fail(f"{len(left)} connections to SQLite outlived this test: close the database", pytrace=False)


_threads_before: set[threading.Thread] = set()


def pytest_collection_finish() -> None:
    """Of what was loaded nothing goes away again: the collector of garbage looks at none of it, now or later.

    It rested meanwhile, as while the program is loaded (`server.entry`), and then works as in a server.
    """
    gc.freeze()
    gc.set_threshold(*collector.THRESHOLDS)
    gc.enable()


def _uses_chromium(item: pytest.Function) -> bool:
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return "browser" in item.fixturenames and "browser" not in parameters


@pytest.hookimpl(wrapper=True, tryfirst=True)  # around pytest's own summary, to come after it
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say at the very end what was not tested."""
    yield
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "no Chromium" in str(report.longrepr)]
    if skipped:
        terminalreporter.write_sep("!", "THE BROWSER WAS NOT TESTED", red=True, bold=True)
        terminalreporter.write_line(
            f"{len(skipped)} browser tests were skipped: no Chromium was found, and it could not be installed here. "
            "Install it (Debian: apt install chromium-headless-shell) or name one: CHROMIUM=/path/to/chrome make test",
            red=True,
        )


# The services outside, one of each a worker, started when a test first needs them.


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A running PostgreSQL."""
    with Postgres(within=memory_folder()) as server:
        yield server


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    """A running Valkey; use `valkey_url`, which empties it first."""
    with Valkey() as server:
        yield server


@pytest.fixture(scope="session")
def seaweedfs() -> Iterator[SeaweedFS]:
    """A running SeaweedFS; use `bucket`, which nobody else has."""
    with SeaweedFS() as server:
        yield server


@pytest.fixture
def bucket(seaweedfs: SeaweedFS) -> BucketSettings:
    """A place of the test's own in it."""
    return replace(seaweedfs.settings, prefix=secrets.token_hex(4))


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: Postgres) -> PostgresDatabases:
    return PostgresDatabases(postgres_server)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(shared_folder(tmp_path_factory))


@pytest.fixture
async def postgres_url(postgres_databases: PostgresDatabases) -> AsyncIterator[str]:
    """The address of a fresh, migrated PostgreSQL database."""
    url = await postgres_databases.create()
    yield url
    await postgres_databases.drop(url)


@pytest.fixture
async def valkey_url(valkey_server: Valkey) -> str:
    """The address of an empty Valkey."""
    await empty(valkey_server)
    return valkey_server.url


async def empty(valkey: Valkey) -> None:
    """Forget everything that an earlier test left."""
    async with Redis.from_url(valkey.url) as client:
        await client.flushall()


# The application in this process.


@pytest.fixture
def adapters(request: pytest.FixtureRequest) -> str:
    """Which kind of services is below: "embedded" (SQLite, memory) or "cluster" (PostgreSQL, Valkey).

    Embedded it is, unless `@pytest.mark.both_adapters` has the test run once with each.
    """
    kind: str = getattr(request, "param", "embedded")
    return kind


@pytest.fixture
def settings(adapters: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings over a fresh, migrated database and an empty data folder."""
    data_dir = tmp_path / "data"
    if adapters == "cluster":
        database_url, redis_url = request.getfixturevalue("postgres_url"), request.getfixturevalue("valkey_url")
    else:
        databases: SqliteDatabases = request.getfixturevalue("sqlite_databases")
        database_url, redis_url = databases.copy_to(data_dir / "ani.sqlite3"), ""
    return Settings.load(
        _env_file=None,
        data_dir=data_dir,
        database_url=database_url,
        redis_url=redis_url,
        secret_key=SECRET_KEY,
        embedded_worker=True,
        rtc_port=0,
    )


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    """The long-lived parts of one process."""
    async with open_services(settings) as opened:
        yield opened


@pytest.fixture
def container(services: Services) -> Container:
    """Begin a transaction with `async with container.scope(write=True) as scope`."""
    return services.container


@pytest.fixture
async def app_client(services: Services, aiohttp_client: Callable[..., Awaitable[AppClient]]) -> AppClient:
    """A client of the real application, background work included."""
    return await aiohttp_client(create_app(services))


MakeUser = Callable[..., Awaitable[Person]]


@pytest.fixture
def make_user(container: Container) -> MakeUser:
    """Make a signed-in user: `editor = await make_user(Role.EDITOR)`, then `headers=editor.headers`."""

    async def make(role: Role = Role.USER, nickname: str | None = None) -> Person:
        return await sign_up(container, role, nickname)

    return make


# The application as a process.

StartServer = Callable[..., Awaitable[LiveServer]]


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    """What `live_server` starts processes with."""
    with Preloaded() as parent:
        yield parent


@pytest.fixture(scope="session")
def crashing_parent() -> Iterator[CrashingParent]:
    """What forks the processes of a `Crasher`."""
    with CrashingParent() as parent:
        yield parent


@pytest.fixture
async def live_server(
    tmp_path: Path, preloaded: Preloaded, request: pytest.FixtureRequest
) -> AsyncIterator[StartServer]:
    """Start real servers: `server = await live_server()`.

    `adapters="cluster"` puts one on PostgreSQL and Valkey, `share=other` makes a second process over the data of another
    one, `arguments=("--demo",)` goes to `ani serve`, and further keywords are settings: `ANI_MAX_UPLOAD_BYTES="1024"`.
    `first` is Python that the process runs before it is a server: to shorten what it waits for and no setting says.
    """
    servers: list[LiveServer] = []

    async def start(
        *,
        adapters: str = "embedded",
        share: LiveServer | None = None,
        arguments: tuple[str, ...] = (),
        first: str = "",
        **settings: str,
    ) -> LiveServer:
        environment = {"ANI_SECRET_KEY": SECRET_KEY, **settings}
        if share is not None:
            # One address for people means one issuer of tokens, whichever process answers.
            environment = {"ANI_PUBLIC_URL": share.url, **share.environment, **settings}
        elif adapters == "cluster":
            databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
            valkey: Valkey = request.getfixturevalue("valkey_server")
            await empty(valkey)
            environment["ANI_DATABASE_URL"] = await databases.create()
            environment["ANI_REDIS_URL"] = valkey.url
            environment.setdefault("ANI_EMBEDDED_WORKER", "true")
        folder = tmp_path / f"server-{len(servers)}"
        if share is None and adapters == "embedded" and not arguments:
            # All steps of an empty database take a second of a core.  Who tests the first start makes a `LiveServer`.
            migrated: SqliteDatabases = request.getfixturevalue("sqlite_databases")
            migrated.copy_to(folder / "data" / "ani.sqlite3")
        server = LiveServer(folder, environment, arguments, preloaded=preloaded, first=first)
        servers.append(server)
        return await server.start()

    yield start
    for server in servers:
        try:
            await server.stop()
        finally:
            print(f"--- {server.url}, {server.folder}\n{server.log()[-8000:]}")  # pytest shows it when the test failed


Edge = Callable[..., str]


@pytest.fixture
def edge() -> Iterator[Edge]:
    """Put nginx in front of live servers; returns the edge's address. They need `ANI_TRUSTED_PROXIES="1"`."""
    with contextlib.ExitStack() as running:

        def start(server: LiveServer, *others: LiveServer, **more: str) -> str:
            port = free_port()
            running.enter_context(nginx_before(server, *others, port=port, **more))
            return f"http://127.0.0.1:{port}"

        yield start


# Media and the browser.


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Small test videos: `clip(seconds=8, width_px=640, height_px=360, audio=False)`; equal ones are made once a run."""
    folder = shared_folder(tmp_path_factory) / "clips"
    return lambda **kind: make_clip(folder, Clip(**kind))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> RememberingEngine:
    """The ingest engine, which encodes the same source only once."""
    return RememberingEngine(shared_folder(tmp_path_factory) / "assets")


AddEpisode = Callable[..., Awaitable[IngestedEpisode]]


@pytest.fixture
def ingested_episode(clip: Callable[..., Path], engine: RememberingEngine) -> AddEpisode:
    """Add a published episode that really plays: `await ingested_episode(services)` or `await ingested_episode(server)`.

    For another video than 8 s of test picture: `source=clip(seconds=30)`; for the episode that follows: `after=first`.
    """

    async def add(where: Services | LiveServer, source: Path | None = None, **kind: Any) -> IngestedEpisode:
        source = source or clip(seconds=8)
        if isinstance(where, Services):
            return await add_episode(where, source, engine, **kind)
        async with open_services(where.settings()) as opened:
            return await add_episode(opened, source, engine, **kind)

    return add


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium of its own for the test; open pages with `await browser.new_context()`."""
    async with launched_chromium() as launched:
        yield launched
