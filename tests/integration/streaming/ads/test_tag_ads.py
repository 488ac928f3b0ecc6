"""Ads of other servers: asked for in a break, made ready once, shown from the next one on, and everybody told once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from kernel.access import Role
from kernel.scope import Container
from server.services import Services
from server.settings import Settings
from streaming.ads.creatives import jobs
from streaming.ads.creatives.model import AGAIN_AFTER, IDLE
from streaming.ads.creatives.usecases import AdCreatives
from streaming.ads.vast.adapters import client
from streaming.ingest.repository import SqlAssets
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.ads.ad_server import AdServer, ad_server
from tests.integration.streaming.ads.test_linear_ads import AD, VAST, assets_of, start, text_of
from tests.integration.streaming.origin.conftest import Play
from tests.support.catalog.library import Api
from tests.unit.streaming.ads.vast import documents as d


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Ad servers may be on loopback."""
    return settings.model_copy(update={"proxy_networks": ["127.0.0.0/8"]})


@pytest.fixture
async def admin(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.ADMIN))


@pytest.fixture
async def server(clip: Callable[..., Path]) -> AsyncIterator[AdServer]:
    async with ad_server(clip(seconds=2, width_px=320, height_px=180)) as running:
        yield running


async def health(admin: Api, ad: dict[str, Any], **expected: int) -> dict[str, Any]:
    """Of its tag, once as many of its videos are ready, being prepared and failed."""
    async with asyncio.timeout(60):
        while True:
            seen: dict[str, Any] = await admin.get(f"linear-ads/{ad['id']}")
            if {name: count for name, count in seen["creatives"].items() if count} == expected:
                return seen
            await asyncio.sleep(0.1)


@pytest.mark.both_adapters
async def test_a_chain_is_followed_its_video_made_ready_and_all_in_it_told(
    app_client: AppClient, admin: Api, server: AdServer, play: Play, container: Container
) -> None:
    clicks = d.CLICKS.replace("&b=", "&ip=[DEVICEIP]&b=")
    creative = d.linear(attributes='skipoffset="50%"', clicks=clicks, events=("start", "midpoint", "complete", "mute"))
    server.document("inner", d.inline(creative, before=d.VIEWABLE), version="3.0")
    tag = server.document("outer", d.wrapper(f"{d.BASE}/tag/inner"))
    ad = await start(admin, tag_url=f"{tag}?r=[CACHEBUSTING]&ua=[DEVICEUA]", erid="2Vtz", click_url="/schedule")
    assert (ad["last_answer"], ad["creatives"]) == (None, {"ready": 0, "preparing": 0, "failed": 0})

    playback = await play()
    assert playback["ads"]["breaks_ms"] == [0]
    assert await assets_of(app_client, playback, 0) == [], "its video is not here yet"
    assert await server.hears(2) == ["/inline/error?code=407", "/wrapper/error?code=407"]
    assert await assets_of(app_client, playback, 0) == []
    assert len(server.tags_asked) == 2, "the same break: nobody is asked again so soon"
    asked = server.tags_asked[0]
    assert asked.query["r"].isdigit()
    assert (asked.query["ua"], asked.headers.get("Cookie"), asked.headers["User-Agent"]) == (
        "-2",
        None,
        "Ani (video server)",
    )
    assert not {"X-Forwarded-For", "Forwarded", "Referer", "X-Device-User-Agent"} & set(asked.headers)
    seen = await health(admin, ad, ready=1)
    assert seen["last_answer"]["preparing"] == 1
    assert seen["last_answer"]["hosts"] == ["127.0.0.1", "127.0.0.1"]

    server.told.clear()
    playback = await play()
    (asset,) = await assets_of(app_client, playback, 0)
    about = asset["X-ANI-AD"]
    assert (about["title"], about["advertiser"], about["erid"]) == ("Tea", "Tea & Co", "2Vtz")
    assert about["skip_after_ms"] == 8_000, "half of what it says of itself"
    assert about["click_url"].startswith("https://tea.example/?a=1&ip=-2&b=")
    assert "[" not in about["click_url"]
    assert "#EXTM3U" in await text_of(app_client, asset["URI"])
    assert 1.5 < asset["DURATION"] < 2.5
    assert await assets_of(app_client, playback, 0) == [asset], "once more: the same, and no other request for ads"
    assert len(server.tags_asked) == 4

    for event in ("impression", "impression", "start", "complete", "click", "error"):
        async with app_client.post(f"{about['beacons']}/{event}") as answer:
            assert answer.status == 204
    told = await server.hears(11)
    (impression,) = [url for url in told if url.startswith("/inline/impression?r=")]
    assert impression.rpartition("=")[2].isdigit()
    assert [url for url in told if url != impression] == [
        "/inline/click", "/inline/complete", "/inline/error?code=405", "/inline/start", "/undetermined",
        "/wrapper/click", "/wrapper/creativeView", "/wrapper/error?code=405", "/wrapper/impression", "/wrapper/start",
    ]  # fmt: skip
    seen = await admin.get(f"linear-ads/{ad['id']}")
    assert (seen["events"]["impression"], seen["last_answer"]["shown"], seen["last_answer"]["code"]) == (1, 1, 0)

    # Where its place is gone, so is its video in the end.
    async with container.scope(write=False) as scope:
        (creative_row,) = await scope.port(AdCreatives).of_ads([ad["id"]])
    assert (await admin("DELETE", f"linear-ads/{ad['id']}"))[0] == 204
    await jobs.remove_idle(container)
    async with container.scope(write=True) as scope:
        kept = await scope.port(AdCreatives).get(creative_row.id)
        assert kept is not None, "somebody may be watching it"
        kept.used_at -= IDLE
    await jobs.remove_idle(container)
    async with container.scope(write=False) as scope:
        assert await scope.port(AdCreatives).get(creative_row.id) is None
        assert await SqlAssets(scope.uow).of_episodes([creative_row.id]) == []


async def test_other_players_get_a_wrapper_and_tell_its_server_themselves(
    app_client: AppClient, admin: Api, server: AdServer, play: Play
) -> None:
    tag = server.document("tag", d.inline()) + "?r=[CACHEBUSTING]"
    ad = await start(admin, tag_url=tag)
    playback = await play()
    root = fromstring(await text_of(app_client, playback["ads"]["vast_url"]))
    assert root.findtext(f".//{VAST}VASTAdTagURI") == tag, "its macros are for the player"
    assert server.tags_asked == []
    impression = root.findtext(f".//{VAST}Impression") or ""
    for _ in range(2):
        await text_of(app_client, "/api/" + impression.partition("/api/")[2], 204)
    assert (await admin.get(f"linear-ads/{ad['id']}"))["events"]["impression"] == 1
    assert server.told == []


async def test_one_that_fails_leaves_the_break_to_others(
    app_client: AppClient, admin: Api, server: AdServer, play: Play, show: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hostile answers, one after the other: each is a number in what administrators read, and the film goes on."""
    monkeypatch.setattr(client, "DECISION_S", 0.5)
    bomb = b'<!DOCTYPE v [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><VAST version="4.2">&b;</VAST>'
    server.tags["bomb"] = bomb
    server.document("loop", d.wrapper(f"{d.BASE}/tag/loop"))
    server.document("private", d.wrapper("http://10.0.0.1/tag"))
    server.document("relative", d.wrapper("/tag/other"))
    server.document("none", error=f"{d.BASE}/none?code=[ERRORCODE]")
    server.document("program", d.inline(d.linear(files=d.media(kind="application/javascript"))))
    expected = {
        "bomb": 100, "huge": 100, "circle": 300, "inward": 300, "private": 300, "relative": 300, "absent": 300,
        "slow": 301, "loop": 302, "none": 303, "program": 403,
    }  # fmt: skip
    status, ad = await admin("POST", "linear-ads", {**AD, "tag_url": f"{server.base}/tag/x"})
    assert status == 201, ad
    await admin("POST", f"linear-ads/{ad['id']}/start")
    for name, code in expected.items():
        seen = await admin.get(f"linear-ads/{ad['id']}")
        facts = {field: seen[field] for field in ("title", "advertiser", "placement", "starts_at")}
        status, answer = await admin("PUT", f"linear-ads/{ad['id']}", {**facts, "tag_url": f"{server.base}/tag/{name}"})
        assert status == 200, answer
        assert await assets_of(app_client, await play(), 0) == [], name
        assert (await admin.get(f"linear-ads/{ad['id']}"))["last_answer"]["code"] == code, name
    assert "/none?code=303" in await server.hears(1)
    await start(admin, creative_episode_id=show.episode_id, placement="mid_roll", offset_ms=4_000)
    assert (await play())["ads"]["breaks_ms"] == [0], "no ads in ads"


async def test_a_video_that_is_none(
    app_client: AppClient, admin: Api, server: AdServer, play: Play, container: Container
) -> None:
    text = d.linear(files=d.media(f"{d.BASE}/text.mp4"))
    ad = await start(admin, tag_url=server.document("text", d.inline(text)))
    assert await assets_of(app_client, await play(), 0) == []
    await health(admin, ad, failed=1)
    server.told.clear()
    assert await assets_of(app_client, await play(), 0) == []
    assert await server.hears(1) == ["/inline/error?code=411"]
    async with container.scope(write=True) as scope:
        (creative,) = await scope.port(AdCreatives).of_ads([ad["id"]])
        creative.ordered_at -= AGAIN_AFTER
    server.is_repaired = True
    assert await assets_of(app_client, await play(), 0) == []
    await health(admin, ad, ready=1)
    assert len(await assets_of(app_client, await play(), 0)) == 1


async def test_a_tag_is_tried(admin: Api, server: AdServer) -> None:
    server.document("inner", d.inline(d.linear(clicks=d.CLICKS), after=d.COMPANIONS), version="2.0")
    tag = server.document("outer", d.wrapper(f"{d.BASE}/tag/inner"))
    status, tried = await admin("POST", "linear-ads/try", {"tag_url": tag})
    assert status == 200, tried
    assert [(one["version"], one["ads"]) for one in tried["servers"]] == [("4.2", 1), ("2.0", 1)]
    (ad,) = tried["ads"]
    assert (ad["title"], ad["duration_ms"], ad["media_type"], ad["height_px"], ad["companions"]) == (
        "Tea", 16_000, "video/mp4", 720, 1,
    )  # fmt: skip
    assert (tried["codes"], server.told) == ([], []), "nobody is told"
    status, tried = await admin("POST", "linear-ads/try", {"tag_url": f"{server.base}/tag/absent"})
    assert (status, tried["ads"], tried["codes"]) == (200, [], [300])


async def test_bad_tags_are_refused(admin: Api, services: Services, show: Any) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({}, "ad_source_unclear"),
        ({"tag_url": "https://ads.example.org/", "creative_episode_id": show.episode_id}, "ad_source_unclear"),
        *(
            ({"tag_url": url}, "bad_tag_url")
            for url in ("javascript:alert(1)", "//a.example", "/tag", "http://10.0.0.1/", "https://u:p@a.example/", "https://localhost/x")
        ),
    ]  # fmt: skip
    for fields, code in bad:
        status, answer = await admin("POST", "linear-ads", {**AD, **fields})
        assert (status, answer["code"]) == (400, code), fields
    for url in ("http://169.254.169.254/", "ftp://a.example/"):
        status, answer = await admin("POST", "linear-ads/try", {"tag_url": url})
        assert (status, answer["code"]) == (400, "bad_tag_url"), url
