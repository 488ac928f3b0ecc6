"""The question nginx asks, without nginx: who may ask it, and what it says."""

import pytest
from aiohttp import web

import streaming.origin.routes
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.model import Status
from kernel.ids import new_id
from server.services import Services
from server.settings import Settings
from tests.conftest import AppClient
from tests.integration.streaming.origin.conftest import Play
from tests.support.media.episodes import IngestedEpisode

SECRET = "known to nginx and the application alone"


@pytest.fixture(params=["route", "front"])
async def client(request: pytest.FixtureRequest, app_client: AppClient) -> AppClient:
    """The application, with and without the origin in front of its routes."""
    if request.param == "front":
        runner = app_client.server.runner
        assert isinstance(runner, web.AppRunner)
        streaming.origin.routes.install_fast_path(runner)
    return app_client


async def verdict(client: AppClient, uri: str, **headers: str) -> int:
    answer = await client.get("/internal/verify", headers={"X-Original-URI": uri, **headers})
    assert await answer.read() == b""
    return answer.status


async def test_verdicts(client: AppClient, services: Services, play: Play, show: IngestedEpisode) -> None:
    url = (await play())["hls_url"]
    token = url.split("/")[2]

    assert await verdict(client, url) == 204
    assert await verdict(client, f"/hls/{token}/{new_id()}/v720/1.m4s") == 403
    assert await verdict(client, f"/hls/{token[:-1]}/{show.asset_id}/v720/1.m4s") == 403
    for nonsense in ("", "/", "/hls/x", "/elsewhere/a/b/c", f"/{token}/{show.asset_id}/x/y"):
        assert await verdict(client, nonsense) == 403

    async with services.container.scope(write=True) as scope:
        episode = await scope.port(Episodes).get(show.episode_id)
        assert episode is not None
        episode.status = Status.DRAFT
    assert await verdict(client, url) == 401  # at once, and the edge turns it into 404


async def test_without_a_secret_neighbours_may_ask_for_themselves_alone(client: AppClient, play: Play) -> None:
    url = (await play())["hls_url"]

    assert await verdict(client, url) == 204
    for header in ("X-Forwarded-For", "Forwarded"):
        assert await verdict(client, url, **{header: "192.0.2.1"}) == 404


class TestWithASecret:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return Settings.load(**{**settings.model_dump(), "edge_secret": SECRET})

    async def test_only_who_knows_it_may_ask(self, client: AppClient, play: Play) -> None:
        url = (await play())["hls_url"]

        assert await verdict(client, url, **{"X-Ani-Edge": SECRET}) == 204
        assert await verdict(client, url) == 404
        assert await verdict(client, url, **{"X-Ani-Edge": SECRET + "x"}) == 404
        assert await verdict(client, url, **{"X-Ani-Edge": "é"}) == 404
