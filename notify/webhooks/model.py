"""Endpoints that hear of events, and the deliveries to them.

A delivery::

    pending ──► delivered      a 2xx answer
       │  ▲└──► dead           the last attempt failed too; kept, and can be sent again
       └──┘ failed, tried again later
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Self

from kernel.changes import Changes, differences, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event
from kernel.ids import new_id
from kernel.versions import version_of

WebhookId = NewType("WebhookId", str)

MAX_WEBHOOKS: Final = 50
"""Endpoints of a server: each event looks at all of them."""

FIRST_RETRY: Final = timedelta(seconds=10)
LONGEST_RETRY: Final = timedelta(hours=8)
MAX_ATTEMPTS: Final = 9
"""10 s, 40 s, 3, 11, 43 min, 3 h, 8 h, 8 h: the last attempt comes about 20 hours after the first, so that a receiver which
breaks in the evening is repaired in the morning and has missed nothing."""

JITTER: Final = 0.2
"""Each wait is up to a fifth shorter or longer: what failed together does not come back together."""

FAILURES_TO_PAUSE: Final = 20
"""Failed attempts in a row, over all deliveries, after which nobody is believed to be there …"""

SILENCE_TO_PAUSE: Final = timedelta(hours=1)
"""… unless something got through within this time: a receiver that restarts while much happens is no receiver that is gone."""

MAX_QUEUED: Final = 10_000
"""Deliveries that wait for one endpoint, about 10 MB; past that, news of a receiver that is away for days is let go."""

SECRET_OVERLAP: Final = timedelta(hours=24)
"""After a rotation both secrets sign for this long: time to change the receiver."""


class WebhookNotFound(NotFound):
    """There is no such webhook."""


class DeliveryNotFound(NotFound):
    """There is no such delivery."""


class TooManyWebhooks(Conflict):
    """This server has {limit} webhooks, which is as many as it can have."""


class UnknownEvents(Invalid):
    """No event is called {names}."""


class DeliveryNotOver(Conflict):
    """This delivery is still being tried."""


@dataclass(frozen=True, kw_only=True)
class WebhookCreated(Event):
    """An administrator registered a webhook."""

    webhook_id: str


@dataclass(frozen=True, kw_only=True)
class WebhookChanged(Event):
    """An administrator changed a webhook, or what it hears of."""

    webhook_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WebhookSecretRotated(Event):
    """A webhook signs with a new secret; the former one signs beside it for a day."""

    webhook_id: str


@dataclass(frozen=True, kw_only=True)
class WebhookPaused(Event):
    """Nothing is sent to a webhook any more: its receiver failed too often, is gone, or an administrator said so."""

    webhook_id: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class WebhookResumed(Event):
    """A webhook is sent events again, and what waited for it."""

    webhook_id: str


@dataclass(frozen=True, kw_only=True)
class WebhookRemoved(Event):
    """An administrator removed a webhook, with its deliveries."""

    webhook_id: str


class PauseReason(StrEnum):
    """Why nothing is sent: an administrator said so, it failed too often, or its receiver said that it is gone."""

    BY_HAND = "by_hand"
    FAILING = "failing"
    GONE = "gone"
    """It answered 410, which says: never again."""


@dataclass(eq=False, kw_only=True)
class Webhook(Entity):
    """One receiver."""

    id: WebhookId
    url: str
    description: str
    events: tuple[str, ...]
    """Filters, see ``payload.matches``."""
    sealed_secret: str
    created_at: datetime
    updated_at: datetime
    sealed_former: str | None = None
    former_until: datetime | None = None
    paused_at: datetime | None = None
    pause_reason: str | None = None
    failures: int = 0
    """Failed attempts since the last one that did not."""
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    dropped: int = 0
    """Events let go because too many waited already."""

    @classmethod
    def create(
        cls, webhook_id: WebhookId, *, url: str, description: str, events: tuple[str, ...], sealed: str, now: datetime
    ) -> Self:
        """A new receiver, not paused; ``sealed`` is its secret, encrypted."""
        created = cls(
            id=webhook_id,
            url=url,
            description=description,
            events=events,
            sealed_secret=sealed,
            created_at=now,
            updated_at=now,
        )
        created.record(WebhookCreated(at=now, webhook_id=webhook_id))
        return created

    @property
    def version(self) -> int:
        """Of what administrators edit."""
        return version_of(self.url, self.description, self.events)

    def change(self, *, url: str, description: str, events: tuple[str, ...], now: datetime) -> None:
        """Replace what administrators say of it."""
        before = self._disclosed()
        self.url, self.description, self.events, self.updated_at = url, description, events, now
        self.record(WebhookChanged(at=now, webhook_id=self.id, changes=differences(before, self._disclosed())))

    def _disclosed(self) -> dict[str, object]:
        # Receivers like to put their key into the query.
        return {**snapshot(self, ("description", "events")), "url": self.url.partition("?")[0]}

    def rotate(self, sealed: str, now: datetime) -> None:
        """Sign with another secret; the present one signs beside it for :data:`SECRET_OVERLAP`."""
        self.sealed_former, self.former_until = self.sealed_secret, now + SECRET_OVERLAP
        self.sealed_secret, self.updated_at = sealed, now
        self.record(WebhookSecretRotated(at=now, webhook_id=self.id))

    def sealed_secrets(self, now: datetime) -> list[str]:
        """Those that sign, the newest first."""
        overlaps = self.sealed_former is not None and self.former_until is not None and now < self.former_until
        return [self.sealed_secret, *([self.sealed_former] if overlaps and self.sealed_former else [])]

    def pause(self, reason: PauseReason, now: datetime) -> None:
        """Send nothing more; twice is once."""
        if self.paused_at is None:
            self.paused_at, self.pause_reason = now, reason.value
            self.record(WebhookPaused(at=now, webhook_id=self.id, kind=reason.value))

    def resume(self, now: datetime) -> None:
        """Send again, as if it had never failed; twice is once."""
        if self.paused_at is not None:
            self.paused_at = self.pause_reason = None
            self.failures = 0
            self.record(WebhookResumed(at=now, webhook_id=self.id))

    def removed(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(WebhookRemoved(at=now, webhook_id=self.id))

    def record_outcome(self, outcome: "Outcome", now: datetime) -> None:
        """An attempt ended."""
        if outcome.succeeded:
            self.failures, self.last_success_at = 0, now
            return
        self.failures, self.last_failure_at = self.failures + 1, now
        if outcome.status == GONE:
            self.pause(PauseReason.GONE, now)
        elif self.failures >= FAILURES_TO_PAUSE and now - (self.last_success_at or self.created_at) >= SILENCE_TO_PAUSE:
            self.pause(PauseReason.FAILING, now)


GONE: Final = 410


class DeliveryState(StrEnum):
    """Whether a delivery is still tried, got through, or never did."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery:
    """One event for one receiver."""

    id: str = field(default_factory=new_id)
    webhook_id: str
    message_id: str
    """``webhook-id`` on the wire: the same for every attempt and for every replay, so that receivers can tell."""
    event: str
    body: str
    created_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    not_before: datetime
    status: int | None = None
    error: str | None = None
    answer: str | None = None
    duration_ms: int | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one attempt."""

    status: int | None
    """Of the answer; ``None`` when there was none."""
    error: str = ""
    answer: str = ""
    """The beginning of the answer's body."""
    duration_ms: int = 0
    retry_after_s: int = 0
    """What the receiver asked for, 0 where it did not."""

    @property
    def succeeded(self) -> bool:
        """Whether the answer was a 2xx."""
        return self.status is not None and 200 <= self.status < 300


def retry_delay(attempts: int, *, retry_after_s: int = 0, chance: float | None = None) -> timedelta:
    """How long to wait after ``attempts`` failures; ``chance`` is 0 to 1, drawn when not given."""
    draw = random.random() if chance is None else chance  # noqa: S311 - jitter keeps no secret
    steps: int = 4 ** (attempts - 1)
    delay = min(FIRST_RETRY * steps, LONGEST_RETRY) * (1 + JITTER * (2 * draw - 1))
    return max(delay, min(timedelta(seconds=retry_after_s), LONGEST_RETRY))
