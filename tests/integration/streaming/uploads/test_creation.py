"""How uploads begin, and how much room they may take (tus, extension "creation")."""

import asyncio

import pytest

from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from server.settings import Settings
from streaming.uploads.model import UploadId
from streaming.uploads.repository import LocalUploads
from streaming.uploads.usecases import Uploads
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.uploads.tus_client import (
    OCTETS,
    UPLOADS,
    Tus,
    code,
    files,
    metadata,
)

GIB = 1024**3
VIDEO_START = b"\x00\x00\x00\x18ftypisom" + bytes(500)


class TestCreation:
    """Extension "creation", and "creation-with-upload"."""

    async def test_with_the_first_piece(self, tus: Tus, film: bytes) -> None:
        given = {"Upload-Length": str(len(film)), "Upload-Metadata": metadata(episode_id=tus.episode_id)}
        answer = await tus.http.post(UPLOADS, data=film[:6000], headers={**tus.headers, **given, **OCTETS})
        assert (answer.status, answer.headers["Upload-Offset"]) == (201, "6000")

    @pytest.mark.parametrize(
        ("length", "status", "expected"),
        [
            (0, 400, "upload_empty"),
            (8 * 1024**3 + 1, 413, "upload_too_large"),
            ("many", 400, "tus_header"),
            ("-5", 400, "tus_header"),
        ],
    )
    async def test_lengths(self, tus: Tus, settings: Settings, length: int | str, status: int, expected: str) -> None:
        assert await code(await tus.create(length)) == (status, expected)
        assert files(settings) == []

    async def test_no_length(self, tus: Tus) -> None:
        headers = {**tus.headers, "Upload-Metadata": metadata(episode_id=tus.episode_id)}
        assert (await tus.http.post(UPLOADS, headers=headers)).status == 400

    async def test_no_episode(self, tus: Tus) -> None:
        assert (await tus.create(10, **{"Upload-Metadata": metadata(filename="a.mp4")})).status == 400
        unknown = {"Upload-Metadata": metadata(episode_id=new_id())}
        assert await code(await tus.create(10, **unknown)) == (404, "upload_target")

    async def test_a_name_is_only_a_name(self, tus: Tus, services: Services, settings: Settings) -> None:
        answer = await tus.create(10, name="../../etc/\x00\u202epasswd")
        upload_id = answer.headers["Location"].rpartition("/")[2]
        assert [path.name for path in files(settings)] == [f"{upload_id}.upload"]
        async with services.container.scope(write=False) as scope:
            upload = await scope.port(Uploads).get(UploadId(upload_id))
        assert upload is not None
        assert upload.file_name == "passwd"

    async def test_not_without_end(self, tus: Tus) -> None:
        for _ in range(20):
            await tus.created(10)
        assert await code(await tus.create(10)) == (409, "too_many_uploads")

    async def test_room_that_was_promised_is_taken(self, tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
        """Twenty of 8 GiB were begun where 69 GiB were free."""
        size = 8 * GIB
        monkeypatch.setattr(LocalUploads, "_free_bytes", lambda _: 25 * GIB)
        first = await tus.created(size)
        await tus.created(size)
        await tus.created(size - 2)
        answer = await tus.create(10)
        assert await code(answer) == (503, "uploads_full")
        assert int(answer.headers["Retry-After"]) > 0
        # What has arrived of it is not promised any more: the disk itself says so.
        assert (await tus.patch(first, 0, VIDEO_START)).status == 204
        assert (await tus.create(len(VIDEO_START) + 2)).status == 201
        await tus.delete(first)
        assert (await tus.create(size - GIB)).status == 201

    async def test_one_person_has_so_much_room(
        self, app_client: AppClient, tus: Tus, settings: Settings, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(LocalUploads, "_free_bytes", lambda _: 10_000 * GIB)
        for _ in range(settings.upload_quota_bytes // (8 * GIB)):
            await tus.created(8 * GIB)
        answer = await tus.create(10)
        assert await code(answer) == (409, "upload_quota_used")
        other = Tus(app_client, await make_user(Role.EDITOR), tus.episode_id)
        assert (await other.create(8 * GIB)).status == 201


@pytest.mark.parametrize("adapters", [pytest.param("cluster", marks=pytest.mark.cluster)], indirect=True)
async def test_two_are_not_given_the_same_room(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalUploads, "_free_bytes", lambda _: 10 * GIB)
    answers = await asyncio.gather(*(tus.create(8 * GIB) for _ in range(6)))
    assert sorted(answer.status for answer in answers) == [201, *[503] * 5]
