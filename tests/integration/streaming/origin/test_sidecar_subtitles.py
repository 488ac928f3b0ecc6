"""Subtitles that people add: cleaned, offered beside the video's own, and shown by a real player."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser

from kernel.access import Role
from server.adapters.subtitles import WrittenFormats
from tests.acceptance.viewers import Viewer
from tests.conftest import AddEpisode, AppClient, Edge, MakeUser, StartServer
from tests.integration.catalog.moderation.moderating import Office
from tests.integration.streaming.origin.conftest import Play
from tests.support.media.episodes import IngestedEpisode

SRT = """1
00:00:01,000 --> 00:00:03,500
<i>Снег</i> & <script>alert(1)</script>

2
00:00:04,000 --> 00:00:07,000
Второй --> не время
"""
WEBVTT = """WEBVTT

00:00:01.000 --> 00:00:03.500
<i>Снег</i> &amp; alert(1)

00:00:04.000 --> 00:00:07.000
Второй --&gt; не время
"""
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\i1}Snow{\\i0} & <b>
"""
TRACK = {"language": "ru", "label": "Русские", "text": SRT}


@pytest.fixture
def office(app_client: AppClient, make_user: MakeUser) -> Office:
    return Office(app_client, make_user)


@pytest.mark.both_adapters
async def test_an_added_track_reaches_players(
    office: Office, app_client: AppClient, show: IngestedEpisode, play: Play
) -> None:
    editor = await office.person(Role.EDITOR)
    path = f"/episodes/{show.episode_id}/subtitles"
    made = await office.call(editor, "POST", path, TRACK, status=201)
    assert await office.refused(editor, "POST", path, TRACK) == (409, "subtitle_taken")
    playback = await play()
    base = playback["hls_url"].removesuffix("master.m3u8")
    added = playback["subtitles"][-1]
    assert added == {"language": "ru", "label": "Русские", "url": f"{base}added/{made['id']}.1.vtt"}
    master = await (await app_client.get(playback["hls_url"])).text()
    assert f'NAME="Русские",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="added/{made["id"]}.1.m3u8"' in master
    playlist = await app_client.get(f"{base}added/{made['id']}.1.m3u8")
    assert playlist.content_type == "application/vnd.apple.mpegurl"
    assert f"#EXTINF:8.000,\n{made['id']}.1.vtt\n" in await playlist.text()
    track = await app_client.get(added["url"])
    assert (track.status, track.content_type, await track.text()) == (200, "text/vtt", WEBVTT)
    assert track.headers["Access-Control-Allow-Origin"] == "*"

    edited = await office.call(editor, "PUT", f"/subtitles/{made['id']}", {**TRACK, "forced": True})
    assert edited["version"] == 2
    assert (await play())["subtitles"][-1]["url"].endswith(".2.vtt")
    read = await office.call(None, "GET", f"/subtitles/{made['id']}")
    assert (read["text"], read["forced"]) == (WEBVTT, True)
    # Later or earlier than the file has it: what would be before the beginning is left out.
    await office.call(editor, "PUT", f"/subtitles/{made['id']}", {**TRACK, "offset_ms": -3_700})
    assert (await office.call(None, "GET", f"/subtitles/{made['id']}"))["text"].split("\n\n")[1:] == [
        "00:00:00.300 --> 00:00:03.300\nВторой --&gt; не время\n"
    ]
    assert (await office.refused(editor, "PUT", f"/subtitles/{made['id']}", {**TRACK, "offset_ms": 600_001}))[0] == 422
    await office.call(editor, "DELETE", f"/subtitles/{made['id']}", status=204)
    assert (await app_client.get(added["url"])).status == 404
    assert len((await play())["subtitles"]) == 1


async def test_a_token_opens_its_own_episodes_tracks_alone(
    office: Office, app_client: AppClient, show: IngestedEpisode, play: Play
) -> None:
    editor = await office.person(Role.EDITOR)
    other = await office.episode(await office.release())
    made = await office.call(editor, "POST", f"/episodes/{other}/subtitles", TRACK, status=201)
    base = (await play())["hls_url"].removesuffix("master.m3u8")
    assert (await app_client.get(f"{base}added/{made['id']}.1.vtt")).status == 404
    assert (await app_client.get(f"/hls/{'A' * 76}/{show.asset_id}/added/{made['id']}.1.vtt")).status == 403
    assert await office.refused(None, "GET", f"/subtitles/{made['id']}") == (404, "episode_not_found"), "a draft's"
    assert await office.refused(None, "GET", f"/episodes/{other}/subtitles") == (404, "episode_not_found")
    user = await office.person(Role.USER)
    for method, path in (("POST", f"/episodes/{other}/subtitles"), ("PUT", f"/subtitles/{made['id']}")):
        assert await office.refused(user, method, path, TRACK) == (403, "forbidden")


@pytest.mark.both_adapters
async def test_proposed_subtitles(office: Office, show: IngestedEpisode, play: Play) -> None:
    user, moderator = await office.person(Role.USER), await office.person(Role.MODERATOR)
    body = {
        "kind": "subtitle",
        "parent_id": show.episode_id,
        "fields": {name: {"after": value} for name, value in TRACK.items()},
        "submit": True,
    }
    refused: list[Any] = [
        {"text": {"after": "no cue"}},
        {"text": {"after": "WEBVTT\n\n"}},
        {"text": {"after": "x" * 400_001}},
        {"label": {"after": "a\nb"}},
        {"language": {"after": "russian"}},
    ]
    for change in refused:
        wrong = {**body, "fields": {**body["fields"], **change}}  # type: ignore[dict-item]  # a dict of dicts
        status, _ = await office.refused(user, "POST", "/moderation/proposals", wrong)
        assert status in {400, 422}, change
    proposal = await office.call(user, "POST", "/moderation/proposals", body, status=201)
    changes = {change["field"]: change["after"] for change in proposal["changes"]}
    assert changes == {"language": "ru", "label": "Русские", "text": WEBVTT}, "as it will be stored"
    accepted = await office.accepted(moderator, proposal)
    assert (await play())["subtitles"][-1]["label"] == "Русские"

    fix = {
        "kind": "subtitle",
        "target_id": accepted["target_id"],
        "fields": {"text": {"after": SRT.replace("Снег", "Дождь")}, "sdh": {"after": True}},
        "submit": True,
    }
    second = await office.call(user, "POST", "/moderation/proposals", fix, status=201)
    assert [change["field"] for change in second["changes"]] == ["text", "sdh"]
    await office.accepted(moderator, second)
    assert "Дождь" in (await office.call(None, "GET", f"/subtitles/{accepted['target_id']}"))["text"]
    for done in (second, proposal):
        await office.step(moderator, done, "roll-back", {"reason": "Not ours."})
    assert len((await play())["subtitles"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        SRT,
        "WEBVTT\n\nSTYLE\n::cue { background: url(//evil.example) }\n\nREGION\nid:x\n\n00:01.000 --> 00:02.000 line:0\n<v Anna>A &lt; B\n",
        ASS,
    ],
)
async def test_what_was_cleaned_once_stays_as_it_is(text: str) -> None:
    once = await WrittenFormats().webvtt(text)
    assert once.startswith("WEBVTT\n\n0")
    assert "evil" not in once
    assert await WrittenFormats().webvtt(once) == once


@pytest.mark.browser
async def test_a_browser_shows_them_through_the_edge(
    live_server: StartServer, edge: Edge, ingested_episode: AddEpisode, source: Path, browser: Browser
) -> None:
    server = await live_server(ANI_TRUSTED_PROXIES="1")
    show = await ingested_episode(server, source)
    editor = await server.make_user(Role.EDITOR)
    async with aiohttp.ClientSession(server.url, headers=editor.headers, raise_for_status=True) as client:
        # Another track in the language of the video's own: the menu must tell them apart.
        for language, label in (("ru", "Русские"), ("en", "By fans")):
            body = {**TRACK, "language": language, "label": label}
            await client.post(f"/api/v1/episodes/{show.episode_id}/subtitles", json=body)
    viewer = await Viewer.sit_down(browser)
    await viewer.page.goto(f"{edge(server)}/watch/{show.episode_id}")
    await viewer.until("document.querySelector('video')?.readyState >= 2")
    await viewer.page.locator("video").hover()
    await viewer.see("settings").click()
    await viewer.see("subtitles-menu").click()
    labels = await viewer.page.locator("[data-testid^='subtitles-'][role=menuitemradio]").all_inner_texts()
    assert [label.strip() for label in labels] == ["Off", "English", "By fans", "Русские"]
    await viewer.see("subtitles-ru").click()
    shown = "[...document.querySelector('video').textTracks].find((track) => track.mode === 'showing')"
    await viewer.until(f"{shown}?.cues?.length === 2")
    cue = await viewer.page.evaluate(
        f"(({{startTime, endTime, text}}) => ({{startTime, endTime, text}}))({shown}.cues[0])"
    )
    assert cue["text"].startswith("<i>Снег</i>")
    assert (round(cue["startTime"], 1), round(cue["endTime"], 1)) == (1.0, 3.5), "in step with the picture"
    assert viewer.complaints == []
