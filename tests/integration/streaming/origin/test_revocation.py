"""Whatever ends the right to watch takes the edge's grant away, and nobody else's."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.releases.episodes import usecases as episodes
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.outbox.relay import Relay
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.origin.conftest import Play
from tests.support.media.episodes import IngestedEpisode
from tests.support.people import Person


def leads_to(link: Path) -> Path:
    return link.resolve()


class Scene:
    """Two people who watch, and who may end that."""

    def __init__(self, client: AppClient, services: Services, show: IngestedEpisode, admin: Person) -> None:
        self.client, self.services, self.show, self.admin = client, services, show, admin

    async def grant(self, playback: dict[str, Any]) -> Path:
        """What the edge has after its first question."""
        token = playback["hls_url"].split("/")[2]
        answer = await self.client.get("/internal/verify", headers={"X-Original-URI": playback["hls_url"]})
        assert answer.status == 204
        link: Path = self.services.settings.grants_dir / token / self.show.asset_id
        assert leads_to(link) == self.services.storage.path(self.show.asset_id)
        return link

    async def call(self, method: str, path: str, who: Person, **body: Any) -> None:
        answer = await self.client.request(method, f"/api/v1/{path}", json=body or None, headers=who.headers)
        assert answer.status < 300, await answer.text()
        await Relay(self.services.container).drain()

    async def edit(self, **changes: Any) -> None:
        url = f"/api/v1/releases/{self.show.release_id}"
        release = await (await self.client.get(url, headers=self.admin.headers)).json()
        names = {name: release["name"][name] for name in ("main", "english", "alternative") if name in release["name"]}
        kept = {"alias": release["alias"], "type": release["type"], "year": release["year"]}
        await self.call("PUT", f"releases/{self.show.release_id}", self.admin, **{**kept, "name": names, **changes})


@pytest.fixture
async def scene(app_client: AppClient, services: Services, show: IngestedEpisode, make_user: MakeUser) -> Scene:
    return Scene(app_client, services, show, await make_user(Role.ADMIN))


async def stop(scene: Scene, watcher: Person, playback: dict[str, Any]) -> None:
    await scene.call("DELETE", f"playback/{playback['session_id']}", watcher)


async def sign_out(scene: Scene, watcher: Person, _playback: dict[str, Any]) -> None:
    await scene.call("POST", "auth/logout", watcher)


async def ban(scene: Scene, watcher: Person, _playback: dict[str, Any]) -> None:
    await scene.call("POST", f"admin/users/{watcher.user_id}/ban", scene.admin, reason="spam")


async def take_role(scene: Scene, watcher: Person, _playback: dict[str, Any]) -> None:
    await scene.call("PUT", f"admin/users/{watcher.user_id}/role", scene.admin, role="user")


@pytest.mark.parametrize("end", [stop, sign_out, ban, take_role])
@pytest.mark.both_adapters
async def test_one_persons_stream(
    scene: Scene, play: Play, make_user: MakeUser, end: Callable[..., Awaitable[None]]
) -> None:
    watcher, other = await make_user(Role.EDITOR), await make_user()
    playback = await play(watcher.headers)
    ended, goes_on = await scene.grant(playback), await scene.grant(await play(other.headers))

    await end(scene, watcher, playback)

    assert not ended.is_symlink()
    assert goes_on.is_symlink()


async def block(scene: Scene) -> None:
    await scene.edit(blocks={"copyright": True})


async def delete_release(scene: Scene) -> None:
    await scene.call("DELETE", f"releases/{scene.show.release_id}", scene.admin)


async def delete_episode(scene: Scene) -> None:
    async with scene.services.container.scope(write=True) as scope:
        context = episodes.EpisodeContext(
            releases=scope.port(Releases), episodes=scope.port(episodes.Episodes), now=scope.clock.now()
        )
        await episodes.delete_episode(context, scene.show.episode_id)
    await Relay(scene.services.container).drain()


async def hide(scene: Scene) -> None:
    async with scene.services.container.scope(write=True) as scope:
        release = await scope.port(Releases).get(scene.show.release_id)
        assert release is not None
        release.unpublish(scope.clock.now())
    await Relay(scene.services.container).drain()


@pytest.mark.parametrize("end", [block, delete_release, delete_episode, hide])
async def test_everybodys_stream(
    scene: Scene, play: Play, make_user: MakeUser, end: Callable[[Scene], Awaitable[None]]
) -> None:
    watcher = await make_user()
    grants = [await scene.grant(await play(headers)) for headers in (watcher.headers, None)]

    await end(scene)

    assert [grant.is_symlink() for grant in grants] == [False, False]


async def test_an_edit_that_takes_nothing_away_leaves_them(scene: Scene, play: Play) -> None:
    grant = await scene.grant(await play())

    await scene.edit(description="Another one.")

    assert grant.is_symlink()


async def test_rights_that_end_while_the_edge_asks(scene: Scene, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the answer from the database and the link, as a revocation that came then found nothing to take away."""
    playback = await play()
    origin = scene.services.components.streaming.origin
    grants, link = origin.grants, origin.grants.grant

    async def late(token: str, asset_id: str) -> bool:
        await hide(scene)
        return await link(token, asset_id)

    monkeypatch.setattr(grants, "grant", late)
    answer = await scene.client.get("/internal/verify", headers={"X-Original-URI": playback["hls_url"]})

    assert answer.status == 403, "hiding ended the stream itself"
    assert list(scene.services.settings.grants_dir.iterdir()) == []
