"""Signed tokens: what they carry, and that nothing else is believed."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.party.domain.model import Role
from realtime.party.domain.tokens import (
    GuestPass,
    GuestTokenInvalid,
    Invite,
    InviteExpired,
    InviteInvalid,
    read_guest_pass,
    read_invite,
    sign_guest_pass,
    sign_invite,
)

KEY = b"1" * 32
KEYS = [KEY]
INVITE = Invite("invite", "party", Role.COHOST, expires_at_s=1_000, max_uses=3)
GUEST = GuestPass("member", "party", "Гость 🎉", Role.GUEST, expires_at_s=1_000)


def test_what_a_former_key_signed_is_still_believed() -> None:
    new = b"2" * 32
    assert read_invite(sign_invite(INVITE, KEY), [new, KEY], 999) == INVITE
    assert read_guest_pass(sign_guest_pass(GUEST, KEY), [new, KEY], 999) == GUEST
    with pytest.raises(InviteInvalid):
        read_invite(sign_invite(INVITE, KEY), [new], 999)


def test_round_trip() -> None:
    assert read_invite(sign_invite(INVITE, KEY), KEYS, 999) == INVITE
    assert read_guest_pass(sign_guest_pass(GUEST, KEY), KEYS, 999) == GUEST


def test_expiry() -> None:
    with pytest.raises(InviteExpired):
        read_invite(sign_invite(INVITE, KEY), KEYS, 1_000)
    with pytest.raises(GuestTokenInvalid):
        read_guest_pass(sign_guest_pass(GUEST, KEY), KEYS, 1_000)


def test_one_kind_does_not_pass_for_the_other() -> None:
    with pytest.raises(InviteInvalid):
        read_invite(sign_guest_pass(GUEST, KEY), KEYS, 0)
    with pytest.raises(GuestTokenInvalid):
        read_guest_pass(sign_invite(INVITE, KEY), KEYS, 0)


def test_another_key() -> None:
    with pytest.raises(InviteInvalid):
        read_invite(sign_invite(INVITE, b"2" * 32), KEYS, 0)


def test_tampered() -> None:
    body, _, signature = sign_invite(INVITE, KEY).partition(".")
    values = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**values, "role": "host"}).encode()).decode().rstrip("=")
    for token in (f"{forged}.{signature}", f"{body}.", f"{body}", f".{signature}", f"{body}.{signature}x", ""):
        with pytest.raises(InviteInvalid):
            read_invite(token, KEYS, 0)


@given(st.text(max_size=200))
def test_noise(token: str) -> None:
    with pytest.raises(InviteInvalid):
        read_invite(token, KEYS, 0)
