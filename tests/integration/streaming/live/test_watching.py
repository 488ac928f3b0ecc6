"""People watch (WHEP): what they get, when, and what becomes of them when publishers come and go."""

import asyncio
import struct

import pytest
from aiortc import sdp

from kernel.access import Role
from kernel.rtc.feedback import nack, parse_feedback
from streaming.live.adapters.serving import HOLD_S
from streaming.live.errors import ViewersFull
from streaming.live.media import sessions
from streaming.live.places import line, load
from tests.conftest import MakeUser
from tests.integration.streaming.live.conftest import API, Stage
from tests.support.realtime.live import H264, KEY_FRAME, OPUS, PICTURE, LiveClient


def pictures(viewer: LiveClient) -> list[tuple[int, int, bytes]]:
    """Sequence, timestamp and payload of the pictures that came."""
    section = next(one for one in sdp.SessionDescription.parse(viewer.answer).media if one.kind == "video")
    [ssrc] = [one.ssrc for one in section.ssrc]
    found = [data for data in viewer.received if int.from_bytes(data[8:12], "big") == ssrc]
    return [(*struct.unpack_from("!HL", data, 2), data[12:]) for data in found]


async def test_the_first_pictures_are_there_at_once(stage: Stage) -> None:
    publisher = await stage.publisher()
    publisher.send_media(H264, 9, 27_000, PICTURE)
    publisher.send_media(H264, 10, 30_000, KEY_FRAME)
    publisher.send_media(H264, 11, 33_000, PICTURE)
    publisher.send_media(OPUS, 1, 960, b"sound", ssrc=8)
    viewer = await stage.viewer()
    publisher.send_media(H264, 12, 36_000, PICTURE)
    publisher.send_media(OPUS, 2, 1_920, b"more sound", ssrc=8)
    await viewer.until(lambda: len(viewer.received) >= 4)
    got = pictures(viewer)
    assert [payload for *_, payload in got] == [KEY_FRAME, PICTURE, PICTURE]
    assert [number - got[0][0] for number, *_ in got] == [0, 1, 2]
    assert [stamp - got[0][1] for _, stamp, _ in got] == [0, 3_000, 6_000]
    assert [data[12:] for data in viewer.received if data[12:] not in (KEY_FRAME, PICTURE)] == [b"more sound"]


async def test_a_lost_packet_is_sent_again(stage: Stage) -> None:
    publisher = await stage.publisher()
    viewer = await stage.viewer()
    viewer.loses = 3
    for sequence in range(1, 5):
        payload = KEY_FRAME if sequence == 1 else PICTURE + b"%d" % sequence
        publisher.send_media(H264, sequence, 3_000 * sequence, payload)
    await viewer.until(lambda: len(pictures(viewer)) == 3)
    (first, *_), _, (last, *_) = pictures(viewer)
    assert last - first == 3
    viewer.send_report(nack(1, int.from_bytes(viewer.received[0][8:12], "big"), [first + 2, last + 5]))
    await viewer.until(lambda: len(pictures(viewer)) == 4)
    assert pictures(viewer)[3][::2] == (first + 2, PICTURE + b"3")


async def test_a_session_outlives_its_publishers(stage: Stage) -> None:
    first = await stage.publisher()
    viewer = await stage.viewer()
    first.send_media(H264, 100, 9_000, KEY_FRAME)
    await viewer.until(lambda: len(pictures(viewer)) == 1)
    assert (await stage.client.delete(first.session)).status == 200
    await stage.viewer(expected=409)
    second = await stage.publisher()
    second.send_media(H264, 7, 5, PICTURE, ssrc=70)
    second.send_media(H264, 8, 3_005, KEY_FRAME, ssrc=70)
    second.send_media(H264, 9, 6_005, PICTURE, ssrc=70)
    await viewer.until(lambda: len(pictures(viewer)) == 3)
    got = pictures(viewer)
    assert [payload for *_, payload in got] == [KEY_FRAME, KEY_FRAME, PICTURE], "nothing before a key frame"
    assert [(number - got[0][0]) & 0xFFFF for number, *_ in got] == [0, 1, 2]
    assert 0 <= got[1][1] - got[0][1] < 90_000 * 30, "the clock goes on"
    assert (await stage.client.delete(viewer.session)).status == 200
    assert (await stage.health())["viewers"] == 0


async def test_both_streams_lie_on_one_clock(stage: Stage) -> None:
    publisher = await stage.publisher()
    viewer = await stage.viewer()
    publisher.send_media(H264, 1, 90_000, KEY_FRAME)
    publisher.send_media(OPUS, 1, 48_000, b"sound", ssrc=8)
    await viewer.until(lambda: len(viewer.received) >= 2)
    for ssrc, timestamp in ((7, 90_000), (8, 48_000)):  # one moment, by a clock of another century
        publisher.send_report(struct.pack("!BBHLLLLLL", 0x80, 200, 6, ssrc, 1_000, 0, timestamp, 1, 1))
    await viewer.until(lambda: len({one for data in viewer.reports for one in _senders(data)}) >= 2)
    sent = {int.from_bytes(data[8:12], "big"): int.from_bytes(data[4:8], "big") for data in viewer.received}
    walls = []
    for ssrc, rate in ((ssrc, 90_000 if data_rate(viewer, ssrc) else 48_000) for ssrc in sent):
        report = next(one for data in viewer.reports for one in parse_feedback(data).senders if one.ssrc == ssrc)
        passed = (report.rtp_timestamp - sent[ssrc] + 2**31) % 2**32 - 2**31
        walls.append(report.ntp_ms - passed * 1000 / rate)
    assert abs(walls[0] - walls[1]) < 60
    assert abs(walls[0] - stage.services.container.clock.now_ms()) < 60_000, "our clock, not theirs"


def _senders(data: bytes) -> list[int]:
    return [one.ssrc for one in parse_feedback(data).senders]


def data_rate(viewer: LiveClient, ssrc: int) -> bool:
    """Whether it is the stream of pictures."""
    return any(
        one.ssrc == ssrc
        for section in sdp.SessionDescription.parse(viewer.answer).media
        if section.kind == "video"
        for one in section.ssrc
    )


async def test_an_offer_without_the_codec_is_answered_with_another_offer(stage: Stage) -> None:
    await stage.publisher()
    offer = LiveClient(("audio", "opus"), ("video", "vp8"), direction="recvonly").offer
    kind = {"Content-Type": "application/sdp"}
    response = await stage.client.post(f"{stage.path}/whep", data=offer, headers=kind)
    ours = await response.text()
    assert (response.status, response.content_type) == (406, "application/sdp")
    assert {"a=setup:actpass", "a=sendonly", f"a=rtpmap:{H264} H264/90000"} <= set(ours.splitlines())
    session = response.headers["Location"]
    answer = LiveClient(("audio", "opus"), ("video", "h264"), direction="recvonly")
    text = answer.offer.replace("setup:actpass", "setup:active")
    assert (await stage.client.patch(session, data=text, headers=kind)).status == 204
    assert (await stage.client.patch(session, data=text, headers=kind)).status == 400
    assert (await stage.client.delete(session)).status == 200
    answer.socket.close()


async def test_who_may_watch(stage: Stage, make_user: MakeUser) -> None:
    members = {"title": "Evenings", "audience": "members"}
    await stage.publisher()
    viewer = await stage.viewer()
    changed = await stage.client.put(stage.path, json=members, headers=stage.owner.headers)
    assert changed.status == 200
    await stage.viewer(expected=404)
    await stage.viewer(headers=(await make_user()).headers)
    stage.services.components.streaming.live._dirty.set()
    async with asyncio.timeout(10):
        while (await stage.client.delete(viewer.session)).status != 404:
            await asyncio.sleep(0.1)


async def test_it_is_taken_down_at_once(stage: Stage, make_user: MakeUser) -> None:
    moderator = await make_user(Role.MODERATOR)
    publisher, viewer = await stage.publisher(), await stage.viewer()
    down = f"{stage.path}/take-down"
    assert (await stage.client.put(down, json={"reason": "Spam"}, headers=stage.owner.headers)).status == 403
    before = asyncio.get_running_loop().time()
    taken = await stage.client.put(down, json={"reason": "Spam"}, headers=moderator.headers)
    assert taken.status == 200
    assert stage.hub.carried() == {}
    assert asyncio.get_running_loop().time() - before < 5, "a second, and what a busy machine adds"
    for client in (publisher, viewer):
        await client.until(lambda client=client: client.dtls.state == "closed")
    await stage.publisher(expected=403)
    await stage.viewer(expected=404)
    shown = await (await stage.client.get(stage.path, headers=stage.owner.headers)).json()
    assert shown["taken_down_reason"] == "Spam"
    assert (await stage.client.delete(down, headers=moderator.headers)).status == 200
    await stage.publisher()


async def test_a_new_key_ends_the_old_one(stage: Stage) -> None:
    publisher = await stage.publisher()
    made = await stage.client.put(f"{stage.path}/key", headers=stage.owner.headers)
    assert made.status == 200
    await publisher.until(lambda: publisher.dtls.state == "closed")
    await stage.publisher(expected=403)
    stage.key = (await made.json())["stream_key"]
    await stage.publisher()
    assert (await stage.client.delete(f"{stage.path}/key", headers=stage.owner.headers)).status == 204
    await stage.publisher(expected=403)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place is offered at once."""
    monkeypatch.setattr(line, "FREE_FOR_MS", 0.0)
    monkeypatch.setattr(line, "STAY_MS", 0.0)


async def told(stage: Stage, session: str, now: str) -> str:
    """How a viewer who does ``now`` is to watch from now on."""
    async with asyncio.timeout(30):
        while True:  # as the page does: nothing may have changed for as long as a question is held
            answer = await stage.client.get(f"{session}/delivery?now={now}")
            assert answer.status == 200, await answer.text()
            if (word := (await answer.json())["delivery"]) != now:
                return str(word)


async def refused(stage: Stage, place: str = "") -> dict[str, str]:
    """What somebody is told for whom there is no place."""
    offer = LiveClient(direction="recvonly")
    response = await stage.client.post(
        f"{stage.path}/whep?place={place}", data=offer.offer, headers={"Content-Type": "application/sdp"}
    )
    offer.socket.close()
    assert response.status == 409
    return dict(await response.json())


@pytest.mark.usefixtures("soon")
async def test_the_first_watch_and_the_next_waits_for_a_place(stage: Stage) -> None:
    await stage.publisher()
    stage.hub.places.configured = 1
    first = await stage.viewer()
    answer = await refused(stage)
    assert answer["code"] == "viewers_full"
    place = answer["session"]
    assert (await refused(stage, place))["session"] == place, "it is in the line, and not offered anything"
    health = await stage.health()
    assert (health["places"], health["viewers"], health["waiting"]) == (1, 1, 1)
    waiting = asyncio.create_task(told(stage, f"{API}/sessions/{place}", "hls"))
    assert (await stage.client.delete(first.session)).status == 200
    assert await waiting == "webrtc"
    assert (await refused(stage))["code"] == "viewers_full", "the place is kept"
    await stage.viewer(place=place)
    assert (await stage.client.get(f"{API}/sessions/{place}/delivery?now=hls")).status == 404, "it waits no longer"
    other = (await refused(stage))["session"]
    assert (await stage.client.delete(f"{API}/sessions/{other}")).status == 200
    assert (await stage.client.delete(f"{API}/sessions/{other}")).status == 404
    assert (await stage.health())["waiting"] == 1, "who came while the place was kept"


@pytest.mark.usefixtures("soon")
async def test_a_node_with_fewer_places_sends_viewers_over_and_has_them_back(
    stage: Stage, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await make_user(Role.ADMIN)
    publisher, viewer = await stage.publisher(), await stage.viewer()
    assert (await stage.client.get(f"{publisher.session}/delivery?now=hls")).status == 404, "for viewers alone"
    asking = asyncio.create_task(told(stage, viewer.session, "webrtc"))
    places = f"{API}/places"
    for wrong in ({"viewers": -1}, {"viewers": 5_001}, {"viewers": "all"}, {}):
        assert (await stage.client.put(places, json=wrong, headers=admin.headers)).status == 422
    assert (await stage.client.put(places, json={"viewers": 0}, headers=admin.headers)).status == 200
    assert await asking == "hls"
    publisher.send_media(H264, 1, 0, KEY_FRAME)
    await viewer.until(lambda: len(pictures(viewer)) == 1)  # until its page shows the other
    monkeypatch.setattr(sessions, "LEAVE_WITHIN_MS", 0.0)
    await viewer.until(lambda: viewer.dtls.state == "closed")
    shown = await (await stage.client.get(places, headers=admin.headers)).json()
    assert (shown["configured"], shown["places"], shown["viewers"], shown["busy"]) == (150, 0, 0, False)
    back = asyncio.create_task(told(stage, viewer.session, "hls"))
    assert (await stage.client.put(places, json={"viewers": None}, headers=admin.headers)).status == 200
    assert await back == "webrtc"
    await stage.viewer(place=viewer.session.rpartition("/")[2])


async def test_a_server_that_stops_holds_no_question(stage: Stage) -> None:
    await stage.publisher()
    viewer = await stage.viewer()
    held = asyncio.create_task(stage.client.get(f"{viewer.session}/delivery?now=webrtc"))
    await viewer.until(lambda: bool(stage.hub._sessions._asking))
    await stage.client.app.shutdown()
    async with asyncio.timeout(HOLD_S / 2):
        assert await (await held).json() == {"delivery": "webrtc"}


async def test_a_node_that_cannot_keep_up_sends_viewers_over(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here every step counts as late."""
    for name, value in (("LATE_MS", -1.0), ("BAD_SECONDS", 1), ("FLOOR", 0)):
        monkeypatch.setattr(load, name, value)
    await stage.publisher()
    viewer = await stage.viewer()
    assert await told(stage, viewer.session, "webrtc") == "hls"
    assert (await stage.health())["places"] == 0


async def test_who_has_no_other_way_is_not_sent_over(stage: Stage) -> None:
    """Low-Latency HLS shows VP8 as a slate."""
    await stage.publisher(("audio", "opus"), ("video", "vp8"))
    await stage.viewer(("audio", "opus"), ("video", "vp8"))
    stage.hub.places.configured = 0
    stage.hub._sessions.step(stage.hub.live)
    [(_, viewer)] = stage.hub.viewers
    assert viewer.sent_over_ms is None


async def test_who_came_by_another_node_has_no_other_way_either(stage: Stage) -> None:
    """Low-Latency HLS is where the channel is carried."""
    await stage.publisher()
    offer = LiveClient(direction="recvonly")
    question = {"kind": "watch", "channel_id": stage.channel["id"], "sdp": offer.offer, "user_session": None}
    await stage.hub.answer(question)
    stage.hub.places.configured = 0
    stage.hub._sessions.step(stage.hub.live)
    [(_, viewer)] = stage.hub.viewers
    assert viewer.sent_over_ms is None
    with pytest.raises(ViewersFull) as refusal:
        await stage.hub.answer(question)
    assert refusal.value.details == {"limit": 0, "session": ""}
    assert stage.hub.places.waiting == 0
    offer.socket.close()


async def test_garbage_hurts_nobody(stage: Stage) -> None:
    publisher, viewer = await stage.publisher(), await stage.viewer()
    publisher.send_media(H264, 1, 0, KEY_FRAME)
    await viewer.until(lambda: len(viewer.received) == 1)
    for size in (0, 1, 11, 12, 40, 1_400):
        for first in (0x00, 0x16, 0x80, 0xBF):
            publisher.send(bytes([first]) + bytes(size))
            viewer.send(bytes([first]) + bytes(size))
    publisher.send_media(5, 2, 0, PICTURE)  # a number nobody agreed on
    publisher.send_media(H264, 2, 0, b"")
    for broken in (b"\x81\xcd\x00\x01\x00\x00\x00\x01", b"\x8f\xce\x00\x02" + bytes(8), b"\x81\xc8\x00\x01" + bytes(4)):
        publisher.send_report(broken)
        viewer.send_report(broken)
    publisher.send_media(H264, 3, 3_000, PICTURE)
    await viewer.until(lambda: len(pictures(viewer)) == 2)


@pytest.mark.parametrize("method", ["patch", "delete"])
@pytest.mark.parametrize("name", ["nothing", "0123-abcd"])
async def test_a_session_that_never_was(stage: Stage, method: str, name: str) -> None:
    name = name.replace("0123", stage.services.components.streaming.live.node_id)
    headers = {"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"}
    response = await getattr(stage.client, method)(
        f"/api/v1/live/sessions/{name}", data="a=ice-ufrag:abcd", headers=headers
    )
    assert response.status == 404
