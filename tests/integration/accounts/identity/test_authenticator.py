"""From token to caller across nodes: what one node changes, the others know on the next request."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from accounts.identity import usecases
from accounts.identity.admin import usecases as admin
from accounts.identity.errors import AccountBanned, SessionEnded, TokenExpired, TokenInvalid
from accounts.identity.model import SessionId, User, UserId
from accounts.identity.names import Email, Nickname
from accounts.identity.ports import AccessCache, LoginSessions, Users
from accounts.identity.schemas import UserOut
from accounts.identity.sessions import usecases as sessions
from accounts.identity.sessions.adapters.authenticator import TTL_MS, Authenticator
from kernel.access import Role
from kernel.scope import Scope
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person

pytestmark = pytest.mark.both_adapters


@pytest.fixture
async def ann(make_user: MakeUser) -> Person:
    return await make_user(Role.EDITOR, "ann")


@pytest.fixture
async def other_node(services: Services) -> AsyncIterator[Authenticator]:
    """An authenticator as a second process would have it: a cache of its own, the same database and bus."""
    node = Authenticator(services.container, services.components.accounts.identity.tokens, services.bus)
    listening = asyncio.create_task(node.listen())
    await asyncio.sleep(0.05)
    yield node
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def end_session(services: Services, person: Person) -> None:
    async with services.container.scope(write=True) as scope:
        await sessions.end_session(
            scope.port(LoginSessions),
            scope.port(AccessCache),
            user_id=UserId(person.user_id),
            session_id=SessionId(person.session_id),
            reason="revoked",
            now=services.clock.now(),
        )


async def change_role(services: Services, person: Person, role: Role) -> None:
    async with services.container.scope(write=True) as scope:
        await admin.set_role(
            scope.port(Users),
            scope.port(AccessCache),
            user_id=UserId(person.user_id),
            role=role,
            now=services.clock.now(),
        )


async def test_who_is_calling(services: Services, ann: Person) -> None:
    actor = await services.components.accounts.identity.authenticator.actor(ann.access_token, "192.0.2.1")
    assert (actor.user_id, actor.nickname, actor.role) == (ann.user_id, "ann", Role.EDITOR)
    assert (actor.session_id, actor.address) == (ann.session_id, "192.0.2.1")
    assert await services.components.accounts.identity.authenticator("nonsense") is None


async def test_it_does_not_ask_the_database_every_time(services: Services, ann: Person) -> None:
    authenticator = services.components.accounts.identity.authenticator
    await authenticator.actor(ann.access_token)
    await services.database.close()  # the pool opens a new connection when asked
    opened: list[Scope] = []
    scope = services.container.scope

    def counted(**options: bool) -> object:
        opened.append(scope(**options))  # type: ignore[arg-type]  # only counted
        return opened[-1]

    services.container.scope = counted  # type: ignore[method-assign, assignment]  # for this test alone
    for _ in range(20):
        await authenticator.actor(ann.access_token)
    assert opened == []


async def test_an_ended_session_is_over_on_every_node(
    services: Services, ann: Person, other_node: Authenticator
) -> None:
    assert await other_node(ann.access_token) is not None
    await end_session(services, ann)
    with pytest.raises(SessionEnded):
        await services.components.accounts.identity.authenticator.actor(ann.access_token)
    await heard(other_node, ann)


async def test_a_demotion_bites_on_every_node(services: Services, ann: Person, other_node: Authenticator) -> None:
    assert await other_node(ann.access_token) is not None
    await change_role(services, ann, Role.USER)
    with pytest.raises(SessionEnded):
        await services.components.accounts.identity.authenticator.actor(ann.access_token)
    await heard(other_node, ann)


async def heard(node: Authenticator, person: Person) -> None:
    """Well within the time a cached answer would be believed."""
    async with asyncio.timeout(TTL_MS / 1000 / 2):
        while await node(person.access_token) is not None:
            await asyncio.sleep(0.01)


async def test_a_lost_message_costs_seconds(services: Services, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = Authenticator(services.container, services.components.accounts.identity.tokens, services.bus)
    assert await deaf(ann.access_token) is not None
    await end_session(services, ann)
    assert await deaf(ann.access_token) is not None
    started = services.clock.monotonic_ms()
    monkeypatch.setattr(services.clock, "monotonic_ms", lambda: started + TTL_MS)
    assert await deaf(ann.access_token) is None


async def test_a_bus_that_is_away_does_not_fail_the_change(
    services: Services, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_channel: str, _data: bytes) -> None:
        raise ConnectionError("the bus is away")

    monkeypatch.setattr(services.bus, "publish", away)
    await end_session(services, ann)
    assert await services.components.accounts.identity.authenticator(ann.access_token) is None


async def test_what_was_read_before_a_change_is_not_kept(services: Services, ann: Person) -> None:
    """The answer of the database arrives, and so does the news that it is stale: the news wins."""
    node = Authenticator(services.container, services.components.accounts.identity.tokens, services.bus)
    load = node._load

    async def overtaken(session_id: SessionId) -> object:
        standing = await load(session_id)
        node.forget(UserId(ann.user_id))
        return standing

    node._load = overtaken  # type: ignore[method-assign, assignment]  # the race, made certain
    assert await node(ann.access_token) is not None
    assert not node._known


async def test_a_rolled_back_change_is_not_announced(services: Services, ann: Person) -> None:
    announced: list[UserId] = []
    services.components.accounts.identity.authenticator.forget = announced.append  # type: ignore[method-assign, assignment]  # for this test alone
    with pytest.raises(RuntimeError):
        async with services.container.scope(write=True) as scope:
            scope.port(AccessCache).forget(UserId(ann.user_id))
            raise RuntimeError("the request fails")
    assert announced == []


async def test_the_banned_are_out(services: Services, ann: Person) -> None:
    async with services.container.scope(write=True) as scope:
        user = await scope.port(Users).get(UserId(ann.user_id))
        assert isinstance(user, User)
        user.banned_at = services.clock.now()
    with pytest.raises(AccountBanned):
        await services.components.accounts.identity.authenticator.actor(ann.access_token)


async def test_an_expired_token_and_a_foreign_session(services: Services, ann: Person) -> None:
    tokens, now = services.components.accounts.identity.tokens, services.clock.now()
    async with services.container.scope(write=False) as scope:
        user = await scope.port(Users).get(UserId(ann.user_id))
        session = await scope.port(LoginSessions).get(SessionId(ann.session_id))
    assert user is not None
    assert session is not None
    with pytest.raises(TokenExpired):
        await services.components.accounts.identity.authenticator.actor(
            tokens.issue(user, session, now - timedelta(hours=1))
        )
    user.id = UserId(ann.session_id)
    with pytest.raises(TokenInvalid):
        await services.components.accounts.identity.authenticator.actor(tokens.issue(user, session, now))


async def test_who_one_is_costs_no_statement(services: Services, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    authenticator = services.components.accounts.identity.authenticator
    actor = await authenticator.actor(ann.access_token)

    async def asked(_session_id: SessionId) -> None:
        raise AssertionError("the database was asked again")

    monkeypatch.setattr(authenticator, "_load", asked)
    assert (await authenticator.user(actor)).email == ann.email


@pytest.mark.parametrize("change", ["name", "avatar", "address", "verified"])
async def test_whatever_changes_of_a_user_shows_at_once(
    app_client: AppClient, services: Services, ann: Person, other_node: Authenticator, change: str
) -> None:
    async def me() -> dict[str, object]:
        async with app_client.get("/api/v1/auth/me", headers=ann.headers) as answer:
            found: dict[str, object] = await answer.json()
            return found

    before, elsewhere = await me(), await other_node.actor(ann.access_token)
    assert (await other_node.user(elsewhere)).nickname == "ann"
    async with services.container.scope(write=True) as scope:
        user = await usecases.require_user(scope.port(Users), UserId(ann.user_id))
        match change:
            case "name":
                user.rename(Nickname.parse("Anna"), services.clock.now())
            case "avatar":
                user.avatar_url = "/pictures/1.webp"
            case "address":
                user.change_email(Email.parse("anna@example.org"), services.clock.now())
            case "verified":
                user.verify_email(services.clock.now())
    after = await me()
    assert after != before
    async with asyncio.timeout(TTL_MS / 1000 / 2):
        while UserOut.of(await other_node.user(elsewhere)).model_dump(mode="json") != after:
            await asyncio.sleep(0.01)


async def test_a_change_that_failed_is_told_to_nobody(services: Services, ann: Person) -> None:
    await services.components.accounts.identity.authenticator.actor(ann.access_token)
    changes = services.components.accounts.identity.authenticator._changes
    with pytest.raises(RuntimeError):
        async with services.container.scope(write=True) as scope:
            user = await usecases.require_user(scope.port(Users), UserId(ann.user_id))
            user.verify_email(services.clock.now())
            await scope.uow.session.flush()
            raise RuntimeError("the request fails")
    assert services.components.accounts.identity.authenticator._changes == changes
    assert (await services.components.accounts.identity.authenticator.user(ann.actor)).email_verified_at is None
