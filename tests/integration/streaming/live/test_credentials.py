"""A credential stops with the right behind it: tokens of LL-HLS, sessions of viewers, and of publishers without a key."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kernel.access import Role
from kernel.outbox.relay import Relay
from streaming.live.adapters import serving
from streaming.live.llhls import model as llhls
from streaming.live.llhls.adapters import station
from streaming.origin.gate import Gate
from tests.conftest import MakeUser
from tests.integration.streaming.live.conftest import Stage
from tests.support.people import Person
from tests.support.realtime.live import LiveClient

PROMISED_S = 30
PLAYS = [200, 200, 404]
"""Two playlists, and a part that is not there."""


class Scene:
    """Two who watch by LL-HLS and by WHEP: one signed in, one not."""

    def __init__(self, stage: Stage, member: Person, admin: Person) -> None:
        self.stage, self.member, self.admin = stage, member, admin

    async def call(self, method: str, path: str, who: Person, **body: Any) -> None:
        answer = await self.stage.client.request(method, f"/api/v1/{path}", json=body or None, headers=who.headers)
        assert answer.status < 300, await answer.text()

    async def hls(self, who: Person | None) -> str:
        """An address that plays."""
        headers = {} if who is None else who.headers
        async with asyncio.timeout(60):
            while True:
                shown = await (await self.stage.client.get(self.stage.path, headers=headers)).json()
                if shown["hls_url"] is not None and await self.statuses(shown["hls_url"]) == PLAYS:
                    return str(shown["hls_url"])
                await asyncio.sleep(0.1)

    async def verdict(self, address: str) -> int:
        """What the edge is told of a part."""
        uri = f"{address.rpartition('/')[0]}/video/1.m4s"
        return (await self.stage.client.get("/internal/verify-live", headers={"X-Original-URI": uri})).status

    async def statuses(self, address: str) -> list[int]:
        """Of the playlists and a part that is not there."""
        base = address.rpartition("/")[0]
        return [
            (await self.stage.client.get(f"{base}/{path}")).status
            for path in ("master.m3u8", "video.m3u8", "video/1.m4s")
        ]

    async def is_gone(self, client: LiveClient) -> bool:
        """Whether a session has ended, once the node has looked at the rights of everybody."""
        self.stage.services.components.streaming.live._dirty.set()
        try:
            async with asyncio.timeout(20):
                while client.dtls.state != "closed":
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        return True


@pytest.fixture
async def scene(stage: Stage, make_user: MakeUser) -> Scene:
    await stage.publisher(("audio", "opus"))  # with the slate: nothing has to be sent for a broadcast to begin
    return Scene(stage, await make_user(), await make_user(Role.ADMIN))


async def log_out(scene: Scene) -> None:
    await scene.call("POST", "auth/logout", scene.member)


async def end_from_elsewhere(scene: Scene) -> None:
    await scene.call("DELETE", f"admin/users/{scene.member.user_id}/sessions", scene.admin)


async def ban(scene: Scene) -> None:
    await scene.call("POST", f"admin/users/{scene.member.user_id}/ban", scene.admin, reason="Spam")


async def members_only(scene: Scene) -> None:
    await scene.call("PUT", scene.stage.path[8:], scene.stage.owner, title="Evenings", audience="members")


async def take_down(scene: Scene) -> None:
    await scene.call("PUT", f"{scene.stage.path[8:]}/take-down", scene.admin, reason="Spam")


async def delete(scene: Scene) -> None:
    await scene.call("DELETE", scene.stage.path[8:], scene.stage.owner)


async def promote(scene: Scene) -> None:
    await scene.call("PUT", f"admin/users/{scene.member.user_id}/role", scene.admin, role="editor")


@pytest.mark.parametrize(
    ("change", "member_goes", "guest_goes"),
    [
        pytest.param(log_out, True, False, id="log-out"),
        pytest.param(end_from_elsewhere, True, False, id="sign-in-revoked"),
        pytest.param(ban, True, False, id="ban"),
        pytest.param(members_only, False, True, id="audience"),
        pytest.param(take_down, True, True, id="take-down"),
        pytest.param(delete, True, True, id="deleted"),
        pytest.param(promote, False, False, id="another-role"),
    ],
)
async def test_what_was_begun_ends_with_the_right(
    scene: Scene, change: Callable[[Scene], Awaitable[None]], member_goes: bool, guest_goes: bool
) -> None:
    watching = [
        (await scene.hls(who), await scene.stage.viewer(headers=None if who is None else who.headers), goes)
        for who, goes in ((scene.member, member_goes), (None, guest_goes))
    ]
    for address, _, _ in watching:
        assert (await scene.verdict(address), await scene.statuses(address)) == (204, PLAYS)
    await change(scene)
    for address, _, goes in watching:
        assert (await scene.verdict(address) != 204) is goes, "the edge is told at once"
    await Relay(scene.stage.services.container).drain()
    for address, client, goes in watching:
        statuses = await scene.statuses(address)
        assert all(status in (403, 404) for status in statuses) if goes else statuses == PLAYS
        assert not goes or await scene.is_gone(client)
        assert goes or client.dtls.state == "connected"


async def test_a_change_that_nobody_announces_counts_all_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for announced in ("forget", "forget_asset"):
        monkeypatch.setattr(Gate, announced, lambda _gate, _what: None)
    address = await scene.hls(scene.member)
    await log_out(scene)
    assert await scene.statuses(address) == PLAYS, "remembered"
    clock = scene.stage.services.container.clock
    later_ms = clock.monotonic_ms() + station.REMEMBERED_S * 1000
    monkeypatch.setattr(type(clock), "monotonic_ms", lambda _: later_ms)
    assert await scene.statuses(address) == [403, 403, 403]


def test_how_long_that_takes_at_most() -> None:
    assert station.REMEMBERED_S + llhls.BLOCK_TIMEOUT_S <= PROMISED_S
    assert 2 * serving.SAY_EVERY_S <= PROMISED_S


@pytest.mark.parametrize("change", ["log-out", "demoted", "banned"])
async def test_who_publishes_as_the_owner_ends_with_their_sign_in(
    stage: Stage, make_user: MakeUser, change: str
) -> None:
    publisher = LiveClient()
    stage.clients.append(publisher)
    assert await publisher.post(stage.client, f"{stage.path}/whip", stage.owner.headers) == 201
    scene = Scene(stage, stage.owner, await make_user(Role.ADMIN))
    if change == "demoted":
        await scene.call("PUT", f"admin/users/{stage.owner.user_id}/role", scene.admin, role="user")
    else:
        await (log_out if change == "log-out" else ban)(scene)
    assert await scene.is_gone(publisher)


async def test_an_encoder_with_the_key_outlives_the_sign_in_and_not_the_key(stage: Stage, make_user: MakeUser) -> None:
    publisher = await stage.publisher()
    scene = Scene(stage, stage.owner, await make_user(Role.ADMIN))
    await log_out(scene)
    live = stage.services.components.streaming.live
    await live._check_rights()
    assert stage.hub.live
    [(_, held)] = stage.hub.publishers
    held.key = "of a key before, whose end this node did not hear of"
    await live._check_rights()
    assert await scene.is_gone(publisher)
