"""Invitations by link and by letter, from the first click to the member list, through a real mail server."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from accounts.identity.repository import users
from accounts.teams.invitations.jobs import forget_ended
from accounts.teams.invitations.repository import team_invitation_table
from accounts.teams.limits import LETTERS_TO_ADDRESS, MAX_OPEN_INVITATIONS
from kernel.ids import new_id
from kernel.outbound.mail import SmtpMailer
from kernel.scope import Container
from notify.emails.adapters.invitation_mailer import InvitationAuthor
from notify.emails.jobs import EmailSender
from notify.emails.repository import email_table
from server import boot
from server.services import Services
from tests.conftest import MakeUser
from tests.integration.accounts.teams.rest import Rest
from tests.support.people import Person
from tests.support.servers.mailbox import Mailbox, link_in, opened_mailbox

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
    mailer = SmtpMailer(mailbox.url, sender="Ani <ani@example.org>")
    return EmailSender(mailer, public_url=URL, authors={"team_invitation": InvitationAuthor(URL)})


async def verified(container: Container, person: Person) -> Person:
    """``person``, who has shown that their address is theirs."""
    async with container.scope(write=True) as scope:
        shown = update(users).where(users.c.id == person.user_id).values(email_verified_at=scope.clock.now())
        await scope.uow.session.execute(shown)
    return person


async def ban(container: Container, person: Person) -> None:
    async with container.scope(write=True) as scope:
        banned = update(users).where(users.c.id == person.user_id).values(banned_at=scope.clock.now())
        await scope.uow.session.execute(banned)


async def letter(rest: Rest, who: Person, team_id: str, email: str, **more: Any) -> Any:
    body = {"kind": "email", "email": email, **more}
    return await rest.done(who, "POST", f"/{team_id}/invitations", body, Accept_Language="ru")


def token_in(mail: Any) -> str:
    link = link_in(mail)
    assert link.startswith(f"{URL}/teams/invite#")
    return link.partition("#")[2]


async def test_a_link_shows_where_it_leads_and_lets_in(rest: Rest, make_user: MakeUser) -> None:
    owner, anna = await make_user(), await make_user()
    team_id = (await rest.found(owner, visibility="private"))["id"]
    ids = await rest.role_ids(owner, team_id)
    wanted = {"kind": "link", "role_id": ids["Editor"], "expires_in_s": 3600, "max_uses": 1}
    made = await rest.done(owner, "POST", f"/{team_id}/invitations", wanted)
    assert made["url"].startswith("http")
    token = made["url"].partition("#")[2]

    offer = await rest.done(None, "POST", "/invitations/look-up", {"token": token})
    assert (offer["team"]["name"], offer["role"]["title"], offer["inviter"]) == ("Night Owls", "Editor", owner.nickname)
    assert (await rest(None, "POST", "/invitations/accept", {"token": token})).status == 401
    joined = await rest.done(anna, "POST", "/invitations/accept", {"token": token})
    assert (joined["id"], joined["you"]["position"]) == (team_id, "editor")

    for answer in (
        await rest(await make_user(), "POST", "/invitations/accept", {"token": token}),
        await rest(None, "POST", "/invitations/look-up", {"token": token}),
    ):
        assert (answer.status, answer.code) == (410, "invitation_over")
    listed = await rest.done(owner, "GET", f"/{team_id}/invitations")
    (row,) = listed["items"]
    assert (row["state"], row["uses"], row["url"], listed["total"]) == ("used_up", 1, None, 1)
    assert token not in str(listed), "a link is shown once"


async def test_tokens_that_are_no_tokens(rest: Rest, make_user: MakeUser) -> None:
    anna = await make_user()
    for token in ("", "x", "../../etc", "🦉" * 20, "a" * 128, new_id()):
        for who, path in [(None, "look-up"), (anna, "accept"), (None, "decline")]:
            answer = await rest(who, "POST", f"/invitations/{path}", {"token": token})
            assert (answer.status, answer.code) == (410, "invitation_over"), (token, path)
    for body in ({"token": "a\x00"}, {"token": "a" * 129}, {"token": 7}, {}, {"token": None}):
        assert (await rest(anna, "POST", "/invitations/accept", body)).status == 422


async def test_a_link_ends_when_it_is_taken_back_or_its_sender_leaves(
    rest: Rest, make_user: MakeUser, container: Container
) -> None:
    owner, anna = await make_user(), await make_user()
    team_id = (await rest.found(owner))["id"]
    moderator = await rest.joined(owner, team_id, "Moderator")
    mine, theirs, old = [await rest.link(who, team_id) for who in (owner, moderator, owner)]
    spammer = await make_user()
    spam = await rest.link(spammer, (await rest.found(spammer, "spammers"))["id"])
    await ban(container, spammer)
    assert (await rest(None, "POST", "/invitations/look-up", {"token": spam})).code == "invitation_over"
    by_age = (await rest.done(owner, "GET", f"/{team_id}/invitations"))["items"]
    assert (await rest(owner, "DELETE", f"/{team_id}/invitations/{by_age[2]['id']}")).status == 204
    await rest.done(moderator, "POST", f"/{team_id}/leave")
    async with container.scope(write=True) as scope:
        expired = scope.clock.now() - timedelta(seconds=1)
        c = team_invitation_table.c
        await scope.uow.session.execute(
            update(team_invitation_table).where(c.id == by_age[0]["id"]).values(expires_at=expired)
        )
    for token in (mine, theirs, old, spam):
        assert (await rest(anna, "POST", "/invitations/accept", {"token": token})).code == "invitation_over"
    states = [row["state"] for row in (await rest.done(owner, "GET", f"/{team_id}/invitations"))["items"]]
    assert states[:3] == ["expired", "void", "revoked"]
    other = (await rest.found(anna, "others"))["id"]
    foreign = await rest(anna, "DELETE", f"/{other}/invitations/{by_age[1]['id']}")
    assert (foreign.status, foreign.code) == (404, "invitation_not_found")


@pytest.mark.both_adapters
async def test_a_letter_is_for_its_address_alone(
    rest: Rest, make_user: MakeUser, services: Services, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    container = services.container
    owner, anna, eve = (
        await make_user(nickname="Olga"),
        await make_user(),
        await verified(container, await make_user()),
    )
    team_id = (await rest.found(owner))["id"]
    sent = await letter(rest, owner, team_id, anna.email.upper().replace("@EXAMPLE", "@example"))
    assert (sent["kind"], sent["state"], sent["url"]) == ("email", "open", None)
    await email_sender.deliver_due(container)
    (mail,) = mailbox.mails
    assert mail["To"].lower() == anna.email
    assert mail["Subject"] == "Olga приглашает вас в команду Night Owls"
    token = token_in(mail)

    assert (await rest(eve, "POST", "/invitations/accept", {"token": token})).code == "invitation_for_another"
    assert (await rest(anna, "POST", "/invitations/accept", {"token": token})).code == "email_not_verified"
    assert (await rest.done(anna, "GET", "/invitations"))["total"] == 0, "an address one only claims shows nothing"
    await verified(container, anna)
    (offer,) = (await rest.done(anna, "GET", "/invitations"))["items"]
    assert (offer["id"], offer["team"]["id"]) == (sent["id"], team_id)
    for path in ("accept", "decline"):
        stolen = await rest(eve, "POST", f"/invitations/{sent['id']}/{path}")
        assert (stolen.status, stolen.code) == (404, "invitation_not_found")
    assert (await rest.done(anna, "POST", "/invitations/accept", {"token": token}))["you"]["is_member"]
    assert (await rest.done(anna, "GET", "/invitations"))["total"] == 0


async def test_a_letter_is_answered_without_the_token_as_well(
    rest: Rest, make_user: MakeUser, container: Container
) -> None:
    owner, anna = await make_user(), await verified(container, await make_user())
    first, second = (await rest.found(owner, "first"))["id"], (await rest.found(owner, "second"))["id"]
    accepted, declined = [await letter(rest, owner, team_id, anna.email) for team_id in (first, second)]
    assert (await rest.done(anna, "POST", f"/invitations/{accepted['id']}/accept"))["id"] == first
    assert (await rest(anna, "POST", f"/invitations/{declined['id']}/decline")).status == 204
    assert (await rest(anna, "POST", f"/invitations/{declined['id']}/accept")).code == "invitation_over"
    assert (await rest.done(owner, "GET", f"/{second}/invitations"))["items"][0]["state"] == "declined"
    known = await rest(owner, "POST", f"/{first}/invitations", {"kind": "email", "email": anna.email})
    assert (known.status, known.code) == (409, "already_member")


async def test_whoever_reads_the_letter_may_decline_it_without_an_account(
    rest: Rest, make_user: MakeUser, services: Services, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    await letter(rest, owner, team_id, "nobody@example.org")
    await email_sender.deliver_due(services.container)
    body = {"token": token_in(mailbox.mails[0])}
    assert (await rest(None, "POST", "/invitations/decline", body)).status == 204
    assert (await rest(None, "POST", "/invitations/decline", body)).code == "invitation_over"


@pytest.mark.both_adapters
async def test_a_second_letter_replaces_the_first(
    rest: Rest, make_user: MakeUser, services: Services, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    container = services.container
    owner, anna = await make_user(), await verified(services.container, await make_user())
    team_id = (await rest.found(owner))["id"]
    first = await letter(rest, owner, team_id, anna.email)
    await email_sender.deliver_due(container)
    assert (await rest(owner, "POST", f"/{team_id}/invitations/{first['id']}/resend")).status == 200
    again = await letter(rest, owner, team_id, anna.email)
    assert again["id"] == first["id"], "one letter to one address"
    await email_sender.deliver_due(container)
    old, *_, new = [token_in(mail) for mail in mailbox.mails]
    assert len(mailbox.mails) == 3
    assert (await rest(anna, "POST", "/invitations/accept", {"token": old})).code == "invitation_over"
    assert (await rest(anna, "POST", "/invitations/accept", {"token": new})).status == 200


async def test_a_letter_that_is_pointless_by_now_is_not_written(
    rest: Rest, make_user: MakeUser, services: Services, mailbox: Mailbox, email_sender: EmailSender
) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    doomed = (await rest.found(owner, "doomed"))["id"]
    revoked = await letter(rest, owner, team_id, "a@example.org")
    await letter(rest, owner, doomed, "b@example.org")
    spammer = await make_user()
    await letter(rest, spammer, (await rest.found(spammer, "spammers"))["id"], "c@example.org")
    await ban(services.container, spammer)
    await rest.done(owner, "DELETE", f"/{team_id}/invitations/{revoked['id']}")
    await rest.done(owner, "DELETE", f"/{doomed}")
    await email_sender.deliver_due(services.container)
    assert mailbox.mails == []
    async with services.container.scope(write=False) as scope:
        assert await scope.uow.session.scalar(select(func.count()).select_from(email_table)) == 0


async def test_no_mailbox_is_flooded(rest: Rest, make_user: MakeUser) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    body = {"kind": "email", "email": "victim@example.org"}
    answers = [await rest(owner, "POST", f"/{team_id}/invitations", body) for _ in range(LETTERS_TO_ADDRESS.attempts)]
    assert {answer.status for answer in answers} == {201}
    other = await make_user()
    others = (await rest.found(other, "others"))["id"]
    refused = await rest(other, "POST", f"/{others}/invitations", {**body, "email": "VICTIM@example.org"})
    assert (refused.status, refused.code) == (429, "too_many_requests")
    for email in ("not an address", "a@b@c", "x" * 300, "a\r\nBcc: b@example.org@example.org", '"q"@example.org'):
        bad = await rest(owner, "POST", f"/{team_id}/invitations", {"kind": "email", "email": email})
        assert (bad.status, bad.code) == (400, "email_invalid"), email


@pytest.mark.both_adapters
async def test_open_invitations_are_limited_and_ended_ones_forgotten(
    rest: Rest, make_user: MakeUser, container: Container
) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    async with container.scope(write=True) as scope:
        now = scope.clock.now()
        row = {
            "team_id": team_id,
            "kind": "link",
            "inviter_id": owner.user_id,
            "max_uses": 1,
            "uses": 0,
            "language": "",
        }
        for number in range(MAX_OPEN_INVITATIONS):
            times = {"created_at": now, "expires_at": now + timedelta(days=1 if number else -31)}
            await scope.uow.session.execute(team_invitation_table.insert().values(id=new_id(), **row, **times))
    await rest.link(owner, team_id)
    full = await rest(owner, "POST", f"/{team_id}/invitations", {"kind": "link"})
    assert (full.status, full.code) == (409, "too_many_invitations")
    await forget_ended(container)
    page = await rest.done(owner, "GET", f"/{team_id}/invitations?page=2&page_size=30")
    assert (len(page["items"]), page["total"]) == (20, MAX_OPEN_INVITATIONS)


@pytest.mark.both_adapters
async def test_accepting_and_taking_back_at_once_is_one_of_the_two(rest: Rest, make_user: MakeUser) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    for _ in range(3):
        anna = await make_user()
        token = await rest.link(owner, team_id)
        newest = (await rest.done(owner, "GET", f"/{team_id}/invitations"))["items"][0]["id"]
        accepted, taken_back = await asyncio.gather(
            rest(anna, "POST", "/invitations/accept", {"token": token}),
            rest(owner, "DELETE", f"/{team_id}/invitations/{newest}"),
        )
        assert taken_back.status == 204
        mine = await rest.done(anna, "GET", "/mine")
        assert (accepted.status, mine["total"]) in {(200, 1), (410, 0)}
