"""Signing in with a code from a letter."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.identity import usecases
from accounts.identity.jobs import forget_expired
from accounts.identity.limits import CODE_ACCOUNT, CODE_ACCOUNT_DAY
from accounts.identity.model import UserId
from accounts.identity.otp.code_seal import CodeSeal, HmacCodeSeal
from accounts.identity.otp.repository import login_codes
from accounts.identity.otp.usecases import LIFETIME, TRIES
from accounts.identity.ports import Users
from kernel.outbound.mail import SmtpMailer
from notify.emails.jobs import EmailSender
from server import boot
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.rebinding import rebind
from tests.support.servers.mailbox import Mailbox, opened_mailbox


@pytest.fixture(autouse=True)
def nobody_else_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rounds of the running application would take the letters before the test looks at them."""
    monkeypatch.setattr(boot, "start_periodic_tasks", lambda *_: None)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with opened_mailbox() as box:
        yield box


@pytest.fixture
def email_sender(mailbox: Mailbox) -> EmailSender:
    return EmailSender(SmtpMailer(mailbox.url, sender="Ani <ani@example.org>"), public_url="https://ani.example.org")


async def post(client: AppClient, path: str, body: Any, **headers: str) -> tuple[int, Any]:
    async with client.post(f"/api/v1/auth/otp/{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def ask(client: AppClient, email: str, **headers: str) -> int:
    return (await post(client, "request", {"email": email}, **headers))[0]


async def enter(client: AppClient, email: str, code: str, **more: str) -> tuple[int, Any]:
    return await post(client, "login", {"email": email, "code": code, **more})


def code_in(mail: Any) -> str:
    (code,) = re.findall(r"\b\d{6}\b", mail.get_content())
    return str(code)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def rows(services: Services) -> int:
    async with services.container.scope(write=False) as scope:
        return await scope.uow.session.scalar(select(func.count()).select_from(login_codes)) or 0


async def test_the_code_from_the_letter_signs_in_once(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    assert await ask(app_client, ann.email.upper(), **{"Accept-Language": "ru"}) == 204
    await email_sender.deliver_due(services.container)
    (mail,) = mailbox.mails
    code = code_in(mail)
    assert (mail["To"], mail["Subject"]) == (ann.email, f"{code} – ваш код")
    status, grant = await enter(app_client, f" {ann.email} ", f"{code[:3]} {code[3:]}")
    assert (status, grant["user"]["id"], grant["user"]["email_verified"]) == (200, ann.user_id, True)
    status, problem = await enter(app_client, ann.email, code)
    assert (status, problem["code"]) == (401, "code_invalid"), "once"
    assert await rows(services) == 0


async def test_who_signed_up_with_anothers_address_is_out_when_its_owner_comes(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    """Else they would share the account from then on, without its owner knowing."""
    thief = await make_user()  # with Ann's address, which nobody has confirmed
    device = await post_device(app_client, thief.headers)
    await ask(app_client, thief.email)
    await email_sender.deliver_due(services.container)
    status, grant = await enter(app_client, thief.email, code_in(mailbox.mails[0]))
    assert (status, grant["user"]["email_verified"]) == (200, True)
    async with app_client.get("/api/v1/auth/me", headers=thief.headers) as answer:
        assert answer.status == 401
    for path, body in (
        ("login", {"login": thief.email, "password": thief.password}),
        ("refresh", {"refresh_token": thief.refresh_token}),
        ("device/token", {"device_code": device}),
    ):
        async with app_client.post(f"/api/v1/auth/{path}", json=body) as answer:
            assert answer.status in {400, 401}, path

    # From the second time on it is just another way in.
    ann = {"Authorization": f"Bearer {grant['access_token']}"}
    await ask(app_client, thief.email)
    await email_sender.deliver_due(services.container)
    assert (await enter(app_client, thief.email, code_in(mailbox.mails[1])))[0] == 200
    async with app_client.get("/api/v1/auth/me", headers=ann) as answer:
        assert answer.status == 200


async def post_device(client: AppClient, headers: dict[str, str]) -> str:
    """The secret of a device that was let in and has not come yet."""
    async with client.post("/api/v1/auth/device") as answer:
        device = await answer.json()
    async with client.post(f"/api/v1/auth/device/{device['user_code']}/approve", headers=headers) as answer:
        assert answer.status == 204
    return str(device["device_code"])


async def test_the_code_is_nowhere_in_the_database(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    await ask(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    async with services.container.scope(write=False) as scope:
        (row,) = await scope.uow.session.execute(select(login_codes))
    assert code_in(mailbox.mails[0]) not in str(tuple(row))
    assert len(row.code_hash) == 32


@pytest.mark.both_adapters
async def test_nobody_learns_who_has_an_account(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    people = (ann.email, "nobody@example.org")
    assert [await ask(app_client, email) for email in people] == [204, 204]
    assert await rows(services) == 2, "both leave the same trace"
    await email_sender.deliver_due(services.container)
    assert [mail["To"] for mail in mailbox.mails] == [ann.email]
    wrong = another(code_in(mailbox.mails[0]))
    answers = [await enter(app_client, email, wrong) for email in people]
    for problem in (problem for _, problem in answers):
        del problem["request_id"]
    assert answers[0] == answers[1]


@pytest.mark.both_adapters
async def test_five_tries_also_when_they_come_at_once(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    await ask(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    code = code_in(mailbox.mails[0])
    answers = await asyncio.gather(*(enter(app_client, ann.email, another(code)) for _ in range(TRIES)))
    assert [status for status, _ in answers] == [401] * TRIES
    assert (await enter(app_client, ann.email, code))[0] == 401, "that was one too many"
    await ask(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    assert (await enter(app_client, ann.email, code_in(mailbox.mails[1])))[0] == 200


@pytest.mark.both_adapters
async def test_two_with_the_code_at_once(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    await ask(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    code = code_in(mailbox.mails[0])
    answers = await asyncio.gather(*(enter(app_client, ann.email, code) for _ in range(3)))
    assert sorted(status for status, _ in answers) == [200, 401, 401]


async def test_it_is_the_newest_letter_that_counts(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann, bob = await make_user(), await make_user()
    for email in (ann.email, bob.email, ann.email):
        await ask(app_client, email)
        await email_sender.deliver_due(services.container)
    first, of_bob, second = (code_in(mail) for mail in mailbox.mails)
    for code in {first, of_bob} - {second}:
        assert (await enter(app_client, ann.email, code))[0] == 401
    assert (await enter(app_client, ann.email, second, delivery="cookie"))[0] == 200


async def test_ten_minutes(
    app_client: AppClient,
    services: Services,
    make_user: MakeUser,
    mailbox: Mailbox,
    email_sender: EmailSender,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann = await make_user()
    await ask(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    now, passed = services.clock.now, LIFETIME
    monkeypatch.setattr(services.clock, "now", lambda: now() + passed)
    assert (await enter(app_client, ann.email, code_in(mailbox.mails[0])))[0] == 401
    await forget_expired(services.container)
    assert await rows(services) == 0


async def test_the_banned_stay_out(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    await ask(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    async with services.container.scope(write=True) as scope:
        user = await usecases.require_user(scope.port(Users), UserId(ann.user_id))
        user.ban("spam", services.clock.now())
    status, problem = await enter(app_client, ann.email, code_in(mailbox.mails[0]))
    assert (status, problem["code"]) == (403, "account_banned")
    await ask(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    assert len(mailbox.mails) == 1, "no letter either"


async def test_mailboxes_and_codes_are_not_worn_down(
    app_client: AppClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_ms, passed = services.clock.now_ms, timedelta(0)
    midnight_ms = 24 * 3600_000 - now_ms() % (24 * 3600_000)
    monkeypatch.setattr(services.clock, "now_ms", lambda: now_ms() + midnight_ms + int(passed.total_seconds() * 1000))
    letters = 0
    for hour in range(3):
        passed = timedelta(hours=hour)
        letters += [await ask(app_client, "victim@example.org") for _ in range(CODE_ACCOUNT.attempts + 1)].count(204)
    assert letters == CODE_ACCOUNT_DAY.attempts
    answers = [(await enter(app_client, "victim@example.org", "000000"))[0] for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2


async def test_what_makes_no_sense(app_client: AppClient) -> None:
    assert await ask(app_client, "not an address") == 400
    for code, status in (("", 401), ("½²³¹00", 401), ("0" * 33, 422), ("00\u00000000", 422)):
        assert (await enter(app_client, "ann@example.org", code))[0] == status


async def test_a_code_on_its_way_outlives_a_rotation_of_the_key(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    await ask(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    code = code_in(mailbox.mails[-1])
    rotated = services.settings.with_secret("another secret key, of as many characters")
    keys = rotated.derive_keys("login-code")
    rebind(services, CodeSeal, HmacCodeSeal(keys[:1]))
    assert (await enter(app_client, ann.email, code))[0] == 401, "under the new key alone it is any six digits"
    rebind(services, CodeSeal, HmacCodeSeal(keys))
    assert (await enter(app_client, ann.email, code))[0] == 200
    await ask(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    rebind(services, CodeSeal, HmacCodeSeal(keys[1:]))
    newer = code_in(mailbox.mails[-1])
    assert (await enter(app_client, ann.email, newer))[0] == 401, "the new key seals"
