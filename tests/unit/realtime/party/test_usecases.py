"""What people do with parties, over stores in memory."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from kernel.errors import Forbidden
from realtime.party.domain.commands import Pause, Play, Seek
from realtime.party.domain.errors import (
    ChannelNotWatchable,
    InviteNeeded,
    InviteRevoked,
    NotInParty,
    NotPermitted,
    PartyIsOver,
    PasswordNeeded,
)
from realtime.party.domain.model import Access, MemberId, Role
from realtime.party.domain.requests import Kick, Mute
from realtime.party.domain.rules import apply
from realtime.party.domain.tokens import InviteUsedUp
from realtime.party.ports import Change
from realtime.party.replica.registry import PartyNotFound
from realtime.party.usecases import EpisodeNotPlayable, MessageNotFound, NewParty, NotYourMessage
from realtime.sync.live import DELAY_MS
from tests.unit.realtime.party.memory import CHANNEL, FILM, Memory, Sent, account, guest, user


@pytest_asyncio.fixture
async def memory() -> AsyncIterator[Memory]:
    made = Memory()
    yield made
    await made.registry.close()


# Coming and going


async def test_a_party_is_stored_with_an_invite_to_it(memory: Memory) -> None:
    party_id, link = await memory.parties.create(account("ann"), NewParty(title=" Film night ", episode_id=FILM))
    party = await memory.parties.look(party_id)
    assert (party.settings.title, party.founder_id) == ("Film night", "ann")
    assert party.playback.media is not None
    assert [each.invite.party_id for each in memory.invites.known.values()] == [party_id]
    assert link.startswith(f"https://ani.example/party/{party_id}?invite=")


@pytest.mark.parametrize("episode_id", ["soon", "unknown"])
async def test_what_cannot_be_watched_opens_no_party(memory: Memory, episode_id: str) -> None:
    with pytest.raises(EpisodeNotPlayable):
        await memory.parties.create(account("ann"), NewParty(title="Film night", episode_id=episode_id))
    assert memory.store.parties == {}


async def test_a_party_around_a_live_channel_goes_on_from_the_start_and_maps_its_clock(memory: Memory) -> None:
    memory.clock.ms = 5_000_000
    party_id = await memory.open(channel_id=CHANNEL)
    playback = (await memory.join(party_id, "bob"))["playback"]
    live = playback["media"]["live"]
    assert (playback["paused"], playback["media"]["episode_id"], live["channel_id"]) == (False, "", CHANNEL)
    shown_ms = live["begin_ms"] + playback["position_ms"]
    assert shown_ms == 3_600_000 - DELAY_MS, "by the clock of the stream, not by ours"
    assert playback["anchor_ms"] == 5_000_000


async def test_what_is_said_around_a_live_channel_keeps_the_moment_of_the_broadcast(memory: Memory) -> None:
    memory.clock.ms = 5_000_000
    party_id = await memory.open(channel_id=CHANNEL)
    line = await memory.parties.say(party_id, "ann-1", message_id="m1", text="Now!", reply_to=None)
    assert (line.channel_id, line.programme_ms) == (CHANNEL, 3_600_000 - DELAY_MS), "as shown, not as sent"
    await memory.parties.command(party_id, "ann-1", Sent(Pause))
    memory.clock.ms += 7_000
    line = await memory.parties.say(party_id, "ann-1", message_id="m2", text="Look", reply_to=None)
    assert line.programme_ms == 3_600_000 - DELAY_MS, "of the picture that is on, however long it stands"
    (first, second) = (await memory.join(party_id, "bob"))["chat"]
    assert (first["channel_id"], first["programme_ms"]) == (CHANNEL, 3_600_000 - DELAY_MS)
    assert second["programme_ms"] == first["programme_ms"]


async def test_what_is_said_over_an_episode_belongs_to_no_broadcast(memory: Memory) -> None:
    party_id = await memory.open(episode_id=FILM)
    line = await memory.parties.say(party_id, "ann-1", message_id="m1", text="Hello", reply_to=None)
    assert (line.channel_id, line.programme_ms) == (None, None)
    (told,) = (await memory.join(party_id, "bob"))["chat"]
    assert "programme_ms" not in told


async def test_a_channel_that_is_not_there_opens_no_party(memory: Memory) -> None:
    with pytest.raises(ChannelNotWatchable):
        await memory.parties.create(account("ann"), NewParty(title="Evening", channel_id="another"))
    assert memory.store.parties == {}


async def test_who_joins_is_told_where_the_party_stands(memory: Memory) -> None:
    party_id = await memory.open(episode_id=FILM)
    await memory.parties.command(party_id, "ann-1", Sent(Play))
    memory.clock.ms += 5_000
    answer = await memory.join(party_id, "bob")
    assert (answer["you"]["member_id"], answer["you"]["role"], answer["version"]) == ("bob", "member", 1)
    assert answer["playback"]["paused"] is False
    assert "log" not in answer


async def test_who_comes_back_is_told_what_they_missed(memory: Memory) -> None:
    party_id = await memory.open(episode_id=FILM)
    await memory.join(party_id, "bob")
    await memory.parties.say(party_id, "ann-1", message_id="m1", text="Hello", reply_to=None)
    await memory.parties.disconnect(party_id, "bob-1")
    await memory.parties.command(party_id, "ann-1", Sent(Play))
    await memory.parties.say(party_id, "ann-1", message_id="m2", text="Are you there?", reply_to=None)
    answer = await memory.join(party_id, "bob", since=0, chat_since=1)
    assert [entry["version"] for entry in answer["log"]] == [1]
    assert [line["text"] for line in answer["chat"]] == ["Are you there?"]


async def test_nobody_joins_what_is_not_there_or_over(memory: Memory) -> None:
    with pytest.raises(PartyNotFound):
        await memory.parties.join(user("ann"), "ann-1", "nowhere")
    party_id = await memory.open()
    await memory.parties.close(party_id, by=MemberId("ann"), reason="closed")
    assert memory.sink.events("ann-1")[-1] == "party:closed"
    with pytest.raises(PartyIsOver):
        await memory.parties.join(user("bob"), "bob-1", party_id)


async def test_a_connection_that_ended_on_the_way_in_leaves_nobody_behind(memory: Memory) -> None:
    party_id = await memory.open()
    memory.sink.gone.add("bob-1")
    with pytest.raises(NotInParty):
        await memory.join(party_id, "bob")
    bob = (await memory.parties.look(party_id)).members[MemberId("bob")]
    assert bob.connections == ()
    with pytest.raises(NotInParty):
        memory.parties.member(party_id, "bob-1")


async def test_who_is_refused_is_not_connected_to_the_party(memory: Memory) -> None:
    party_id = await memory.open(access=Access.PRIVATE)
    with pytest.raises(InviteNeeded):
        await memory.join(party_id, "bob")
    assert memory.sink.where == {"ann-1": party_id}


async def test_leaving_is_for_all_devices_and_a_lost_connection_for_one(memory: Memory) -> None:
    party_id = await memory.open()
    await memory.join(party_id, "bob")
    await memory.parties.join(user("bob"), "bob-2", party_id)
    await memory.parties.disconnect(party_id, "bob-1")
    assert (await memory.parties.look(party_id)).members[MemberId("bob")].connections == ("bob-2",)
    await memory.parties.leave(party_id, "bob-2")
    with pytest.raises(NotInParty):
        memory.parties.member(party_id, "bob-2")


# The door


async def test_a_password_opens_the_door_for_who_knows_it(memory: Memory) -> None:
    party_id = await memory.open(access=Access.PASSWORD, password="open sesame")
    for shown in (None, "sesame"):
        with pytest.raises(PasswordNeeded):
            await memory.join(party_id, "bob", password=shown)
    await memory.join(party_id, "bob", password="open sesame")
    await memory.join(party_id, "bob")  # on a second device they are known


async def test_an_invite_lets_in_so_many_and_then_nobody(memory: Memory) -> None:
    party_id = await memory.open(access=Access.PRIVATE)
    invite, link = await memory.parties.invite(
        party_id, MemberId("ann"), role=Role.COHOST, expires_in_s=3600, max_uses=1
    )
    token = link.partition("invite=")[2]
    assert (await memory.join(party_id, "bob", invite=token))["you"]["role"] == "cohost"
    with pytest.raises(InviteUsedUp):
        await memory.join(party_id, "eve", invite=token)
    assert invite.invite_id not in {
        line.known.invite.invite_id for line in await memory.parties.invites(party_id, MemberId("ann"))
    }


async def test_a_withdrawn_invite_lets_nobody_in_nor_back_in(memory: Memory) -> None:
    party_id = await memory.open(access=Access.PRIVATE)
    invite, link = await memory.parties.invite(
        party_id, MemberId("ann"), role=Role.GUEST, expires_in_s=3600, max_uses=0
    )
    token = link.partition("invite=")[2]
    answer = await memory.parties.join(guest("gil"), "gil-1", party_id, invite=token)
    assert answer["you"]["role"] == "guest"
    await memory.parties.revoke_invite(party_id, MemberId("ann"), invite.invite_id)
    memory.parties.member(party_id, "gil-1")  # who is in the room stays
    with pytest.raises(InviteRevoked):
        await memory.parties.join(guest("eve"), "eve-1", party_id, invite=token)


# Steering


async def test_a_command_reaches_everybody_with_the_version_it_made(memory: Memory) -> None:
    party_id = await memory.open(episode_id=FILM)
    await memory.join(party_id, "bob")
    assert await memory.parties.command(party_id, "bob-1", Sent(Play)) == 1
    for connection in ("ann-1", "bob-1"):
        [(event, body)] = memory.sink.got[connection]
        assert (event, body["version"], body["cause"]["member_id"]) == ("party:state", 1, "bob")


async def test_the_same_command_sent_again_makes_the_same_version_once(memory: Memory) -> None:
    party_id = await memory.open(episode_id=FILM)
    assert await memory.parties.command(party_id, "ann-1", Sent(Play)) == 1
    assert await memory.parties.command(party_id, "ann-1", Sent(Pause, "c2")) == 2
    assert await memory.parties.command(party_id, "ann-1", Sent(Play)) == 1
    assert memory.sink.events("ann-1") == ["party:state", "party:state"]


async def test_a_command_that_another_node_overtook_is_made_from_theirs(memory: Memory) -> None:
    party_id = await memory.open(episode_id=FILM)
    before = memory.store.parties[party_id]
    theirs, _ = apply(before, Play(member_id=MemberId("ann"), id="there"), memory.clock.ms)
    memory.store.rival = Change(
        party=theirs,
        expected_revision=before.revision,
        changed=(),
        gone=(),
        entries=(),
        connected_count=1,
        write_through=False,
        message=bytes,
    )
    seek = Sent(Seek, "here", {"position_ms": 60_000})
    assert await memory.parties.command(party_id, "ann-1", seek) == 2
    party = memory.store.parties[party_id]
    assert (party.playback.paused, party.playback.position_ms) == (False, 60_000)


async def test_a_muted_member_neither_steers_nor_speaks(memory: Memory) -> None:
    party_id = await memory.open(episode_id=FILM)
    await memory.join(party_id, "bob")
    await memory.parties.moderate(party_id, "ann-1", Mute(by=MemberId("ann"), member_id=MemberId("bob")))
    with pytest.raises(NotPermitted):
        await memory.parties.command(party_id, "bob-1", Sent(Play))
    with pytest.raises(Forbidden):
        await memory.parties.say(party_id, "bob-1", message_id="m", text="Hm", reply_to=None)
    assert memory.chat.lines == []


async def test_who_was_kicked_is_out_and_on_the_list_of_those_who_may_see_it(memory: Memory) -> None:
    party_id = await memory.open()
    await memory.join(party_id, "bob")
    await memory.join(party_id, "eve")
    await memory.parties.moderate(party_id, "ann-1", Kick(by=MemberId("ann"), member_id=MemberId("bob")))
    assert "bob-1" not in memory.sink.where
    assert [entry["member_id"] for entry in memory.parties.barred(party_id, "ann-1")] == ["bob"]
    with pytest.raises(NotPermitted):
        memory.parties.barred(party_id, "eve-1")


STRANGERS: dict[str, Callable[[Memory, str], Any]] = {
    "command": lambda memory, party_id: memory.parties.command(party_id, "eve-1", Sent(Play)),
    "leave": lambda memory, party_id: memory.parties.leave(party_id, "eve-1"),
    "say": lambda memory, party_id: memory.parties.say(party_id, "eve-1", message_id="m", text="Hm", reply_to=None),
    "react": lambda memory, party_id: memory.parties.react(party_id, "eve-1", "🎉"),
    "typing": lambda memory, party_id: memory.parties.typing(party_id, "eve-1", True),
    "delete": lambda memory, party_id: memory.parties.delete_message(party_id, "eve-1", "m"),
}


@pytest.mark.parametrize("deed", STRANGERS)
async def test_who_is_not_in_the_party_does_nothing_in_it(memory: Memory, deed: str) -> None:
    party_id = await memory.open(episode_id=FILM)
    with pytest.raises(NotInParty):
        await STRANGERS[deed](memory, party_id)
    with pytest.raises(NotInParty):
        await STRANGERS[deed](memory, "another party")


# Chat


async def test_what_is_said_is_kept_once_with_the_place_in_the_film(memory: Memory) -> None:
    party_id = await memory.open(episode_id=FILM)
    await memory.parties.command(party_id, "ann-1", Sent(Play))
    memory.sink.got.clear()
    memory.clock.ms += 5_000
    for _ in range(2):
        line = await memory.parties.say(party_id, "ann-1", message_id="m1", text="Oh!", reply_to=None)
        await memory.settle()
    assert memory.chat.lines == [line]
    assert 0 < line.position_ms <= 5_000
    assert memory.sink.events("ann-1") == ["chat:message"]


async def test_ones_own_message_can_be_taken_back_and_a_host_takes_back_any(memory: Memory) -> None:
    party_id = await memory.open()
    await memory.join(party_id, "bob")
    for name in ("ann", "bob"):
        await memory.parties.say(party_id, f"{name}-1", message_id=name, text="Hm", reply_to=None)
    with pytest.raises(NotYourMessage):
        await memory.parties.delete_message(party_id, "bob-1", "ann")
    with pytest.raises(MessageNotFound):
        await memory.parties.delete_message(party_id, "bob-1", "eve")
    await memory.parties.delete_message(party_id, "ann-1", "bob")
    assert [(line.message_id, line.deleted) for line in memory.chat.lines] == [("ann", False), ("bob", True)]
    assert memory.sink.events("bob-1")[-1] == "chat:deleted"
    answer = await memory.join(party_id, "eve")
    assert [line["text"] for line in answer["chat"]] == ["Hm", ""]


async def test_who_writes_is_not_told_so_themselves(memory: Memory) -> None:
    party_id = await memory.open()
    await memory.join(party_id, "bob")
    await memory.parties.typing(party_id, "bob-1", True)
    await memory.parties.react(party_id, "bob-1", "🎉")
    assert memory.sink.events("ann-1") == ["chat:typing", "chat:reaction"]
    assert memory.sink.events("bob-1") == ["chat:reaction"]
