"""Grants of the edge: the folder they lie in, and what takes them away."""

import asyncio
import os
import stat
import time
from collections.abc import Collection
from pathlib import Path

import pytest

from kernel.errors import Unavailable
from kernel.ids import new_id
from kernel.storage import LocalStorage
from streaming.origin.access.grants import RECHECK_S, sweep
from streaming.origin.access.token import Keyring, StreamToken, TokenRefused, sign, unverified
from streaming.origin.adapters.grant_folder import UNFINISHED_S, GrantFolder
from streaming.origin.model import StreamEnded
from tests.support.clocks import HandClock

KEYRING = Keyring({1: b"k" * 32}, current=1)


class Place:
    """A folder of grants beside one published asset."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock(time.time_ns() // 1_000_000)
        self.asset_id = new_id()
        self.media = folder / "media"
        self.folder = folder / "grants"
        (self.media / self.asset_id).mkdir(parents=True)
        (self.media / self.asset_id / "1.m4s").write_bytes(b"segment")
        self.grants = GrantFolder(self.folder, LocalStorage(self.media))

    def token(self, *, session_id: str | None = None, left_s: int = 3600, asset_id: str | None = None) -> str:
        expires_at_s = int(self.clock.now_ms() / 1000) + left_s
        return sign(StreamToken(session_id or new_id(), asset_id or self.asset_id, expires_at_s), KEYRING)

    def served(self, token: str, asset_id: str | None = None) -> bytes | None:
        try:
            return (self.folder / token / (asset_id or self.asset_id) / "1.m4s").read_bytes()
        except OSError:
            return None


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_a_grant_leads_to_the_media_of_its_asset(place: Place) -> None:
    token = place.token()

    assert await place.grants.grant(token, place.asset_id)
    assert place.served(token) == b"segment"
    assert not await place.grants.grant(token, place.asset_id), "it is there already"


async def test_both_folders_may_be_seen_elsewhere(place: Place, tmp_path: Path) -> None:
    token = place.token()
    await place.grants.grant(token, place.asset_id)

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place.media.rename(elsewhere / "media")
    place.folder.rename(elsewhere / "grants")
    assert (elsewhere / "grants" / token / place.asset_id / "1.m4s").read_bytes() == b"segment"


@pytest.mark.parametrize("odd", ["", ".", "..", "../media", "a/b", "." * 76, "x" * 5000], ids=repr)
async def test_nothing_but_our_names_become_paths(place: Place, odd: str) -> None:
    with pytest.raises(TokenRefused):
        await place.grants.grant(odd, place.asset_id)
    assert not await place.grants.grant(place.token(), odd)
    assert not place.folder.exists()


async def test_a_token_grants_its_own_asset_alone(place: Place) -> None:
    other = new_id()
    (place.media / other).mkdir()

    assert not await place.grants.grant(place.token(), other)


async def test_what_is_streamed_from_elsewhere_is_not_granted(place: Place) -> None:
    gone = new_id()

    assert not await place.grants.grant(place.token(asset_id=gone), gone)


async def test_others_cannot_list_the_tokens(place: Place) -> None:
    token = place.token()
    await place.grants.grant(token, place.asset_id)

    assert stat.S_IMODE(place.folder.stat().st_mode) == 0o711
    assert stat.S_IMODE((place.folder / token).stat().st_mode) == 0o755


async def test_sessions_are_revoked_and_no_others(place: Place) -> None:
    ended, going_on = new_id(), new_id()
    tokens = {session_id: place.token(session_id=session_id) for session_id in (ended, going_on)}
    for token in tokens.values():
        await place.grants.grant(token, place.asset_id)

    assert await place.grants.revoke([ended, new_id()]) == 1
    assert place.served(tokens[ended]) is None
    assert place.served(tokens[going_on]) == b"segment"
    assert (place.media / place.asset_id / "1.m4s").exists(), "the link goes, never what it leads to"
    assert await place.grants.grant(tokens[ended], place.asset_id), "who has the right again has the grant again"


async def test_revoking_before_anything_was_granted(place: Place) -> None:
    assert await place.grants.revoke([new_id()]) == 0
    assert await place.grants.held() == []


async def test_many_at_once_make_one_grant(place: Place) -> None:
    token = place.token()

    made = await asyncio.gather(*(place.grants.grant(token, place.asset_id) for _ in range(20)))

    assert made.count(True) >= 1
    assert place.served(token) == b"segment"
    assert [path.name for path in place.folder.iterdir()] == [token]


async def test_what_a_crash_left_is_made_good(place: Place) -> None:
    """Between its unlink and its rmdir a revocation leaves an empty folder, and a grant that was begun a folder of its own."""
    token = place.token()
    await place.grants.grant(token, place.asset_id)
    (place.folder / token / place.asset_id).unlink()
    begun = place.folder / ".new-0123456789abcdef"
    begun.mkdir()
    os.utime(begun, (0, begun.stat().st_mtime - UNFINISHED_S - 1))

    assert await place.grants.grant(token, place.asset_id)
    assert place.served(token) == b"segment"
    assert [grant.token for grant in await place.grants.held()] == [token]
    assert not begun.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
async def test_a_folder_that_cannot_be_written(place: Place) -> None:
    place.folder.mkdir(mode=0o555)
    assert not await place.grants.grant(place.token(), place.asset_id)


async def test_a_folder_that_is_a_file(place: Place) -> None:
    place.folder.write_text("")
    assert not await place.grants.grant(place.token(), place.asset_id)


class TestSweeping:
    async def test_expired_ones_and_those_of_former_keys_go(self, place: Place) -> None:
        former = Keyring({2: b"f" * 32}, current=2)
        expired = place.token(left_s=5)
        stays = place.token(left_s=100)
        unknown = sign(StreamToken(new_id(), place.asset_id, 2**33), former)
        for token in (expired, stays, unknown):
            await place.grants.grant(token, place.asset_id)
        place.clock.ms += 5_000

        swept = await sweep(place.grants, _good, _none_quiet, keyring=KEYRING, clock=place.clock)

        assert (swept.expired, swept.refused) == (2, 0)
        assert [place.served(token) for token in (expired, unknown)] == [None, None]
        assert place.served(stays) == b"segment"

    async def test_streams_are_looked_at_again_from_time_to_time(self, place: Place) -> None:
        over, good, fresh, unknown = (new_id() for _ in range(4))
        tokens = {each: place.token(session_id=each, left_s=9000) for each in (over, good, fresh, unknown)}
        for token in tokens.values():
            await place.grants.grant(token, place.asset_id)
        now_s = place.clock.now_ms() / 1000
        for each in (over, good, unknown):
            os.utime(place.folder / tokens[each], (now_s - RECHECK_S, now_s - RECHECK_S))
        os.utime(place.folder / tokens[fresh], (now_s, now_s))
        asked = []

        async def check(token: StreamToken) -> None:
            asked.append(token.session_id)
            if token.session_id == over:
                raise StreamEnded
            if token.session_id == unknown:
                raise Unavailable

        swept = await sweep(place.grants, check, _none_quiet, keyring=KEYRING, clock=place.clock)

        assert (swept.expired, swept.refused) == (0, 1)
        assert sorted(asked) == sorted([over, good, unknown])
        assert place.served(tokens[over]) is None
        assert {each for each in tokens if place.served(tokens[each])} == {good, fresh, unknown}
        renewed = {grant.token: grant.renewed_at_s for grant in await place.grants.held()}
        assert renewed[tokens[good]] > now_s - RECHECK_S
        assert renewed[tokens[unknown]] == now_s - RECHECK_S, "a database that is away says nothing, and is asked again"

    async def test_of_a_stream_that_is_not_heard_of_the_edge_is_to_ask_again(self, place: Place) -> None:
        silent, heard = place.token(session_id=new_id(), left_s=100), place.token(session_id=new_id(), left_s=100)
        for token in (silent, heard):
            await place.grants.grant(token, place.asset_id)

        async def quiet_of(session_ids: Collection[str]) -> Collection[str]:
            assert len(session_ids) == 2
            return {unverified(silent).session_id}

        swept = await sweep(place.grants, _good, quiet_of, keyring=KEYRING, clock=place.clock)

        assert (swept.expired, swept.refused, swept.quiet) == (0, 0, 1)
        assert place.served(silent) is None
        assert place.served(heard) == b"segment"


async def _none_quiet(_session_ids: Collection[str]) -> Collection[str]:
    return ()


async def _good(_token: StreamToken) -> None:
    return None
