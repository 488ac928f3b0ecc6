"""What operators do with sources over the API: register them, see what is cut and correct it."""

from typing import Any

import pytest

from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.repository import video_sources
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode, StartUpstream
from tests.integration.streaming.proxy.sources import media_playlist, play, publish, register
from tests.support.people import Person


@pytest.mark.both_adapters
async def test_registration_shows_what_it_found(
    app_client: AppClient,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
    services: Services,
) -> None:
    upstream = await start_upstream("ppaapp")
    secret = "Bearer of-the-source"
    registered = await register(app_client, admin, upstream, await empty_episode(), headers={"Authorization": secret})
    assert registered["findings"] == {
        "is_live": False,
        "variants": 1,
        "height_px": 90,
        "duration_ms": 12_000,
        "codecs": ["avc1.42c00b"],
        "encryption": ["AES-128 (identity)"],
        "ad_signals": ["cue-in", "cue-out"],
        "ads": 2,
    }
    assert "headers" not in registered
    async with services.container.scope(write=False) as scope:
        row = (await scope.uow.session.execute(video_sources.select())).one()
    assert secret not in str(row)


async def test_credentials_stay_with_whom_they_were_given_for(
    app_client: AppClient, admin: Person, start_upstream: StartUpstream, empty_episode: AddEmptyEpisode
) -> None:
    """Who may change a source, but was never told its credentials, must not have them sent to an address of his own."""
    upstream, elsewhere = await start_upstream("pp"), await start_upstream("pp")
    secret = {"Authorization": "Bearer of-the-source"}
    registered = await register(app_client, admin, upstream, await empty_episode(), headers=secret)
    path = f"/api/v1/sources/{registered['id']}"

    async def change(**body: Any) -> int:
        body = {"name": "Channel", "url": elsewhere.base + "master.m3u8", **body}
        return (await app_client.put(path, json=body, headers=admin.headers)).status

    assert await change() == 400
    assert elsewhere.asked == []
    assert await change(url=upstream.base + "media.m3u8") == 200
    assert await change(headers=secret) == 200
    assert elsewhere.asked


@pytest.mark.both_adapters
async def test_an_operator_sees_and_corrects_what_is_cut(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
) -> None:
    upstream, episode_id = await start_upstream("ppaapp"), await empty_episode()
    registered = await register(app_client, admin, upstream, episode_id)
    path = f"/api/v1/sources/{registered['id']}"
    explained = await (await app_client.get(f"{path}/explain", headers=admin.headers)).json()
    assert [segment["fate"] for segment in explained["segments"]] == ["keep", "keep", "slate", "slate", "keep", "keep"]
    assert explained["segments"][2]["reasons"] == ["cue-out", "cue-in"]
    assert explained["segments"][2]["start_s"] == 4
    change = {"name": "Channel", "url": upstream.base + "master.m3u8", "programme_addresses": ["*a3.ts"]}
    stale = await app_client.put(path, json=change, headers={**admin.headers, "If-Match": '"v7"'})
    assert stale.status == 412
    answer = await app_client.put(path, json=change, headers={**admin.headers, "If-Match": '"v1"'})
    assert (answer.status, (await answer.json())["version"]) == (200, 2)
    explained = await (await app_client.get(f"{path}/explain", headers=admin.headers)).json()
    assert [segment["fate"] for segment in explained["segments"]] == ["keep", "keep", "slate", "keep", "keep", "keep"]
    listed = await (await app_client.get("/api/v1/sources", headers=admin.headers)).json()
    assert (listed["total"], listed["items"][0]["id"]) == (1, registered["id"])
    assert (await app_client.delete(path, headers=admin.headers)).status == 204
    assert (await app_client.get(path, headers=admin.headers)).status == 404


async def test_a_correction_goes_before_the_detector(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
) -> None:
    upstream, episode_id = await start_upstream("ppaapp"), await empty_episode()
    registered = await register(app_client, admin, upstream, episode_id, policy="delete")
    await publish(services, episode_id)
    path = f"/api/v1/sources/{registered['id']}"

    async def fates() -> list[str]:
        explained = await (await app_client.get(f"{path}/explain", headers=admin.headers)).json()
        assert explained["clock"] == "measured"
        return [segment["fate"] for segment in explained["segments"]]

    async def played() -> int:
        _, text = await media_playlist(app_client, await play(app_client, episode_id))
        return len(Playlist.parse(text).segments)

    assert await played() == 4
    wrong = {"is_ad": False, "clock": "measured", "start": 4, "end": 6}
    missed = {"is_ad": True, "clock": "measured", "start": 0, "end": 2}
    elsewhere = {"is_ad": True, "clock": "dated", "start": 0, "end": 1e11}
    for said in (wrong, missed, elsewhere):
        answer = await app_client.post(f"{path}/corrections", json=said, headers=admin.headers)
        assert answer.status == 201, await answer.text()
    corrections = (await answer.json())["corrections"]
    assert [c["is_ad"] for c in corrections] == [False, True, True]
    assert corrections[0]["by"] == admin.user_id
    assert await fates() == ["delete", "keep", "keep", "delete", "keep", "keep"]
    explained = await (await app_client.get(f"{path}/explain", headers=admin.headers)).json()
    assert (explained["segments"][0]["source"], explained["segments"][0]["reasons"]) == ("operator", ["operator"])
    assert await played() == 4
    # Changing the source otherwise keeps what was said; another stream is another matter.
    change = {"name": "Other", "url": upstream.base + "master.m3u8", "policy": "delete"}
    assert (await app_client.put(path, json=change, headers=admin.headers)).status == 200
    assert await fates() == ["delete", "keep", "keep", "delete", "keep", "keep"]
    withdraw = f"{path}/corrections/{corrections[0]['id']}"
    assert (await app_client.delete(withdraw, headers=admin.headers)).status == 204
    assert (await app_client.delete(withdraw, headers=admin.headers)).status == 404
    assert await fates() == ["delete", "keep", "delete", "delete", "keep", "keep"]
    change["url"] = upstream.base + "media.m3u8"
    moved = await (await app_client.put(path, json=change, headers=admin.headers)).json()
    assert moved["corrections"] == []
    for bad in ({**wrong, "end": 4}, {**wrong, "clock": "sundial"}, {**wrong, "start": -1}):
        assert (await app_client.post(f"{path}/corrections", json=bad, headers=admin.headers)).status == 422
    preview = await (await app_client.get(f"{path}/preview", headers=admin.headers)).json()
    assert preview["original"] == upstream.playlist()
    assert "CUE" not in preview["stripped"]


@pytest.mark.both_adapters
async def test_corrections_have_an_end(
    app_client: AppClient,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("streaming.proxy.model.MAX_CORRECTIONS", 1)
    registered = await register(app_client, admin, await start_upstream("pp"), await empty_episode())
    path = f"/api/v1/sources/{registered['id']}/corrections"
    said = {"is_ad": False, "clock": "measured", "start": 0, "end": 6}
    assert (await app_client.post(path, json=said, headers=admin.headers)).status == 201
    assert (await app_client.post(path, json=said, headers=admin.headers)).status == 409
    assert (await app_client.post(path, json=said)).status == 401


async def test_only_operators_register(
    app_client: AppClient, make_user: MakeUser, start_upstream: StartUpstream, empty_episode: AddEmptyEpisode
) -> None:
    upstream, episode_id = await start_upstream("pp"), await empty_episode()
    body = {"name": "x", "url": upstream.base + "master.m3u8", "episode_id": episode_id}
    assert (await app_client.post("/api/v1/sources", json=body)).status == 401
    for role in (Role.USER, Role.EDITOR, Role.MODERATOR):
        person = await make_user(role)
        assert (await app_client.post("/api/v1/sources", json=body, headers=person.headers)).status == 403
    assert upstream.asked == []


async def test_what_cannot_be_registered(
    app_client: AppClient, admin: Person, start_upstream: StartUpstream, empty_episode: AddEmptyEpisode
) -> None:
    upstream, episode_id = await start_upstream("pp"), await empty_episode()

    async def status(**change: Any) -> int:
        body = {"name": "x", "url": upstream.base + "master.m3u8", "episode_id": episode_id, **change}
        return (await app_client.post("/api/v1/sources", json=body, headers=admin.headers)).status

    for url in (
        "http://169.254.169.254/latest/",
        "http://10.0.0.1/a.m3u8",
        "file:///etc/passwd",
        "http://localhost/a.m3u8",
        "gopher://x.example.com/",
    ):
        assert await status(url=url) == 403, url
    assert await status(headers={"X": "a\r\nHost: b"}) == 403
    assert await status(url=upstream.base + "key.bin") == 404  # no playlist
    assert await status(episode_id=new_id()) == 404
    for theirs in (401, 403, 410, 500):
        upstream.status = theirs
        for _ in range(2):  # more often than a failing source would be asked: each attempt stands for itself
            assert await status() == 400, theirs
    upstream.status = 200
    assert await status() == 201
    assert await status() == 409
