"""What goes out, signed how, and how long it is tried."""

import base64
import hmac
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import server.wiring  # noqa: F401 - imports every event
from accounts.identity.events import NicknameChanged, RefreshTokenReused, UserBanned, UserLoggedIn
from accounts.library.collections.model import FavoritesChanged
from catalog.releases.events import ReleaseCreated, ReleaseDeleted
from kernel.events import Event
from kernel.ids import new_id
from kernel.outbound.url_vetting import AddressRefused
from kernel.secrets.encryption import SealBrokenError, SecretBox
from notify.webhooks import payload, signature
from notify.webhooks.adapters.http_sender import WebhookTargets
from notify.webhooks.model import (
    FAILURES_TO_PAUSE,
    FIRST_RETRY,
    JITTER,
    LONGEST_RETRY,
    MAX_ATTEMPTS,
    SECRET_OVERLAP,
    SILENCE_TO_PAUSE,
    Outcome,
    Webhook,
    WebhookId,
    WebhookPaused,
    retry_delay,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class TestSignature:
    """Standard Webhooks, version 1."""

    def test_the_example_of_the_specification(self) -> None:
        headers = signature.signed_headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        )
        assert headers == {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }

    def test_during_a_rotation_either_secret_verifies(self) -> None:
        known = [signature.new_secret(), signature.new_secret()]
        sent = signature.signed_headers("id", 1, b"{}", known)["webhook-signature"].split(" ")
        for secret, given_signature in zip(known, sent, strict=True):
            key = base64.b64decode(secret.removeprefix("whsec_"))
            assert len(key) == 32
            expected = base64.b64encode(hmac.digest(key, b"id.1.{}", sha256)).decode()
            assert given_signature == f"v1,{expected}"

    def test_a_former_secret_signs_for_a_day(self) -> None:
        webhook = Webhook.create(
            WebhookId(new_id()), url="https://a.example.com/", description="", events=("*",), sealed="old", now=NOW
        )
        webhook.rotate("new", NOW)
        assert webhook.sealed_secrets(NOW + SECRET_OVERLAP - timedelta(seconds=1)) == ["new", "old"]
        assert webhook.sealed_secrets(NOW + SECRET_OVERLAP) == ["new"]


class TestWhatGoesOut:
    def test_identifiers_and_words_of_ours_do(self) -> None:
        release_id = new_id()
        message = payload.message(
            ReleaseCreated(at=NOW, release_id=release_id, alias="moon-road"), message_id="m", actor_id="a"
        )
        assert message == {
            "id": "m",
            "type": "ReleaseCreated",
            "timestamp": "2026-01-01T00:00:00+00:00",
            "actor_id": "a",
            "data": {"release_id": release_id, "alias": "moon-road"},
        }

    @pytest.mark.parametrize(
        ("event", "kept"),
        [
            (UserLoggedIn(at=NOW, user_id=new_id(), session_id=new_id(), address="192.0.2.1"), {"user_id"}),
            (RefreshTokenReused(at=NOW, user_id=new_id(), session_id=new_id(), address="192.0.2.1"), {"user_id"}),
            (UserBanned(at=NOW, user_id=new_id(), reason="said a secret"), {"user_id"}),
        ],
    )
    def test_addresses_sessions_and_free_text_do_not(self, event: Event, kept: set[str]) -> None:
        assert set(payload.message(event, message_id="m", actor_id=None)["data"]) == kept

    def test_of_a_change_only_the_names_of_the_fields(self) -> None:
        assert payload.outgoing({"changes": {"url": ("https://a?key=hush", "b"), "events": ([], ["*"])}}) == {
            "changed": ["events", "url"]
        }

    def test_long_lists_are_cut(self) -> None:
        event = ReleaseDeleted(at=NOW, release_id=new_id(), episode_ids=tuple(new_id() for _ in range(2_000)))
        assert len(payload.message(event, message_id="m", actor_id=None)["data"]["episode_ids"]) == payload.MAX_ITEMS

    @pytest.mark.parametrize(
        "value",
        ["said a secret", ["said a secret"], {"said": "a secret"}, "0192f0c1-2f6b-7cc0-8a3b-6d1f5e4c3b2a and more"],
    )
    @pytest.mark.parametrize(
        "name", ["reason", "text", "note", "email", "address", "token", "secret", "password", "comment"]
    )
    def test_no_text_in_a_field_that_was_not_thought_about(self, name: str, value: Any) -> None:
        assert payload.outgoing({name: value}) == {}


class TestFilters:
    def test_a_name_a_beginning_or_everything(self) -> None:
        assert payload.matches(ReleaseCreated, ["ReleaseCreated"])
        assert payload.matches(ReleaseCreated, ["Episode*", "Release*"])
        assert payload.matches(ReleaseCreated, ["*"])
        assert not payload.matches(ReleaseCreated, ["Episode*", "ReleaseUpdated"])

    def test_what_is_somebodys_own_business_has_to_be_named(self) -> None:
        for kind in (FavoritesChanged, NicknameChanged, UserLoggedIn):
            assert not payload.matches(kind, ["*", f"{kind.__name__[:4]}*"])
            assert payload.matches(kind, [kind.__name__])

    def test_names_that_nothing_answers_to_are_found(self) -> None:
        assert payload.unknown(["*", "Release*", "ReleaseCreated", "Relase*", "Nothing"]) == ["Relase*", "Nothing"]

    def test_every_event_that_tells_of_a_viewer_is_personal(self) -> None:
        @dataclass(frozen=True, kw_only=True)
        class _Seen(Event):
            viewer_id: str

        del Event.registry["_Seen"]
        assert payload.is_personal(_Seen)
        for kind in Event.registry.values():
            assert payload.is_personal(kind) == bool(
                {"user_id", "owner_id", "viewer_id", "reporter_id"} & {field.name for field in fields(kind)}
            )


class TestTries:
    def test_waits_grow_to_eight_hours_and_end_within_a_day(self) -> None:
        waits = [retry_delay(attempts, chance=0.5) for attempts in range(1, MAX_ATTEMPTS)]
        assert waits[0] == FIRST_RETRY
        assert all(later == min(earlier * 4, LONGEST_RETRY) for earlier, later in pairwise(waits))
        assert timedelta(hours=18) < sum(waits, timedelta()) < timedelta(hours=24)

    @given(st.integers(1, MAX_ATTEMPTS), st.floats(0, 1))
    def test_jitter_is_a_fifth(self, attempts: int, chance: float) -> None:
        middle = retry_delay(attempts, chance=0.5)
        assert abs(retry_delay(attempts, chance=chance) - middle) <= middle * JITTER * 1.0001

    def test_a_receiver_may_ask_for_more_time_but_not_for_ever(self) -> None:
        assert retry_delay(1, retry_after_s=600) == timedelta(seconds=600)
        assert retry_delay(1, retry_after_s=10**9) == LONGEST_RETRY

    def test_it_pauses_after_failures_in_a_row_and_at_once_when_told_to_go(self) -> None:
        def webhook() -> Webhook:
            made = Webhook.create(
                WebhookId(new_id()), url="https://a.example.com/", description="", events=("*",), sealed="s", now=NOW
            )
            made.pull_events()
            return made

        failing, gone = webhook(), webhook()
        for _ in range(FAILURES_TO_PAUSE - 1):
            failing.record_outcome(Outcome(status=500), NOW)
        failing.record_outcome(Outcome(status=204), NOW)
        later = NOW + SILENCE_TO_PAUSE
        for _ in range(FAILURES_TO_PAUSE - 1):
            failing.record_outcome(Outcome(status=None), later)
        assert failing.paused_at is None, "too few"
        failing.record_outcome(Outcome(status=None), later - timedelta(seconds=1))
        assert failing.paused_at is None, "too soon"
        failing.record_outcome(Outcome(status=None), later)
        gone.record_outcome(Outcome(status=410), NOW)
        assert failing.pull_events() == [WebhookPaused(at=later, webhook_id=failing.id, kind="failing")]
        assert gone.pull_events() == [WebhookPaused(at=NOW, webhook_id=gone.id, kind="gone")]


class TestTargets:
    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data", "https://2130706433/", "https://0x7f.1/", "https://user@example.com/",
            "https://[::ffff:127.0.0.1]/", "file:///etc/passwd", "gopher://example.com/", "https://example.com/\r\nX: y",
            "https://metadata.google.internal/", "https://intranet/", "", "https://", "https://exa mple.com/",
        ],
    )  # fmt: skip
    def test_only_public_hosts_over_https(self, url: str) -> None:
        with pytest.raises(AddressRefused):
            WebhookTargets().vet(url)

    def test_public_ones_and_networks_opened_on_purpose(self) -> None:
        WebhookTargets().vet("https://hooks.example.com/a?key=1")
        opened = WebhookTargets(("127.0.0.0/8",))
        opened.vet("http://127.0.0.1:8000/hook")
        opened.vet("https://127.0.0.1:8000/hook")
        for url in ("http://10.0.0.1/", "http://example.com/", "http://localhost/"):
            with pytest.raises(AddressRefused):
                opened.vet(url)


class TestSealing:
    def test_it_opens_with_any_key_we_had_and_only_for_what_it_belongs_to(self) -> None:
        old, new = SecretBox([b"o" * 32]), SecretBox([b"n" * 32, b"o" * 32])
        sealed = old.seal("hush", bound="one")
        assert "hush" not in sealed
        assert new.open(sealed, bound="one") == "hush"
        assert new.is_outdated(sealed, bound="one")
        assert not new.is_outdated(new.seal("hush", bound="one"), bound="one")
        for box, text, bound in (
            (new, sealed, "two"),
            (SecretBox([b"x" * 32]), sealed, "one"),
            (new, "no base64!", "one"),
            (new, "", "one"),
        ):
            with pytest.raises(SealBrokenError):
                box.open(text, bound=bound)
