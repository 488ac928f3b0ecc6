"""An account comes back to its owner: what a thief has, or set off while they had it, is worth nothing from then on."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.federation.model import Claims, LinkedIdentity
from accounts.federation.usecases import LinkedIdentities
from accounts.identity.errors import InvalidCredentials, WrongPassword
from accounts.identity.model import ClientDevice, SessionId, UserId
from accounts.identity.passwords import usecases as password_change
from accounts.identity.ports import AccessCache, AccessTokens, LoginSessions, PasswordHasher, Users
from accounts.identity.recovery import usecases as recovery
from accounts.identity.recovery.usecases import LinkedAccounts, OneTimeTokens
from accounts.identity.sessions import usecases as sessions
from accounts.identity.sessions.usecases import Proof
from kernel.outbound.mail import SmtpMailer
from kernel.scope import Container, Scope
from notify.emails.jobs import EmailSender
from server import boot
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.people import PASSWORD, Person
from tests.support.servers.mailbox import Mailbox, link_in, opened_mailbox

NEW = "eleven quiet herons"
URL = "https://ani.example.org"
THIEF = ClientDevice("203.0.113.9", "a thief's")

at_once = pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
"""In SQLite there is only ever one who writes."""


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
    return EmailSender(SmtpMailer(mailbox.url, sender="Ani <ani@example.org>"), public_url=URL)


async def post(client: AppClient, path: str, body: Any, who: Person | None = None) -> tuple[int, Any]:
    headers = {} if who is None else who.headers
    async with client.post(f"/api/v1/auth/{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.content_length else None


def token_in(mail: Any) -> str:
    return link_in(mail).rpartition("#")[2]


async def reset_token(
    client: AppClient, services: Services, mailbox: Mailbox, email_sender: EmailSender, who: Person
) -> str:
    mailbox.mails.clear()
    assert (await post(client, "forgot", {"email": who.email}))[0] == 204
    await email_sender.deliver_due(services.container)
    return token_in(next(mail for mail in mailbox.mails if mail["To"] == who.email))


@pytest.mark.parametrize("delivered", [True, False])
async def test_a_change_of_address_does_not_outlive_the_password_it_was_asked_with(
    delivered: bool,
    app_client: AppClient,
    services: Services,
    make_user: MakeUser,
    mailbox: Mailbox,
    email_sender: EmailSender,
) -> None:
    """Else whoever knew the password gets the letters, and with them the next password."""
    ann = await make_user()
    token = await reset_token(app_client, services, mailbox, email_sender, ann)
    mailbox.mails.clear()
    assert (await post(app_client, "email", {"email": "thief@example.org", "password": PASSWORD}, ann))[0] == 204
    if delivered:
        await email_sender.deliver_due(services.container)
    assert (await post(app_client, "reset", {"token": token, "password": NEW}))[0] == 204
    if delivered:
        assert (await post(app_client, "verify", {"token": token_in(mailbox.mails[0])}))[0] == 410
    else:
        await email_sender.deliver_due(services.container)
        assert mailbox.mails == []
    assert (await post(app_client, "login", {"login": ann.email, "password": NEW}))[0] == 200


async def test_a_letter_for_a_new_password_does_not_outlive_the_change_of_it(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    token = await reset_token(app_client, services, mailbox, email_sender, ann)
    change = {"current_password": PASSWORD, "new_password": NEW}
    assert (await post(app_client, "password", change, ann))[0] == 204
    assert (await post(app_client, "reset", {"token": token, "password": "nine loud cranes"}))[0] == 410


@pytest.mark.parametrize("how", ["password", "everywhere else", "reset"])
async def test_a_device_that_was_let_in_and_has_not_come_yet_stays_out(
    how: str,
    app_client: AppClient,
    services: Services,
    make_user: MakeUser,
    mailbox: Mailbox,
    email_sender: EmailSender,
) -> None:
    ann = await make_user()
    token = await reset_token(app_client, services, mailbox, email_sender, ann)
    _, device = await post(app_client, "device", None)
    assert (await post(app_client, f"device/{device['user_code']}/approve", None, ann))[0] == 204
    if how == "password":
        assert (await post(app_client, "password", {"current_password": PASSWORD, "new_password": NEW}, ann))[0] == 204
    elif how == "reset":
        assert (await post(app_client, "reset", {"token": token, "password": NEW}))[0] == 204
    else:
        async with app_client.delete("/api/v1/auth/sessions", headers=ann.headers) as answer:
            assert answer.status == 204
    status, problem = await post(app_client, "device/token", {"device_code": device["device_code"]})
    assert (status, problem["code"]) == (400, "invalid_grant")


@pytest.mark.parametrize("how", ["reset", "code"])
async def test_who_signed_up_with_anothers_address_keeps_no_way_in(
    how: str,
    app_client: AppClient,
    services: Services,
    make_user: MakeUser,
    mailbox: Mailbox,
    email_sender: EmailSender,
) -> None:
    """Not even the account of theirs at a provider that they linked before the owner of the address came."""
    ann = await make_user()
    claims = Claims(issuer="https://idp.example.org", subject="the thief")

    async def linked() -> bool:
        async with services.container.scope(write=False) as scope:
            return await scope.port(LinkedIdentities).find(claims.issuer, claims.subject) is not None

    async def link() -> None:
        async with services.container.scope(write=True) as scope:
            await scope.port(LinkedIdentities).add(LinkedIdentity.link(UserId(ann.user_id), claims, scope.clock.now()))

    async def come() -> None:
        if how == "reset":
            token = await reset_token(app_client, services, mailbox, email_sender, ann)
            assert (await post(app_client, "reset", {"token": token, "password": NEW}))[0] == 204
            return
        mailbox.mails.clear()
        assert (await post(app_client, "otp/request", {"email": ann.email}))[0] == 204
        await email_sender.deliver_due(services.container)
        (code,) = re.findall(r"\b\d{6}\b", mailbox.mails[0].get_content())
        assert (await post(app_client, "otp/login", {"email": ann.email, "code": code}))[0] == 200

    await link()
    await come()
    assert not await linked()
    await link()
    await come()
    assert await linked(), "what its owner linked stays"


# At the same moment. Of two transactions one holds the account, and the other sees what it did.


async def proof_of(container: Container, who: Person, *, outdated: bool = False) -> Proof:
    """That the password was right a moment ago; ``outdated``: its hash was of the past, and there is a new one."""
    async with container.scope(write=False) as scope:
        user = await scope.port(Users).get(UserId(who.user_id))
        assert user is not None
        return Proof(user, await scope.port(PasswordHasher).hash(PASSWORD) if outdated else None)


async def sign_in(scope: Scope, proof: Proof) -> SessionId:
    grant = await sessions.sign_in(
        scope.port(Users),
        scope.port(LoginSessions),
        scope.port(AccessTokens),
        proof,
        device=THIEF,
        now=scope.clock.now(),
    )
    await scope.uow.session.flush()
    return grant.session.id


async def take_back(scope: Scope, token: str, password_hash: str) -> None:
    context = recovery.ResetContext(
        users=scope.port(Users),
        sessions=scope.port(LoginSessions),
        tokens=scope.port(OneTimeTokens),
        linked=scope.port(LinkedAccounts),
        cache=scope.port(AccessCache),
        now=scope.clock.now(),
    )
    await recovery.reset(context, token=token, password_hash=password_hash)
    await scope.uow.session.flush()


async def ends_at(container: Container, session_id: SessionId) -> Any:
    async with container.scope(write=False) as scope:
        session = await scope.port(LoginSessions).get(session_id)
        assert session is not None
        return session.ended_at


async def begun(task: "asyncio.Task[Any]") -> None:
    """Gives ``task`` the time to get as far as it can: to the lock, or, where there is none, to its end."""
    await asyncio.wait([task], timeout=0.3)


@at_once
async def test_who_signs_in_while_the_password_is_replaced_is_signed_out_with_the_rest(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    token = await reset_token(app_client, services, mailbox, email_sender, ann)
    proof = await proof_of(services.container, ann)

    async def owner() -> None:
        async with services.container.scope(write=True) as scope:
            await take_back(scope, token, proof.user.password_hash + "x")

    async with services.container.scope(write=True) as scope:
        session_id = await sign_in(scope, proof)
        resetting = asyncio.create_task(owner())
        await begun(resetting)
    await resetting
    assert await ends_at(services.container, session_id) is not None


@at_once
async def test_who_comes_a_moment_late_with_the_former_password_neither_gets_in_nor_brings_it_back(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    """A login makes an outdated hash anew, and must not write it over a password set in between."""
    ann = await make_user()
    token = await reset_token(app_client, services, mailbox, email_sender, ann)
    proof = await proof_of(services.container, ann, outdated=True)

    async def thief() -> SessionId:
        async with services.container.scope(write=True) as scope:
            return await sign_in(scope, proof)

    async with services.container.scope(write=True) as scope:
        await take_back(scope, token, "the owner's")
        signing_in = asyncio.create_task(thief())
        await begun(signing_in)
    with pytest.raises(InvalidCredentials):
        await signing_in
    async with services.container.scope(write=False) as scope:
        user = await scope.port(Users).get(UserId(ann.user_id))
        assert user is not None
        assert user.password_hash == "the owner's"


@at_once
async def test_of_two_who_set_the_password_at_once_the_second_has_to_know_the_first_ones(
    app_client: AppClient, services: Services, make_user: MakeUser, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    ann = await make_user()
    token = await reset_token(app_client, services, mailbox, email_sender, ann)
    proof = await proof_of(services.container, ann)

    async def thief() -> None:
        async with services.container.scope(write=True) as scope:
            await password_change.change(
                scope.port(Users),
                scope.port(LoginSessions),
                scope.port(AccessCache),
                ann.actor,
                proven=proof.user,
                password_hash="the thief's",
                now=scope.clock.now(),
            )

    async with services.container.scope(write=True) as scope:
        await take_back(scope, token, "the owner's")
        changing = asyncio.create_task(thief())
        await begun(changing)
    with pytest.raises(WrongPassword):
        await changing
