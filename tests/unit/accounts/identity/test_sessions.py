"""Sessions and the rotation of their refresh tokens (RFC 9700 §4.14.2)."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.identity.errors import AccountBanned, RefreshTokenInvalid, SessionEnded
from accounts.identity.events import RefreshTokenReused, RoleChanged, SessionRevoked
from accounts.identity.model import (
    REFRESH_LEEWAY,
    SESSION_IDLE,
    SESSION_LIFETIME,
    LoginSession,
    RefreshToken,
    User,
    hash_token,
    spend,
)
from accounts.identity.names import Email, Nickname
from kernel.access import Role

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_user() -> User:
    return User.register(
        email=Email.parse("ann@example.org"), nickname=Nickname.parse("Ann"), password_hash="x", now=NOW
    )


def a_session() -> LoginSession:
    session = LoginSession.start(a_user(), address="192.0.2.1", user_agent="test", now=NOW)
    session.pull_events()
    return session


def test_a_token_is_good_once() -> None:
    session = a_session()
    text, token = RefreshToken.issue(session, NOW)
    assert token.token_hash == hash_token(text)
    assert text.encode() not in token.token_hash
    spend(token, session, address="192.0.2.1", now=NOW)
    assert token.spent_at == NOW
    assert session.is_live(NOW)


def test_a_copy_of_a_spent_token_ends_the_session() -> None:
    session = a_session()
    _, token = RefreshToken.issue(session, NOW)
    spend(token, session, address="192.0.2.1", now=NOW)
    later = NOW + REFRESH_LEEWAY + timedelta(seconds=1)
    spend(token, session, address="198.51.100.7", now=later)
    assert session.end_reason == "refresh_reused"
    reused, revoked = session.pull_events()
    assert isinstance(reused, RefreshTokenReused)
    assert reused.address == "198.51.100.7"
    assert isinstance(revoked, SessionRevoked)
    with pytest.raises(RefreshTokenInvalid):
        spend(RefreshToken.issue(session, later)[1], session, address="192.0.2.1", now=later)


def test_two_tabs_may_present_it_at_the_same_time() -> None:
    session = a_session()
    _, token = RefreshToken.issue(session, NOW)
    spend(token, session, address="192.0.2.1", now=NOW)
    spend(token, session, address="192.0.2.1", now=NOW + REFRESH_LEEWAY)
    assert session.is_live(NOW + REFRESH_LEEWAY)
    assert token.spent_at == NOW, "the leeway counts from the first use, or it would never end"


def test_a_session_ends_idle_and_absolutely() -> None:
    session = a_session()
    assert not session.is_live(NOW + SESSION_IDLE)
    moment = NOW
    while moment < NOW + SESSION_LIFETIME - SESSION_IDLE:
        moment += SESSION_IDLE - timedelta(seconds=1)
        session.seen(address="192.0.2.1", user_agent="test", now=moment)
    assert session.expires_at == NOW + SESSION_LIFETIME
    with pytest.raises(SessionEnded):
        session.seen(address="192.0.2.1", user_agent="test", now=NOW + SESSION_LIFETIME)


def test_the_first_reason_to_end_stays() -> None:
    session = a_session()
    session.end("logout", NOW)
    session.end("banned", NOW + timedelta(hours=1))
    assert (session.end_reason, session.ended_at) == ("logout", NOW)
    assert len(session.pull_events()) == 1


def test_a_role_change_makes_older_access_tokens_worthless() -> None:
    user = a_user()
    user.pull_events()
    assert not user.change_role(Role.USER, NOW)
    assert (user.permission_version, user.pull_events()) == (1, [])
    assert user.change_role(Role.EDITOR, NOW)
    assert user.permission_version == 2
    assert user.pull_events() == [RoleChanged(at=NOW, user_id=user.id, before="user", after="editor")]


def test_the_banned_are_told_so() -> None:
    user = a_user()
    user.ensure_not_banned()
    user.banned_at = NOW
    with pytest.raises(AccountBanned):
        user.ensure_not_banned()


def test_a_user_agent_is_cut_to_what_the_column_holds() -> None:
    assert len(LoginSession.start(a_user(), address="", user_agent="x" * 10_000, now=NOW).user_agent) == 256
