"""What happens to parties and invites that nobody comes back to."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kernel.ids import new_id
from kernel.scope import Container
from realtime.party.chat.repository import chat_table, forget_member
from realtime.party.domain.members.membership import EMPTY_CLOSE_MS
from realtime.party.domain.model import Role
from realtime.party.domain.tokens import GUEST_LIFE_S, Invite
from realtime.party.invites.repository import SqlInvites
from realtime.party.jobs import KEEP_CLOSED_MS, close_abandoned, forget_closed
from realtime.party.ports import InviteUse
from realtime.party.stores.repository import SqlParties, party_table
from tests.support.realtime.party import Node, Player

pytestmark = pytest.mark.both_adapters


async def test_a_party_nobody_came_back_to_is_closed(node: Node, container: Container) -> None:
    async with Player(node, "ann") as ann:
        kept, _ = await ann.create(access="public")
        forgotten, _ = await ann.create(access="public")
        async with container.scope(write=True) as scope:
            long_ago = scope.clock.now() - timedelta(milliseconds=EMPTY_CLOSE_MS + 1)
            await scope.uow.session.execute(
                sa.update(party_table).where(party_table.c.id == forgotten).values(saved_at=long_ago)
            )
        running = node.gateway._running
        assert running is not None
        real_time = running._clock.now_ms
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(running._clock, "now_ms", lambda: real_time() + EMPTY_CLOSE_MS + 1)
            index = SqlParties(container, with_log=False)
            assert await close_abandoned(node.gateway.parties, index, container.clock) == 1
        assert await ann.refused("party:join", {"party_id": forgotten}) == "party_is_over"
        await ann.join(kept)


async def test_what_was_said_goes_with_the_party_and_with_the_account(node: Node, container: Container) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        over, _ = await ann.create(access="public")
        await ann.join(over)
        await ann.ok("chat:send", {"id": "m1", "text": "said by Ann"})
        await ann.ok("party:leave", {})
        running, _ = await ann.create(access="public")
        await ann.join(running)
        await ann.ok("chat:send", {"id": "m2", "text": "said by Ann"})
        await bob.join(running)
        await bob.ok("chat:send", {"id": "m3", "text": "said by Bob"})
        async with container.scope(write=True) as scope:
            long_ago = scope.clock.now() - timedelta(milliseconds=KEEP_CLOSED_MS + 1)
            await scope.uow.session.execute(
                sa.update(party_table).where(party_table.c.id == over).values(closed=True, saved_at=long_ago)
            )
        assert await forget_closed(SqlParties(container, with_log=False), container.clock) == 1
        async with container.scope(write=True) as scope:
            await forget_member(scope.uow.session, ann.user_id)
        async with container.scope(write=False) as scope:
            said = await scope.uow.session.execute(sa.select(chat_table).order_by(chat_table.c.seq))
            assert [(row.party_id, row.text, row.name, row.deleted) for row in said] == [
                (running, "", "", True),
                (running, "said by Bob", "bob", False),
            ]


async def test_uses_of_expired_invites_are_forgotten_a_day_later(container: Container) -> None:
    """Not at once: a pass made from a withdrawn invite lives for a day."""
    invites = SqlInvites(container)
    now_s = int(container.clock.now_ms() / 1000)
    invite = Invite(
        "01900000-0000-7000-8000-000000000001", new_id(), Role.GUEST, expires_at_s=now_s - GUEST_LIFE_S + 60, max_uses=1
    )
    assert await invites.use_all([invite, invite]) == [InviteUse.COUNTED, InviteUse.USED_UP]
    await invites.revoke(invite.party_id, invite.invite_id)
    await invites.forget_expired()
    assert await invites.is_revoked(invite.invite_id)
    old = replace(invite, invite_id=new_id(), expires_at_s=now_s - GUEST_LIFE_S - 1)
    assert await invites.use_all([old, old]) == [InviteUse.COUNTED, InviteUse.USED_UP]
    await invites.forget_expired()
    assert await invites.use_all([old]) == [InviteUse.COUNTED]
