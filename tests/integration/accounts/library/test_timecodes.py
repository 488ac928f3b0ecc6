"""No sequence of concurrent writes of timecodes loses the newest: generated, and played against the real program."""

import asyncio
import random
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.library.progress.usecases import History
from kernel.access import Role
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import DURATION, Api, add_show
from tests.support.realtime.party import Player

DEVICES = 4
REPORTS = 60
SKEW_MS = 10 * 60_000
"""How far a device's clock may be off, to either side; all of them stay behind the server's, which believes those."""


@dataclass
class Address:
    url: str


@pytest.mark.both_adapters
@pytest.mark.parametrize("seed", [1, 2])
async def test_the_newest_report_is_found_afterwards(
    services: Services, app_client: AppClient, make_user: MakeUser, seed: int
) -> None:
    """Several devices with clocks of their own report by REST in batches and one by one over sockets; batches arrive in any
    order, overlap, and come twice, as they do from a client that lost the answer."""
    chance = random.Random(seed)
    editor = Api(app_client, await make_user(Role.EDITOR))
    show = await add_show(services, editor, episodes=3)
    ann = Api(app_client, await make_user())
    skews = [chance.randint(-SKEW_MS, SKEW_MS) for _ in range(DEVICES)]
    began_ms = int(time.time() * 1000) - 3_600_000
    reports: list[list[dict[str, Any]]] = [[] for _ in range(DEVICES)]
    for moment in range(REPORTS):
        device = chance.randrange(DEVICES)
        reports[device].append(
            {
                "episode_id": chance.choice(show.episodes),
                "position_ms": chance.randrange(DURATION + 1),
                "duration_ms": DURATION,
                # Now and then two at the very same moment.
                "at_ms": began_ms + skews[device] + (moment // 2) * 1_000,
            }
        )
    here = Address(str(app_client.make_url("")).rstrip("/"))
    async with Player(here, token=ann.person.access_token) as one, Player(here, token=ann.person.access_token) as two:
        sent: list[Awaitable[Any]] = []
        for number, own in enumerate(reports):
            remaining = own.copy()
            chance.shuffle(remaining)
            while remaining:
                if number % 2:
                    socket, report = chance.choice([one, two]), remaining.pop()
                    sent += [socket.ok("progress", report) for _ in range(chance.choice([1, 1, 2]))]
                else:
                    size = chance.randint(1, 8)
                    batch, remaining = remaining[:size], remaining[size:]
                    overlap = [*batch, *chance.sample(own, k=min(2, len(own)))]
                    again = chance.choice([1, 1, 2])
                    sent += [ann("POST", "library/progress", {"items": overlap}) for _ in range(again)]
        chance.shuffle(sent)
        for answer in await asyncio.gather(*sent):
            assert isinstance(answer, dict) or answer[0] == 200

    told = [report for own in reports for report in own]
    for episode_id in show.episodes:
        mine = [report for report in told if report["episode_id"] == episode_id]
        newest = max(mine, key=lambda report: (report["at_ms"], report["position_ms"]))
        async with services.container.scope(write=False) as scope:
            found = await scope.port(History).get(ann.person.user_id, episode_id)
        assert found is not None
        assert (found.at_ms, found.position_ms) == (newest["at_ms"], newest["position_ms"])
        assert found.is_watched == any(report["position_ms"] >= 0.9 * DURATION for report in mine)
