"""The device authorization grant, RFC 8628: what a device is told, whatever it and its owner do and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.identity.devices.model import (
    INTERVAL_S,
    JITTER,
    LIFETIME,
    SLOW_DOWN_S,
    USER_CODE_ALPHABET,
    USER_CODE_CHARS,
    DeviceLogin,
    DeviceLoginState,
    format_user_code,
    parse_user_code,
)
from accounts.identity.errors import (
    AccessDenied,
    AuthorizationPending,
    DeviceCodeNotFound,
    ExpiredToken,
    InvalidGrant,
    SlowDown,
)
from accounts.identity.model import UserId
from kernel.ids import new_id

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANN = UserId(new_id())


def waiting() -> DeviceLogin:
    return DeviceLogin.begin(address="192.0.2.7", user_agent="TV", now=START)[1]


class TestCodes:
    """RFC 8628 §6.1."""

    def test_the_secret_is_long_and_only_its_hash_is_kept(self) -> None:
        code, login = DeviceLogin.begin(address="", user_agent="", now=START)
        assert len(code) >= 43, "256 bits in base64"
        assert code.encode() not in login.device_code_hash

    @given(st.text(USER_CODE_ALPHABET, min_size=USER_CODE_CHARS, max_size=USER_CODE_CHARS))
    def test_what_is_shown_is_understood_however_it_is_typed(self, code: str) -> None:
        shown = format_user_code(code)
        assert len(shown) == USER_CODE_CHARS + 1
        for typed in (shown, shown.lower(), code, f" {code[:2]} {code[2:]}\n", shown.replace("-", "–")):
            assert parse_user_code(typed) == code

    @pytest.mark.parametrize(
        "typed", ["", "BCDF", "BCDF-GHJA", "BCDF-GHJ1", "BCDFGHJKL", "ВСDF-GHJK", "token", "\x00" * 8]
    )
    def test_what_no_device_shows(self, typed: str) -> None:
        assert parse_user_code(typed) is None


class TestPolling:
    """RFC 8628 §3.5."""

    def test_pending_then_a_session_then_nothing(self) -> None:
        login, now = waiting(), START + timedelta(seconds=INTERVAL_S)
        assert isinstance(login.poll(now), AuthorizationPending)
        login.decide(ANN, now, approved=True)
        now += timedelta(seconds=INTERVAL_S)
        assert login.poll(now) is None
        for later in (0, INTERVAL_S, 600):
            assert isinstance(login.poll(now + timedelta(seconds=later)), InvalidGrant)

    def test_denied(self) -> None:
        login = waiting()
        login.decide(ANN, START, approved=False)
        assert isinstance(login.poll(START), AccessDenied)

    def test_expired_even_when_approved(self) -> None:
        login = waiting()
        login.decide(ANN, START, approved=True)
        assert isinstance(login.poll(START + LIFETIME), ExpiredToken)

    def test_each_hasty_poll_adds_five_seconds_for_good(self) -> None:
        login, now = waiting(), START
        login.poll(now)
        for count in (1, 2):
            now += timedelta(seconds=1)
            refusal = login.poll(now)
            assert isinstance(refusal, SlowDown)
            assert refusal.details == {"interval": INTERVAL_S + count * SLOW_DOWN_S}
        assert isinstance(login.poll(now + timedelta(seconds=INTERVAL_S)), SlowDown), (
            "the first interval is no longer enough"
        )
        login = waiting()
        login.poll(START)
        assert isinstance(login.poll(START + timedelta(seconds=INTERVAL_S) - JITTER), AuthorizationPending)

    def test_haste_does_not_get_in(self) -> None:
        login = waiting()
        login.poll(START)
        login.decide(ANN, START, approved=True)
        assert isinstance(login.poll(START + timedelta(seconds=1)), SlowDown)
        assert login.poll(START + timedelta(seconds=1 + INTERVAL_S + SLOW_DOWN_S)) is None

    @given(
        st.lists(st.tuples(st.sampled_from(["poll", "approve", "deny"]), st.integers(0, 200)), min_size=1, max_size=40)
    )
    def test_never_two_sessions_and_never_one_without_approval(self, story: list[tuple[str, int]]) -> None:
        login, now, sessions, approved, interval = waiting(), START, 0, False, INTERVAL_S
        for act, wait_s in story:
            now += timedelta(seconds=wait_s)
            if act == "poll":
                refusal = login.poll(now)
                if refusal is None:
                    sessions += 1
                    assert approved
                    assert now < START + LIFETIME
                assert login.interval_s >= interval, "it never gets shorter"
                interval = login.interval_s
            else:
                try:
                    login.decide(ANN, now, approved=act == "approve")
                except DeviceCodeNotFound:
                    assert login.state is not DeviceLoginState.PENDING or now >= login.expires_at
                else:
                    approved = act == "approve"
        assert sessions <= 1


class TestDeciding:
    """RFC 8628 §3.3."""

    @pytest.mark.parametrize("first", [True, False])
    def test_once(self, first: bool) -> None:
        login = waiting()
        login.decide(ANN, START, approved=first)
        for again in (True, False):
            with pytest.raises(DeviceCodeNotFound):
                login.decide(UserId(new_id()), START, approved=again)
        assert login.user_id == ANN
        assert [event.name for event in login.pull_events()] == [
            "DeviceLoginApproved" if first else "DeviceLoginDenied"
        ]

    def test_in_time(self) -> None:
        with pytest.raises(DeviceCodeNotFound):
            waiting().decide(ANN, START + LIFETIME, approved=True)
