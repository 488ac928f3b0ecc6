"""Registering webhooks, and which of them an event reaches."""

import json
from dataclasses import replace

import pytest

from catalog.releases.events import ReleaseDeleted
from kernel.errors import AniError, Stale
from kernel.ids import new_id
from kernel.outbound.url_vetting import AddressRefused
from notify.webhooks import usecases
from notify.webhooks.model import (
    MAX_QUEUED,
    MAX_WEBHOOKS,
    DeliveryNotFound,
    DeliveryNotOver,
    DeliveryState,
    PauseReason,
    TooManyWebhooks,
    UnknownEvents,
    Webhook,
    WebhookNotFound,
)
from tests.unit.notify.webhooks.memory import NOW, Memory

URL = "https://example.org/hook"


async def registered(memory: Memory, *events: str) -> Webhook:
    webhook, _ = await usecases.create(memory.context, url=URL, description="", events=events or ("*",))
    webhook.pull_events()
    return webhook


async def deleted(memory: Memory) -> None:
    """A release is deleted, and the webhooks hear of it."""
    event = ReleaseDeleted(at=NOW, release_id=new_id(), episode_ids=())
    await usecases.hear(memory.context, [(event, {"actor_id": "the-editor"})])


async def test_the_secret_is_kept_sealed_for_its_webhook() -> None:
    memory = Memory()
    webhook, secret = await usecases.create(memory.context, url=URL, description="ours", events=["Release*"])
    assert memory.webhooks.kept == {webhook.id: webhook}
    assert webhook.sealed_secret == f"{webhook.id}:{secret}"
    assert [event.name for event in webhook.pull_events()] == ["WebhookCreated"]


@pytest.mark.parametrize(
    ("url", "events", "refusal"),
    [("http://example.org", ["*"], AddressRefused), (URL, ["Release*", "NoSuchThing"], UnknownEvents)],
    ids=["address", "events"],
)
async def test_what_is_no_webhook_is_refused_at_creation_and_change(
    url: str, events: list[str], refusal: type[AniError]
) -> None:
    memory = Memory()
    with pytest.raises(refusal):
        await usecases.create(memory.context, url=url, description="", events=events)
    webhook = await registered(memory)
    with pytest.raises(refusal):
        await usecases.change(memory.context, webhook.id, url=url, description="", events=events, version=None)
    assert (webhook.url, webhook.events) == (URL, ("*",))


async def test_there_is_an_end_to_how_many_each_event_looks_at() -> None:
    memory = Memory()
    for _ in range(MAX_WEBHOOKS):
        await registered(memory)
    with pytest.raises(TooManyWebhooks):
        await registered(memory)


async def test_a_change_of_what_somebody_else_changed_is_stale() -> None:
    memory = Memory()
    webhook = await registered(memory)
    read = webhook.version
    await usecases.change(memory.context, webhook.id, url=URL, description="theirs", events=["*"], version=read)
    with pytest.raises(Stale):
        await usecases.change(memory.context, webhook.id, url=URL, description="mine", events=["*"], version=read)
    assert webhook.description == "theirs"


async def test_a_rotated_secret_leaves_the_former_for_a_day() -> None:
    memory = Memory()
    webhook = await registered(memory)
    former = webhook.sealed_secret
    _, secret = await usecases.rotate(memory.context, webhook.id)
    assert webhook.sealed_secrets(NOW) == [f"{webhook.id}:{secret}", former]


async def test_pause_resume_and_removal() -> None:
    memory = Memory()
    webhook = await registered(memory)
    await usecases.pause(memory.context, webhook.id)
    assert webhook.pause_reason == PauseReason.BY_HAND
    await usecases.resume(memory.context, webhook.id)
    assert webhook.pause_reason is None
    await usecases.remove(memory.context, webhook.id)
    assert memory.webhooks.kept == {}
    assert [event.name for event in webhook.pull_events()] == ["WebhookPaused", "WebhookResumed", "WebhookRemoved"]


async def test_what_is_not_there_is_not_found() -> None:
    context, nowhere = Memory().context, new_id()
    for work in (
        usecases.get(context, nowhere),
        usecases.rotate(context, nowhere),
        usecases.pause(context, nowhere),
        usecases.resume(context, nowhere),
        usecases.remove(context, nowhere),
        usecases.test(context, nowhere, actor_id=nowhere),
        usecases.replay(context, nowhere, None),
        usecases.change(context, nowhere, url=URL, description="", events=["*"], version=None),
    ):
        with pytest.raises(WebhookNotFound):
            await work


async def test_an_event_goes_to_those_who_want_it() -> None:
    memory = Memory()
    everything, releases, episodes = [await registered(memory, wanted) for wanted in ("*", "Release*", "Episode*")]
    await deleted(memory)
    messages = [json.loads(one.body) for webhook in (everything, releases) for one in memory.deliveries.of(webhook.id)]
    assert [message["type"] for message in messages] == ["ReleaseDeleted", "ReleaseDeleted"]
    assert {message["actor_id"] for message in messages} == {"the-editor"}
    assert messages[0]["id"] == messages[1]["id"], "one event is one message"
    assert memory.deliveries.of(episodes.id) == []


async def test_what_waits_for_a_receiver_has_an_end() -> None:
    memory = Memory()
    away, there = await registered(memory), await registered(memory)
    test = await usecases.test(memory.context, away.id, actor_id=new_id())
    await memory.deliveries.queue([replace(test, id=str(number)) for number in range(MAX_QUEUED - 1)])
    await deleted(memory)
    assert len(memory.deliveries.of(away.id)) == MAX_QUEUED
    assert (away.dropped, there.dropped) == (1, 0)
    assert len(memory.deliveries.of(there.id)) == 1


async def test_what_is_over_is_sent_again() -> None:
    memory = Memory()
    webhook = await registered(memory)
    first = await usecases.test(memory.context, webhook.id, actor_id=new_id())
    second = await usecases.test(memory.context, webhook.id, actor_id=new_id())
    with pytest.raises(DeliveryNotOver):
        await usecases.replay(memory.context, webhook.id, first.id)
    with pytest.raises(DeliveryNotFound):
        await usecases.replay(memory.context, webhook.id, new_id())
    await memory.deliveries.queue(
        [replace(first, state=DeliveryState.DELIVERED), replace(second, state=DeliveryState.DEAD)]
    )
    assert await usecases.replay(memory.context, webhook.id, None) == 1, "the dead one alone"
    assert await usecases.replay(memory.context, webhook.id, first.id) == 1
    assert {one.state for one in memory.deliveries.of(webhook.id)} == {DeliveryState.PENDING}
