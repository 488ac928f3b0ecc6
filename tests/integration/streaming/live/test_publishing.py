"""Somebody is live: WHIP (RFC 9725) from FFmpeg, and packet by packet."""

import asyncio
from pathlib import Path

import pytest

from tests.integration.streaming.live.conftest import API, Stage
from tests.support.realtime.live import (
    H264,
    KEY_FRAME,
    PICTURE,
    WHIP_CLIENT,
    FfmpegPublisher,
    GstreamerPublisher,
    live_offer,
)

KEY = {"Content-Type": "application/sdp"}


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(FfmpegPublisher, id="ffmpeg"),
        pytest.param(
            GstreamerPublisher,
            id="gstreamer",
            marks=pytest.mark.skipif(WHIP_CLIENT is None, reason="simple-whip-client is not installed"),
        ),
    ],
)
async def test_a_program_of_others_publishes(
    stage: Stage, tmp_path: Path, program: type[FfmpegPublisher | GstreamerPublisher]
) -> None:
    url = str(stage.client.make_url(f"{API}/whip"))
    async with program(url, stage.key, tmp_path) as publisher, asyncio.timeout(60):
        while True:
            found = (await stage.health())["publisher"]
            if found is not None and found["video_kbps"] > 0 and found["audio_kbps"] > 0 and found["frames_per_s"] > 5:
                break
            publisher.ensure_running()
            await asyncio.sleep(0.2)
        assert (found["video_codec"], found["audio_codec"]) == ("H264", "opus")
        shown = await (await stage.client.get(stage.path)).json()
        assert shown["is_live"]
        assert shown["live_since"]
        hls_url: str = shown["hls_url"]
        while (
            answer := await stage.client.get(hls_url)
        ).status == 404:  # before the first part there is nothing to describe
            await asyncio.sleep(0.2)
        variants = [line for line in (await answer.text()).splitlines() if line and not line.startswith("#")]
        media = await stage.client.get(f"{hls_url.rpartition('/')[0]}/{variants[0]}")
        assert (media.status, "#EXT-X-PART:" in await media.text()) == (200, True)


async def test_the_answer(stage: Stage) -> None:
    publisher = await stage.publisher(("audio", "opus"), ("video", "vp8 high h264"))
    lines = publisher.answer.splitlines()
    assert [line for line in lines if line.startswith("m=")] == [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        f"m=video 9 UDP/TLS/RTP/SAVPF {H264}",
    ]
    assert {"a=ice-lite", "a=group:BUNDLE 0 1", "b=AS:8000", f"a=rtcp-fb:{H264} nack pli"} <= set(lines)
    assert lines.count("a=recvonly") == lines.count("a=setup:passive") == lines.count("a=rtcp-mux-only") == 2
    assert publisher.session.startswith(f"{API}/sessions/")


async def test_it_is_asked_for_what_is_missing_and_for_key_frames(stage: Stage) -> None:
    publisher = await stage.publisher()
    for sequence in (1, 2, 5):
        publisher.send_media(H264, sequence, 3_000 * sequence, PICTURE)
    await publisher.until(lambda: publisher.wants(1, 205))
    assert publisher.wants(1, 205)[0][-4:] == b"\x00\x03\x00\x01", "3, and the one after it"
    await stage.viewer()
    publisher.send_media(H264, 6, 18_000, PICTURE)
    await publisher.until(lambda: publisher.wants(1))
    await publisher.until(lambda: publisher.wants(15))


@pytest.mark.parametrize(
    ("token", "status"),
    [
        pytest.param(None, 401, id="none"),
        pytest.param("anis_wrong", 403, id="wrong"),
        pytest.param("ey.an.access-token", 401, id="another-kind"),
    ],
)
async def test_a_key_is_needed(stage: Stage, token: str | None, status: int) -> None:
    headers = KEY if token is None else {**KEY, "Authorization": f"Bearer {token}"}
    response = await stage.client.post(f"{API}/whip", data=live_offer(), headers=headers)
    assert response.status == status


async def test_the_owner_needs_no_key(stage: Stage) -> None:
    path, headers = f"{stage.path}/whip", {**KEY, **stage.owner.headers}
    assert (await stage.client.post(path, data=live_offer(), headers=headers)).status == 201
    assert (await stage.client.post(path, data=live_offer(), headers=KEY)).status == 401


@pytest.mark.parametrize(
    ("offer", "reason"),
    [
        pytest.param("", "malformed", id="nothing"),
        pytest.param("v=0\r\nm=audio", "malformed", id="half-a-line"),
        pytest.param(live_offer(("video", "vp9")), "video is not", id="vp9"),
        pytest.param(live_offer(("audio", "pcmu")), "audio is not", id="pcmu"),
        pytest.param(live_offer(("video", "h264"), ("video", "vp8")), "more than one", id="two-pictures"),
        pytest.param(live_offer(direction="recvonly"), "neither", id="sends-nothing"),
        pytest.param(live_offer().replace("a=group:BUNDLE 0 1", ""), "bundled", id="not-bundled"),
        pytest.param(live_offer().replace("a=ice-ufrag:abcd\r\n", ""), "ICE", id="no-credentials"),
        pytest.param(live_offer().replace("sha-256", "md5"), "fingerprint", id="weak"),
        pytest.param(live_offer(*[("audio", "opus")] * 9), "sections", id="nine-sections"),
    ],
)
async def test_an_offer_that_is_no_good(stage: Stage, offer: str, reason: str) -> None:
    headers = {**KEY, "Authorization": f"Bearer {stage.key}"}
    response = await stage.client.post(f"{API}/whip", data=offer, headers=headers)
    body = await response.json()
    assert (response.status // 100, body["code"]) == (4, "offer_not_acceptable")
    assert reason in body["detail"] or reason == "malformed"
    assert stage.hub.carried() == {}


async def test_what_is_no_description(stage: Stage) -> None:
    bearer = {"Authorization": f"Bearer {stage.key}"}
    wrong = await stage.client.post(f"{API}/whip", data=b"{}", headers={**bearer, "Content-Type": "application/json"})
    large = await stage.client.post(f"{API}/whip", data=b"v" * 70_000, headers={**bearer, **KEY})
    binary = await stage.client.post(f"{API}/whip", data=b"\xff\xfe", headers={**bearer, **KEY})
    assert (wrong.status, large.status, binary.status) == (415, 413, 400)


async def test_a_second_publisher_waits_or_takes_over(stage: Stage) -> None:
    first = await stage.publisher()
    first.send_media(H264, 1, 0, KEY_FRAME)
    await stage.publisher(expected=409)
    second = await stage.publisher(takeover=True)
    second.send_media(H264, 1, 0, KEY_FRAME)
    assert (await stage.client.delete(first.session)).status == 404
    assert (await stage.health())["live"]
    assert (await stage.client.delete(second.session)).status == 200
    health = await stage.health()
    assert (health["live"], health["last_end"]) == (False, None) or health["last_end"] == "left"


async def test_ice_is_restarted_and_candidates_trickle(stage: Stage) -> None:
    publisher = await stage.publisher()
    fragment = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
    candidate = fragment + "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n"
    kind = {"Content-Type": "application/trickle-ice-sdpfrag"}

    async def patch(body: str, **headers: str) -> tuple[int, str | None, str]:
        response = await stage.client.patch(publisher.session, data=body, headers={**kind, **headers})
        return response.status, response.headers.get("ETag"), await response.text()

    assert (await patch(candidate))[0] == 204, "some clients name no version; candidates do no harm"
    assert (await patch(fragment.replace("abcd\r", "efgh\r")))[0] == 428
    assert (await patch(candidate, **{"If-Match": '"old"'}))[0] == 412
    assert (await patch(candidate, **{"If-Match": publisher.etag}))[:2] == (204, None)
    assert (await patch("nonsense", **{"If-Match": "*"}))[0] == 400
    status, etag, body = await patch(fragment.replace("abcd\r", "efgh\r"), **{"If-Match": "*"})
    assert (status, body.count("a=ice-ufrag:")) == (200, 1)
    assert "a=ice-lite" in body
    assert etag not in (None, publisher.etag)
    assert (await patch(candidate, **{"If-Match": publisher.etag}))[0] == 412
    wrong = await stage.client.patch(publisher.session, data="{}", headers={"Content-Type": "application/json"})
    assert wrong.status == 415


async def test_what_may_be_posted(stage: Stage) -> None:
    for path in (f"{API}/whip", f"{stage.path}/whip", f"{stage.path}/whep"):
        options = await stage.client.options(path)
        assert (options.status, options.headers["Accept-Post"]) == (200, "application/sdp")
        assert options.headers["Access-Control-Allow-Origin"] == "*"
        assert (await stage.client.get(path)).status == 204
        head = await stage.client.head(path)
        assert (head.status, head.content_type) == (200, "application/sdp")
