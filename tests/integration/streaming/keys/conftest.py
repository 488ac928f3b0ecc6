"""Videos that are protected in every way, made of one encode by packaging it anew."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import streaming.ingest.jobs
from kernel.outbox.relay import Relay
from server.services import Services
from streaming.ingest.model import Asset
from streaming.keys.model import Protection
from tests.support.media.episodes import IngestedEpisode, RememberingEngine

Protect = Callable[[IngestedEpisode, Protection], Awaitable[Asset]]


@pytest.fixture
def protect(services: Services, clip: Callable[..., Path], engine: RememberingEngine) -> Protect:
    """Package an episode of the usual clip anew: ``await protect(film, Protection.CBCS)``."""

    async def package_anew(film: IngestedEpisode, mode: Protection) -> Asset:
        asset = await streaming.ingest.jobs.ingest(
            services.container, clip(seconds=8), film.episode_id, protection=mode, engine=engine
        )
        await Relay(services.container).drain()
        return asset

    return package_anew
