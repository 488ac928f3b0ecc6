"""The limit of streams for an account, held by leases, over HTTP and on both kinds of adapters."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from kernel.access import Role, Standing
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from kernel.scope import Container
from server.services import Services
from streaming.origin.adapters.revocations import Revocations
from streaming.origin.leases import usecases as leases
from streaming.origin.model import LEASE, StopReason
from streaming.origin.ports import StreamSessions
from streaming.origin.routes import MAX_EVENT_BYTES
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.origin.conftest import Play
from tests.support.media.episodes import IngestedEpisode
from tests.support.people import Person
from tests.support.realtime.party import Player

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

Start = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]


@pytest.fixture
def start(app_client: AppClient, show: IngestedEpisode) -> Start:
    """Ask for a stream as somebody; the status and the answer."""

    async def ask(who: Person, **body: Any) -> tuple[int, dict[str, Any]]:
        headers = {**who.headers, "User-Agent": FIREFOX}
        async with app_client.post(
            f"/api/v1/episodes/{show.episode_id}/playback", json=body, headers=headers
        ) as answer:
            return answer.status, await answer.json()

    return ask


async def age(services: Services, session_id: str, by: timedelta) -> None:
    """As if so much time had gone by since the player of a stream was last heard of."""
    async with services.container.scope(write=True) as scope:
        session = await scope.port(leases.StreamLeases).get(session_id)
        assert session is not None
        session.leased_until -= by


async def media(client: AppClient, playback: dict[str, Any]) -> int:
    async with client.get(playback["hls_url"]) as answer:
        return answer.status


async def watched(client: AppClient, who: Person) -> list[str]:
    async with client.get("/api/v1/playback", headers=who.headers) as answer:
        return [each["session_id"] for each in (await answer.json())["items"]]


@pytest.mark.both_adapters
async def test_fifty_starts_at_once_never_are_more_than_the_limit(
    start: Start, app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    ann, bob = await make_user(), await make_user()
    limit = services.settings.stream_limit

    answers = await asyncio.gather(*(start(who) for _ in range(50) for who in (ann,)), start(bob))

    *of_ann, (bobs, _) = answers
    assert sorted(status for status, _ in of_ann) == [200] * limit + [409] * (50 - limit)
    assert bobs == 200, "somebody else has places of their own"
    assert len(await watched(app_client, ann)) == limit

    # And so when each of many wants the place of the same one.
    first = (await watched(app_client, ann))[0]
    again = await asyncio.gather(*(start(ann, takeover=first) for _ in range(10)))
    assert sorted(status for status, _ in again) == [200] + [409] * 9
    assert len(await watched(app_client, ann)) == limit


async def test_who_is_refused_learns_what_is_watched_and_takes_it_over(
    start: Start, app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    ann = await make_user()
    played = [await start(ann) for _ in range(services.settings.stream_limit)]
    oldest = played[0][1]
    assert await media(app_client, oldest) == 200

    status, refusal = await start(ann)
    assert (status, refusal["code"], refusal["limit"]) == (409, "stream_limit_reached", len(played))
    assert [each["session_id"] for each in refusal["holders"]] == [playback["session_id"] for _, playback in played]
    assert refusal["holders"][0] | {"since": None} == {
        "session_id": oldest["session_id"],
        "episode_id": refusal["holders"][0]["episode_id"],
        "title": "Show",
        "browser": "Firefox",
        "device": "Linux",
        "since": None,
    }
    listed = await (await app_client.get("/api/v1/playback", headers=ann.headers)).json()
    assert listed["limit"] == len(played)
    assert [each["current"] for each in listed["items"]] == [True] * len(played)

    status, _ = await start(ann, takeover=oldest["session_id"])
    assert status == 200
    assert await media(app_client, oldest) == 403, "its player is refused at once"
    stranger = await make_user()
    assert (await start(stranger, takeover=played[1][1]["session_id"]))[0] == 200
    assert await media(app_client, played[1][1]) == 200, "only one's own is taken over"
    assert (await start(ann, takeover="x" * 100))[0] == 422


@pytest.mark.both_adapters
async def test_a_player_that_goes_on_keeps_its_place_and_a_silent_one_loses_it(
    start: Start, app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    ann, origin_ = await make_user(), services.components.streaming.origin
    played = [(await start(ann))[1] for _ in range(services.settings.stream_limit)]
    heard, about_to_lapse, *_ = played
    for playback in played:
        await age(services, playback["session_id"], LEASE / 2)
    await age(services, about_to_lapse["session_id"], LEASE / 2 - timedelta(seconds=5))
    assert await media(app_client, heard) == await media(app_client, about_to_lapse) == 200
    await origin_.flush()
    for playback in played:
        await age(services, playback["session_id"], LEASE / 2 + timedelta(seconds=1))
    assert await watched(app_client, ann) == [heard["session_id"], about_to_lapse["session_id"]]

    # The silent one goes on while there is a place for it, and not when others have it.
    silent = played[2]
    assert await media(app_client, silent) == 200
    await origin_.flush()
    assert silent["session_id"] in await watched(app_client, ann)
    await age(services, silent["session_id"], LEASE)
    while (await start(ann))[0] == 200:
        pass
    assert await media(app_client, silent) == 200, "the answer of a moment ago stands until its lease is looked at"
    origin_.leases.heartbeats.forget(silent["session_id"])
    assert await media(app_client, silent) == 200
    await origin_.flush()
    async with app_client.get(silent["hls_url"]) as answer:
        assert (answer.status, (await answer.json())["code"]) == (403, "stream_lapsed")

    await app_client.delete("/api/v1/playback", headers=ann.headers)
    assert await watched(app_client, ann) == []
    assert await media(app_client, heard) == 403


async def report(client: AppClient, session_id: str, body: bytes) -> int:
    headers = {"Content-Type": "application/cmcd"}
    async with client.post(f"/api/v1/playback/{session_id}/cmcd", data=body, headers=headers) as answer:
        return answer.status


async def test_a_player_that_reports_keeps_its_place_without_asking_for_media(
    start: Start, app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    ann, origin_ = await make_user(), services.components.streaming.origin
    _, playback = await start(ann)
    session_id = playback["session_id"]
    await age(services, session_id, LEASE / 2)

    assert (
        await report(app_client, session_id, b'e=t,sta=p,mtp=(8000),sid="x",v=2\ne=ps,sta=a,bs,br=(5000),v=2\n') == 200
    )
    await origin_.flush()
    await age(services, session_id, LEASE / 2 + timedelta(seconds=1))
    assert await watched(app_client, ann) == [session_id]
    async with services.container.scope(write=False) as scope:
        session = await scope.port(StreamSessions).get(session_id)
        assert session is not None
        assert session.throughput_bps is not None
        assert 4_000_000 < session.throughput_bps < 8_000_000, "what was measured, and then that it was too much"

    assert await report(app_client, session_id, b"\xff\x00=((((\n" * 100) == 200, "nonsense is left out"
    assert await report(app_client, session_id, b"a" * (MAX_EVENT_BYTES + 1)) == 413
    assert await report(app_client, new_id(), b"e=t") == 404
    assert await report(app_client, "no-id", b"e=t") == 404
    await app_client.delete(f"/api/v1/playback/{session_id}", headers=ann.headers)
    assert await report(app_client, session_id, b"e=t") == 410, "players stop at that"


@pytest.mark.both_adapters
async def test_moderators_see_and_stop_what_everybody_watches(
    start: Start, app_client: AppClient, play: Play, make_user: MakeUser
) -> None:
    ann, moderator = await make_user(nickname="Ann"), await make_user(Role.MODERATOR)
    (_, hers), nobodys = await start(ann), await play()

    async with app_client.get("/api/v1/admin/playback?page_size=10", headers=moderator.headers) as answer:
        listed = await answer.json()
    assert listed["total"] == 2
    assert {(each["session_id"], each["nickname"]) for each in listed["items"]} == {
        (hers["session_id"], "Ann"),
        (nobodys["session_id"], None),
    }
    for playback in (hers, nobodys):
        await app_client.delete(f"/api/v1/playback/{playback['session_id']}", headers=moderator.headers)
        assert await media(app_client, playback) == 403
    assert await watched(app_client, ann) == []


@pytest.mark.both_adapters
@pytest.mark.parametrize("what", ["logout", "ban", "demotion", "unpublish", "deletion"])
async def test_what_takes_the_right_away_ends_streams(
    what: str, start: Start, app_client: AppClient, services: Services, show: IngestedEpisode, make_user: MakeUser
) -> None:
    viewer = await make_user(Role.EDITOR if what == "demotion" else Role.USER)
    admin = await make_user(Role.ADMIN)
    _, playback = await start(viewer)
    assert await media(app_client, playback) == 200

    async def ask(method: str, path: str, who: Person, body: Any = None) -> None:
        async with app_client.request(method, f"/api/v1/{path}", json=body, headers=who.headers) as answer:
            assert answer.status < 300, await answer.text()

    if what == "logout":
        await ask("POST", "auth/logout", viewer)
    elif what == "ban":
        await ask("POST", f"admin/users/{viewer.user_id}/ban", admin, {"reason": "spam"})
    elif what == "demotion":
        await ask("PUT", f"admin/users/{viewer.user_id}/role", admin, {"role": "user"})
    elif what == "unpublish":
        await ask("POST", f"releases/{show.release_id}/unpublish", admin)
    else:
        await ask("DELETE", f"releases/{show.release_id}", admin)
    await Relay(services.container).drain()

    assert await media(app_client, playback) in {403, 404}
    async with services.container.scope(write=False) as scope:
        session = await scope.port(StreamSessions).get(playback["session_id"])
        assert session is not None
        assert session.ended_at is not None, "its place is free at once"


async def test_who_may_do_more_watches_on(
    start: Start, app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    viewer, admin = await make_user(), await make_user(Role.ADMIN)
    _, playback = await start(viewer)
    async with app_client.put(
        f"/api/v1/admin/users/{viewer.user_id}/role", json={"role": "editor"}, headers=admin.headers
    ) as answer:
        assert answer.status == 200
    await Relay(services.container).drain()
    assert await media(app_client, playback) == 200


async def test_the_other_devices_hear_of_starts_and_stops(
    start: Start, app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    ann, bob = await make_user(), await make_user()

    class Here:
        url = str(app_client.make_url("")).rstrip("/")

    async with Player(Here(), token=ann.access_token) as tv, Player(Here(), token=bob.access_token) as stranger:
        _, playback = await start(ann)
        session_id = playback["session_id"]
        await tv.hears("playback:started", session_id=session_id)
        await app_client.delete(f"/api/v1/playback/{session_id}", headers=ann.headers)
        await tv.hears("playback:stopped", session_id=session_id, reason=StopReason.STOPPED)
        assert not [event for event, _ in stranger.heard if event.startswith("playback:")]


@pytest.mark.both_adapters
async def test_every_process_hears_of_an_ended_stream(
    start: Start, app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    """What an edge that serves by itself listens to, too."""
    heard = asyncio.Queue[str]()
    elsewhere = Revocations(services.process.bus)
    elsewhere.subscribe(heard.put_nowait)
    listening = asyncio.create_task(elsewhere.listen())
    try:
        ann = await make_user()
        async with asyncio.timeout(20):
            while heard.empty():  # until it has subscribed
                _, playback = await start(ann)
                await app_client.delete(f"/api/v1/playback/{playback['session_id']}", headers=ann.headers)
                await asyncio.sleep(0)
            assert await heard.get()
            while not heard.empty():
                heard.get_nowait()
            await services.process.bus.publish("streams.revoked", b"no id")
            _, playback = await start(ann)
            await app_client.delete(f"/api/v1/playback/{playback['session_id']}", headers=ann.headers)
            while await heard.get() != playback["session_id"]:
                pass
    finally:
        listening.cancel()


async def test_nothing_is_taken_back_of_a_stream_that_is_gone(container: Container) -> None:
    async with container.scope(write=True) as scope:
        context = leases.Context.of(scope)
        assert not await leases.take_back(context, scope.port(Standing), new_id())
