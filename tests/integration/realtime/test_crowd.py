"""Many at once: news and figures on the wire, goodbyes of one moment, and work that does not grow with the replica."""

import asyncio
from typing import Any

import pytest

from realtime.party.domain.requests import Disconnect
from realtime.party.replica import presence
from realtime.party.replica.replica import PartyReplica
from tests.support.realtime.party import Node, Player

REPORT = {"position_ms": 1_000, "at_ms": 0, "state": "paused", "drift_ms": 4, "rtt_ms": 31, "buffer_ms": 9_000}


async def test_news_go_to_who_takes_them_and_lists_to_who_does_not(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, invite = await ann.create()
        mine = await ann.join(party_id, members="news")
        assert [member["name"] for member in mine["members"]] == ["ann"]
        assert "position_ms" not in mine["members"][0]
        theirs = await bob.join(party_id)
        assert {member["name"] for member in theirs["members"]} == {"ann", "bob"}
        assert "members_seq" not in theirs
        assert {"position_ms", "drift_ms", "rtt_ms", "buffer_ms"} <= theirs["members"][0].keys()
        async with Player(node, invite=invite, name="eve") as eve:
            await eve.join(party_id, members="news")
            await ann.hears("party:members", members_count=3)
            await bob.hears("party:members", members_count=3)
        news = ann.all("party:members")
        assert [body["seq"] for body in news] == list(
            range(mine["members_seq"] + 1, mine["members_seq"] + 1 + len(news))
        )
        assert {change.get("name") for body in news for change in body["changed"]} >= {"bob", "eve"}
        assert all("changed" in body for body in news)
        assert all("changed" not in body for body in bob.all("party:members"))
        await ann.hears("party:members", members_count=2, timeout_s=10)


async def test_figures_go_to_who_looks_at_them(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "TELEMETRY_PACE", (0.05, 1.0, 100_000.0))
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create()
        await ann.join(party_id, members="news")
        await bob.join(party_id, members="news")
        await bob.ok("party:report", REPORT)
        await ann.hears("party:members", members_count=2)
        await bob.ok("party:report", REPORT | {"position_ms": 2_000})
        await ann.ok("party:look", {"looks": True})
        shown = (await ann.hears("party:figures"))["figures"]
        assert [bob.user_id, 2_000, 4, 31, 9_000] in shown
        assert len(shown) == 2, "all at once to begin with"
        ann.heard.clear()
        await bob.ok("party:report", REPORT | {"position_ms": 3_000})
        assert (await ann.hears("party:figures"))["figures"] == [[bob.user_id, 3_000, 4, 31, 9_000]]
        assert not ann.all("party:members")
        await ann.ok("party:look", {"looks": False})
        ann.heard.clear()
        for step in range(5):
            await bob.ok("party:report", REPORT | {"position_ms": step})
            await asyncio.sleep(0.05)
        assert not ann.all("party:figures") + ann.all("party:members")
        assert not bob.all("party:figures"), "who does not look is told nothing"
        assert await ann.refused("party:look", {"looks": "yes"}) == "bad_request"


async def test_goodbyes_of_one_moment_are_a_few_changes(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    goodbyes: list[Disconnect] = []
    request = PartyReplica.request

    async def counted(replica: PartyReplica, asked: Any) -> Any:
        if isinstance(asked, Disconnect):
            goodbyes.append(asked)
        return await request(replica, asked)

    async with Player(node, "ann") as ann:
        party_id, invite = await ann.create()
        await ann.join(party_id)
        crowd = [Player(node, invite=invite, name=f"guest {number}") for number in range(40)]
        for player in crowd:
            await player.connect()
            await player.join(party_id, members="news")
        await ann.hears("party:members", members_count=41)
        monkeypatch.setattr(PartyReplica, "request", counted)
        ann.heard.clear()
        await asyncio.gather(*(player.vanish() for player in crowd))
        await ann.hears("party:members", members_count=1)
        assert sum(len(asked.connection_ids or ()) for asked in goodbyes) == 40
        assert all(len(asked.member_ids or ()) == len(asked.connection_ids or ()) for asked in goodbyes)
        assert len(goodbyes) < 20, "those that end while one is stored go together"
