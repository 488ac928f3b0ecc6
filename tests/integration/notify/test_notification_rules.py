"""Who is told what, where people work together."""

import inspect
from collections.abc import Sequence

from sqlalchemy import select, update

from accounts.federation.model import IdentityLinked
from accounts.identity.repository import users
from kernel.access import Role
from kernel.events import Event
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from kernel.scope import Container
from notify.notifications.adapters import (
    account_rules,
    episode_rules,
    moderation_rules,
    operator_rules,
    team_rules,
)
from notify.notifications.adapters.rules import RULES
from notify.notifications.model import NotificationKind
from notify.notifications.repository import SqlNotifications
from tests.conftest import AppClient, MakeUser
from tests.integration.accounts.teams.rest import Rest
from tests.integration.catalog.moderation.moderating import Office
from tests.support.people import Person


async def told(container: Container, who: Person) -> Sequence[tuple[str, dict[str, object], str]]:
    """Kind, values and link, newest first."""
    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        found = await SqlNotifications(scope.uow).page(who.user_id, before=None, unread=False, limit=50)
    return [(one.kind, dict(one.params), one.link) for one in found]


async def test_what_moderators_decide_reaches_the_author(
    app_client: AppClient, make_user: MakeUser, container: Container
) -> None:
    office = Office(app_client, make_user)
    author, moderator = await office.person(Role.USER), await office.person(Role.MODERATOR)
    proposal = await office.propose(author, await office.release(), year=2009)
    link = f"/moderation/{proposal['id']}"
    await office.step(moderator, proposal, "take")
    path = f"/moderation/proposals/{proposal['id']}/comments"
    for who, text in ((moderator, "Where from?"), (author, "From the credits."), (author, "At the very end.")):
        await office.call(who, "POST", path, {"text": text}, status=201)
    await office.step(moderator, proposal, "reject", {"reason": "It is 2008"})
    title = {"title": "Big Buck Bunny"}
    assert await told(container, author) == [
        ("proposal_rejected", {**title, "reason": "It is 2008"}, link),
        ("proposal_commented", {**title, "person": moderator.nickname}, link),
        ("proposal_taken", title, link),
    ]
    assert await told(container, moderator) == [
        ("proposal_commented", {**title, "person": author.nickname}, link),
    ], "two comments, one line, and none about one's own"


async def test_what_is_done_to_a_member_reaches_them(
    app_client: AppClient, make_user: MakeUser, container: Container
) -> None:
    rest = Rest(app_client, make_user)
    owner, member, invited = await make_user(nickname="Olga"), await make_user(), await make_user()
    team_id = (await rest.found(owner))["id"]
    async with container.scope(write=True) as scope:
        shown = update(users).where(users.c.id == invited.user_id).values(email_verified_at=scope.clock.now())
        await scope.uow.session.execute(shown)
    stranger = await make_user()  # has not shown that the address is theirs
    for person in (invited, stranger):
        letter = {"kind": "email", "email": person.email}
        await rest.done(owner, "POST", f"/{team_id}/invitations", letter)
    team = {"team": "Night Owls", "person": "Olga"}
    assert await told(container, invited) == [("team_invited", team, "/teams")]
    assert await told(container, stranger) == []
    await rest.joined(owner, team_id, "Editor", who=member)
    assert ("team_invitation_accepted", {**team, "person": member.nickname}, f"/teams/{team_id}") in await told(
        container, owner
    )
    await rest.done(owner, "DELETE", f"/{team_id}/members/{member.user_id}")
    assert [kind for kind, _, _ in await told(container, member)] == ["team_removed"]
    await rest.joined(owner, team_id, who=member)
    await rest.done(owner, "DELETE", f"/{team_id}")
    assert (await told(container, member))[0] == ("team_deleted", team, "/teams")
    assert "team_deleted" not in [kind for kind, _, _ in await told(container, owner)]


async def test_a_new_way_into_an_account_is_told_unless_it_is_the_first(
    container: Container, make_user: MakeUser
) -> None:
    ann, bob = await make_user(), await make_user()
    async with container.scope(write=True) as scope:
        created_at = await scope.uow.session.scalar(select(users.c.created_at).where(users.c.id == bob.user_id))
        assert created_at is not None
        for person, at in ((ann, scope.clock.now()), (bob, created_at)):
            linked = {"user_id": person.user_id, "identity_id": new_id(), "issuer": "https://id.example.org/realm"}
            scope.uow.record(IdentityLinked(at=at, **linked))
    assert await told(container, ann) == [("identity_linked", {"provider": "id.example.org"}, "/account")]
    assert await told(container, bob) == []


RULE_MODULES = (account_rules, episode_rules, moderation_rules, operator_rules, team_rules)


def test_every_kind_is_sent_by_somebody(adapters: str) -> None:
    source = "".join(inspect.getsource(module) for module in RULE_MODULES)
    assert [kind.name for kind in NotificationKind if f"Kind.{kind.name}" not in source] == []
    assert all(kind in Event.registry.values() for kind in RULES)
