"""An API of Kodik's shape, read over HTTP."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from catalog.imports.runs import usecases as runs_usecases
from catalog.imports.runs.jobs import RunEngine
from catalog.imports.runs.model import ImportRun, Trigger
from catalog.imports.runs.usecases import Order, Runs
from catalog.imports.sources import usecases as sources_usecases
from catalog.imports.sources.adapters import http
from catalog.imports.sources.adapters.http import SourceClient
from catalog.imports.sources.adapters.readers import SourceReaders
from catalog.imports.sources.model import SourceDraft, SourceKind
from catalog.imports.sources.usecases import Input, Seal, Sources
from catalog.releases.repository import release_table
from server.services import Services
from tests.support.servers.kodik_server import TOKEN, KodikServer, row

Read = Callable[..., Awaitable[ImportRun]]


@pytest.fixture
def kodik() -> KodikServer:
    return KodikServer([row(number, voice) for number in range(120) for voice in ("AniLibria", "AniDub")])


@pytest.fixture
async def read(services: Services, kodik: KodikServer) -> Any:
    """Reads the server once; waiting for limits takes no time."""
    skipped = 0.0

    async def skip(seconds: float) -> None:
        nonlocal skipped
        skipped += seconds

    async with TestServer(kodik.app()) as server:
        async with services.container.scope(write=True) as scope:
            draft = SourceDraft("k", "Kodik", SourceKind.KODIK, url=str(server.make_url("")))
            source = await sources_usecases.register(scope.port(Sources), draft, scope.clock.now())
            sources_usecases.take_token(source, scope.port(Seal), TOKEN)

        async def as_it_is(rows: Any) -> Any:
            return rows

        async def run(*networks: str) -> ImportRun:
            async with services.container.scope(write=True) as scope:
                wanted = Order(source_id=source.id, given=Input(), trigger=Trigger.PERSON)
                ordered = await runs_usecases.order(scope.port(Sources), scope.port(Runs), wanted, scope.clock.now())
            readers = SourceReaders(
                services.container,
                networks or ("127.0.0.0/8",),
                make_client=lambda limits: SourceClient(
                    limits, sleep=skip, monotonic_s=lambda: time.monotonic() + skipped
                ),
            )

            async def told(_stage: str, _share: float) -> None:
                pass

            return await RunEngine(readers, as_it_is).perform(services.container, ordered.id, told)

        yield run


async def found(services: Services) -> int:
    async with services.container.scope(write=False) as scope:
        return await scope.uow.session.scalar(select(func.count()).select_from(release_table)) or 0


@pytest.mark.both_adapters
async def test_pages_are_read_to_the_end_and_then_only_what_is_new(
    read: Read, kodik: KodikServer, services: Services
) -> None:
    first = await read()
    assert (first.state, first.error, first.reached.rows) == ("succeeded", "", 240)
    assert first.counts["created"] == 120
    assert await found(services) == 120
    asked = len(kodik.asked)
    second = await read()
    assert len(kodik.asked) - asked == 1  # one page, which ends with what is known
    assert "created" not in second.counts
    kodik.rows.append(row(500, updated_at="2026-02-01T00:00:00Z"))
    kodik.rows.append(row(501, updated_at="2026-01-01T00:59:00Z"))  # the very time that was the newest
    assert (await read()).counts["created"] == 2


@pytest.mark.both_adapters
async def test_what_changes_while_it_is_read_is_not_missed(read: Read, kodik: KodikServer, services: Services) -> None:
    def change(request: int) -> None:
        if request == 1:
            kodik.rows[0]["updated_at"] = "2026-03-01T00:00:00Z"
            kodik.rows.append(row(300, updated_at="2026-03-01T00:00:01Z"))

    kodik.between = change
    await read()
    kodik.between = lambda _: None
    await read()
    assert await found(services) == 121


@pytest.mark.parametrize("after", ["inf", "-inf", "nan", "1e999", "soon", "-5"])
async def test_a_wait_that_is_no_number_is_none(read: Read, kodik: KodikServer, after: str) -> None:
    kodik.trouble = lambda request: web.Response(status=429, headers={"Retry-After": after}) if request == 2 else None
    run = await read()
    assert (run.state, run.error, run.reached.rows) == ("succeeded", "", 240)


async def test_limits_and_passing_trouble_are_waited_out(read: Read, kodik: KodikServer) -> None:
    kodik.remaining = 1
    kodik.trouble = lambda request: (
        web.Response(status=429, headers={"Retry-After": "3"}) if request in {2, 4} else None
    )
    assert (await read()).counts["created"] == 120


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda: web.json_response({"error": "Превышен лимит"}), "Превышен лимит"),
        (lambda: web.Response(status=403), "it answers 403"),
        (lambda: web.Response(status=503), "it answers 503"),
        (lambda: web.Response(text="<html>"), "its answer is no JSON"),
        (lambda: web.json_response([1]), "its answer is no object"),
        (lambda: web.json_response({"results": 5}), "its page has no results"),
        (lambda: web.Response(body=b"x" * (http.ANSWER_BYTES + 1)), "its answer is over 8 MiB"),
    ],
)
async def test_what_is_wrong_with_a_source_is_said(
    read: Read, kodik: KodikServer, answer: Callable[[], web.StreamResponse], why: str
) -> None:
    kodik.trouble = lambda request: answer() if request > 1 else None
    done = await read()
    assert done.state == "failed"
    assert done.fault is not None
    assert done.fault.text == f"The source does not answer as it should: {why}."
    assert done.fault.code not in {"", "source_away"}
    assert done.counts["created"] > 0  # what was read before stays


async def test_private_addresses_are_not_asked_and_not_redirected_to(read: Read, kodik: KodikServer) -> None:
    def redirect(_: int) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "http://10.0.0.1/list"})

    kodik.trouble = redirect
    done = await read()
    assert done.state == "failed"
    assert "may not be fetched" in str(done.fault)
    assert len(kodik.asked) == 1
    assert "may not be fetched" in str((await read("192.168.0.0/16")).fault)


async def test_one_odd_row_does_not_stop_the_others(read: Read, kodik: KodikServer) -> None:
    kodik.rows = [row(1), row(2, id=None, shikimori_id=None), row(3, type="cake", material_data={})]
    done = await read()
    assert (done.state, done.counts) == ("succeeded", {"created": 1, "failed": 2})
