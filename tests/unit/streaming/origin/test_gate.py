"""streaming.origin.gate: tokens are checked once in a while, and revocation takes hold."""

import asyncio

import pytest

from kernel.errors import AniError, Unavailable
from kernel.ids import new_id
from streaming.origin import gate as gate_module
from streaming.origin.access.token import Keyring, StreamToken, TokenExpired, TokenRefused, sign
from streaming.origin.gate import REMEMBERED_S, Gate
from streaming.origin.model import NothingToPlay, StreamEnded, TokenForeign
from streaming.origin.usecases import OpenStream
from tests.support.clocks import HandClock

KEYS = Keyring({1: b"k" * 32}, current=1)


class Streams:
    """What stands behind the gate: answers, refuses, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.refusal: AniError | None = None
        self.user_id: str | None = None

    async def open_master(self, token: StreamToken) -> OpenStream:
        self.asked += 1
        await asyncio.sleep(0)
        if self.refusal is not None:
            raise self.refusal
        return OpenStream(f"#EXTM3U\n# {self.asked}\n", self.user_id)


@pytest.fixture
def time() -> HandClock:
    return HandClock(1_000_000)


@pytest.fixture
def streams() -> Streams:
    return Streams()


@pytest.fixture
def gate(time: HandClock, streams: Streams) -> Gate:
    return Gate(KEYS, streams.open_master, time)


ASSET, SESSION = new_id(), new_id()


def a_token(expires_at_s: int = 100_000, session: str = SESSION) -> str:
    return sign(StreamToken(session, ASSET, expires_at_s), KEYS)


async def test_is_asked_once_for_many_requests_at_once(gate: Gate, streams: Streams) -> None:
    grants = await asyncio.gather(*(gate.admit(a_token(), ASSET) for _ in range(20)))

    assert streams.asked == 1
    assert all(grant is grants[0] for grant in grants)
    assert grants[0].master.body == b"#EXTM3U\n# 1\n"
    assert gate.remembered(a_token(), ASSET) is grants[0]


async def test_asks_again_after_a_while(gate: Gate, streams: Streams, time: HandClock) -> None:
    await gate.admit(a_token(), ASSET)
    time.ms += REMEMBERED_S * 1000 - 1
    assert gate.remembered(a_token(), ASSET) is not None
    time.ms += 1
    assert gate.remembered(a_token(), ASSET) is None
    streams.refusal = StreamEnded()

    with pytest.raises(StreamEnded):
        await gate.admit(a_token(), ASSET)


async def test_an_ended_session_can_be_forgotten_at_once(gate: Gate, streams: Streams) -> None:
    await gate.admit(a_token(), ASSET)
    await gate.admit(a_token(session=new_id()), ASSET)
    streams.refusal = StreamEnded()

    gate.forget(SESSION)

    assert gate.remembered(a_token(), ASSET) is None
    with pytest.raises(StreamEnded):
        await gate.admit(a_token(), ASSET)


async def test_who_remembers_for_themselves_gets_no_old_answer(gate: Gate, streams: Streams) -> None:
    await gate.admit(a_token(), ASSET)
    streams.refusal = StreamEnded()

    with pytest.raises(StreamEnded):
        await gate.admit(a_token(), ASSET, fresh=True)


async def test_a_refusal_is_remembered_too(gate: Gate, streams: Streams, time: HandClock) -> None:
    streams.refusal = NothingToPlay(episode_id="x")
    for _ in range(5):
        with pytest.raises(NothingToPlay):
            await gate.admit(a_token(), ASSET)
        assert gate.remembered(a_token(), ASSET) is None
    assert streams.asked == 1

    streams.refusal = None
    time.ms += REMEMBERED_S * 1000
    assert (await gate.admit(a_token(), ASSET)).refusal is None


async def test_a_database_that_is_away_says_nothing_about_the_stream(gate: Gate, streams: Streams) -> None:
    streams.refusal = Unavailable(retry_after_s=1)
    with pytest.raises(Unavailable):
        await gate.admit(a_token(), ASSET)
    streams.refusal = None

    assert (await gate.admit(a_token(), ASSET)).refusal is None


async def test_another_asset_is_foreign_even_when_the_token_is_known(gate: Gate) -> None:
    with pytest.raises(TokenForeign):
        await gate.admit(a_token(), new_id())
    await gate.admit(a_token(), ASSET)

    assert gate.remembered(a_token(), new_id()) is None
    with pytest.raises(TokenForeign):
        await gate.admit(a_token(), new_id())


async def test_forged_tokens_ask_nobody_and_leave_nothing(gate: Gate, streams: Streams) -> None:
    for text in ("", "nonsense", sign(StreamToken(SESSION, ASSET, 100_000), Keyring({1: b"x" * 32}, current=1))):
        with pytest.raises(TokenRefused):
            await gate.admit(text, ASSET)
        assert gate.remembered(text, ASSET) is None
    assert streams.asked == 0


async def test_a_grant_does_not_outlive_its_token(gate: Gate, time: HandClock) -> None:
    text = a_token(expires_at_s=1_010)
    await gate.admit(text, ASSET)
    time.ms = 1_009_999
    assert gate.remembered(text, ASSET) is not None
    time.ms = 1_010_000

    assert gate.remembered(text, ASSET) is None
    with pytest.raises(TokenExpired):
        await gate.admit(text, ASSET)


async def test_memory_is_bounded(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "MAX_REMEMBERED", 3)
    texts = [a_token(session=new_id()) for _ in range(5)]
    for text in texts:
        await gate.admit(text, ASSET)

    assert [gate.remembered(text, ASSET) is not None for text in texts] == [False, False, True, True, True]


async def test_a_viewer_whose_rights_changed_is_asked_about_at_once(gate: Gate, streams: Streams) -> None:
    streams.user_id = "ann"
    await gate.admit(a_token(), ASSET)
    gate.forget_user("bob")
    assert gate.remembered(a_token(), ASSET) is not None
    gate.forget_user("ann")
    assert gate.remembered(a_token(), ASSET) is None

    streams.refusal = NothingToPlay(episode_id="x")
    with pytest.raises(NothingToPlay):
        await gate.admit(a_token(), ASSET)


async def test_an_answer_from_before_a_change_of_rights_is_not_remembered(gate: Gate, streams: Streams) -> None:
    streams.user_id = "ann"
    asking = asyncio.create_task(gate.admit(a_token(), ASSET))
    await asyncio.sleep(0)
    gate.forget_user("ann")
    after = asyncio.create_task(gate.admit(a_token(), ASSET))
    await asyncio.gather(asking, after)

    assert streams.asked == 2, "who comes after the change is not given the answer from before it"
    assert gate.remembered(a_token(), ASSET) is not None
