"""Forgotten passwords and confirmed addresses: from the request through a real mail server to the new password."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from accounts.identity.emails import EmailOutbox, OutgoingEmail
from accounts.identity.jobs import forget_expired
from accounts.identity.model import hash_token
from accounts.identity.names import Email
from accounts.identity.recovery.repository import one_time_tokens
from accounts.identity.recovery.usecases import LIFETIMES, OneTimeTokens
from kernel.outbound.mail import ConsoleMailer, Mail, MailNotSent, SmtpMailer
from notify.emails.jobs import EmailSender
from notify.emails.outbox import MAX_ATTEMPTS, retry_delay
from notify.emails.repository import email_table
from server import boot
from server.boot import open_services
from server.http.app import create_app
from server.local_stack.service import free_port
from server.services import Services
from server.settings import Settings
from tests.conftest import AppClient, MakeUser
from tests.support.people import PASSWORD, Person
from tests.support.servers.mailbox import Mailbox, link_in, opened_mailbox

NEW = "eleven quiet herons"
URL = "https://ani.example.org"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with opened_mailbox() as box:
        yield box


@pytest.fixture(autouse=True)
def nobody_else_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rounds of the running application would take the letters before the test looks at them."""
    monkeypatch.setattr(boot, "start_periodic_tasks", lambda *_: None)


@pytest.fixture
def email_sender(mailbox: Mailbox) -> EmailSender:
    return EmailSender(SmtpMailer(mailbox.url, sender="Ani <ani@example.org>"), public_url=URL)


async def post(client: AppClient, path: str, body: Any, **headers: str) -> tuple[int, Any]:
    async with client.post(f"/api/v1/auth/{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def forgot(client: AppClient, address: str, **headers: str) -> int:
    return (await post(client, "forgot", {"email": address}, **headers))[0]


async def count(services: Services, table: Any) -> int:
    async with services.container.scope(write=False) as scope:
        return await scope.uow.session.scalar(select(func.count()).select_from(table)) or 0


def token_in(mail: Any, path: str) -> str:
    return link_in(mail).removeprefix(f"{URL}/{path}#")


async def test_a_forgotten_password_is_replaced(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann: Person = await make_user()
    assert await forgot(app_client, ann.email.upper()) == 204
    await email_sender.deliver_due(services.container)
    (mail,) = mailbox.mails
    assert (mail["To"], mail["X-To"], mail["From"]) == (ann.email, ann.email, "Ani <ani@example.org>")
    assert mail["Subject"] == "A new password"
    assert ann.nickname in mail.get_content()
    token = token_in(mail, "reset")
    assert await count(services, email_table) == 0

    assert (await post(app_client, "reset", {"token": token, "password": "password1"}))[0] == 400
    assert (await post(app_client, "reset", {"token": token, "password": NEW}))[0] == 204
    status, problem = await post(app_client, "reset", {"token": token, "password": NEW})
    assert (status, problem["code"]) == (410, "one_time_token_invalid")
    async with app_client.get("/api/v1/auth/me", headers=ann.headers) as answer:
        assert answer.status == 401, "every session ended"
    assert (await post(app_client, "login", {"login": ann.email, "password": PASSWORD}))[0] == 401
    status, grant = await post(app_client, "login", {"login": ann.email, "password": NEW})
    assert (status, grant["user"]["email_verified"]) == (200, True)


async def test_nobody_learns_who_has_an_account(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    assert [await forgot(app_client, address) for address in (ann.email, "nobody@example.org")] == [204, 204]
    assert await count(services, email_table) == 2, "both leave the same trace until the letter is written"
    await email_sender.deliver_due(services.container)
    assert [mail["To"] for mail in mailbox.mails] == [ann.email]
    assert await count(services, email_table) == 0


@pytest.mark.both_adapters
async def test_two_who_hold_the_token_at_once(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    await forgot(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    token = token_in(mailbox.mails[0], "reset")
    answers = await asyncio.gather(
        *(post(app_client, "reset", {"token": token, "password": f"{NEW} {n}"}) for n in range(3))
    )
    assert sorted(status for status, _ in answers) == [204, 410, 410]


async def test_a_new_letter_makes_the_old_one_worthless(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    for _ in range(2):
        await forgot(app_client, ann.email)
        await email_sender.deliver_due(services.container)
    old, new = (token_in(mail, "reset") for mail in mailbox.mails)
    assert (await post(app_client, "reset", {"token": old, "password": NEW}))[0] == 410
    assert (await post(app_client, "verify", {"token": new}))[0] == 410, "good for one purpose"
    assert (await post(app_client, "reset", {"token": new, "password": NEW}))[0] == 204


@pytest.mark.both_adapters
async def test_tokens_expire_and_are_swept(
    app_client: AppClient,
    services: Services,
    make_user: MakeUser,
    mailbox: Mailbox,
    email_sender: EmailSender,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann = await make_user()
    await forgot(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    now = services.clock.now
    monkeypatch.setattr(services.clock, "now", lambda: now() + LIFETIMES["reset"])
    body = {"token": token_in(mailbox.mails[0], "reset"), "password": NEW}
    assert (await post(app_client, "reset", body))[0] == 410
    await forget_expired(services.container)
    assert await count(services, one_time_tokens) == 0


@pytest.mark.both_adapters
async def test_tokens_are_stored_hashed(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    await forgot(app_client, ann.email)
    await email_sender.deliver_due(services.container)
    async with services.container.scope(write=False) as scope:
        (row,) = await scope.uow.session.execute(select(one_time_tokens))
    assert token_in(mailbox.mails[0], "reset").encode() not in bytes(row.token_hash)
    assert len(row.token_hash) == 32


async def test_registration_asks_whether_the_address_is_ones_own(
    app_client: AppClient, services: Services, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    body = {"email": "аня@почта.рф".replace("аня", "anya"), "nickname": "Аня", "password": PASSWORD}
    status, grant = await post(app_client, "register", body, **{"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.8"})
    assert (status, grant["user"]["email_verified"]) == (201, False)
    await email_sender.deliver_due(services.container)
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Это ваш адрес?"
    token = token_in(mail, "verify")
    assert (await post(app_client, "verify", {"token": token}))[0] == 204
    assert (await post(app_client, "verify", {"token": token}))[0] == 410
    bearer = {"Authorization": f"Bearer {grant['access_token']}"}
    async with app_client.get("/api/v1/auth/me", headers=bearer) as answer:
        assert (await answer.json())["email_verified"]
    status, problem = await post(app_client, "verify/letter", {}, **bearer)
    assert (status, problem["code"]) == (409, "already_verified")


async def test_another_letter_on_request(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    answers = [(await post(app_client, "verify/letter", {}, **ann.headers))[0] for _ in range(6)]
    assert answers == [204] * 5 + [429]
    await email_sender.deliver_due(services.container)
    assert {mail["To"] for mail in mailbox.mails} == {ann.email}
    assert (await post(app_client, "verify/letter", {}))[0] == 401


async def test_a_mailbox_is_not_flooded(app_client: AppClient) -> None:
    assert [await forgot(app_client, "victim@example.org") for _ in range(7)] == [204] * 5 + [429] * 2
    assert await forgot(app_client, "other@example.org") == 204
    assert await forgot(app_client, "not an address") == 400


class Closed:
    """A mail server that takes nothing."""

    def __init__(self) -> None:
        self.tried = 0

    async def send(self, mail: Mail) -> None:
        self.tried += 1
        raise MailNotSent


@pytest.mark.both_adapters
async def test_a_letter_waits_for_the_mail_server_but_not_for_ever(
    services: Services,
    make_user: MakeUser,
    monkeypatch: pytest.MonkeyPatch,
    mailbox: Mailbox,
    email_sender: EmailSender,
) -> None:
    ann, closed = await make_user(), Closed()
    start, passed = services.clock.now, timedelta(0)
    monkeypatch.setattr(services.clock, "now", lambda: start() + passed)
    async with services.container.scope(write=True) as scope:
        await scope.port(EmailOutbox).put(OutgoingEmail.order("reset", Email(ann.email), "en"), services.clock.now())
    refused = EmailSender(closed, public_url=URL)
    await refused.deliver_due(services.container)
    await refused.deliver_due(services.container)
    assert closed.tried == 1, "not again at once"
    for attempt in range(1, MAX_ATTEMPTS):
        passed += retry_delay(attempt)
        await refused.deliver_due(services.container)
    assert closed.tried == MAX_ATTEMPTS
    assert await count(services, email_table) == 0
    assert mailbox.mails == []


async def test_killed_between_sending_and_remembering(
    services: Services,
    make_user: MakeUser,
    mailbox: Mailbox,
    email_sender: EmailSender,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The letter comes twice, and the newer one works."""
    ann = await make_user()
    async with services.container.scope(write=True) as scope:
        await scope.port(EmailOutbox).put(OutgoingEmail.order("reset", Email(ann.email), "en"), services.clock.now())

    class Dies(SmtpMailer):
        async def send(self, mail: Mail) -> None:
            await super().send(mail)
            raise KeyboardInterrupt

    dying = EmailSender(Dies(mailbox.url, sender="ani@example.org"), public_url=URL)
    with pytest.raises(KeyboardInterrupt):
        await dying.deliver_due(services.container)
    now = services.clock.now
    monkeypatch.setattr(services.clock, "now", lambda: now() + retry_delay(1))
    await email_sender.deliver_due(services.container)
    assert len(mailbox.mails) == 2
    tokens = [token_in(mail, "reset") for mail in mailbox.mails]
    async with services.container.scope(write=False) as scope:
        kept = [await scope.port(OneTimeTokens).find("reset", hash_token(token)) for token in tokens]
    assert kept[0] is None
    assert kept[1] is not None
    assert kept[1].user_id == ann.user_id


async def test_a_password_never_goes_to_a_server_without_tls(services: Services, mailbox: Mailbox) -> None:
    url = mailbox.url.replace("smtp://", "smtp://ani:secret@")
    with pytest.raises(MailNotSent):
        await SmtpMailer(url, sender="ani@example.org").send(Mail("ann@example.org", "Hello", "Text"))
    assert mailbox.mails == []


async def test_a_mail_server_that_is_away() -> None:
    with pytest.raises(MailNotSent):
        await SmtpMailer(f"smtp://127.0.0.1:{free_port()}", sender="ani@example.org").send(Mail("a@b.c", "x", "y"))


async def test_in_development_letters_go_to_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    await ConsoleMailer().send(Mail("ann@example.org", "Hello", "Open this link"))
    assert "Open this link" in capsys.readouterr().out


async def test_who_asks_where_no_mail_is_sent_is_told_so(
    settings: Settings, aiohttp_client: Callable[..., Awaitable[AppClient]]
) -> None:
    there = settings.model_copy(update={"public_url": "https://ani.example.org"})
    async with open_services(there) as opened:
        with capture_logs() as logs:
            client = await aiohttp_client(create_app(opened))
        assert any("ANI_SMTP_URL is empty" in line["event"] for line in logs)
        body = {"email": "ann@example.org", "nickname": "Ann Lee", "password": "seven moons over the hill"}
        assert (await client.post("/api/v1/auth/register", json=body)).status == 201, "an account needs no letter"
        for path in ("forgot", "otp/request"):
            for email in ("ann@example.org", "nobody@example.org"):
                answer = await client.post(f"/api/v1/auth/{path}", json={"email": email})
                assert (answer.status, (await answer.json())["code"]) == (503, "no_mail_server")
        await client.close()
