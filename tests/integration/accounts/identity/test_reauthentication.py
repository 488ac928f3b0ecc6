"""Showing that it is still oneself, without a password: who signs in with a provider alone gets a code by letter."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.identity.otp.usecases import LIFETIME, TRIES
from kernel.outbound.mail import SmtpMailer
from notify.emails.jobs import EmailSender
from server import boot
from server.services import Services
from server.settings import Settings
from server.settings.oidc import OidcProvider as ProviderSettings
from tests.conftest import AppClient, MakeUser
from tests.integration.accounts.federation.oidc import ANN, Visitor
from tests.support.people import PASSWORD
from tests.support.servers.mailbox import Mailbox, opened_mailbox
from tests.support.servers.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider


@pytest.fixture(autouse=True)
def nobody_else_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rounds of the running application would take the letters before the test looks at them."""
    monkeypatch.setattr(boot, "start_periodic_tasks", lambda *_: None)


@pytest.fixture
async def acme() -> AsyncIterator[OidcProvider]:
    async with oidc_provider(person=dict(ANN)) as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, acme: OidcProvider) -> Settings:
    known = ProviderSettings(
        id="acme", name="Acme", issuer=acme.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    return settings.model_copy(update={"oidc_providers": [known]})


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with opened_mailbox() as box:
        yield box


class Ann:
    """Somebody who came by a provider, and has no password here."""

    def __init__(self, client: AppClient, services: Services, mailbox: Mailbox) -> None:
        self.client = client
        self.services = services
        self.mailbox = mailbox
        self.headers: dict[str, str] = {}
        self._email_sender = EmailSender(
            SmtpMailer(mailbox.url, sender="Ani <ani@example.org>"), public_url="https://ani.example.org"
        )

    async def arrive(self) -> None:
        visitor = Visitor(self.client)
        await visitor.sign_in()
        grant = await visitor.grant()
        assert grant is not None
        assert grant["user"]["has_password"] is False
        self.headers = {"Authorization": f"Bearer {grant['access_token']}"}

    async def __call__(self, path: str, **body: Any) -> tuple[int, str]:
        """Status, and the code of what is wrong."""
        async with self.client.post(f"/api/v1{path}", json=body, headers=self.headers) as answer:
            found = await answer.json() if answer.status >= 400 else {}
            return answer.status, found.get("code", "")

    async def code(self, path: str = "/auth/otp/confirm", **body: Any) -> str:
        """From the newest letter."""
        assert (await self(path, **body))[0] == 204
        await self._email_sender.deliver_due(self.services.container)
        (code,) = re.findall(r"\b\d{6}\b", self.mailbox.mails[-1].get_content())
        return str(code)

    async def team(self) -> str:
        body = {"name": "Night Owls", "slug": "night-owls"}
        async with self.client.post("/api/v1/teams", json=body, headers=self.headers) as answer:
            return str((await answer.json())["id"])


@pytest.fixture
async def ann(app_client: AppClient, services: Services, mailbox: Mailbox) -> Ann:
    ann = Ann(app_client, services, mailbox)
    await ann.arrive()
    return ann


async def test_a_code_stands_for_the_password(ann: Ann, make_user: MakeUser, mailbox: Mailbox) -> None:
    bob = await make_user()
    team = await ann.team()
    doors = {
        "/auth/email": {"email": "ann@new.example"},
        f"/teams/{team}/owners": {"user_id": bob.user_id},
        f"/teams/{team}/transfer": {"user_id": bob.user_id},
        "/auth/oidc/acme/link": {},
        "/me/delete": {},
    }
    for path, body in doors.items():
        assert await ann(path, **body) == (403, "confirmation_needed"), path
        assert await ann(path, **body, password=PASSWORD) == (403, "confirmation_needed"), path
        assert await ann(path, **body, code="000000") == (403, "wrong_code"), path
    assert not mailbox.mails

    code = await ann.code()
    assert f"{code} is your code to confirm a change" == mailbox.mails[-1]["Subject"]
    assert mailbox.mails[-1]["To"] == ANN["email"]
    assert (await ann("/auth/email", email="ann@new.example", code=f"{code[:3]} {code[3:]}"))[0] == 204
    assert await ann("/auth/email", email="ann@new.example", code=code) == (403, "wrong_code"), "it works once"
    # Bob is no member, which is found out behind the door.
    assert (await ann(f"/teams/{team}/transfer", user_id=bob.user_id, code=await ann.code()))[1] == "member_not_found"
    assert (await ann("/auth/oidc/acme/link", code=await ann.code()))[0] == 200
    assert (await ann("/me/delete", code=await ann.code()))[0] == 204
    assert (await ann("/auth/otp/confirm"))[0] == 401, "nobody is left"


async def test_a_code_is_good_for_one_thing(ann: Ann, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    to_sign_in = await ann.code("/auth/otp/request", email=ANN["email"])
    assert await ann("/me/delete", code=to_sign_in) == (403, "wrong_code"), "nor may it be phished as one"
    to_confirm = await ann.code()
    assert await ann("/auth/otp/login", email=ANN["email"], code=to_confirm) == (401, "code_invalid")
    assert (await ann("/auth/oidc/acme/link", code=to_confirm))[0] == 200, "that cost a try, and not the code"

    too_late = await ann.code()
    later = services.clock.now() + LIFETIME + timedelta(seconds=1)
    monkeypatch.setattr(services.clock, "now", lambda: later)
    assert await ann("/me/delete", code=too_late) == (403, "wrong_code")


async def test_guessing_ends(ann: Ann) -> None:
    code = await ann.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(TRIES):
        assert await ann("/me/delete", code=wrong) == (403, "wrong_code")
    assert await ann("/me/delete", code=code) == (403, "wrong_code"), "five tries are all it has"
    answers = [await ann("/me/delete", code=wrong) for _ in range(6)]
    assert answers[-1] == (429, "too_many_requests")


async def test_who_has_a_password_shows_that(ann: Ann, make_user: MakeUser) -> None:
    """A mailbox is not enough there, or a password would be worth no more than it."""
    bob = await make_user()
    ann.headers = bob.headers
    assert await ann("/auth/otp/confirm") == (409, "has_password")
    code = await ann.code("/auth/otp/request", email=bob.email)
    assert await ann("/me/delete", code=code) == (403, "wrong_password")
    assert await ann("/me/delete") == (403, "wrong_password")
