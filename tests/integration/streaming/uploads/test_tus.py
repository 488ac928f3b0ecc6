"""Uploads as a tus client makes them (https://tus.io/protocols/resumable-upload), against the real application."""

import asyncio
import base64
import fcntl
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientResponse

from kernel.access import Role
from server.services import Services
from server.settings import Settings
from streaming.uploads.adapters import receiver
from streaming.uploads.jobs import remove_expired
from streaming.uploads.model import UploadId
from streaming.uploads.usecases import Uploads
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.uploads.tus_client import (
    OCTETS,
    UPLOADS,
    Tus,
    code,
    files,
    finished,
    metadata,
    offset_once_free,
    until_offset,
)
from tests.support.realtime.party import Player


@pytest.mark.both_adapters
async def test_a_film_in_pieces_becomes_a_playable_episode(
    tus: Tus, app_client: AppClient, settings: Settings, film: bytes
) -> None:
    url = await tus.created(len(film))
    middle = len(film) // 2
    first = await tus.patch(url, 0, film[:middle])
    assert (first.status, first.headers["Upload-Offset"]) == (204, str(middle))
    assert "Upload-Job-Id" not in first.headers
    last = await tus.patch(url, middle, film[middle:])
    assert (last.status, last.headers["Upload-Offset"]) == (204, str(len(film)))
    assert (await tus.head(url)).headers["Upload-Job-Id"] == last.headers["Upload-Job-Id"]

    job = await finished(app_client, tus, last.headers["Upload-Job-Id"])
    assert job["state"] == "succeeded", job
    assert job["result"]["duration_ms"] == 1000
    assert (settings.media_dir / job["result"]["asset_id"] / "master.m3u8").is_file()
    assert files(settings) == []


class TestCore:
    """Core protocol."""

    async def test_options_tell_what_there_is(self, app_client: AppClient) -> None:
        answer = await app_client.options(UPLOADS)
        assert answer.status == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,expiration,checksum,termination"
        assert answer.headers["Tus-Max-Size"] == str(8 * 1024**3)

    async def test_head_tells_the_offset_and_is_never_cached(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))
        await tus.patch(url, 0, film[:5000])
        answer = await tus.head(url)
        assert answer.status == 200
        assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("5000", str(len(film)))
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Upload-Metadata"] == metadata(filename="Film.mp4", episode_id=tus.episode_id)

    async def test_another_version_of_the_protocol(self, tus: Tus) -> None:
        answer = await tus.create(10, **{"Tus-Resumable": "0.2.2"})
        assert answer.status == 412
        assert answer.headers["Tus-Version"] == "1.0.0"

    @pytest.mark.parametrize("offset", [0, 4999, 5001, 10**12])
    async def test_an_offset_that_is_not_the_end(self, tus: Tus, film: bytes, offset: int) -> None:
        url = await tus.created(len(film))
        await tus.patch(url, 0, film[:5000])
        answer = await tus.patch(url, offset, film[5000:])
        assert await code(answer) == (409, "wrong_offset")
        assert (await tus.head(url)).headers["Upload-Offset"] == "5000"

    async def test_a_body_of_another_type(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))
        answer = await tus.patch(url, 0, b"x", **{"Content-Type": "application/json"})
        assert answer.status == 415

    async def test_more_than_was_announced(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))
        answer = await tus.patch(url, 0, film + b"x")
        assert await code(answer) == (413, "upload_length_exceeded")
        assert int((await tus.head(url)).headers["Upload-Offset"]) < len(film)

    async def test_after_the_end(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))
        await tus.patch(url, 0, film)
        assert await code(await tus.patch(url, len(film), b"")) == (409, "upload_complete")
        assert await code(await tus.delete(url)) == (409, "upload_complete")

    async def test_a_connection_that_breaks_keeps_what_arrived(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))

        async def broken() -> Any:
            yield film[:20_000]
            await asyncio.sleep(0.3)
            raise ConnectionResetError

        with pytest.raises(Exception):  # noqa: B017 - whatever aiohttp makes of it
            await tus.patch(url, 0, broken())
        offset = await offset_once_free(tus, url)
        assert offset == 20_000
        assert (await tus.patch(url, offset, film[offset:])).headers["Upload-Offset"] == str(len(film))

    async def test_who_comes_later_goes_on_and_who_was_sending_ends(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))
        go_on = asyncio.Event()

        async def slow() -> Any:
            yield film[:5000]
            await go_on.wait()
            yield film[5000:]

        first = asyncio.create_task(tus.patch(url, 0, slow()))
        await until_offset(tus, url, 5000)
        answer = await tus.patch(url, 5000, film[5000:9000])
        assert (answer.status, answer.headers["Upload-Offset"]) == (204, "9000")
        go_on.set()
        assert await code(await first) == (409, "upload_taken_over")
        answer = await tus.patch(url, 9000, film[9000:])
        assert answer.headers["Upload-Offset"] == str(len(film))

    async def test_a_line_that_died_without_a_word(self, tus: Tus, settings: Settings, film: bytes) -> None:
        """No FIN ever comes where a phone changes networks; the client is back long before a time-out is over."""
        url = await tus.created(len(film))
        server = tus.http.server
        lines = {**tus.headers, **OCTETS, "Host": "ani", "Upload-Offset": "0", "Content-Length": str(len(film))}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(f"PATCH {url} HTTP/1.1\r\n{head}\r\n".encode() + film[:7000])
        await writer.drain()
        await until_offset(tus, url, 7000)
        answer = await tus.patch(url, 7000, film[7000:])
        assert (answer.status, answer.headers["Upload-Offset"]) == (204, str(len(film)))
        writer.close()
        assert not list(settings.uploads_dir.glob("*.claim"))

    async def test_a_file_held_by_something_that_does_not_end(
        self, tus: Tus, settings: Settings, film: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(receiver, "HANDOVER_S", 1)
        url = await tus.created(len(film))
        with next(settings.uploads_dir.glob("*.upload")).open("rb") as held:
            fcntl.flock(held.fileno(), fcntl.LOCK_EX)
            answer = await tus.patch(url, 0, film)
        assert await code(answer) == (423, "upload_busy")
        assert answer.headers["Retry-After"] == "1"
        assert (await tus.patch(url, 0, film)).status == 204, "a claim left behind stops nobody"

    async def test_a_stop_of_the_server_is_answered_and_loses_nothing(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))

        async def endless() -> Any:
            yield film[:6000]
            await asyncio.sleep(60)

        sending = asyncio.create_task(tus.patch(url, 0, endless()))
        await until_offset(tus, url, 6000)
        app = tus.http.app
        assert app is not None
        await app.shutdown()
        answer = await sending
        assert await code(answer) == (503, "upload_paused")
        assert int(answer.headers["Retry-After"]) > 0
        assert (await tus.head(url)).headers["Upload-Offset"] == "6000"


class TestMethodOverride:
    """Core protocol, "X-HTTP-Method-Override": the method where an environment lets POST alone through."""

    async def test_every_method(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))
        headers = {**tus.headers, **OCTETS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
        answer = await tus.http.post(url, data=film[:5000], headers=headers)
        assert (answer.status, answer.headers["Upload-Offset"]) == (204, "5000")
        answer = await tus.http.post(url, headers={**tus.headers, "X-HTTP-Method-Override": "head"})
        assert (answer.status, answer.headers["Upload-Offset"]) == (200, "5000")
        answer = await tus.http.post(url, headers={**tus.headers, "X-HTTP-Method-Override": "DELETE"})
        assert answer.status == 204
        assert (await tus.head(url)).status == 404

    @pytest.mark.parametrize("method", ["", "GET", "POST", "CONNECT"])
    async def test_no_other(self, tus: Tus, film: bytes, method: str) -> None:
        url = await tus.created(len(film))
        answer = await tus.http.post(url, headers={**tus.headers, "X-HTTP-Method-Override": method})
        assert answer.status == 405
        assert "PATCH" in answer.headers["Allow"]


class TestContent:
    @pytest.mark.parametrize("content", [b"#EXTM3U\n" + b"x" * 5000, b"<html>", b"PK\x03\x04" + bytes(5000)])
    async def test_what_is_no_video_is_refused_as_soon_as_that_shows(
        self, tus: Tus, settings: Settings, content: bytes
    ) -> None:
        url = await tus.created(max(len(content), 6) if len(content) < 4096 else 10**6)
        assert await code(await tus.patch(url, 0, content)) == (400, "not_video")
        assert files(settings) == []
        assert (await tus.head(url)).status == 404

    async def test_what_only_looks_like_one_fails_in_its_job(
        self, tus: Tus, app_client: AppClient, settings: Settings
    ) -> None:
        content = b"\0\0\0\x18ftypisom" + bytes(3000)
        url = await tus.created(len(content))
        answer = await tus.patch(url, 0, content)
        job = await finished(app_client, tus, answer.headers["Upload-Job-Id"])
        assert (job["state"], job["error"]["code"]) == ("failed", "not_media")
        assert job["error"]["message"].startswith("Film.mp4 is not a video file we can read")
        assert files(settings) == []


class TestChecksum:
    """Extension "checksum"."""

    @pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5"])
    async def test_right(self, tus: Tus, film: bytes, algorithm: str) -> None:
        url = await tus.created(len(film))
        digest = base64.b64encode(hashlib.new(algorithm, film[:9000]).digest()).decode()
        answer = await tus.patch(url, 0, film[:9000], **{"Upload-Checksum": f"{algorithm} {digest}"})
        assert answer.headers["Upload-Offset"] == "9000"

    async def test_wrong_keeps_nothing_of_the_piece(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))
        await tus.patch(url, 0, film[:5000])
        digest = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
        answer = await tus.patch(url, 5000, film[5000:9000], **{"Upload-Checksum": f"sha256 {digest}"})
        assert await code(answer) == (460, "checksum_mismatch")
        assert (await tus.head(url)).headers["Upload-Offset"] == "5000"

    async def test_unknown(self, tus: Tus, film: bytes) -> None:
        url = await tus.created(len(film))
        assert await code(await tus.patch(url, 0, b"x", **{"Upload-Checksum": "crc32 AAAA"})) == (400, "tus_header")


class TestTerminationAndExpiration:
    async def test_removed_by_its_owner(self, tus: Tus, settings: Settings, film: bytes) -> None:
        url = await tus.created(len(film))
        await tus.patch(url, 0, film[:5000])
        assert (await tus.delete(url)).status == 204
        assert files(settings) == []
        assert (await tus.head(url)).status == 404
        assert await code(await tus.patch(url, 5000, b"x")) == (404, "upload_not_found")

    async def test_expires_a_day_after_the_last_piece(
        self, tus: Tus, services: Services, settings: Settings, film: bytes
    ) -> None:
        answer = await tus.create(len(film))
        expires_at = parsedate_to_datetime(answer.headers["Upload-Expires"])
        left = expires_at - services.container.clock.now()
        assert timedelta(hours=23) < left <= timedelta(days=1)
        url = answer.headers["Location"]
        await remove_expired(services.container)
        assert (await tus.head(url)).status == 200

        async with services.container.scope(write=True) as scope:
            upload = await scope.port(Uploads).get(UploadId(url.rpartition("/")[2]))
            assert upload is not None
            upload.expires_at = scope.clock.now() - timedelta(seconds=1)
        assert (await tus.head(url)).status == 404
        await remove_expired(services.container)
        assert files(settings) == []


class TestWhoMay:
    async def test_only_editors(self, app_client: AppClient, tus: Tus, make_user: MakeUser) -> None:
        viewer = Tus(app_client, await make_user(Role.USER), tus.episode_id)
        assert (await viewer.create(10)).status == 403
        nobody = Tus(app_client, None, tus.episode_id)
        assert (await nobody.create(10)).status == 401

    async def test_only_ones_own(self, app_client: AppClient, tus: Tus, make_user: MakeUser) -> None:
        url = await tus.created(10)
        other = Tus(app_client, await make_user(Role.EDITOR), tus.episode_id)
        answers: Iterable[Awaitable[ClientResponse]] = (other.head(url), other.delete(url), other.patch(url, 0, b"x"))
        assert [(await answer).status for answer in answers] == [404, 404, 404]
        admin = Tus(app_client, await make_user(Role.ADMIN), tus.episode_id)
        assert (await admin.head(url)).status == 200


class TestRestart:
    async def test_goes_on_after_kill_9(self, live_server: Callable[..., Awaitable[Any]], film: bytes) -> None:
        server = await live_server()
        editor = await server.make_user(Role.EDITOR)
        async with aiohttp.ClientSession(server.url, headers=editor.headers) as http:
            release = {"alias": "show", "type": "WEB", "year": 2026, "name": {"main": "Show"}}
            async with http.post("/api/v1/releases", json=release) as answer:
                assert answer.status == 201, await answer.text()
                release_id = (await answer.json())["id"]
            async with http.post("/api/v1/episodes", json={"release_id": release_id, "ordinal": 1}) as answer:
                assert answer.status == 201, await answer.text()
                episode_id = (await answer.json())["id"]
            tus = Tus(http, editor, episode_id)  # type: ignore[arg-type]  # the same methods
            url = await tus.created(len(film))
            await _broken_patch(server.port, url, tus.headers, film[:30_000], len(film))
            assert await offset_once_free(tus, url) == 30_000
            assert '"status":500' not in server.log(), "a broken line is no defect of ours"
            await server.kill9()
            await server.start()
            offset = int((await tus.head(url)).headers["Upload-Offset"])
            assert offset == 30_000
            async with Player(server, token=editor.access_token) as socket:
                answer = await tus.patch(url, offset, film[offset:])
                job_id = answer.headers["Upload-Job-Id"]
                job = await finished(http, tus, job_id)  # type: ignore[arg-type]  # the same methods
                assert job["state"] == "succeeded", job
                told = await socket.hears("job:progress", job_id=job_id, state="succeeded")
            assert told["kind"] == "ingest"
            assert told["progress"] == 1


async def _broken_patch(port: int, url: str, headers: dict[str, str], body: bytes, length: int) -> None:
    """Send ``body`` of the ``length`` bytes that were announced, and hang up."""
    lines = {**headers, **OCTETS, "Host": "ani", "Upload-Offset": "0", "Content-Length": str(length)}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"PATCH {url} HTTP/1.1\r\n{head}\r\n".encode() + body)
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.close()
    await writer.wait_closed()
