"""What others see of a person: name and picture; and going over to another address."""

import asyncio
import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from accounts.identity.limits import AVATAR, NICKNAME
from accounts.identity.repository import users
from kernel.images.images import MAX_IMAGE_BYTES
from kernel.images.pictures import AVATAR_PX, pictures
from kernel.outbound.mail import SmtpMailer
from kernel.scope import Container
from notify.emails.jobs import EmailSender
from server import boot
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.people import PASSWORD, Person
from tests.support.servers.mailbox import Mailbox, link_in, opened_mailbox

URL = "https://ani.example.org"


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


@pytest.fixture
def nothing_is_counted_in_two_windows(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    now_ms = services.clock.now_ms()
    monkeypatch.setattr(services.clock, "now_ms", lambda: now_ms)


def picture(kind: str = "PNG", colour: str = "teal", side: int = 300) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side // 2), colour).save(out, kind)
    return out.getvalue()


async def call(client: AppClient, method: str, path: str, who: Person | None = None, **request: Any) -> tuple[int, Any]:
    headers = {**(who.headers if who else {}), **request.pop("headers", {})}
    async with client.request(method, f"/api/v1/{path}", headers=headers, **request) as answer:
        return answer.status, await answer.json() if answer.status != 204 else None


async def rename(client: AppClient, who: Person, nickname: Any) -> tuple[int, Any]:
    return await call(client, "PATCH", "auth/me", who, json={"nickname": nickname})


async def show(client: AppClient, who: Person | None, data: bytes, kind: str = "image/png") -> tuple[int, Any]:
    return await call(client, "PUT", "auth/me/avatar", who, data=data, headers={"Content-Type": kind})


async def stored(services: Services) -> int:
    async with services.container.scope(write=False) as scope:
        return await scope.uow.session.scalar(select(func.count()).select_from(pictures)) or 0


class TestNickname:
    async def test_is_new_everywhere_at_once(
        self, app_client: AppClient, services: Services, make_user: MakeUser
    ) -> None:
        ann = await make_user()
        who = services.components.accounts.identity.authenticator
        assert (await who.actor(ann.access_token)).nickname == ann.nickname
        status, user = await rename(app_client, ann, "  Anna   Lee ")
        assert (status, user["nickname"]) == (200, "Anna Lee")
        assert (await call(app_client, "GET", "auth/me", ann))[1]["nickname"] == "Anna Lee"
        assert (await who.actor(ann.access_token)).nickname == "Anna Lee", "sockets ask here"
        status, grant = await call(app_client, "POST", "auth/login", json={"login": "anna_lee", "password": PASSWORD})
        assert (status, grant["user"]["id"]) == (200, ann.user_id)

    async def test_follows_the_rules_of_registering(self, app_client: AppClient, make_user: MakeUser) -> None:
        ann = await make_user()
        for nickname, code in (
            ("x", "nickname_invalid"),
            ("аnn", "nickname_invalid"),
            ("<b>ann</b>", "nickname_invalid"),
        ):
            status, problem = await rename(app_client, ann, nickname)
            assert (status, problem["code"]) == (400, code)
        assert (await rename(app_client, ann, "a\u0000b"))[0] == 422
        assert (await rename(app_client, ann, None))[0] == 422
        assert (await call(app_client, "PATCH", "auth/me", ann, json={"nickname": "fine", "role": "admin"}))[0] == 422
        assert (await call(app_client, "PATCH", "auth/me", json={"nickname": "fine"}))[0] == 401

    @pytest.mark.both_adapters
    async def test_is_one_persons_however_spelt(self, app_client: AppClient, make_user: MakeUser) -> None:
        ann, bob = await make_user(), await make_user()
        answers = await asyncio.gather(rename(app_client, ann, "Best Name"), rename(app_client, bob, "best_name"))
        assert sorted(status for status, _ in answers) == [200, 409]
        winner = ann if answers[0][0] == 200 else bob
        assert (await rename(app_client, winner, "BEST NAME"))[0] == 200, "their own, in another spelling"

    @pytest.mark.usefixtures("nothing_is_counted_in_two_windows")
    async def test_is_not_changed_all_day(self, app_client: AppClient, make_user: MakeUser) -> None:
        ann = await make_user()
        answers = [(await rename(app_client, ann, f"ann {number}"))[0] for number in range(NICKNAME.attempts + 1)]
        assert answers == [200] * NICKNAME.attempts + [429]
        assert (await rename(app_client, ann, f"ann {NICKNAME.attempts - 1}"))[0] == 200, "that is no change"


class TestAvatar:
    async def test_is_seen_by_anybody_and_never_changes(
        self, app_client: AppClient, services: Services, make_user: MakeUser
    ) -> None:
        ann = await make_user()
        status, user = await show(app_client, ann, picture("JPEG"), "image/jpeg")
        assert status == 200
        assert (await call(app_client, "GET", "auth/me", ann))[1]["avatar_url"] == user["avatar_url"]
        async with app_client.get(user["avatar_url"]) as answer:
            assert (answer.status, answer.content_type) == (200, "image/webp")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            image = Image.open(io.BytesIO(await answer.read()))
        assert (image.format, image.size) == ("WEBP", (AVATAR_PX, AVATAR_PX))
        _, data = await call(app_client, "GET", "me/data", ann)
        assert data["user"]["avatar_url"] == user["avatar_url"]

    async def test_replaces_the_one_before(
        self, app_client: AppClient, services: Services, make_user: MakeUser
    ) -> None:
        ann, bob = await make_user(), await make_user()
        _, of_bob = await show(app_client, bob, picture())
        first, second = [(await show(app_client, ann, picture(colour=tone)))[1] for tone in ("red", "blue")]
        assert first["avatar_url"] != second["avatar_url"]
        for url, status in ((first["avatar_url"], 404), (second["avatar_url"], 200), (of_bob["avatar_url"], 200)):
            async with app_client.get(url) as answer:
                assert answer.status == status
        assert (await call(app_client, "DELETE", "auth/me/avatar", ann))[0] == 204
        assert (await call(app_client, "DELETE", "auth/me/avatar", ann))[0] == 204, "nothing is left to take away"
        assert (await call(app_client, "GET", "auth/me", ann))[1]["avatar_url"] is None
        assert await stored(services) == 1

    @pytest.mark.both_adapters
    async def test_two_at_once_leave_one(self, app_client: AppClient, services: Services, make_user: MakeUser) -> None:
        ann = await make_user()
        answers = await asyncio.gather(*(show(app_client, ann, picture()) for _ in range(3)))
        assert [status for status, _ in answers] == [200] * 3
        url = (await call(app_client, "GET", "auth/me", ann))[1]["avatar_url"]
        async with app_client.get(url) as answer:
            assert answer.status == 200
        assert await stored(services) == 1

    async def test_goes_with_the_account(self, app_client: AppClient, services: Services, make_user: MakeUser) -> None:
        ann = await make_user()
        await show(app_client, ann, picture())
        assert (await call(app_client, "POST", "me/delete", ann, json={"password": PASSWORD}))[0] == 204
        assert await stored(services) == 0

    async def test_what_is_none(self, app_client: AppClient, services: Services, make_user: MakeUser) -> None:
        ann = await make_user()
        page = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        for data, kind, status, code in (
            (page, "image/png", 400, "not_an_image"),
            (b"", "image/png", 400, "not_an_image"),
            (picture()[:90], "image/png", 400, "not_an_image"),
            (page, "image/svg+xml", 415, "unsupported_media_type"),
            (picture(), "text/html", 415, "unsupported_media_type"),
            (picture() + bytes(MAX_IMAGE_BYTES), "image/png", 413, "image_too_large"),
        ):
            refused, problem = await show(app_client, ann, data, kind)
            assert (refused, problem["code"]) == (status, code)
        assert (await show(app_client, None, picture()))[0] == 401
        assert await stored(services) == 0
        for path in ("/avatars/x.webp", f"/avatars/{'0' * 32}.webp", "/avatars/..%2f..%2fsecret.key.webp"):
            async with app_client.get(path) as answer:
                assert (answer.status, answer.content_type) != (200, "image/webp")

    @pytest.mark.usefixtures("nothing_is_counted_in_two_windows")
    async def test_nobody_keeps_us_busy_with_pictures(self, app_client: AppClient, make_user: MakeUser) -> None:
        ann = await make_user()
        answers = [(await show(app_client, ann, b"x"))[0] for _ in range(AVATAR.attempts + 1)]
        assert answers == [400] * AVATAR.attempts + [429]


class TestEmail:
    """Going over to another address."""

    async def change(self, client: AppClient, who: Person, email: str, password: str = PASSWORD) -> tuple[int, Any]:
        return await call(client, "POST", "auth/email", who, json={"email": email, "password": password})

    async def test_changes_with_the_letter_and_the_old_address_is_told(
        self,
        app_client: AppClient,
        services: Services,
        make_user: MakeUser,
        mailbox: Mailbox,
        email_sender: EmailSender,
    ) -> None:
        ann = await make_user()
        assert (await self.change(app_client, ann, "new@example.org"))[0] == 204
        await email_sender.deliver_due(services.container)
        assert (await call(app_client, "GET", "auth/me", ann))[1]["email"] == ann.email, "not yet"
        (letter,) = mailbox.mails
        assert (letter["To"], letter["Subject"]) == ("new@example.org", "Is this your new e-mail address?")
        token = link_in(letter).removeprefix(f"{URL}/verify#")
        assert (await call(app_client, "POST", "auth/verify", json={"token": token}))[0] == 204
        assert (await call(app_client, "POST", "auth/verify", json={"token": token}))[0] == 410
        _, user = await call(app_client, "GET", "auth/me", ann)
        assert (user["email"], user["email_verified"]) == ("new@example.org", True)
        await email_sender.deliver_due(services.container)
        assert [mail["To"] for mail in mailbox.mails[1:]] == [ann.email]
        assert "another e-mail address" in mailbox.mails[1]["Subject"]
        for login, status in ((ann.email, 401), ("new@example.org", 200)):
            body = {"login": login, "password": PASSWORD}
            assert (await call(app_client, "POST", "auth/login", json=body))[0] == status

    async def test_nobody_learns_or_takes_anothers(
        self,
        app_client: AppClient,
        services: Services,
        make_user: MakeUser,
        mailbox: Mailbox,
        email_sender: EmailSender,
    ) -> None:
        ann, bob = await make_user(), await make_user()
        assert (await self.change(app_client, ann, bob.email.upper()))[0] == 204
        await email_sender.deliver_due(services.container)
        assert mailbox.mails == []
        await self.change(app_client, ann, "wanted@example.org")
        await email_sender.deliver_due(services.container)
        token = link_in(mailbox.mails[0]).removeprefix(f"{URL}/verify#")
        faster = {"email": "Wanted@example.org", "nickname": "faster", "password": PASSWORD}
        assert (await call(app_client, "POST", "auth/register", json=faster))[0] == 201
        status, problem = await call(app_client, "POST", "auth/verify", json={"token": token})
        assert (status, problem["code"]) == (409, "email_taken")
        assert (await call(app_client, "GET", "auth/me", ann))[1]["email"] == ann.email

    async def test_needs_the_password(self, app_client: AppClient, make_user: MakeUser) -> None:
        ann = await make_user()
        for email, password, status in (
            ("new@example.org", "a guess or two", 403),
            ("no address", PASSWORD, 400),
        ):
            assert (await self.change(app_client, ann, email, password))[0] == status
        body = {"email": "new@example.org", "password": PASSWORD}
        assert (await call(app_client, "POST", "auth/email", json=body))[0] == 401


async def test_a_name_of_the_site_is_nobodys_but_its_holders(
    app_client: AppClient, container: Container, make_user: MakeUser
) -> None:
    ann = await make_user()
    status, problem = await call(app_client, "PATCH", "auth/me", ann, json={"nickname": "m0derator"})
    assert (status, problem["code"]) == (409, "nickname_reserved")
    body = {"email": "new@example.org", "nickname": "АНИ", "password": PASSWORD}
    status, problem = await call(app_client, "POST", "auth/register", None, json=body)
    assert (status, problem["code"]) == (409, "nickname_reserved")

    async with container.scope(write=True) as scope:  # as the first administrator, and as people from before
        await scope.uow.session.execute(
            update(users).where(users.c.id == ann.user_id).values(nickname="Admin", nickname_key="admin")
        )
    status, me = await call(app_client, "PATCH", "auth/me", ann, json={"nickname": "ADMIN"})
    assert (status, me["nickname"]) == (200, "ADMIN")
