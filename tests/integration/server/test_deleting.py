"""A deleted release takes everything along that was only there for it."""

from kernel.access import Role
from server.services import Services
from tests.conftest import AddEpisode, AppClient, MakeUser


async def test_media_goes_with_its_release(
    services: Services, app_client: AppClient, make_user: MakeUser, ingested_episode: AddEpisode
) -> None:
    episode = await ingested_episode(services)
    poster = f"/posters/{episode.asset_id}.jpg"
    assert (await app_client.get(poster)).status == 200
    assert await services.storage.exists(episode.asset_id)
    moderator = await make_user(Role.MODERATOR)
    answer = await app_client.delete(f"/api/v1/releases/{episode.release_id}", headers=moderator.headers)
    assert answer.status == 204
    await services.container.relay.drain()
    assert not await services.storage.exists(episode.asset_id)
    assert (await app_client.get(poster)).status == 404
    playback = await app_client.post(f"/api/v1/episodes/{episode.episode_id}/playback", json={})
    assert playback.status == 404
