"""Whose a connectivity check is (RFC 8489 §5 and §14.3, RFC 8445 §7.2.2)."""

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from kernel.rtc.stun import local_fragment


def check(username: str | None = "ours:theirs") -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes |= {"PRIORITY": 1, "ICE-CONTROLLING": 2}
    if username is not None:
        message.attributes["USERNAME"] = username
    message.add_message_integrity(b"password")
    return bytes(message)


def test_names_the_fragment_of_ours() -> None:
    assert local_fragment(check()) == "ours"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(check()[:-1], id="cut"),
        pytest.param(check() + b"\0", id="longer"),
        pytest.param(check(None), id="no-username"),
        pytest.param(check("ours"), id="no-colon"),
        pytest.param(check("оурс:theirs"), id="not-ascii"),
        pytest.param(b"\x01\x01" + check()[2:], id="an-answer"),
        pytest.param(check()[:4] + b"abcd" + check()[8:], id="another-cookie"),
        pytest.param(b"\0\1\0\x08\x21\x12\xa4\x42" + b"i" * 12 + b"\0\6\xff\xff:::a", id="value-cut"),
    ],
)
def test_everything_else_is_nobodys(data: bytes) -> None:
    assert local_fragment(data) is None


@given(st.binary(max_size=200))
def test_anything_is_nobodys_or_somebodys(data: bytes) -> None:
    body = b"\0\1" + len(data).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + b"i" * 12 + data
    found = local_fragment(body)
    assert found is None or found.isascii()
