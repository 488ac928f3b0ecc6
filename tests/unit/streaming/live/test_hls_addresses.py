"""Where a channel is as Low-Latency HLS, asked of the node that carries it."""

import asyncio

import pytest
from typing_extensions import override

from kernel.errors import Unavailable
from kernel.nodes.calls import Json
from streaming.live.adapters import hls_addresses
from streaming.live.adapters.hls_addresses import HlsAddresses, HlsOutput
from streaming.live.model import ChannelId
from tests.support.clocks import HandClock

HERE, THERE = ChannelId("here"), ChannelId("there")
ANSWER: Json = {"node_url": "http://10.0.0.2:8080", "rewind_s": 40}


class Output(HlsOutput):
    @override
    def address(self, channel_id: str, login_id: str | None) -> str:
        return f"/llhls/{login_id}/{channel_id}"

    @override
    def rewind_s(self, channel_id: ChannelId) -> int:
        return 7


class Node:
    """Ours, and what the other one answers."""

    def __init__(self, *answers: Json | Exception | None, alone: bool = False) -> None:
        self.clock = HandClock(ms=1_000_000)
        self.answers = list(answers)
        self.asked: list[Json] = []
        self.addresses = HlsAddresses(
            lambda channel_id: channel_id == HERE, Output(), self.ask, self.clock, node_url="http://a", alone=alone
        )

    async def ask(self, _channel_id: ChannelId, question: Json) -> Json | None:
        self.asked.append(question)
        await asyncio.sleep(0)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_what_is_here_is_asked_of_nobody() -> None:
    node = Node()
    assert await node.addresses.of(HERE, None) == ("/llhls/None/here", 7)
    assert await node.addresses.node_of(HERE) is None
    assert node.addresses.here(HERE) == {"node_url": "http://a", "rewind_s": 7}
    assert node.addresses.here(THERE)["node_url"] == ""
    assert node.asked == []


async def test_one_question_for_all_that_come_at_once() -> None:
    node = Node(ANSWER, None)
    found = await asyncio.gather(*(node.addresses.node_of(THERE) for _ in range(50)))
    assert set(found) == {ANSWER["node_url"]}
    assert await node.addresses.of(THERE, None) == ("/llhls/None/there", 40)
    assert len(node.asked) == 1
    node.clock.ms += hls_addresses.KNOWN_MS
    assert await node.addresses.of(THERE, None) == (None, 0), "nobody carries it any more"
    assert len(node.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(None, id="nobody"),
        pytest.param({"node_url": "", "rewind_s": 0}, id="it-says-nowhere"),
        pytest.param({"live": True, "viewers": 1}, id="of-an-older-version"),
        pytest.param(Unavailable(retry_after_s=1), id="it-is-away"),
        pytest.param(ConnectionError(), id="the-bus-is-away"),
    ],
)
async def test_nowhere_to_send_anybody(answer: Json | Exception | None) -> None:
    assert await Node(answer).addresses.node_of(THERE) is None


async def test_a_node_alone_asks_nobody() -> None:
    node = Node(alone=True)
    assert await node.addresses.of(THERE, None) == (None, 0)
    assert node.asked == []


async def test_channels_that_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hls_addresses, "MAX_KNOWN", 3)
    node = Node(*[ANSWER] * 9)
    for number in range(9):
        await node.addresses.node_of(f"c{number}")
    assert len(node.addresses._known) == 3
