"""Access tokens against everything RFC 8725 warns of."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from accounts.identity.errors import TokenExpired, TokenInvalid
from accounts.identity.model import LoginSession, User
from accounts.identity.names import Email, Nickname
from accounts.identity.sessions.adapters.access_tokens import LIFETIME, JwtAccessTokens, SigningKey
from kernel.ids import new_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ISSUER = "https://ani.example.org"
KEY = SigningKey.of(b"k" * 32)
TOKENS = JwtAccessTokens([KEY], issuer=ISSUER)
USER = User.register(email=Email.parse("ann@example.org"), nickname=Nickname.parse("Ann"), password_hash="x", now=NOW)
SESSION = LoginSession.start(USER, address="192.0.2.1", user_agent="test", now=NOW)
GOOD = TOKENS.issue(USER, SESSION, NOW)


def claims(**changed: Any) -> dict[str, Any]:
    good: dict[str, Any] = {
        "iss": ISSUER,
        "aud": "ani",
        "sub": USER.id,
        "sid": SESSION.id,
        "pv": 1,
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + LIFETIME).timestamp()),
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def forged(
    key: Any = KEY.secret, algorithm: str = "HS256", header: dict[str, Any] | None = None, **changed: Any
) -> str:
    return jwt.encode(claims(**changed), key, algorithm, headers=header or {"typ": "at+jwt", "kid": KEY.id})


def raw(header: Any, payload: Any, signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def test_a_good_token_says_who_it_is_for() -> None:
    found = TOKENS.verify(GOOD, now=NOW)
    assert (found.user_id, found.session_id, found.permission_version) == (USER.id, SESSION.id, 1)
    assert TOKENS.verify(forged(), now=NOW) == found, "the attacks below differ from a good token in one thing each"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_no_signature_is_no_signature(algorithm: str) -> None:
    header = {"alg": algorithm, "typ": "at+jwt", "kid": KEY.id}
    for signature in (b"", b"x" * 32):
        with pytest.raises(TokenInvalid):
            TOKENS.verify(raw(header, claims(), signature), now=NOW)


def test_an_empty_signature_under_our_algorithm() -> None:
    with pytest.raises(TokenInvalid):
        TOKENS.verify(GOOD.rpartition(".")[0] + ".", now=NOW)


def test_another_algorithm_with_our_key() -> None:
    for algorithm in ("HS384", "HS512"):
        with pytest.raises(TokenInvalid):
            TOKENS.verify(forged(KEY.secret * 2, algorithm), now=NOW)


def test_an_asymmetric_key_is_not_confused_with_ours() -> None:
    private = rsa.generate_private_key(65537, 2048)
    with pytest.raises(TokenInvalid):
        TOKENS.verify(forged(private, "RS256"), now=NOW)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = raw({"alg": "HS256", "typ": "at+jwt", "kid": KEY.id}, claims()).rpartition(".")[0]
    signature = base64.urlsafe_b64encode(hmac.digest(public, unsigned.encode(), "sha256")).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        TOKENS.verify(f"{unsigned}.{signature}", now=NOW)


@pytest.mark.parametrize(
    "extra",
    [
        {"jku": "https://evil.example/keys.json"},
        {"x5u": "https://evil.example/cert.pem"},
        {"jwk": {"kty": "oct", "k": base64.urlsafe_b64encode(b"e" * 32).decode()}},
        {"x5c": ["MIIB"]},
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
        {"cty": "JWT"},
        {"x5t": "AAAA"},
        {"zip": "DEF"},
    ],
)
def test_a_token_does_not_bring_its_own_key(extra: dict[str, Any]) -> None:
    header = {"typ": "at+jwt", "kid": KEY.id, **extra}
    for key in (b"e" * 32, KEY.secret):
        with pytest.raises(TokenInvalid):
            TOKENS.verify(forged(key, header=header), now=NOW)


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "../../../../dev/null",
        "' UNION SELECT 'k' --",
        "/etc/passwd",
        "https://evil.example/key",
        "|whoami",
        "%s%n",
        "\x00",
        "0" * 16,
        "k" * 1_400,
        KEY.id.upper(),
        f" {KEY.id}",
        None,
        True,
        7,
        ["a"],
        {"a": 1},
    ],
)
def test_a_key_id_is_a_name_and_nothing_else(kid: Any) -> None:
    header = {"alg": "HS256", "typ": "at+jwt", "kid": kid}
    with pytest.raises(TokenInvalid):
        TOKENS.verify(raw(header, claims(), b"x" * 32), now=NOW)


@pytest.mark.parametrize("typ", ["JWT", "at+JWT ", "refresh", "", None])
def test_a_token_of_another_type(typ: str | None) -> None:
    header = {"typ": typ, "kid": KEY.id}
    with pytest.raises(TokenInvalid):
        TOKENS.verify(forged(header=header), now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": None},
        {"iss": None},
        {"sub": None},
        {"sid": None},
        {"pv": None},
        {"exp": None},
        {"iat": None},
        {"sub": "admin"},
        {"sub": 1},
        {"sid": "x"},
        {"sid": ["a"]},
        {"pv": "many"},
        {"exp": "never"},
        {"exp": 1e300},
        {"exp": True},
        {"exp": -(2**63)},
        {"exp": int((NOW - timedelta(seconds=6)).timestamp())},
        {"nbf": int((NOW + timedelta(seconds=6)).timestamp())},
        {"nbf": "tomorrow"},
        {"nbf": 1e300},
        {"aud": ["ani", "somebody-else"], "iss": "https://evil.example"},
        {"aud": []},
        {"aud": {"ani": 1}},
        {"iss": ["https://ani.example.org"]},
        {"sub": ["a"]},
        {"pv": None, "permission_version": 1},
    ],
)
def test_every_claim_is_checked(changed: dict[str, Any]) -> None:
    try:
        token = forged(**changed)
    except TypeError:  # PyJWT will not even write this one
        token = raw({"alg": "HS256", "typ": "at+jwt", "kid": KEY.id}, claims(**changed), b"x" * 32)
    with pytest.raises((TokenInvalid, TokenExpired)):
        TOKENS.verify(token, now=NOW)


def test_a_token_lives_for_a_quarter_of_an_hour() -> None:
    TOKENS.verify(GOOD, now=NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        TOKENS.verify(GOOD, now=NOW + LIFETIME + timedelta(seconds=5))


def test_the_key_of_another_installation() -> None:
    other = SigningKey.of(b"o" * 32)
    with pytest.raises(TokenInvalid):
        TOKENS.verify(JwtAccessTokens([other], issuer=ISSUER).issue(USER, SESSION, NOW), now=NOW)
    with pytest.raises(TokenInvalid):
        TOKENS.verify(forged(other.secret), now=NOW)


def test_keys_rotate_without_signing_anybody_out() -> None:
    new = SigningKey.of(b"n" * 32)
    rotated = JwtAccessTokens([new, KEY], issuer=ISSUER)
    assert rotated.verify(GOOD, now=NOW) == TOKENS.verify(GOOD, now=NOW)
    fresh = rotated.issue(USER, SESSION, NOW)
    assert jwt.get_unverified_header(fresh)["kid"] == new.id
    with pytest.raises(TokenInvalid):
        TOKENS.verify(fresh, now=NOW)
    with pytest.raises(TokenInvalid):
        JwtAccessTokens([new], issuer=ISSUER).verify(GOOD, now=NOW)


@given(st.integers(0, len(GOOD) - 1), st.sampled_from("ABab01-_.="))
def test_no_character_can_be_changed(index: int, char: str) -> None:
    tampered = GOOD[:index] + char + GOOD[index + 1 :]
    if tampered == GOOD:
        return
    header, payload, signature = GOOD.split(".")
    if tampered.startswith(f"{header}.{payload}.") and _bytes(tampered.rpartition(".")[2]) == _bytes(signature):
        return  # the last character of base64url carries two bits that mean nothing
    with pytest.raises(TokenInvalid):
        TOKENS.verify(tampered, now=NOW)


def _bytes(text: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None


@given(st.one_of(st.text(max_size=300), st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}", fullmatch=True)))
def test_rubbish_is_refused_quietly(text: str) -> None:
    with pytest.raises(TokenInvalid):
        TOKENS.verify(text, now=NOW)


def test_a_token_that_is_good_already() -> None:
    assert TOKENS.verify(forged(nbf=int(NOW.timestamp())), now=NOW).user_id == USER.id


@pytest.mark.parametrize("algorithm", [["HS256"], {"HS256": 1}, None, 256, True, "hs256", "HS256 ", "HS256\x00"])
def test_the_algorithm_is_one_word(algorithm: Any) -> None:
    header = {"alg": algorithm, "typ": "at+jwt", "kid": KEY.id}
    unsigned = raw(header, claims()).rpartition(".")[0]
    signature = base64.urlsafe_b64encode(hmac.digest(KEY.secret, unsigned.encode(), "sha256")).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        TOKENS.verify(f"{unsigned}.{signature}", now=NOW)


def test_a_token_in_a_token_is_not_unpacked() -> None:
    """RFC 7519 §5.2: nested tokens say so with ``cty``; either way the outer one is all that counts."""
    with pytest.raises(TokenInvalid):
        TOKENS.verify(jwt.encode({"jwt": GOOD}, KEY.secret, "HS256", {"typ": "at+jwt", "kid": KEY.id}), now=NOW)
    inner = base64.urlsafe_b64encode(GOOD.encode()).rstrip(b"=").decode()
    unsigned = GOOD.partition(".")[0] + "." + inner
    signature = base64.urlsafe_b64encode(hmac.digest(KEY.secret, unsigned.encode(), "sha256")).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        TOKENS.verify(f"{unsigned}.{signature}", now=NOW)


@pytest.mark.parametrize("parts", [1, 2, 4, 5, 6])
def test_three_parts_and_no_other_number(parts: int) -> None:
    """Five would be an encrypted token (RFC 7516), and nobody here opens those."""
    with pytest.raises(TokenInvalid):
        TOKENS.verify(".".join((GOOD.split(".") * 2)[:parts]), now=NOW)


@pytest.mark.parametrize("payload", [b"[]", b"null", b"7", b'"text"', b"{", b"", b"[" * 1_000, b"\xff\xfe"])
def test_what_is_signed_but_no_object(payload: bytes) -> None:
    unsigned = f"{GOOD.partition('.')[0]}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}"
    signature = base64.urlsafe_b64encode(hmac.digest(KEY.secret, unsigned.encode(), "sha256")).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        TOKENS.verify(f"{unsigned}.{signature}", now=NOW)


def test_the_second_of_two_claims_does_not_slip_through() -> None:
    """Two ``sub`` in one object: whichever the parser takes, it is what the signature covers and what is looked up."""
    body = json.dumps(claims())[:-1] + ', "sub": "00000000-0000-7000-8000-000000000000"}'
    unsigned = f"{GOOD.partition('.')[0]}.{base64.urlsafe_b64encode(body.encode()).rstrip(b'=').decode()}"
    with pytest.raises(TokenInvalid):
        TOKENS.verify(f"{unsigned}.{GOOD.rpartition('.')[2]}", now=NOW)


def test_a_huge_token_is_not_even_read() -> None:
    with pytest.raises(TokenInvalid):
        TOKENS.verify(forged(pad="x" * 100_000), now=NOW)


def test_ids_stay_out_of_the_way_of_each_other() -> None:
    other = LoginSession.start(USER, address="", user_agent="", now=NOW)
    assert TOKENS.verify(TOKENS.issue(USER, other, NOW), now=NOW).session_id == other.id != new_id()
