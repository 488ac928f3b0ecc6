"""``/api/v1/webhooks``: telling other programs what happens here, for administrators."""

import inspect

from kernel.access import Role
from kernel.errors import Stale
from kernel.events import Event
from kernel.http import Call, Reply, Router, etag
from kernel.outbound.url_vetting import AddressRefused
from kernel.versions import version_of
from notify.webhooks import payload, usecases
from notify.webhooks.adapters.context import context_of
from notify.webhooks.model import (
    DeliveryNotFound,
    DeliveryNotOver,
    TooManyWebhooks,
    UnknownEvents,
    Webhook,
    WebhookNotFound,
)
from notify.webhooks.schemas import (
    DeliveriesOut,
    DeliveriesQuery,
    DeliveryOut,
    EventOut,
    EventsOut,
    ReplayedOut,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
    WebhookWithSecretOut,
)
from notify.webhooks.usecases import Deliveries, Webhooks

router = Router("/api/v1/webhooks", tag="Webhooks")


@router.get("", role=Role.ADMIN, summary="List the webhooks")
async def list_webhooks(call: Call) -> WebhooksOut:
    """All of them: they are few."""
    return WebhooksOut(items=[WebhookOut.of(webhook) for webhook in await call.port(Webhooks).all()])


@router.get("/events", role=Role.ADMIN, summary="List the events that webhooks can hear of")
async def list_webhook_events(call: Call) -> EventsOut:  # noqa: ARG001 - every route takes it
    """`personal` ones have to be named in full to be heard of."""
    return EventsOut(
        items=[
            EventOut(
                name=name,
                description=(inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " "),
                personal=payload.is_personal(kind),
            )
            for name, kind in sorted(Event.registry.items())
        ]
    )


@router.post(
    "",
    role=Role.ADMIN,
    status=201,
    summary="Register a webhook",
    raises=(AddressRefused, UnknownEvents, TooManyWebhooks),
)
async def create_webhook(call: Call, body: WebhookIn) -> WebhookWithSecretOut:
    """The secret comes with this answer and never again. Addresses are public ones, over https."""
    webhook, secret = await usecases.create(
        context_of(call.scope),
        url=body.url,
        description=body.description,
        events=body.events,
    )
    return WebhookWithSecretOut.with_secret(webhook, secret)


@router.post(
    "/{webhook_id}/secret",
    role=Role.ADMIN,
    summary="Give a webhook a new secret",
    raises=(WebhookNotFound,),
)
async def rotate_webhook_secret(call: Call, webhook_id: str) -> WebhookWithSecretOut:
    """For a day both secrets sign, so that the receiver can be changed in between."""
    webhook, secret = await usecases.rotate(context_of(call.scope), webhook_id)
    return WebhookWithSecretOut.with_secret(webhook, secret)


@router.get("/{webhook_id}", role=Role.ADMIN, summary="Get a webhook", raises=(WebhookNotFound,))
async def get_webhook(call: Call, webhook_id: str) -> Reply[WebhookOut]:
    """Without its secret, which is told at creation and rotation alone."""
    return _tagged(await usecases.get(context_of(call.scope), webhook_id))


def _tagged(webhook: Webhook) -> Reply[WebhookOut]:
    answer = WebhookOut.of(webhook)
    # Deliveries change what is answered, and nothing that an edit is based on.
    tag = etag(webhook.version, str(version_of(answer.model_dump(mode="json"))))
    return Reply(answer, headers={"ETag": tag})


@router.put(
    "/{webhook_id}",
    role=Role.ADMIN,
    summary="Change a webhook",
    raises=(WebhookNotFound, AddressRefused, UnknownEvents, Stale),
)
async def change_webhook(call: Call, webhook_id: str, body: WebhookIn) -> Reply[WebhookOut]:
    """Replaces address, description and events; the secret stays."""
    webhook = await usecases.change(
        context_of(call.scope),
        webhook_id,
        url=body.url,
        description=body.description,
        events=body.events,
        version=call.if_match(),
    )
    return _tagged(webhook)


@router.delete(
    "/{webhook_id}", role=Role.ADMIN, summary="Remove a webhook and its deliveries", raises=(WebhookNotFound,)
)
async def remove_webhook(call: Call, webhook_id: str) -> None:
    """What still waited is not sent any more."""
    await usecases.remove(context_of(call.scope), webhook_id)


@router.post("/{webhook_id}/pause", role=Role.ADMIN, summary="Send nothing for now", raises=(WebhookNotFound,))
async def pause_webhook(call: Call, webhook_id: str) -> WebhookOut:
    """What happens meanwhile waits, up to 10,000 events."""
    return WebhookOut.of(await usecases.pause(context_of(call.scope), webhook_id))


@router.post("/{webhook_id}/resume", role=Role.ADMIN, summary="Go on sending", raises=(WebhookNotFound,))
async def resume_webhook(call: Call, webhook_id: str) -> WebhookOut:
    """What waited is sent now."""
    return WebhookOut.of(await usecases.resume(context_of(call.scope), webhook_id))


@router.post("/{webhook_id}/test", role=Role.ADMIN, status=202, summary="Send a test", raises=(WebhookNotFound,))
async def test_webhook(call: Call, webhook_id: str) -> DeliveryOut:
    """Sends `{"type": "ping"}`, also to a paused webhook. What came of it is in the list of deliveries."""
    delivery = await usecases.test(context_of(call.scope), webhook_id, actor_id=call.user.user_id)
    return DeliveryOut.of(delivery)


@router.get("/{webhook_id}/deliveries", role=Role.ADMIN, summary="What was sent", raises=(WebhookNotFound,))
async def list_deliveries(call: Call, webhook_id: str, query: DeliveriesQuery) -> DeliveriesOut:
    """Newest first. `state=dead` is the list of what never got through."""
    await usecases.get(context_of(call.scope), webhook_id)
    found = await call.port(Deliveries).page(webhook_id, state=query.state, before=query.before, limit=query.limit + 1)
    page = found[: query.limit]
    return DeliveriesOut(
        items=[DeliveryOut.of(one) for one in page], next_before=page[-1].id if len(found) > len(page) else None
    )


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    role=Role.ADMIN,
    status=202,
    summary="Send one again",
    raises=(WebhookNotFound, DeliveryNotFound, DeliveryNotOver),
)
async def replay_delivery(call: Call, webhook_id: str, delivery_id: str) -> ReplayedOut:
    """Under the same `webhook-id`, so that the receiver can tell."""
    queued = await usecases.replay(context_of(call.scope), webhook_id, delivery_id)
    return ReplayedOut(queued=queued)


@router.post(
    "/{webhook_id}/replay",
    role=Role.ADMIN,
    status=202,
    summary="Send again all that never got through",
    raises=(WebhookNotFound,),
)
async def replay_dead_deliveries(call: Call, webhook_id: str) -> ReplayedOut:
    """Up to 1,000, the oldest first."""
    queued = await usecases.replay(context_of(call.scope), webhook_id, None)
    return ReplayedOut(queued=queued)
