"""Ads in streams over HTTP: planned, chosen, told as HLS and as VAST, counted once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from kernel.scope import Container
from server.services import Services
from streaming.ads.audience import ViewerKeys
from streaming.ads.linear import routes
from streaming.ads.linear.usecases import AdEvents
from streaming.keys.model import Protection
from streaming.origin.adapters import serving
from tests.conftest import AddEpisode, AppClient, MakeUser
from tests.integration.streaming.origin.conftest import Play
from tests.support.catalog.library import Api
from tests.support.media.episodes import IngestedEpisode, package_as

AD = {"title": "Tea", "advertiser": "Tea & Co", "placement": "pre_roll", "starts_at": "2026-01-01T00:00:00Z"}
VAST = "{http://www.iab.com/VAST}"


@pytest.fixture
async def admin(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.ADMIN))


@pytest.fixture
async def creative(services: Services, show: IngestedEpisode, ingested_episode: AddEpisode, source: Any) -> str:
    """An episode whose video is shown as an ad; the same clip, encoded once."""
    return (await ingested_episode(services, source, title="Tea")).episode_id


async def start(admin: Api, **fields: Any) -> dict[str, Any]:
    status, ad = await admin("POST", "linear-ads", {**AD, **fields})
    assert status == 201, ad
    status, ad = await admin("POST", f"linear-ads/{ad['id']}/start")
    assert (status, ad["state"]) == (200, "running"), ad
    return dict(ad)


async def text_of(client: AppClient, url: str, status: int = 200) -> str:
    async with client.get(url) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


async def assets_of(client: AppClient, playback: dict[str, Any], offset_ms: int) -> list[dict[str, Any]]:
    base = playback["hls_url"].rpartition("/")[0]
    async with client.get(f"{base}/breaks/{offset_ms}.json") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")
        assets: list[dict[str, Any]] = (await answer.json())["ASSETS"]
        return assets


async def views(container: Container, ad: dict[str, Any]) -> int:
    """Of somebody who is signed out, at the address of all tests."""
    async with container.scope(write=False) as scope:
        viewer = scope.port(ViewerKeys).of(None, address="127.0.0.1")
        seen = await scope.port(AdEvents).seen(viewer, [ad["id"]], datetime(2026, 1, 1, tzinfo=UTC))
        return len(seen.get(ad["id"], ()))


@pytest.mark.both_adapters
async def test_an_ad_comes_before_the_film_and_counts_once(
    app_client: AppClient, admin: Api, creative: str, show: IngestedEpisode, play: Play, container: Container
) -> None:
    plain = await play()
    assert plain["ads"] is None
    master = await text_of(app_client, plain["hls_url"])
    ad = await start(admin, creative_episode_id=creative, click_url="/schedule", skip_after_ms=2_000)
    mid = await start(
        admin, creative_episode_id=creative, placement="mid_roll", offset_ms=4_000, title="Cake", skip_after_ms=0
    )
    late = await start(admin, creative_episode_id=creative, placement="mid_roll", offset_ms=60_000)

    playback = await play()
    assert playback["ads"]["breaks_ms"] == [0, 4_000], "the film has 8 s"
    base = playback["hls_url"].rpartition("/")[0]
    assert playback["hls_url"] == f"{base}/breaks-0.4000-master.m3u8"
    with_breaks = await text_of(app_client, playback["hls_url"])
    assert with_breaks.replace("breaks-0.4000-", "") == await text_of(app_client, f"{base}/master.m3u8")
    assert master.splitlines()[:3] == with_breaks.splitlines()[:3]
    for uri in [line for line in with_breaks.splitlines() if line and not line.startswith("#")]:
        media = await text_of(app_client, f"{base}/{uri}")
        assert media.count("#EXT-X-DATERANGE") == 2
        lines = [line for line in media.splitlines() if "DATERANGE" not in line and "DATE-TIME" not in line]
        original = uri.replace("breaks-0.4000-", "")
        assert "\n".join(lines) + "\n" == await text_of(app_client, f"{base}/{original}"), "nothing else is changed"
    await text_of(app_client, f"{base}/breaks-4000.0-master.m3u8", 404)

    (asset,) = await assets_of(app_client, playback, 0)
    about = asset["X-ANI-AD"]
    assert (asset["DURATION"], about["title"], about["advertiser"], about["skip_after_ms"]) == (
        8.0,
        "Tea",
        "Tea & Co",
        2_000,
    )
    assert "#EXTM3U" in await text_of(app_client, asset["URI"]), "under a token of its own"
    assert [one["X-ANI-AD"]["title"] for one in await assets_of(app_client, playback, 4_000)] == ["Cake"]
    assert await assets_of(app_client, playback, 1) == []
    for event in ("impression", "impression", "start", "complete", "no-such-event"):
        async with app_client.post(f"{about['beacons']}/{event}") as answer:
            assert answer.status == 204
    (again,) = await assets_of(app_client, playback, 0)
    async with app_client.post(f"{again['X-ANI-AD']['beacons']}/impression") as answer:
        assert answer.status == 204, "the same break of the same stream: counted already"
    async with app_client.get("/api/v1/media/beacons/nonsense/impression") as answer:
        assert answer.status == 204
    counted = (await admin.get(f"linear-ads/{ad['id']}"))["events"]
    assert {name: number for name, number in counted.items() if number} == {"impression": 1, "start": 1, "complete": 1}
    assert await views(container, ad) == 1
    async with container.scope(write=True) as scope:
        await scope.port(AdEvents).forget_before(scope.clock.now() + timedelta(seconds=1))
    assert await views(container, ad) == 0
    assert (await admin.get(f"linear-ads/{ad['id']}"))["events"] == counted, "sums stay"

    await admin("POST", f"linear-ads/{ad['id']}/stop")
    assert await assets_of(app_client, playback, 0) == [], "stopped: the break that was planned is empty"
    for one in (ad, mid, late):
        assert (await admin("DELETE", f"linear-ads/{one['id']}"))[0] == 204
    assert (await play())["hls_url"].endswith("/master.m3u8")
    await Relay(container).drain()
    log = await admin.get("admin/audit?page_size=50")
    assert "LinearAdStopped" in {entry["event"] for entry in log["items"]}


async def test_the_same_ad_as_vast(app_client: AppClient, admin: Api, creative: str, play: Play) -> None:
    ad = await start(
        admin,
        creative_episode_id=creative,
        title="Tea <&> cake",
        click_url="https://tea.example/?a=1&b=2",
        skip_after_ms=5_000,
    )
    playback = await play()
    root = fromstring(await text_of(app_client, playback["ads"]["vast_url"]))
    assert (root.tag, root.get("version")) == (f"{VAST}VAST", "4.2")
    linear = root.find(f".//{VAST}Linear")
    assert linear is not None
    assert linear.get("skipoffset") == "00:00:05.000"
    assert [root.findtext(f".//{VAST}{name}") for name in ("AdTitle", "Advertiser", "Duration", "ClickThrough")] == [
        "Tea <&> cake", "Tea & Co", "00:00:08.000", "https://tea.example/?a=1&b=2",
    ]  # fmt: skip
    media = root.findtext(f".//{VAST}MediaFile") or ""
    assert "#EXTM3U" in await text_of(app_client, "/hls/" + media.partition("/hls/")[2])
    impression = root.findtext(f".//{VAST}Impression") or ""
    for _ in range(2):
        await text_of(app_client, "/api/" + impression.partition("/api/")[2], 204)
    assert (await admin.get(f"linear-ads/{ad['id']}"))["events"]["impression"] == 1
    empty = fromstring(await text_of(app_client, playback["ads"]["vast_url"] + "&offset=4000"))
    assert list(empty) == []
    await text_of(app_client, "/api/v1/media/vast.xml?session=nonsense", 403)


async def test_who_sees_no_ads(
    app_client: AppClient, admin: Api, creative: str, play: Play, make_user: MakeUser
) -> None:
    await start(admin, creative_episode_id=creative, cap={"impressions": 1, "days": 1})
    ann, bob = await make_user(), await make_user()
    assert (await play(together=True))["ads"] is None, "members of a party would see different ones"
    await admin("PUT", f"promo-exemptions/{bob.user_id}", {})
    assert (await play(headers=bob.headers))["ads"] is None
    playback = await play(headers=ann.headers)
    (asset,) = await assets_of(app_client, playback, 0)
    async with app_client.post(f"{asset['X-ANI-AD']['beacons']}/impression"):
        pass
    assert (await play(headers=ann.headers))["ads"] is None, "once a day"
    async with app_client.post(f"/api/v1/episodes/{creative}/playback", json={}) as answer:
        assert (await answer.json())["ads"] is None, "no ads in ads"


async def test_who_asks_too_often_is_told_of_no_ads(
    app_client: AppClient, admin: Api, creative: str, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start(admin, creative_episode_id=creative)
    monkeypatch.setattr(serving, "BREAKS_OF_STREAM", replace(serving.BREAKS_OF_STREAM, attempts=1))
    monkeypatch.setattr(routes, "VAST_LIMIT", replace(routes.VAST_LIMIT, attempts=1))
    playback = await play()
    assert [len(await assets_of(app_client, playback, 0)) for _ in range(2)] == [1, 0], "and the film goes on"
    assert len(await assets_of(app_client, await play(), 0)) == 1, "another stream has a count of its own"
    for status in (200, 429):
        await text_of(app_client, playback["ads"]["vast_url"], status)


async def test_no_video_that_needs_a_licence_of_its_own_is_shown(
    app_client: AppClient, services: Services, admin: Api, ingested_episode: AddEpisode, source: Any, play: Play
) -> None:
    """Players know one address for licences while they play, and that is the programme's."""
    tea = await ingested_episode(services, source, title="Tea")
    await start(admin, creative_episode_id=tea.episode_id)
    await package_as(services, Protection.CBCS, tea)
    assert await assets_of(app_client, await play(), 0) == [], "packaged anew since"
    status, answer = await admin("POST", "linear-ads", {**AD, "creative_episode_id": tea.episode_id})
    assert (status, answer["code"]) == (409, "creative_encrypted")


async def test_bad_ads_are_refused(admin: Api, creative: str) -> None:
    now = datetime.now(UTC).isoformat()
    bad: list[tuple[dict[str, Any], int, str]] = [
        ({"creative_episode_id": new_id()}, 409, "creative_missing"),
        ({"placement": "mid_roll"}, 400, "bad_ad_offset"),
        ({"offset_ms": 5_000}, 400, "bad_ad_offset"),
        ({"click_url": "javascript:alert(1)"}, 400, "bad_click_url"),
        ({"starts_at": now, "ends_at": AD["starts_at"]}, 400, "linear_ad_ends_too_early"),
        ({"title": ""}, 422, "invalid_payload"),
    ]
    for fields, status, code in bad:
        answer = await admin("POST", "linear-ads", {**AD, "creative_episode_id": creative, **fields})
        assert (answer[0], answer[1]["code"]) == (status, code), fields
