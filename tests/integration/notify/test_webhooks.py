"""Webhooks against a real receiver: what arrives, what is tried again, and what is never asked."""

import asyncio
import base64
import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import update

from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from kernel.scope import Container
from kernel.secrets.encryption import SecretBox
from kernel.secrets.reencryption import Reencryption, reencrypt
from notify.webhooks import jobs
from notify.webhooks.adapters import http_sender
from notify.webhooks.adapters.http_sender import ANSWER_BYTES, Sender, WebhookTargets
from notify.webhooks.jobs import Deliverer
from notify.webhooks.model import FAILURES_TO_PAUSE, MAX_ATTEMPTS, MAX_QUEUED, SILENCE_TO_PAUSE
from notify.webhooks.repository import (
    KEEP_DEAD,
    KEEP_DELIVERED,
    LEASE,
    SqlDeliveries,
    WebhookSecrets,
    delivery_table,
    webhook_table,
)
from server.services import Services
from server.settings import Settings
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person

RELEASE = {"type": "MOVIE", "name": {"main": "Big Buck Bunny"}}


@dataclass
class Receiver:
    """Another program, which answers what it is told to."""

    url: str = ""
    answers: list[web.StreamResponse | int | float] = field(default_factory=list)
    """The next ones: a status, a response, or seconds of silence; then 204."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.got.append((dict(request.headers), await request.read()))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            answer = 204
        return web.Response(status=answer) if isinstance(answer, int) else answer

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [orjson.loads(body) for _, body in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", made.handle)
    async with TestServer(app) as server:
        made.url = f"http://127.0.0.1:{server.port}/hook"
        yield made


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With this machine as a network that webhooks may be sent to, and no periodic tasks but those a test does."""
    return settings.model_copy(update={"webhook_networks": ["127.0.0.0/8"], "embedded_worker": False})


@dataclass
class Administrator:
    """Somebody with webhooks."""

    client: AppClient
    container: Container
    services: Services
    person: Person

    async def call(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        async with self.client.request(
            method, f"/api/v1/webhooks{path}", json=body, headers=self.person.headers
        ) as answer:
            assert answer.status == expect, await answer.text()
            return await answer.json() if answer.content_length else None

    async def register(self, url: str, events: Sequence[str] = ("Release*",)) -> dict[str, Any]:
        made: dict[str, Any] = await self.call("POST", "", {"url": url, "events": list(events)}, expect=201)
        await Relay(self.container).drain()
        return made

    async def happens(self, alias: str = "") -> str:
        """A release is added; its id."""
        async with self.client.post(
            "/api/v1/releases", json={**RELEASE, "alias": alias or f"film-{new_id()}"}, headers=self.person.headers
        ) as answer:
            assert answer.status == 201, await answer.text()
            release_id = str((await answer.json())["id"])
        await Relay(self.container).drain()
        return release_id

    async def round(self) -> None:
        await self.services.components.notify.webhooks.deliverer.deliver_due(self.container)

    async def later(self, wait: timedelta = timedelta(days=1)) -> None:
        """Let time pass for what waits, and deliver again."""
        async with self.container.scope(write=True) as scope:
            for row in await scope.uow.session.execute(delivery_table.select()):
                await scope.uow.session.execute(
                    update(delivery_table).where(delivery_table.c.id == row.id).values(not_before=row.not_before - wait)
                )
        await self.round()

    async def deliveries(self, webhook: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
        return list((await self.call("GET", f"/{webhook['id']}/deliveries{query}"))["items"])


@pytest.fixture
async def boss(
    app_client: AppClient,
    container: Container,
    services: Services,
    make_user: MakeUser,
    monkeypatch: pytest.MonkeyPatch,
) -> Administrator:
    monkeypatch.setattr(jobs, "ROUND_S", 60)  # a round is over when everybody had their turn, however busy the machine
    person = await make_user(Role.ADMIN)
    await Relay(container).drain()
    return Administrator(app_client, container, services, person)


def verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver's library does it."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.digest(key, content, sha256)).decode()
    return expected in headers["webhook-signature"].split(" ")


async def test_an_event_arrives_signed_and_without_anything_private(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url, ["Release*", "UserLoggedIn"])
    assert "secret" not in (await boss.call("GET", f"/{webhook['id']}"))
    release_id = await boss.happens("big-buck-bunny")
    await boss.round()
    [(headers, body)] = receiver.got
    assert verifies(webhook["secret"], headers, body)
    assert not verifies("whsec_" + base64.b64encode(b"x" * 32).decode(), headers, body)
    assert headers["Content-Type"] == "application/json"
    message = orjson.loads(body)
    assert message["data"] == {"release_id": release_id, "alias": "big-buck-bunny"}
    assert (message["type"], message["actor_id"]) == ("ReleaseCreated", boss.person.user_id)
    assert message["id"] == headers["webhook-id"]
    [delivery] = await boss.deliveries(webhook)
    assert (delivery["state"], delivery["status"], delivery["attempts"]) == ("delivered", 204, 1)
    assert delivery["body"].encode() == body
    async with boss.client.post(
        "/api/v1/auth/login", json={"login": boss.person.email, "password": boss.person.password}
    ) as answer:
        assert answer.status == 200
    await Relay(boss.container).drain()
    await boss.round()
    assert receiver.messages[1]["data"] == {"user_id": boss.person.user_id}, "no session, no address"
    await boss.round()
    assert len(receiver.got) == 2


async def test_a_failure_is_tried_again_with_the_same_id_and_a_new_signature(
    boss: Administrator, receiver: Receiver
) -> None:
    webhook = await boss.register(receiver.url)
    receiver.answers = [
        web.Response(status=500, text="x" * 10_000),
        web.Response(status=503, headers={"Retry-After": "120"}),
    ]
    await boss.happens()
    await boss.round()
    await boss.round()
    assert len(receiver.got) == 1, "not at once"
    [delivery] = await boss.deliveries(webhook)
    assert (delivery["state"], delivery["status"], delivery["answer"]) == ("pending", 500, "x" * ANSWER_BYTES)
    await boss.later()
    [delivery] = await boss.deliveries(webhook)
    waits = datetime.fromisoformat(delivery["not_before"]) - boss.container.clock.now()
    assert timedelta(seconds=110) < waits <= timedelta(seconds=120), "as long as it asked for"
    await boss.later()
    assert [verifies(webhook["secret"], *one) for one in receiver.got] == [True] * 3
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    [delivery] = await boss.deliveries(webhook)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)
    assert (await boss.call("GET", f"/{webhook['id']}"))["failures"] == 0


async def test_redirects_are_not_followed(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url)
    receiver.answers = [web.Response(status=307, headers={"Location": receiver.url + "/elsewhere"})]
    await boss.happens()
    await boss.round()
    [delivery] = await boss.deliveries(webhook)
    assert (delivery["status"], delivery["error"]) == (307, "redirects are not followed")
    assert len(receiver.got) == 1


async def test_a_receiver_that_says_nothing_holds_up_nobody(
    boss: Administrator, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_sender, "TOTAL_TIMEOUT_S", 0.5)
    monkeypatch.setattr(jobs, "ROUND_S", 5)
    slow = await boss.register(receiver.url + "?slow", ["ReleaseCreated"])
    receiver.answers = [30.0]
    await boss.happens()
    await boss.round()
    [delivery] = await boss.deliveries(slow)
    assert (delivery["state"], delivery["status"], delivery["error"]) == ("pending", None, "no answer within 0.5 s")


async def test_nobody_there(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register("http://127.0.0.1:1/hook")
    await boss.happens()
    await boss.round()
    [delivery] = await boss.deliveries(webhook)
    assert delivery["status"] is None
    assert "Cannot connect" in delivery["error"]


@pytest.mark.both_adapters
async def test_after_the_last_try_it_is_dead_until_somebody_replays_it(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url)
    receiver.answers = [500] * (MAX_ATTEMPTS + 1)
    await boss.happens()
    await boss.round()
    for _ in range(MAX_ATTEMPTS + 2):
        await boss.later()
    assert len(receiver.got) == MAX_ATTEMPTS
    [dead] = await boss.deliveries(webhook, "?state=dead")
    assert await boss.deliveries(webhook, "?state=pending") == []
    replay = f"/{webhook['id']}/deliveries/{dead['id']}/replay"
    assert await boss.call("POST", replay, expect=202) == {"queued": 1}
    assert (await boss.call("POST", replay, expect=409))["code"] == "delivery_not_over"
    await boss.round()
    assert len(receiver.got) == MAX_ATTEMPTS + 1, "and it failed once more"
    await boss.later()
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {dead["message_id"]}
    assert await boss.deliveries(webhook, "?state=dead") == []
    await boss.call("POST", replay, expect=202)
    await boss.round()
    assert len(receiver.got) == MAX_ATTEMPTS + 3, "what was delivered can be sent again, too"
    assert (await boss.call("POST", f"/{webhook['id']}/deliveries/{new_id()}/replay", expect=404))["code"]


@pytest.mark.both_adapters
async def test_all_that_is_dead_is_replayed_in_order(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url)
    made = [await boss.happens() for _ in range(3)]
    async with boss.container.scope(write=True) as scope:
        await scope.uow.session.execute(update(delivery_table).values(state="dead", attempts=MAX_ATTEMPTS))
    await boss.round()
    assert receiver.got == []
    assert await boss.call("POST", f"/{webhook['id']}/replay", expect=202) == {"queued": 3}
    await boss.round()
    assert [message["data"]["release_id"] for message in receiver.messages] == made


async def test_a_process_that_dies_between_sending_and_writing_it_down_sends_again(
    boss: Administrator, receiver: Receiver
) -> None:
    webhook = await boss.register(receiver.url)
    await boss.happens()
    async with boss.container.scope(write=True) as scope:
        claimed = await SqlDeliveries(scope.uow).claim(webhook["id"], boss.container.clock.now())
        assert claimed is not None
    # Here whoever claimed it is killed.
    await boss.round()
    assert receiver.got == [], "somebody may be at it"
    await boss.later(LEASE)
    assert len(receiver.got) == 1
    [delivery] = await boss.deliveries(webhook)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 2)


@pytest.mark.both_adapters
async def test_two_processes_do_not_send_the_same(boss: Administrator, receiver: Receiver, services: Services) -> None:
    webhook = await boss.register(receiver.url)
    made = [await boss.happens() for _ in range(6)]
    other = Deliverer(Sender(services.components.notify.webhooks.targets), services.components.notify.webhooks.box)
    try:
        await asyncio.gather(boss.round(), other.deliver_due(boss.container))
        for _ in range(3):
            await boss.round()
    finally:
        await other.close()
    assert sorted(message["data"]["release_id"] for message in receiver.messages) == sorted(made)
    assert {one["attempts"] for one in await boss.deliveries(webhook)} == {1}


@pytest.mark.both_adapters
async def test_it_pauses_when_nobody_answers_and_goes_on_when_asked(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url)
    receiver.answers = [500] * FAILURES_TO_PAUSE
    long_ago = boss.container.clock.now() - SILENCE_TO_PAUSE
    async with boss.container.scope(write=True) as scope:
        await scope.uow.session.execute(update(webhook_table).values(created_at=long_ago))
    for _ in range(3):
        await boss.happens()
    await boss.round()
    for _ in range(FAILURES_TO_PAUSE + 3):
        await boss.later()
    assert len(receiver.got) == FAILURES_TO_PAUSE
    seen = await boss.call("GET", f"/{webhook['id']}")
    assert (seen["pause_reason"], seen["failures"]) == ("failing", FAILURES_TO_PAUSE)
    await Relay(boss.container).drain()
    async with boss.client.get("/api/v1/notifications", headers=boss.person.headers) as answer:
        assert (await answer.json())["items"][0]["kind"] == "webhook_paused"
    await boss.happens()
    await boss.later()
    assert len(receiver.got) == FAILURES_TO_PAUSE, "it waits"
    ping = await boss.call("POST", f"/{webhook['id']}/test", expect=202)
    await boss.round()
    assert receiver.messages[-1] == orjson.loads(ping["body"])
    assert receiver.messages[-1]["type"] == "ping"
    assert (await boss.call("POST", f"/{webhook['id']}/resume"))["paused_at"] is None
    for _ in range(3):
        await boss.later()
    assert await boss.deliveries(webhook, "?state=pending") == []


async def test_a_new_secret_overlaps_with_the_one_before(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url)
    rotated = await boss.call("POST", f"/{webhook['id']}/secret")
    assert rotated["secret"] != webhook["secret"]
    await boss.happens()
    await boss.round()
    [sent] = receiver.got
    assert verifies(webhook["secret"], *sent)
    assert verifies(rotated["secret"], *sent)


async def test_too_many_that_wait_are_let_go_and_counted(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url)
    now = boss.container.clock.now()
    row = {
        "webhook_id": webhook["id"], "message_id": new_id(), "event": "x", "body": "{}", "created_at": now,
        "state": "pending", "attempts": 0, "not_before": now + timedelta(days=1),
    }  # fmt: skip
    async with boss.container.scope(write=True) as scope:
        rows = [{**row, "id": new_id()} for _ in range(MAX_QUEUED)]
        for first in range(0, MAX_QUEUED, 1_000):
            await scope.uow.session.execute(delivery_table.insert(), rows[first : first + 1_000])
    await boss.happens()
    assert (await boss.call("GET", f"/{webhook['id']}"))["dropped"] == 1
    await boss.round()
    assert receiver.got == []


@pytest.mark.both_adapters
async def test_what_ended_long_ago_goes(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url)
    ages = {"delivered": KEEP_DELIVERED, "dead": KEEP_DEAD}
    now = boss.container.clock.now()
    async with boss.container.scope(write=True) as scope:
        for state, kept in ages.items():
            for age in (kept - timedelta(hours=1), kept + timedelta(hours=1)):
                await scope.uow.session.execute(
                    delivery_table.insert().values(
                        id=new_id(),
                        webhook_id=webhook["id"],
                        message_id=new_id(),
                        event=state,
                        body="{}",
                        created_at=now - age,
                        state=state,
                        attempts=1,
                        not_before=now,
                        ended_at=now - age,
                    )
                )
    await jobs.forget_old(boss.container)
    assert sorted(one["event"] for one in await boss.deliveries(webhook)) == ["dead", "delivered"]


async def test_secrets_come_under_a_new_key_before_the_old_one_goes(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url)
    await boss.call("POST", f"/{webhook['id']}/secret")
    old = boss.services.settings.derive_keys("webhooks")
    await reencrypt(boss.container, Reencryption("webhooks", SecretBox([b"n" * 32, *old]), WebhookSecrets))
    deliverer = Deliverer(Sender(boss.services.components.notify.webhooks.targets), SecretBox([b"n" * 32]))
    await boss.happens()
    try:
        await deliverer.deliver_due(boss.container)
    finally:
        await deliverer.close()
    [sent] = receiver.got
    assert verifies(webhook["secret"], *sent)
    await boss.happens()
    await boss.round()
    [failed, _] = await boss.deliveries(webhook)
    assert failed["error"] == "the secret is under a secret key that is gone: rotate it"


async def test_nothing_inside_is_reached(boss: Administrator, receiver: Receiver) -> None:
    for url in (
        "http://10.0.0.1/", "http://169.254.169.254/latest", "http://localhost/", "https://[::1]/", "file:///etc/passwd",
        "http://example.com/", "https://user:pass@example.com/", "https://2130706433.example/\r\n",
    ):  # fmt: skip
        body = {"url": url, "events": ["*"]}
        assert (await boss.call("POST", "", body, expect=403))["code"] == "address_refused", url
    webhook = await boss.register(receiver.url)
    body = {"url": "http://192.168.0.1/", "events": ["*"]}
    await boss.call("PUT", f"/{webhook['id']}", body, expect=403)


class _Rebinding(WebhookTargets):
    """Lets every text through, as if a name had been vetted and changed its mind."""

    def vet(self, url: str) -> None:
        pass


async def test_a_name_that_leads_inside_is_stopped_at_the_socket(receiver: Receiver) -> None:
    port = receiver.url.rpartition(":")[2]
    sender = Sender(_Rebinding())
    try:
        for host in ("localtest.example", "127.0.0.1"):
            outcome = await sender.attempt(f"https://{host}:{port}", b"{}", {})
            assert outcome.status is None
            assert outcome.error
    finally:
        await sender.close()
    assert receiver.got == []


async def test_changes_are_events_and_their_keys_stay_here(boss: Administrator, receiver: Receiver) -> None:
    webhook = await boss.register(receiver.url + "?key=hush")
    body = {"url": receiver.url + "/other?key=hush", "events": ["*"], "description": "For the chat"}
    changed = await boss.call("PUT", f"/{webhook['id']}", body)
    assert (changed["description"], changed["events"]) == ("For the chat", ["*"])
    await boss.call("POST", f"/{webhook['id']}/pause")
    await boss.call("DELETE", f"/{webhook['id']}", expect=204)
    await boss.call("GET", f"/{webhook['id']}", expect=404)
    await Relay(boss.container).drain()
    async with boss.client.get(
        f"/api/v1/admin/audit?subject_id={webhook['id']}", headers=boss.person.headers
    ) as answer:
        entries = (await answer.json())["items"]
    assert [entry["event"] for entry in entries] == [
        "WebhookRemoved", "WebhookPaused", "WebhookChanged", "WebhookCreated",
    ]  # fmt: skip
    assert "hush" not in str(entries)
    assert entries[2]["details"]["changes"]["events"] == [["Release*"], ["*"]]


async def test_hostile_input_and_who_may(boss: Administrator, receiver: Receiver, make_user: MakeUser) -> None:
    bodies: list[Any] = [
        {}, [], {"url": receiver.url}, {"url": receiver.url, "events": []}, {"url": receiver.url, "events": ["a b"]},
        {"url": receiver.url, "events": ["*"], "description": "a\nb"}, {"url": receiver.url, "events": ["*"], "secret": "x"},
        {"url": "x" * 2_001, "events": ["*"]}, {"url": receiver.url, "events": ["*"] * 101}, {"url": 1, "events": ["*"]},
    ]  # fmt: skip
    for body in bodies:
        await boss.call("POST", "", body, expect=422)
    problem = await boss.call("POST", "", {"url": receiver.url, "events": ["Relase*"]}, expect=400)
    assert (problem["code"], "Relase*" in problem["detail"]) == ("unknown_events", True)
    webhook = await boss.register(receiver.url)
    for query in ("?limit=0", "?limit=101", "?state=lost", "?before=x"):
        await boss.call("GET", f"/{webhook['id']}/deliveries{query}", expect=422)
    names = {item["name"]: item for item in (await boss.call("GET", "/events"))["items"]}
    assert names["ReleaseCreated"] == {
        "name": "ReleaseCreated", "description": "A release was added, as a draft.", "personal": False,
    }  # fmt: skip
    assert names["FavoritesChanged"]["personal"]
    moderator = await make_user(Role.MODERATOR)
    for headers, expected in ((moderator.headers, 403), ({}, 401)):
        for path in ("", "/events", f"/{webhook['id']}", f"/{webhook['id']}/deliveries"):
            async with boss.client.get(f"/api/v1/webhooks{path}", headers=headers) as answer:
                assert answer.status == expected
