"""A published episode with a really ingested clip, in the real application."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import catalog.usecases
import streaming.ingest.jobs
from catalog.model import EpisodeDraft, Names, ReleaseDraft, ReleaseType, Span
from catalog.usecases import Episodes, Releases
from server.services import Services
from tests.conftest import AppClient

SUBTITLES = "WEBVTT\n\n" + "\n".join(
    f"00:00:0{second}.000 --> 00:00:0{second}.900\nLine {second} of the subtitles\n" for second in range(8)
)


@dataclass(frozen=True)
class Show:
    """What the tests play."""

    release_id: str
    episode_id: str
    asset_id: str


@pytest.fixture(scope="session")
def source(clip: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 8 s with subtitles beside it."""
    folder = tmp_path_factory.mktemp("source")
    video = folder / "show.mp4"
    shutil.copy(clip(seconds=8, width_px=640, height_px=360), video)
    video.with_suffix(".en.vtt").write_text(SUBTITLES)
    return video


@pytest.fixture
async def show(services: Services, source: Path) -> Show:
    """A published release with one published episode, ready to be played."""
    container = services.container
    async with container.scope(write=True) as scope:
        releases, episodes, now = scope.port(Releases), scope.port(Episodes), scope.clock.now()
        draft = ReleaseDraft("show", ReleaseType.WEB, Names("Show"), episodes_total=1)
        release = await catalog.usecases.create_release(releases, draft, (), now)
        episode = await catalog.usecases.add_episode(
            releases, episodes, release.id, EpisodeDraft(ordinal=1, opening=Span(0, 1_000)), now
        )
    asset = await streaming.ingest.jobs.ingest(container, source, episode.id)
    await container.relay.drain()
    async with container.scope(write=True) as scope:
        releases, episodes, now = scope.port(Releases), scope.port(Episodes), scope.clock.now()
        await catalog.usecases.publish_release(releases, release.id, now)
        await catalog.usecases.publish_episode(episodes, episode.id, now)
    return Show(release.id, episode.id, asset.id)


Play = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def play(app_client: AppClient, show: Show) -> Play:
    """Start a stream: ``await play(bandwidth_bps=…)``, signed in with ``headers=…``."""

    async def start(headers: dict[str, str] | None = None, **body: Any) -> dict[str, Any]:
        answer = await app_client.post(f"/api/v1/episodes/{show.episode_id}/playback", json=body, headers=headers)
        assert answer.status == 200, await answer.text()
        playback: dict[str, Any] = await answer.json()
        return playback

    return start
