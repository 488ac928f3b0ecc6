"""A process that is killed between any two steps of a request leaves a database that makes sense, and the request can be repeated."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from accounts.identity.recovery.repository import one_time_tokens
from accounts.identity.repository import refresh_tokens, sessions, users
from accounts.teams.repository import team_member_table
from kernel.outbox.outbox import outbox_table
from notify.audit.repository import audit_log_table
from notify.emails.repository import email_table
from server import boot
from server.services import Services
from server.settings import Settings
from tests.conftest import AppClient, MakeUser
from tests.integration.accounts.teams.rest import Rest
from tests.support.people import PASSWORD, Person
from tests.support.servers.crashing import DELIVER, Crasher, CrashingParent
from tests.support.servers.mailbox import Mailbox, link_in, opened_mailbox

pytestmark = pytest.mark.timeout(300)

NEW = "eleven quiet herons"
MAX_STEPS = 100


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with opened_mailbox() as box:
        yield box


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox) -> Settings:
    return settings.model_copy(update={"smtp_url": SecretStr(mailbox.url), "trusted_proxies": 1})


@pytest.fixture(autouse=True)
def nobody_else_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot, "start_periodic_tasks", lambda *_: None)


@pytest.fixture
def crasher(settings: Settings, crashing_parent: CrashingParent) -> Crasher:
    return Crasher(settings, crashing_parent)


async def post(client: AppClient, path: str, body: Any, headers: dict[str, str]) -> int:
    async with client.post(f"/api/v1{path}", json=body, headers=headers) as answer:
        return answer.status


def from_somewhere(number: int) -> dict[str, str]:
    """Everybody comes from a place of their own, or the limits would count the whole test as one."""
    return {"X-Forwarded-For": f"10.1.{number >> 8}.{number & 255}"}


async def count(services: Services, table: Any, *conditions: Any) -> int:
    async with services.container.scope(write=False) as scope:
        return await scope.uow.session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


async def was_told(services: Services, event: str, user_id: str | None) -> bool:
    """Whether the event waits to be told, or is in the audit log already: what a dead process left is taken up by others."""
    of_user = outbox_table.c.payload["user_id"].as_string() == user_id
    waits = select(outbox_table.c.id).where(outbox_table.c.event == event, of_user)
    logged = select(audit_log_table.c.id).where(
        audit_log_table.c.event == event, audit_log_table.c.details["user_id"].as_string() == user_id
    )
    async with services.container.scope(write=False) as scope:
        return await scope.uow.session.scalar(select(waits.exists() | logged.exists())) is True


async def deliver_later(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """The round that comes when a letter somebody had in hand is due again."""
    with monkeypatch.context() as later:
        then = services.clock.now() + timedelta(minutes=20)
        later.setattr(services.clock, "now", lambda: then)
        await services.components.notify.emails.deliver_due(services.container)


def letters_to(mailbox: Mailbox, address: str) -> list[Any]:
    return [mail for mail in mailbox.mails if mail["X-To"] == address]


@pytest.mark.both_adapters
async def test_registering(
    app_client: AppClient,
    services: Services,
    crasher: Crasher,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcomes: list[bool] = []
    for step in range(1, MAX_STEPS):
        address, headers = f"ann{step}@example.org", from_somewhere(step)
        body = {"email": address, "nickname": f"ann{step}", "password": PASSWORD}
        crashed = await crasher.run([["POST", "/api/v1/auth/register", body, headers], DELIVER], die_at=step)

        async with services.container.scope(write=False) as scope:
            user_id = await scope.uow.session.scalar(select(users.c.id).where(users.c.email_key == address))
        made = user_id is not None
        session_ids = select(sessions.c.id).where(sessions.c.user_id == user_id)
        assert await count(services, sessions, sessions.c.user_id == user_id) == made, step
        assert await count(services, refresh_tokens, refresh_tokens.c.session_id.in_(session_ids)) == made, step
        assert await was_told(services, "UserRegistered", user_id) == made, step
        # Whoever has an account has a letter: it waits, or it was taken by the mail server.
        waiting = await count(services, email_table, email_table.c.email == address)
        assert (waiting + len(letters_to(mailbox, address)) > 0) == made, step

        repeated = await post(app_client, "/auth/register", body, headers)
        assert repeated == (409 if made else 201), step
        login = {"login": address, "password": PASSWORD}
        assert await post(app_client, "/auth/login", login, headers) == 200, step
        await deliver_later(services, monkeypatch)
        assert 1 <= len(letters_to(mailbox, address)) <= 2, step
        token = link_in(letters_to(mailbox, address)[-1]).partition("#")[2]
        assert await post(app_client, "/auth/verify", {"token": token}, headers) == 204, step
        outcomes.append(made)
        if not crashed:
            break
    assert outcomes[0] is False
    assert outcomes[-1] is True
    assert outcomes == sorted(outcomes), "one commit decides"
    assert len(outcomes) > 15, "there are that many steps to crash at"


@pytest.mark.both_adapters
async def test_asking_for_a_letter(
    app_client: AppClient,
    services: Services,
    crasher: Crasher,
    mailbox: Mailbox,
    make_user: MakeUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = 0
    for step in range(1, MAX_STEPS):
        ann, headers = await make_user(), from_somewhere(step)
        body = {"email": ann.email}
        crashed = await crasher.run([["POST", "/api/v1/auth/forgot", body, headers], DELIVER], die_at=step)
        waiting = await count(services, email_table, email_table.c.email == ann.email)
        if not waiting and not letters_to(mailbox, ann.email):
            assert await post(app_client, "/auth/forgot", body, headers) == 204
        await deliver_later(services, monkeypatch)
        letters = letters_to(mailbox, ann.email)
        assert 1 <= len(letters) <= 2, step
        assert await count(services, one_time_tokens, one_time_tokens.c.user_id == ann.user_id) == 1, step
        # At worst somebody gets two letters; the newest counts.
        statuses = []
        for mail in letters:
            reset = {"token": link_in(mail).partition("#")[2], "password": NEW}
            statuses.append(await post(app_client, "/auth/reset", reset, headers))
        assert statuses == [410] * (len(letters) - 1) + [204], step
        steps += 1
        if not crashed:
            break
    assert steps > 8


async def order_reset(
    app_client: AppClient, services: Services, mailbox: Mailbox, ann: Person, headers: dict[str, str]
) -> str:
    assert await post(app_client, "/auth/forgot", {"email": ann.email}, headers) == 204
    await services.components.notify.emails.deliver_due(services.container)
    return link_in(letters_to(mailbox, ann.email)[-1]).partition("#")[2]


@pytest.mark.both_adapters
async def test_resetting_a_password(
    app_client: AppClient, services: Services, crasher: Crasher, mailbox: Mailbox, make_user: MakeUser
) -> None:
    outcomes = []
    for step in range(1, MAX_STEPS):
        ann, headers = await make_user(), from_somewhere(step)
        body = {"token": await order_reset(app_client, services, mailbox, ann, headers), "password": NEW}
        crashed = await crasher.run([["POST", "/api/v1/auth/reset", body, headers]], die_at=step)

        tokens = await count(services, one_time_tokens, one_time_tokens.c.user_id == ann.user_id)
        live = await count(services, sessions, sessions.c.user_id == ann.user_id, sessions.c.ended_at.is_(None))
        login = {"login": ann.email, "password": NEW}
        done = await post(app_client, "/auth/login", login, headers) == 200
        # All of it or nothing: the new password, the token used up, the sessions over.
        assert (tokens, live) == ((0, 0) if done else (1, 1)), step

        assert await post(app_client, "/auth/reset", body, headers) == (410 if done else 204), step
        assert await post(app_client, "/auth/reset", body, headers) == 410, step
        assert await post(app_client, "/auth/login", login, headers) == 200, step
        assert await post(app_client, "/auth/login", {**login, "password": PASSWORD}, headers) == 401, step
        async with app_client.get("/api/v1/auth/me", headers=ann.headers) as answer:
            assert answer.status == 401, step
        outcomes.append(done)
        if not crashed:
            break
    assert (outcomes[0], outcomes[-1]) == (False, True)
    assert outcomes == sorted(outcomes), "one commit decides"
    assert len(outcomes) > 8


@pytest.mark.both_adapters
async def test_handing_a_team_over(
    app_client: AppClient, services: Services, crasher: Crasher, make_user: MakeUser
) -> None:
    rest = Rest(app_client, make_user)
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    other = await rest.joined(owner, team_id)
    outcomes = []
    for step in range(1, MAX_STEPS):
        path, body = f"/teams/{team_id}/transfer", {"user_id": other.user_id, "password": PASSWORD}
        headers = {**owner.headers, **from_somewhere(step)}
        crashed = await crasher.run([["POST", f"/api/v1{path}", body, headers]], die_at=step)

        owners = await rest.owners(team_id)
        assert owners in ([owner.user_id], [other.user_id]), "exactly one, at every moment"
        assert await count(services, team_member_table, team_member_table.c.team_id == team_id) == 2, step
        done = owners == [other.user_id]
        assert (await post(app_client, path, body, headers) == 200) == (not done), step
        assert await rest.owners(team_id) == [other.user_id], step
        outcomes.append(done)
        owner, other = other, owner
        if not crashed:
            break
    assert (outcomes[0], outcomes[-1]) == (False, True)
    assert outcomes == sorted(outcomes), "one commit decides"
    assert len(outcomes) > 5
