"""A published episode with a really ingested clip and subtitles, in the real application."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from server.services import Services
from tests.conftest import AddEpisode, AppClient
from tests.support.media.episodes import IngestedEpisode

SUBTITLES = "WEBVTT\n\n" + "\n".join(
    f"00:00:0{second}.000 --> 00:00:0{second}.900\nLine {second} of the subtitles\n" for second in range(8)
)


@pytest.fixture(scope="session")
def source(clip: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 8 s, large enough for a ladder, with subtitles beside it."""
    video = tmp_path_factory.mktemp("source") / "show.mp4"
    shutil.copy(clip(seconds=8, width_px=1280, height_px=720), video)
    video.with_suffix(".en.vtt").write_text(SUBTITLES)
    return video


@pytest.fixture
async def show(services: Services, source: Path, ingested_episode: AddEpisode) -> IngestedEpisode:
    """What the tests play."""
    return await ingested_episode(services, source)


Play = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def play(app_client: AppClient, show: IngestedEpisode) -> Play:
    """Start a stream: ``await play(bandwidth_bps=…)``, signed in with ``headers`` first."""

    async def start(headers: dict[str, str] | None = None, **body: Any) -> dict[str, Any]:
        answer = await app_client.post(f"/api/v1/episodes/{show.episode_id}/playback", json=body, headers=headers)
        assert answer.status == 200, await answer.text()
        playback: dict[str, Any] = await answer.json()
        return playback

    return start
