"""What is asked and answered about webhooks."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kernel.ids import is_id
from notify.webhooks.model import (
    DeliveryState,
    PauseReason,
    Webhook,
    WebhookDelivery,
)

MAX_URL_CHARS = 2_000
"""What the column holds; no receiver we know of has more than 300."""


def _one_line(text: str) -> str:
    if any(ord(character) < 0x20 for character in text):
        raise ValueError("must be one line")
    return text


def _identifier(text: str) -> str:
    if not is_id(text):
        raise ValueError("must be the id of a delivery")
    return text


Filter = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z]*\*?$")]


class WebhookIn(BaseModel):
    """A receiver: where it is, and what it wants to hear of."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=MAX_URL_CHARS)]
    description: Annotated[str, Field(max_length=200), AfterValidator(_one_line)] = ""
    events: Annotated[
        list[Filter],
        Field(
            min_length=1,
            max_length=100,
            description="Names of events, `Release*` for all that begin so, `*` for all. "
            "Events about one person have to be named in full.",
        ),
    ]


class WebhookOut(BaseModel):
    """A receiver of events."""

    id: str
    url: str
    description: str
    events: list[str]
    created_at: datetime
    updated_at: datetime
    former_until: Annotated[datetime | None, Field(description="Until when the secret before this one signs, too.")]
    paused_at: datetime | None
    pause_reason: PauseReason | None
    failures: Annotated[int, Field(description="Failed attempts in a row.")]
    last_success_at: datetime | None
    last_failure_at: datetime | None
    dropped: Annotated[int, Field(description="Events let go because too many waited already.")]
    version: Annotated[int, Field(description="Of address, description and events.")]

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        return cls.model_validate(webhook, from_attributes=True)


class WebhookWithSecretOut(WebhookOut):
    """A receiver with the secret its messages are signed with."""

    secret: Annotated[str, Field(description="Shown this once; `whsec_` and Base64, as the libraries take it.")]

    @classmethod
    def with_secret(cls, webhook: Webhook, secret: str) -> Self:
        """``secret``: told when it is made, and never again."""
        return cls(secret=secret, **WebhookOut.of(webhook).model_dump())


class WebhooksOut(BaseModel):
    """All receivers; they are few."""

    items: list[WebhookOut]


class EventOut(BaseModel):
    """A kind of event that webhooks can hear of."""

    name: str
    description: str
    personal: Annotated[bool, Field(description="About one person: only told to filters that name it in full.")]


class EventsOut(BaseModel):
    """All kinds of events, by name."""

    items: list[EventOut]


class DeliveryOut(BaseModel):
    """One event for one receiver, and what came of the last attempt."""

    id: str
    message_id: Annotated[str, Field(description="`webhook-id`: equal for all attempts and replays.")]
    event: str
    body: str
    created_at: datetime
    state: DeliveryState
    attempts: int
    not_before: Annotated[datetime, Field(description="When it is tried next.")]
    status: int | None
    error: str | None
    answer: Annotated[str | None, Field(description="The beginning of the receiver's answer.")]
    duration_ms: int | None
    ended_at: datetime | None

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> Self:
        return cls.model_validate(delivery, from_attributes=True)


class DeliveriesQuery(BaseModel):
    """Which deliveries of a webhook."""

    state: DeliveryState | None = None
    before: Annotated[str, AfterValidator(_identifier), Field(description="Go on below this id.")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 30


class DeliveriesOut(BaseModel):
    """Deliveries, the newest first; ``next_before`` leads on."""

    items: list[DeliveryOut]
    next_before: Annotated[str | None, Field(description="Ask with `before` set to this; null at the end.")]


class ReplayedOut(BaseModel):
    """How many deliveries will be tried anew."""

    queued: int
