"""Voice over a relay, with Debian's coturn, for networks that let no UDP through to us."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.rtc.turn import TurnSettings
from kernel.scope import Container
from server.local_stack.service import free_port
from server.services import Services
from tests.support.realtime.party import Player, running_node
from tests.support.realtime.voices import Talker

COTURN = shutil.which("turnserver")
SECRET = "north"

pytestmark = pytest.mark.skipif(COTURN is None, reason="coturn is not installed")


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[TurnSettings]:
    port = free_port()
    arguments = [
        f"--listening-port={port}",
        f"--static-auth-secret={SECRET}",
        "--use-auth-secret",
        "--realm=ani.test",
        "--listening-ip=127.0.0.1",
        "--relay-ip=127.0.0.1",
        "--allow-loopback-peers",
        "--no-cli",
        "--no-tls",
        "--no-dtls",
        "--log-file=stdout",
        f"--pidfile={tmp_path / 'turn.pid'}",
        f"--userdb={tmp_path / 'turn.db'}",
    ]
    with (tmp_path / "turn.log").open("wb") as log:
        process = subprocess.Popen([str(COTURN), "-n", *arguments], stdout=log, stderr=log, cwd=tmp_path)
    try:
        yield TurnSettings(urls=[f"turn:127.0.0.1:{port}?transport=tcp"], secret=SECRET)
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("adapters", ["embedded"], indirect=True)
async def test_sound_goes_through_the_relay(container: Container, services: Services, relay: TurnSettings) -> None:
    async with (
        running_node(container, services.settings.redis_url, turn=relay) as node,
        Player(node, "ann") as ann,
        Player(node, "bob") as bob,
    ):
        party_id, _ = await ann.create(media=None)
        await ann.join(party_id)
        await bob.join(party_id)
        behind, direct = Talker(ann, 440.0), Talker(bob, 1_000.0)
        try:
            await direct.join()
            await behind.join(relayed=True)
            await asyncio.gather(behind.waits_to_hear(1_000.0), direct.waits_to_hear(440.0))
        finally:
            await behind.stop()
            await direct.stop()
