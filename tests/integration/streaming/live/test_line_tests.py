"""A test of the line before going live: WHIP with ``?test=true``, over one node's memory and over Valkey."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kernel.access import Role
from streaming.live.media import line_test
from tests.conftest import MakeUser
from tests.integration.streaming.live.conftest import API, Stage
from tests.support.realtime.live import H264, KEY_FRAME, OPUS, PICTURE, FfmpegPublisher, LiveClient, live_offer

SDP = {"Content-Type": "application/sdp"}


async def begin(stage: Stage, path: str | None = None, *, key: bool = False, expected: int = 201) -> LiveClient:
    made = LiveClient()
    stage.clients.append(made)
    where = path or (f"{API}/whip" if key else f"{stage.path}/whip")
    headers = {"Authorization": f"Bearer {stage.key}"} if key else stage.owner.headers
    assert await made.post(stage.client, f"{where}?test=true", headers) == expected
    return made


async def shown(stage: Stage) -> dict[str, Any]:
    response = await stage.client.get(f"{stage.path}/line-test", headers=stage.owner.headers)
    assert response.status == 200, await response.text()
    return dict(await response.json())


async def report(stage: Stage) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (found := await shown(stage))["report"] is None or found["running"]:
            await asyncio.sleep(0.05)
    return dict(found["report"])


def send(client: LiveClient, *sequences: int) -> None:
    for sequence in sequences:
        client.send_media(H264, sequence, 3_000 * sequence, KEY_FRAME if sequence == 1 else PICTURE)
        client.send_media(OPUS, sequence, 960 * sequence, b"\xfc\xff\xfe", ssrc=8)


@pytest.mark.parametrize("key", [False, True], ids=["owner", "stream-key"])
async def test_nobody_is_shown_anything(stage: Stage, key: bool) -> None:
    assert await shown(stage) == {"running": False, "max_kbps": 8_000, "report": None}
    client = await begin(stage, key=key)
    assert (await shown(stage))["running"]
    send(client, *range(1, 21))
    await client.until(lambda: client.wants(1))
    channel = await (await stage.client.get(stage.path, headers=stage.owner.headers)).json()
    assert (channel["is_live"], channel["is_away"], channel["hls_url"]) == (False, False, None)
    assert (stage.hub.carried(), stage.hub.live) == ({}, [])
    viewer = await stage.client.post(f"{stage.path}/whep", data=live_offer(direction="recvonly"), headers=SDP)
    assert viewer.status == 409
    assert (await stage.client.delete(client.session)).status == 200
    found = await report(stage)
    assert (found["complete"], found["video_codec"], found["audio_codec"], found["path"]) == (
        False,
        "H264",
        "opus",
        "direct",
    )
    assert found["findings"][-1] == "short"
    assert (await stage.client.delete(client.session)).status == 404


@pytest.mark.both_adapters
async def test_it_ends_by_itself(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_test, "TEST_MS", 400.0)
    client = await begin(stage)
    send(client, 1, 2)
    found = await report(stage)
    assert found["complete"]
    assert stage.hub.testing == []
    again = await begin(stage)
    assert (await shown(stage))["report"] is None, "what was found before says nothing of this test"
    assert (await stage.client.delete(again.session)).status == 200


@pytest.mark.both_adapters
async def test_one_at_a_time(stage: Stage) -> None:
    other = await (
        await stage.client.post(f"{API}/channels", json={"title": "Mornings"}, headers=stage.owner.headers)
    ).json()
    client = await begin(stage)
    await begin(stage, expected=409)
    await begin(stage, f"{API}/channels/{other['id']}/whip", expected=409)
    refused = await stage.client.post(
        f"{stage.path}/whip?test=true", data=live_offer(), headers={**SDP, **stage.owner.headers}
    )
    assert (await refused.json())["code"] == "line_test_running"
    assert (await stage.client.delete(client.session)).status == 200
    await report(stage)
    await begin(stage, f"{API}/channels/{other['id']}/whip")


async def test_it_takes_nobodys_place(stage: Stage) -> None:
    live = await stage.publisher()
    live.send_media(H264, 1, 0, KEY_FRAME)
    refused = await stage.client.post(
        f"{stage.path}/whip?test=true&takeover=true", data=live_offer(), headers={**SDP, **stage.owner.headers}
    )
    assert (refused.status, (await refused.json())["code"]) == (409, "channel_busy")
    assert (await stage.health())["live"]
    assert not (await shown(stage))["running"]


@pytest.mark.both_adapters
async def test_being_live_ends_it(stage: Stage) -> None:
    client = await begin(stage)
    send(client, 1, 2, 3)
    await client.until(lambda: client.wants(1))
    live = await stage.publisher()
    live.send_media(H264, 1, 0, KEY_FRAME)
    assert "short" in (await report(stage))["findings"]
    assert (await stage.health())["live"]
    assert (await stage.client.delete(client.session)).status == 404


@pytest.mark.parametrize("end", ["publisher", "key", "take-down", "channel"])
async def test_whoever_may_ends_it(stage: Stage, make_user: MakeUser, end: str) -> None:
    await begin(stage, key=True)
    moderator = await make_user(Role.MODERATOR)
    if end == "take-down":
        done = await stage.client.put(f"{stage.path}/take-down", json={"reason": "Spam"}, headers=moderator.headers)
    else:
        path = stage.path if end == "channel" else f"{stage.path}/{end}"
        done = await stage.client.delete(path, headers=stage.owner.headers)
    assert done.status < 300
    assert stage.hub.testing == []


async def test_it_ends_with_the_sign_in(stage: Stage) -> None:
    await begin(stage)
    out = await stage.client.post("/api/v1/auth/logout", headers=stage.owner.headers)
    assert out.status < 300, await out.text()
    async with asyncio.timeout(30):
        while stage.hub.testing:
            stage.services.components.streaming.live._dirty.set()
            await asyncio.sleep(0.05)


async def test_who_may(stage: Stage, make_user: MakeUser) -> None:
    stranger, moderator = await make_user(Role.EDITOR), await make_user(Role.MODERATOR)
    for person, status in ((stranger, 403), (moderator, 200)):
        assert (await stage.client.get(f"{stage.path}/line-test", headers=person.headers)).status == status
    assert (await stage.client.get(f"{stage.path}/line-test")).status == 401
    headers = {**SDP, **stranger.headers}
    assert (await stage.client.post(f"{stage.path}/whip?test=true", data=live_offer(), headers=headers)).status == 403


async def test_an_offer_that_is_no_good_claims_nothing(stage: Stage) -> None:
    headers = {**SDP, **stage.owner.headers}
    wrong = await stage.client.post(f"{stage.path}/whip?test=true", data="v=0", headers=headers)
    assert wrong.status == 400
    await begin(stage)


async def test_it_counts_as_a_publisher(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streaming.live.media.hub.MAX_PUBLISHERS", 0)
    await begin(stage, expected=409)


async def test_over_a_relay(stage: Stage) -> None:
    made = LiveClient()
    stage.clients.append(made)
    assert await made.post(stage.client, f"{stage.path}/whip?test=true", stage.owner.headers) == 201
    fragment = (
        "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
        "a=candidate:1 1 udp 41885439 127.0.0.1 61764 typ relay raddr 0.0.0.0 rport 9\r\n"
    )
    headers = {"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": made.etag}
    assert (await stage.client.patch(made.session, data=fragment, headers=headers)).status == 204
    send(made, 1, 2)
    await made.until(lambda: made.wants(1))
    await stage.client.delete(made.session)
    assert (await report(stage))["path"] == "relay"


async def test_ffmpeg_tests_its_line(stage: Stage, tmp_path: Path) -> None:
    url = str(stage.client.make_url(f"{API}/whip?test=true"))
    async with FfmpegPublisher(url, stage.key, tmp_path):
        found = await report(stage)
    assert (found["complete"], found["width_px"], found["height_px"]) == (True, 160, 120)
    assert found["video_kbps"] > 0
    assert found["key_frame_interval_ms"] is not None
    assert found["lost"] == 0
    assert found["findings"] in ([], ["few_frames"], ["jitter"], ["jitter", "few_frames"]), found
