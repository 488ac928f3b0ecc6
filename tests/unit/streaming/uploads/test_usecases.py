"""Making room for uploads, and what becomes of them."""

from datetime import timedelta

import pytest

from kernel.access import Actor, Role
from streaming.uploads import usecases
from streaming.uploads.model import (
    IDLE_LIFETIME,
    MAX_OPEN,
    MediaUploaded,
    TooManyUploads,
    Upload,
    UploadEmpty,
    UploadNotFound,
    UploadQuotaUsed,
    UploadsFull,
    UploadTarget,
    UploadTooLarge,
)
from streaming.uploads.usecases import DISK_RESERVE_BYTES
from tests.unit.streaming.uploads.memory import EPISODE, NOW, Memory


def editor(name: str, role: Role = Role.EDITOR) -> Actor:
    return Actor(user_id=name, nickname=name, role=role, session_id="session")


ANN, BOB, ADMIN = editor("ann"), editor("bob"), editor("admin", Role.ADMIN)


async def begun(memory: Memory, size_bytes: int = 100, *, owner: Actor = ANN, name: str = "film.mkv") -> Upload:
    return await usecases.create(memory.context, owner, episode_id=EPISODE, file_name=name, size_bytes=size_bytes)


async def finished(memory: Memory, size_bytes: int = 100, *, owner: Actor = ANN) -> Upload:
    upload = await begun(memory, size_bytes, owner=owner)
    memory.files.kept[upload.id] = bytes(size_bytes)
    await usecases.received(memory.context, upload)
    return upload


async def test_files_that_cannot_be() -> None:
    memory = Memory()
    with pytest.raises(UploadEmpty):
        await begun(memory, 0)
    with pytest.raises(UploadTooLarge):
        await begun(memory, memory.files.max_bytes + 1)
    with pytest.raises(UploadTarget):
        await usecases.create(memory.context, ANN, episode_id="gone", file_name="film.mkv", size_bytes=1)
    assert not memory.uploads.kept
    assert not memory.files.kept


async def test_somebody_has_so_many_unfinished_ones() -> None:
    memory = Memory()
    for _ in range(MAX_OPEN):
        await begun(memory, 1)
    with pytest.raises(TooManyUploads):
        await begun(memory, 1)
    await begun(memory, 1, owner=BOB)


async def test_what_was_declared_counts_until_its_file_is_ingested() -> None:
    memory = Memory()
    await begun(memory, 9_000)
    with pytest.raises(UploadQuotaUsed):
        await begun(memory, 9_000)
    whole = await finished(memory, 6_000)
    with pytest.raises(UploadQuotaUsed):
        await begun(memory, 1)
    await memory.files.delete(whole.id)  # its ingest took it away
    await begun(memory, 6_000)


async def test_room_promised_to_one_is_not_given_to_another() -> None:
    memory = Memory()
    memory.files.disk_bytes = DISK_RESERVE_BYTES + 10_000
    first = await begun(memory, 6_000)
    with pytest.raises(UploadsFull):
        await begun(memory, 6_000, owner=BOB)
    memory.files.kept[first.id] = bytes(3_000)  # what has arrived is taken once, not twice
    await begun(memory, 4_000, owner=BOB)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("C:\\films\\a.mkv", "a.mkv"), ("../../etc/passwd", "passwd"), ("a\x00\x1b.mkv", "a.mkv"), ("///", "upload")],
    ids=["windows", "above", "control", "nothing"],
)
async def test_a_file_name_is_a_name(given: str, kept: str) -> None:
    assert (await begun(Memory(), name=given)).file_name == kept


async def test_an_upload_is_its_owners_and_the_administrators() -> None:
    memory = Memory()
    upload = await begun(memory)
    for caller in (ANN, ADMIN):
        assert await usecases.find(memory.context, caller, upload.id) is upload
    with pytest.raises(UploadNotFound):
        await usecases.find(memory.context, BOB, upload.id)
    memory.now = NOW + IDLE_LIFETIME
    with pytest.raises(UploadNotFound):
        await usecases.find(memory.context, ANN, upload.id)


async def test_the_last_byte_orders_the_ingest_once() -> None:
    memory = Memory()
    upload = await begun(memory, 100)
    memory.files.kept[upload.id] = bytes(40)
    assert await usecases.received(memory.context, upload) == 40
    assert memory.orders.jobs == {}
    memory.files.kept[upload.id] = bytes(100)
    for _ in range(2):
        assert await usecases.received(memory.context, upload) == 100
    [order] = memory.orders.jobs.values()
    assert order == {"file": f"/uploads/{upload.id}", "name": "film.mkv", "episode_id": EPISODE, "remove": True}
    assert [type(event) for event in upload.pull_events()] == [MediaUploaded]


async def test_who_goes_on_keeps_the_upload() -> None:
    memory = Memory()
    upload = await begun(memory)
    memory.now = NOW + timedelta(hours=20)
    await usecases.received(memory.context, upload)
    assert upload.expires_at == memory.now + IDLE_LIFETIME


async def test_a_file_is_known_by_how_it_begins() -> None:
    memory = Memory()
    upload = await begun(memory, 9_000)
    memory.files.kept[upload.id] = b"%PDF-1.7"
    assert await usecases.foreign_kind(memory.context, upload) is None, "too little is here to say"
    memory.files.kept[upload.id] = b"%PDF-1.7" + bytes(8_000)
    assert await usecases.foreign_kind(memory.context, upload) == "a PDF document"


async def test_what_nobody_needs_goes_with_its_bytes() -> None:
    memory = Memory()
    await begun(memory)
    await begun(memory, owner=BOB)
    assert await usecases.remove_of_owner(memory.context, BOB.user_id) == 1
    memory.now = NOW + IDLE_LIFETIME
    assert await usecases.remove_expired(memory.context) == 1
    assert not memory.uploads.kept
    assert not memory.files.kept
    await finished(memory)
    await usecases.remove_for_episodes(memory.context, [EPISODE])
    assert not memory.uploads.kept
    assert not memory.files.kept
