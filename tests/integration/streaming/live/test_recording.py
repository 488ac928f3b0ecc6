"""Somebody is live, and an episode is made of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel.access import Role
from kernel.outbox.relay import Relay
from server.services import Services
from streaming.ingest.model import AssetId
from streaming.ingest.usecases import Assets
from streaming.live.llhls.depacketising.h264 import PictureConfig
from streaming.live.llhls.depacketising.sps import parse_sps
from streaming.live.llhls.fmp4.fragment import Sample, fragment, sample_of_nals
from streaming.live.llhls.fmp4.init_section import video_init
from streaming.live.llhls.segment import Segment
from streaming.live.recordings import usecases
from streaming.live.recordings.adapters.context import context_of
from streaming.live.recordings.adapters.files import LocalRecordings
from streaming.live.recordings.model import UNSEEN_FOR, EndedBy, Recording, RecordingLimits
from streaming.live.recordings.pieces import PieceMaker
from streaming.live.recordings.usecases import RecordingFiles
from tests.conftest import MakeUser
from tests.integration.streaming.live.conftest import API, Stage
from tests.support.media.shows import add_episode
from tests.support.people import PASSWORD
from tests.support.realtime.live import FfmpegPublisher
from tests.unit.streaming.live.llhls.frames import KEY, PPS, SPS

PATIENCE_S = 90
OF_A_BUSY_MACHINE = ("begins after its sound", "too far apart", "clock jumps")
"""Why a picture is not kept whose publisher was held up."""


async def recordings(stage: Stage) -> list[dict[str, Any]]:
    response = await stage.client.get(
        f"{API}/recordings", params={"channel_id": stage.channel["id"]}, headers=stage.owner.headers
    )
    assert response.status == 200, await response.text()
    return list((await response.json())["items"])


async def until(stage: Stage, condition: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    async with asyncio.timeout(PATIENCE_S):
        while not condition(found := await recordings(stage)):
            await stage.services.components.streaming.live.look_soon()
            await asyncio.sleep(0.2)
    return found


async def test_a_broadcast_with_a_reconnect_becomes_an_episode(stage: Stage, tmp_path: Path) -> None:
    switched = await stage.client.put(f"{stage.path}/recording", headers=stage.owner.headers)
    assert (switched.status, (await switched.json())["records"]) == (200, True)
    url = str(stage.client.make_url(f"{API}/whip?takeover=true"))
    async with FfmpegPublisher(url, stage.key, tmp_path):
        [recording] = await until(stage, lambda found: bool(found) and found[0]["duration_ms"] >= 2_000)
        assert recording["ended_at"] is None
        path = f"{API}/recordings/{recording['id']}"
        assert (await stage.client.delete(path, headers=stage.owner.headers)).status == 409
    async with FfmpegPublisher(url, stage.key, tmp_path):
        before_ms = recording["duration_ms"]
        [recording] = await until(stage, lambda found: found[0]["duration_ms"] >= before_ms + 4_000)
    await stage.client.delete(f"{stage.path}/recording", headers=stage.owner.headers)
    [recording] = await until(stage, lambda found: found[0]["ended_at"] is not None)
    assert (recording["ended_by"], recording["title"]) == ("stopped", "Evenings")
    assert recording["expires_at"] > recording["ended_at"]

    episode_id = await add_episode(stage.services.container)
    body = {"episode_id": episode_id}
    ordered = await stage.client.post(f"{path}/episode", json=body, headers=stage.owner.headers)
    assert ordered.status == 202, await ordered.text()
    job_id = (await ordered.json())["job_id"]
    async with asyncio.timeout(PATIENCE_S):
        while True:
            job = await (await stage.client.get(f"/api/v1/jobs/{job_id}", headers=stage.owner.headers)).json()
            if job["state"] in ("succeeded", "failed"):
                break
            await asyncio.sleep(0.2)
    assert job["state"] == "succeeded", job
    assert job["result"]["duration_ms"] == pytest.approx(recording["duration_ms"], abs=1_500)
    anew = [each for each in job["result"]["warnings"] if "encoded anew" in each]
    assert all(any(reason in each for reason in OF_A_BUSY_MACHINE) for each in anew), anew
    async with stage.services.container.scope(write=False) as scope:
        asset = await scope.port(Assets).get(AssetId(job["result"]["asset_id"]))
    assert asset is not None
    profile = asset.renditions[0].codecs.split(",")[0][:7]
    assert profile == ("avc1.64" if anew else "avc1.42"), "the baseline of the publisher is kept as it was sent"
    [recording] = await recordings(stage)
    assert (recording["episode_id"], recording["job_id"]) == (episode_id, job_id)

    assert (await stage.client.delete(path, headers=stage.owner.headers)).status == 204
    assert await recordings(stage) == []
    assert not files(stage.services).folder(recording["id"]).exists()


def files(services: Services) -> LocalRecordings:
    found = services.feature.ports[RecordingFiles](None)  # type: ignore[arg-type]
    assert isinstance(found, LocalRecordings)
    return found


async def a_recording(stage: Stage, content: bytes, *, ended: bool) -> Recording:
    """One that this node wrote, with one file."""
    async with stage.services.container.scope(write=True) as scope:
        now = scope.clock.now()
        made = Recording.begin(
            channel_id=stage.channel["id"], owner_id=stage.owner.user_id, title="Evenings", node_id="gone", now=now
        )
        made.size_bytes = len(content)
        if ended:
            made.end(EndedBy.LEFT, duration_ms=4_000, size_bytes=len(content), kept_for=timedelta(days=1), now=now)
        scope.port(usecases.Recordings).add(made)
    (files(stage.services).create(made.id) / "0000.mp4").write_bytes(content)
    return made


async def test_what_a_dead_process_wrote_is_complete_after_a_while(stage: Stage) -> None:
    left, unwritten = await a_recording(stage, b"", ended=False), await a_recording(stage, b"", ended=False)
    await write_clip(stage, left.id)
    container = stage.services.container
    async with container.scope(write=True) as scope:
        assert await usecases.end_unseen(context_of(scope)) == 0, "its node may still live"
    async with container.scope(write=True) as scope:
        later = replace(context_of(scope), now=scope.clock.now() + 2 * UNSEEN_FOR)
        assert await usecases.end_unseen(later) == 2
    [shown] = await recordings(stage)
    assert (shown["id"], shown["ended_by"], shown["duration_ms"]) == (left.id, "interrupted", 2_000)
    assert not files(stage.services).folder(unwritten.id).exists(), "of nothing, nothing is kept"


@pytest.mark.both_adapters
async def test_recordings_expire_and_go_with_their_channel(stage: Stage, make_user: MakeUser) -> None:
    container = stage.services.container
    old, young = await a_recording(stage, b"x" * 10, ended=True), await a_recording(stage, b"x" * 30, ended=True)
    stranger = await make_user(Role.EDITOR)
    response = await stage.client.get(f"{API}/recordings", headers=stage.owner.headers)
    page = await response.json()
    assert ([each["id"] for each in page["items"]], page["total"], page["used_bytes"]) == ([young.id, old.id], 2, 40)
    theirs = await (await stage.client.get(f"{API}/recordings", headers=stranger.headers)).json()
    assert (theirs["items"], theirs["used_bytes"]) == ([], 0)

    async with container.scope(write=True) as scope:
        found = await scope.port(usecases.Recordings).lock(old.id)
        assert found is not None
        found.expires_at = scope.clock.now()
    async with container.scope(write=True) as scope:
        assert await usecases.remove_expired(context_of(scope)) == 1
    assert [each["id"] for each in await recordings(stage)] == [young.id]
    assert not files(stage.services).folder(old.id).exists()

    gone = await stage.client.post("/api/v1/me/delete", json={"password": PASSWORD}, headers=stage.owner.headers)
    assert gone.status == 204, await gone.text()
    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        assert await scope.port(usecases.Recordings).get(young.id) is None
    assert not files(stage.services).folder(young.id).exists()


async def test_what_cannot_be_done_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made, episode_id = await a_recording(stage, b"", ended=True), await add_episode(stage.services.container)
    path = f"{API}/recordings/{made.id}/episode"

    async def refused(status: int, code: str, body: dict[str, Any] | None = None) -> None:
        body = body or {"episode_id": episode_id}
        response = await stage.client.post(path, json=body, headers=stage.owner.headers)
        assert (response.status, (await response.json())["code"]) == (status, code)

    await refused(409, "recording_empty")
    await write_clip(stage, made.id)
    await refused(404, "episode_unknown", {"episode_id": stage.channel["id"]})
    switch = f"{stage.path}/recording"

    async def none_left(_: object) -> int:
        return 0

    with monkeypatch.context() as broken:
        broken.setattr(LocalRecordings, "free_bytes", none_left)
        full = await stage.client.put(switch, headers=stage.owner.headers)
        assert (full.status, (await full.json())["code"]) == (503, "recordings_full")
    async with stage.services.container.scope(write=True) as scope:
        limit = scope.port(RecordingLimits).quota_bytes
        found = await scope.port(usecases.Recordings).lock(made.id)
        assert found is not None
        found.size_bytes = limit
    used = await stage.client.put(switch, headers=stage.owner.headers)
    assert (used.status, (await used.json())["code"]) == (409, "recording_quota_used")


async def write_clip(stage: Stage, recording_id: str) -> None:
    """Two seconds of one picture, as they are recorded."""
    picture = Segment(1, 0, discontinuity=False, init_number=1, duration=180_000)
    sound = Segment(1, 0, discontinuity=False, init_number=1, duration=96_000)
    picture.body = fragment(1, [Sample(0, 180_000, sample_of_nals([KEY]))])
    sound.body = fragment(1, [Sample(0, 96_000, b"\xfc\xff\xfe")])
    pieces = PieceMaker()
    assert pieces.sound(sound) is None
    piece = pieces.picture(picture, video_init(PictureConfig(parse_sps(SPS), (SPS,), (PPS,))))
    assert piece is not None
    assert piece.header is not None
    (files(stage.services).create(recording_id) / "0000.mp4").write_bytes(piece.header + piece.data)
