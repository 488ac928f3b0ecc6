"""streaming.origin.access.token: what we signed, nothing else, and not for longer."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import new_id
from streaming.origin.access.token import (
    TOKEN_LENGTH,
    Caps,
    Keyring,
    StreamToken,
    TokenExpired,
    TokenRefused,
    sign,
    verify,
)

KEYS = Keyring({1: b"k" * 32}, current=1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

tokens = st.builds(
    StreamToken,
    session_id=st.uuids().map(str),
    asset_id=st.uuids().map(str),
    expires_at_s=st.integers(1, 2**40 - 1),
    caps=st.builds(Caps, max_height_px=st.none() | st.integers(1, 2**16 - 1)),
)


def a_token(expires_at_s: int = 2_000) -> StreamToken:
    return StreamToken(new_id(), new_id(), expires_at_s, Caps(max_height_px=1080))


@given(tokens, st.integers(0, 255), st.binary(min_size=32, max_size=64))
def test_comes_back_as_it_was_signed(token: StreamToken, key_id: int, key: bytes) -> None:
    keyring = Keyring({key_id: key}, current=key_id)

    text = sign(token, keyring)

    assert len(text) == TOKEN_LENGTH
    assert set(text) <= set(ALPHABET)  # one path segment: nothing to escape, no slash, no dot
    assert verify(text, keyring, now_s=token.expires_at_s - 1) == token


@pytest.mark.parametrize("position", range(57))
def test_every_byte_is_protected(position: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(sign(a_token(), KEYS)))
    for bit in range(8):
        raw[position] ^= 1 << bit
        with pytest.raises(TokenRefused):
            verify(base64.urlsafe_b64encode(raw).decode(), KEYS, now_s=0)
        raw[position] ^= 1 << bit


@pytest.mark.parametrize("position", range(TOKEN_LENGTH))
def test_no_character_has_a_second_spelling(position: int) -> None:
    text = sign(a_token(), KEYS)
    for other in set(ALPHABET + "+/=. \n%é") - {text[position]}:
        with pytest.raises(TokenRefused):
            verify(text[:position] + other + text[position + 1 :], KEYS, now_s=0)


@given(st.text(max_size=100) | st.text(ALPHABET, min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        verify(text, KEYS, now_s=0)


def test_cut_or_padded_is_refused() -> None:
    text = sign(a_token(), KEYS)
    for spoilt in (text[:-1], text + "=", text + "A", "=" + text, f" {text}", text + "\n", ""):
        with pytest.raises(TokenRefused):
            verify(spoilt, KEYS, now_s=0)


def test_expires_on_the_second() -> None:
    text = sign(a_token(expires_at_s=2_000), KEYS)

    assert verify(text, KEYS, now_s=1_999.999).expires_at_s == 2_000
    with pytest.raises(TokenExpired):
        verify(text, KEYS, now_s=2_000)


def test_a_forged_token_is_never_called_expired() -> None:
    """Whoever guesses must not learn that the guess was well-formed."""
    text = sign(a_token(expires_at_s=2_000), Keyring({1: b"other" * 8}, current=1))

    with pytest.raises(TokenRefused) as refused:
        verify(text, KEYS, now_s=3_000)
    assert not isinstance(refused.value, TokenExpired)


def test_keys_rotate_without_breaking_running_streams() -> None:
    text = sign(a_token(), KEYS)
    rotated = Keyring({1: b"k" * 32, 2: b"n" * 32}, current=2)

    assert verify(text, rotated, now_s=0).expires_at_s == 2_000
    assert verify(sign(a_token(), rotated), rotated, now_s=0).expires_at_s == 2_000
    with pytest.raises(TokenRefused):
        verify(text, Keyring({2: b"n" * 32}, current=2), now_s=0)


@pytest.mark.parametrize(
    ("keys", "current"),
    [({}, 1), ({1: b"k" * 32}, 2), ({1: b"short"}, 1), ({256: b"k" * 32}, 256), ({-1: b"k" * 32}, -1)],
)
def test_a_keyring_that_cannot_work_is_refused(keys: dict[int, bytes], current: int) -> None:
    with pytest.raises(ValueError):
        Keyring(keys, current=current)


def test_keys_rotate_while_streams_run() -> None:
    old, new = b"o" * 32, b"n" * 32
    token = a_token()
    text = sign(token, Keyring.of([old]))
    rotated = Keyring.of([new, old])
    assert verify(text, rotated, now_s=0) == token
    assert verify(sign(token, rotated), Keyring.of([new]), now_s=0) == token
    with pytest.raises(TokenRefused):
        verify(text, Keyring.of([new]), now_s=0)
