"""Starting, measuring and ending streams, on both kinds of adapters."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import streaming.origin.quality
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.model import Status
from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from server.services import Services
from streaming.origin.access.token import Caps
from streaming.origin.adapters.serving import delete_expired_streams
from streaming.origin.ports import StreamSessions
from streaming.origin.quality import Throughput
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.origin.conftest import Play
from tests.support.media.episodes import IngestedEpisode

STRANGER, REGULAR = new_id(), new_id()


def variants(master: str) -> list[str]:
    """The URIs of a multivariant playlist, in order."""
    return [line for line in master.splitlines() if line and not line.startswith("#")]


async def text_of(client: AppClient, url: str, status: int = 200) -> str:
    answer = await client.get(url)
    assert answer.status == status, await answer.text()
    return await answer.text()


async def test_who_may_have_less_gets_less_by_dash_as_well(
    app_client: AppClient, show: IngestedEpisode, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming.origin.quality, "SIGNED_OUT_CAPS", Caps(max_height_px=360))
    playback = await play()
    base = f"{playback['hls_url'].rpartition('/')[0]}"
    assert playback["dash_url"] == f"{base}/stream-manifest.mpd"
    master, manifest = [await text_of(app_client, playback[name]) for name in ("hls_url", "dash_url")]
    pictures = re.compile(r'media="(v\d+)/')
    packaged = set(pictures.findall(await text_of(app_client, f"{base}/manifest.mpd")))
    assert set(variants(master)) == {"v360/main.m3u8", "v240/main.m3u8"}
    assert set(pictures.findall(manifest)) == {"v360", "v240"} < packaged


async def test_a_player_learns_all_it_needs(app_client: AppClient, show: IngestedEpisode, play: Play) -> None:
    playback = await play()

    token = playback["hls_url"].split("/")[2]
    base = f"/hls/{token}/{show.asset_id}"
    expires_at = datetime.fromisoformat(playback.pop("expires_at"))
    assert timedelta(hours=11, minutes=59) < expires_at - datetime.now(UTC) <= timedelta(hours=12)
    assert playback.pop("session_id")
    assert playback == {
        "hls_url": f"{base}/master.m3u8",
        "dash_url": f"{base}/manifest.mpd",
        "protection": "none",
        "drm": None,
        "title": "Show",
        "release_id": show.release_id,
        "audio": [{"language": "und", "label": playback["audio"][0]["label"], "channels": 1}],
        "subtitles": [{"language": "en", "label": "English", "url": f"{base}/s-en/subtitles.vtt"}],
        "storyboard_url": f"{base}/storyboard.vtt",
        "poster_url": f"{base}/poster.jpg",
        "markers": {"recap": None, "opening": {"start_ms": 0, "stop_ms": 1_000}, "ending": None, "preview": None},
        "resume_position_ms": 0,
        "settings": None,
        "preferred_audio": None,
        "preferred_subtitles": None,
        "duration_ms": 8_000,
        "ads": None,
        "pathways": [],
    }
    urls = [playback[name] for name in ("hls_url", "dash_url", "storyboard_url", "poster_url")]
    for url in [*urls, playback["subtitles"][0]["url"]]:
        assert (await app_client.get(url)).status == 200, url


async def test_tracks_and_settings_of_the_viewer(
    app_client: AppClient, show: IngestedEpisode, play: Play, make_user: MakeUser
) -> None:
    viewer = (await make_user()).headers
    wishes = [{"audio": "any", "subtitles": "en", "kind": "full"}]
    english = {"language": "en", "label": "English", "kind": "full"}
    path = "/api/v1/me/player-settings"
    settings = {"tracks": wishes, "rate": 1.5, "skip_openings": True}
    assert (await app_client.patch(path, json=settings, headers=viewer)).status == 200
    assert (await app_client.patch(f"{path}/device", json={"quality_px": 360}, headers=viewer)).status == 200

    playback = await play(viewer)
    assert {name: playback["settings"][name] for name in (*settings, "quality_px")} == {**settings, "quality_px": 360}
    assert playback["preferred_subtitles"] == english
    guest = await play(guest={"tracks": wishes})
    assert (guest["settings"], guest["preferred_subtitles"]) == (None, english)
    none = {"subtitles": {"language": "off"}}
    assert (await play(guest={"tracks": wishes, "series": {show.release_id: none}}))["preferred_subtitles"] is None
    url = f"{path}/series/{show.release_id}"
    assert (await app_client.patch(url, json=none, headers=viewer)).status == 200
    assert (await play(viewer))["preferred_subtitles"] is None


async def test_the_start_variant_follows_the_link(app_client: AppClient, play: Play) -> None:
    slow, fast = await play(bandwidth_bps=10_000), await play(bandwidth_bps=100_000_000)

    lowest, *_, highest = sorted(
        variants(await text_of(app_client, slow["hls_url"])), key=lambda uri: int(uri[1:].partition("/")[0])
    )
    assert variants(await text_of(app_client, slow["hls_url"]))[0] == lowest
    assert variants(await text_of(app_client, fast["hls_url"]))[0] == highest


async def test_a_small_screen_gets_no_more_than_it_shows(app_client: AppClient, play: Play) -> None:
    everything = variants(await text_of(app_client, (await play())["hls_url"]))
    small = await play(device={"width_px": 320, "height_px": 180, "codecs": ["avc1"]})

    assert len(variants(await text_of(app_client, small["hls_url"]))) < len(everything)


@pytest.mark.both_adapters
@pytest.mark.parametrize("how", ["query", "headers"])
async def test_what_a_player_reports_decides_its_next_start(
    app_client: AppClient, services: Services, play: Play, make_user: MakeUser, how: str
) -> None:
    headers = (await make_user()).headers
    device = {"width_px": 1920, "height_px": 1080}
    first = await play(headers, device=device, bandwidth_bps=10_000)
    if how == "query":
        await text_of(app_client, first["hls_url"] + "?CMCD=bl%3D12000%2Cbr%3D700%2Cmtp%3D90000")
    else:
        await app_client.get(first["hls_url"], headers={"CMCD-Request": "mtp=90000,bl=12000", "CMCD-Object": "br=700"})
    await services.components.streaming.origin.flush()

    async def expected_bps(of: dict[str, Any]) -> float | None:
        async with services.container.scope(write=False) as scope:
            session = await scope.port(StreamSessions).get(of["session_id"])
            assert session is not None
            return session.throughput_bps

    assert await expected_bps(first) == 90_000_000
    assert await expected_bps(await play(headers, device=device)) == 90_000_000
    assert await expected_bps(await play(headers, device={"width_px": 750, "height_px": 1334})) != 90_000_000
    assert await expected_bps(await play(device=device)) != 90_000_000

    # A second measurement replaces the first: remembering is an update, too.
    again = await play(headers, device=device)
    await text_of(app_client, again["hls_url"] + "?CMCD=mtp%3D1000")
    await services.components.streaming.origin.flush()
    assert await expected_bps(await play(headers, device=device)) == 1_000_000


async def test_drafts_are_for_editors(
    app_client: AppClient, services: Services, show: IngestedEpisode, play: Play, make_user: MakeUser
) -> None:
    before = await play()
    await _set_status(services, show, Status.DRAFT)
    viewer, editor = await make_user(), await make_user(Role.EDITOR)
    url = f"/api/v1/episodes/{show.episode_id}/playback"

    assert (await app_client.post(url, json={})).status == 404
    assert (await app_client.post(url, json={}, headers=viewer.headers)).status == 404
    preview = await play(editor.headers)
    assert variants(await text_of(app_client, preview["hls_url"]))
    # A link from before it was taken back no longer leads anywhere either.
    await text_of(app_client, before["hls_url"], status=404)
    await text_of(app_client, before["poster_url"], status=404)

    await _set_status(services, show, Status.PUBLISHED)
    assert (await app_client.post(url, json={})).status == 200


async def _set_status(services: Services, show: IngestedEpisode, status: Status) -> None:
    async with services.container.scope(write=True) as scope:
        episode = await scope.port(Episodes).get(show.episode_id)
        assert episode is not None
        episode.status = status


async def test_episodes_that_cannot_be_played(app_client: AppClient, services: Services, show: IngestedEpisode) -> None:
    for missing in (new_id(), "not-an-id"):
        assert (await app_client.post(f"/api/v1/episodes/{missing}/playback", json={})).status == 404


@pytest.mark.parametrize(
    "body",
    [{"bandwidth_bps": 0}, {"bandwidth_bps": "fast"}, {"device": {"width_px": -1}}, {"device": {"codecs": "avc1"}}],
)
async def test_a_wrong_body_is_explained(app_client: AppClient, show: IngestedEpisode, body: dict[str, Any]) -> None:
    answer = await app_client.post(f"/api/v1/episodes/{show.episode_id}/playback", json=body)

    assert answer.status == 422
    assert (await answer.json())["code"] == "invalid_payload"


async def test_ending_a_stream_takes_hold_at_once(app_client: AppClient, play: Play, make_user: MakeUser) -> None:
    viewer, other, moderator = await make_user(), await make_user(), await make_user(Role.MODERATOR)
    mine, reported = await play(viewer.headers), await play(viewer.headers)
    for playback in (mine, reported):
        await text_of(app_client, playback["hls_url"])

    async def end(playback: dict[str, Any], headers: dict[str, str] | None) -> int:
        return (await app_client.delete(f"/api/v1/playback/{playback['session_id']}", headers=headers)).status

    assert await end(mine, None) == 401
    assert await end(mine, other.headers) == 403
    await text_of(app_client, mine["hls_url"])
    assert await end(mine, viewer.headers) == 204
    assert await end(mine, viewer.headers) == 204
    assert await end(reported, moderator.headers) == 204
    assert await end({"session_id": new_id()}, viewer.headers) == 404

    for playback in (mine, reported):
        assert "stream_ended" in await text_of(app_client, playback["hls_url"], status=403)
        await text_of(app_client, playback["poster_url"], status=403)


async def test_signing_out_ends_what_was_started(
    app_client: AppClient, services: Services, play: Play, make_user: MakeUser
) -> None:
    viewer = await make_user()
    mine, somebody = await play(viewer.headers), await play()

    assert (await app_client.post("/api/v1/auth/logout", headers=viewer.headers)).status == 204
    await Relay(services.container).drain()

    await text_of(app_client, mine["hls_url"], status=403)
    await text_of(app_client, somebody["hls_url"])


async def test_a_stream_survives_a_restart(app_client: AppClient, services: Services, play: Play) -> None:
    playback = await play()
    master = await text_of(app_client, playback["hls_url"])
    services.components.streaming.origin.gate.forget(playback["session_id"])  # what a new process knows: nothing

    assert await text_of(app_client, playback["hls_url"]) == master


@pytest.mark.both_adapters
async def test_expired_sessions_are_forgotten(services: Services, play: Play) -> None:
    old, new = await play(), await play()
    async with services.container.scope(write=True) as scope:
        session = await scope.port(StreamSessions).get(old["session_id"])
        assert session is not None
        session.expires_at = datetime.now(UTC) - timedelta(hours=13)
        for user_id, age in ((STRANGER, timedelta(days=31)), (REGULAR, timedelta(days=29))):
            measured_at = datetime.now(UTC) - age
            await scope.port(StreamSessions).remember(
                user_id, "device", Throughput(5e6, int(measured_at.timestamp() * 1000))
            )

    await delete_expired_streams(services.container)

    async with services.container.scope(write=False) as scope:
        assert await scope.port(StreamSessions).get(old["session_id"]) is None
        assert await scope.port(StreamSessions).get(new["session_id"]) is not None
        assert await scope.port(StreamSessions).remembered(STRANGER, "device") is None
        assert await scope.port(StreamSessions).remembered(REGULAR, "device") is not None
