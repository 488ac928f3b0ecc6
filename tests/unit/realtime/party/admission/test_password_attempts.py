"""Trying passwords."""

import pytest

from kernel.clock import SystemClock
from kernel.errors import TooManyRequests
from realtime.party.admission.admission import Admission, Identity, Keys
from realtime.party.admission.password_attempts import REMEMBERED, TRIES, WINDOW_MS, AttemptLimiter
from realtime.party.domain.errors import PasswordNeeded
from realtime.party.domain.model import Access, MemberId, PartyId, Settings
from realtime.party.domain.rules import new_party
from realtime.party.domain.tokens import Invite
from realtime.party.ports import InviteUse, KnownInvite


def test_so_many_tries_in_a_window() -> None:
    limiter = AttemptLimiter()
    for _ in range(TRIES):
        limiter.count("door", 1_000)
    with pytest.raises(TooManyRequests) as refused:
        limiter.count("door", 31_000)
    assert refused.value.retry_after_s == 30
    limiter.count("another door", 31_000)
    limiter.count("door", 1_000 + WINDOW_MS)


def test_memory_is_bounded() -> None:
    limiter = AttemptLimiter()
    for number in range(REMEMBERED + 100):
        limiter.count(str(number), 0)
    assert len(limiter._tries) == REMEMBERED


class NothingFits:
    async def hash(self, password: str) -> str:
        return password

    async def verify(self, _password: str, _hashed: str) -> bool:
        return False


class NobodyInvited:
    """A book nobody looks into."""

    async def add(self, invite: Invite) -> None:
        raise AssertionError(invite)

    async def use(self, invite: Invite) -> InviteUse:
        raise AssertionError(invite)

    async def is_revoked(self, invite_id: str) -> bool:
        raise AssertionError(invite_id)

    async def of_party(self, party_id: str, *, limit: int) -> list[KnownInvite]:
        raise AssertionError((party_id, limit))

    async def revoke(self, party_id: str, invite_id: str) -> None:
        raise AssertionError((party_id, invite_id))


async def test_all_addresses_of_one_subscriber_are_one_place() -> None:
    """Whoever has an IPv6 address has 2^64 of them."""
    admission = Admission(
        invite_book=NobodyInvited(), passwords=NothingFits(), clock=SystemClock(), keys=Keys([b"x" * 32], "http://x")
    )
    party = new_party(
        PartyId("p"), MemberId("founder"), 0, settings=Settings(access=Access.PASSWORD, password_hash="x")
    )
    for number in range(TRIES):
        with pytest.raises(PasswordNeeded):
            await admission.request_to_join(party, guest(f"2001:db8::{number:x}"), "c", None, "guess")
    with pytest.raises(TooManyRequests):
        await admission.request_to_join(party, guest("2001:db8::ffff"), "c", None, "guess")
    with pytest.raises(PasswordNeeded):
        await admission.request_to_join(party, guest("2001:db8:0:1::1"), "c", None, "guess")


def guest(address: str) -> Identity:
    return Identity(MemberId("guest"), "Guest", address=address)
