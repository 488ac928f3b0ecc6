"""The party over real sockets: what one does, all see."""

import asyncio
from typing import Any

import pytest
import socketio.exceptions

from kernel.access import Actor
from kernel.access import Role as SiteRole
from kernel.ids import new_id
from realtime.party.domain.model import MemberId, Role
from tests.support.realtime.party import EPISODE_ID, Node, Player


@pytest.mark.both_adapters
async def test_commands_reach_everyone(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create()
        snapshot = await ann.join(party_id)
        assert snapshot["you"]["role"] == "host"
        assert snapshot["playback"]["media"] == {"episode_id": EPISODE_ID, "title": "Pilot", "duration_ms": 1_440_000}
        assert snapshot["playback"]["paused"] is True
        await bob.join(party_id)
        steps: list[tuple[str, dict[str, float]]] = [
            ("play", {}),
            ("seek", {"position_ms": 60_000}),
            ("rate", {"rate": 1.25}),
            ("pause", {"position_ms": 61_500.4}),
        ]
        for kind, arguments in steps:
            version = await bob.command(kind, **arguments)
            for player in (ann, bob):
                state = await player.hears("party:state", version=version)
                assert state["cause"]["kind"] == kind
                assert state["cause"]["member_id"] == bob.user_id
        assert state["playback"]["paused"] is True
        assert state["playback"]["position_ms"] == 61_500
        assert state["playback"]["rate"] == 1.25
        assert ann.versions() == bob.versions() == [1, 2, 3, 4]


@pytest.mark.both_adapters
async def test_late_joiner_gets_the_whole_picture(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create(title="Marathon", control="host")
        await ann.join(party_id)
        await ann.command("play", position_ms=10_000)
        await ann.ok("chat:send", {"id": "m1", "text": "hello"})
        late = await bob.join(party_id)
        assert late["version"] == 1
        assert late["playback"]["paused"] is False
        assert late["playback"]["position_ms"] == 10_000
        assert [line["text"] for line in late["chat"]] == ["hello"]
        assert late["chat_seq"] == 1
        assert late["settings"]["title"] == "Marathon"
        assert late["settings"]["control"] == "host"
        assert "password_hash" not in late["settings"]
        assert {member["name"] for member in late["members"]} == {"ann", "bob"}
        members = (await ann.hears("party:members", members_count=2))["members"]
        assert [member["name"] for member in members] == ["ann", "bob"]
        assert await bob.refused("party:command", {"id": new_id(), "kind": "pause"}) == "forbidden"


@pytest.mark.both_adapters
async def test_same_command_id_twice_applies_once(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, _ = await ann.create()
        await ann.join(party_id)
        command = {"id": "one", "kind": "seek", "position_ms": 5_000}
        first = await ann.ok("party:command", command)
        assert await ann.ok("party:command", command) == first
        await ann.vanish()
        await ann.connect()
        await ann.join(party_id, since=first["version"])
        assert await ann.ok("party:command", command) == first
        assert await ann.command("pause") == first["version"] + 1
        await ann.hears("party:state", version=first["version"] + 1)
        assert ann.versions() == [1, 2]


@pytest.mark.both_adapters
async def test_resume_after_a_lost_connection_has_neither_loss_nor_double(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create()
        await ann.join(party_id)
        joined = await bob.join(party_id)
        await ann.command("play")
        await ann.ok("chat:send", {"id": "m1", "text": "one"})
        await bob.hears("chat:message", seq=1)
        await bob.hears("party:state", version=1)
        await bob.vanish()
        for second in range(1, 6):
            await ann.command("seek", position_ms=second * 1000)
            await ann.ok("chat:send", {"id": f"away-{second}", "text": f"away {second}"})
        await bob.connect()
        back = await bob.join(party_id, since=1, chat_since=1)
        assert back["you"]["member_id"] == joined["you"]["member_id"]
        assert [entry["version"] for entry in back["log"]] == [2, 3, 4, 5, 6]
        assert [entry["playback"]["position_ms"] for entry in back["log"]] == [1000, 2000, 3000, 4000, 5000]
        assert [line["seq"] for line in back["chat"]] == [2, 3, 4, 5, 6]
        await ann.command("pause")
        await bob.hears("party:state", version=7)
        assert bob.versions() == [1, 7]
        # A version this server never made: there is nothing to resume from, so a snapshot it is.
        await bob.ok("party:leave")
        assert "log" not in await bob.join(party_id, since=99)


@pytest.mark.both_adapters
async def test_guest_by_invite_keeps_identity(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, invite = await ann.create(access="private")
        await ann.join(party_id)
        async with Player(node, invite=invite, name="  Guest\u202e\n One ") as guest:
            joined = await guest.join(party_id)
            assert joined["you"]["name"] == "Guest One"
            assert joined["you"]["role"] == "guest"
            token = joined["you"]["guest_token"]
            await guest.ok("chat:send", {"id": "g1", "text": "hi"})
        async with Player(node, token=token) as back:
            again = await back.join(party_id)
            assert again["you"]["member_id"] == joined["you"]["member_id"]
            assert again["you"]["name"] == "Guest One"
        async with Player(node, "eve") as eve:
            assert await eve.refused("party:join", {"party_id": party_id}) == "invite_needed"
            assert (await eve.join(party_id, invite=invite))["you"]["role"] == "member"


@pytest.mark.both_adapters
async def test_an_open_party_needs_a_name_alone(node: Node) -> None:
    async with Player(node, "ann") as ann:
        open_to_all, _ = await ann.create(access="public")
        with_the_link, _ = await ann.create(access="unlisted")
        with_password, _ = await ann.create(access="password", password="moon river")
        by_invite, _ = await ann.create(access="private")
        await ann.join(open_to_all)
        for party_id in (open_to_all, with_the_link):
            async with Player(node, party_id=party_id, name="Kit") as kit:
                joined = await kit.join(party_id)
                assert (joined["you"]["name"], joined["you"]["role"]) == ("Kit", "guest")
            async with Player(node, token=joined["you"]["guest_token"]) as back:
                assert (await back.join(party_id))["you"]["member_id"] == joined["you"]["member_id"]
        async with Player(node, party_id=with_password, name="Kit") as kit:
            assert await kit.refused("party:join", {"party_id": with_password}) == "password_needed"
            assert (await kit.join(with_password, password="moon river"))["you"]["role"] == "guest"
        async with Player(node, party_id=by_invite, name="Kit") as kit:
            assert await kit.refused("party:join", {"party_id": by_invite}) == "invite_needed"
            # Named for one party, good for that one.
            assert await kit.refused("party:join", {"party_id": open_to_all}) == "invite_needed"
        # A pass that is over does not keep anybody out of where everybody may go.
        async with Player(node, token="old", party_id=open_to_all, name="Kim") as kim:
            assert (await kim.join(open_to_all))["you"]["name"] == "Kim"


@pytest.mark.parametrize("name", ["Ani", "Moderator", "ani support", "a\u200bdmin"])
async def test_an_invite_lets_nobody_in_as_the_site(node: Node, name: str) -> None:
    async with Player(node, "ann") as ann:
        party_id, invite = await ann.create()
        assert await refusal_of(node, {"invite": invite, "name": name}) == "name_reserved"
        async with Player(node, invite=invite, name="Anita") as anita:
            assert (await anita.join(party_id))["you"]["name"] == "Anita"


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        ({}, "unauthenticated"),
        ({"token": "nonsense"}, "unauthenticated"),
        ({"invite": "a.b", "name": "x"}, "invite_invalid"),
        ({"name": "x"}, "unauthenticated"),
        ({"party_id": "x", "name": "  "}, "name_missing"),
        ({"party_id": "x", "name": "Ani"}, "name_reserved"),
        ({"party_id": "x", "name": "moderator"}, "name_reserved"),
        ({"party_id": "x", "name": "m\u043ederator"}, "name_reserved"),  # with a Cyrillic letter
        ({"party_id": "x" * 100, "name": "x"}, "bad_request"),
        ({"token": ["list"]}, "bad_request"),
        ("text", "bad_request"),
        ({"invite": "x" * 5000, "name": "x"}, "bad_request"),
    ],
)
async def test_connection_is_refused_with_a_code(node: Node, auth: object, code: str) -> None:
    assert await refusal_of(node, auth) == code


async def refusal_of(node: Node, auth: Any) -> str:
    """The code with which this connection is refused."""
    client = socketio.AsyncClient(reconnection=False)
    refusals: list[dict[str, str]] = []
    client.on("connect_error", refusals.append, namespace="/party")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(node.url, auth=auth, namespaces=["/party"], transports=["websocket"])
    await client.disconnect()
    assert refusals[0]["message"]
    return refusals[0]["code"]


@pytest.mark.both_adapters
async def test_who_is_signed_out_while_they_connect_stays_out(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The word to close their connections came before there was this one."""
    running = node.gateway._running
    assert running is not None
    answers: list[Actor | None] = [Actor(new_id(), "ann", SiteRole.USER, "session"), None]

    async def signed_out_meanwhile(_token: str) -> Actor | None:
        return answers.pop(0)

    monkeypatch.setattr(running._authenticator, "_authenticate", signed_out_meanwhile)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await Player(node, "ann").connect()
    assert answers == []
    assert len(running.connections) == 0


@pytest.mark.both_adapters
async def test_doors(node: Node) -> None:
    """Password, capacity, a used-up and an expired invite."""
    async with Player(node, "ann") as ann, Player(node, "bob") as bob, Player(node, "cat") as cat:
        locked, _ = await ann.create(access="password", password="open sesame", capacity=2)
        await ann.join(locked, password="open sesame")
        assert await bob.refused("party:join", {"party_id": locked}) == "password_needed"
        assert await bob.refused("party:join", {"party_id": locked, "password": "guess"}) == "password_needed"
        await bob.join(locked, password="open sesame")
        assert await cat.refused("party:join", {"party_id": locked, "password": "open sesame"}) == "party_full"
        assert await cat.refused("party:join", {"party_id": new_id()}) == "party_not_found"
        assert await cat.refused("party:create", {"access": "password"}) == "settings_not_acceptable"

        secret, _ = await ann.create(access="private")
        _, link = await node.gateway.parties.invite(
            secret, MemberId(ann.user_id), role=Role.MEMBER, expires_in_s=60, max_uses=1
        )
        once = link.partition("?invite=")[2]
        await bob.join(secret, invite=once)
        assert await cat.refused("party:join", {"party_id": secret, "invite": once}) == "invite_used_up"
        _, expired = await node.gateway.parties.invite(
            secret, MemberId(ann.user_id), role=Role.MEMBER, expires_in_s=-1, max_uses=0
        )
        token = expired.partition("?invite=")[2]
        assert await cat.refused("party:join", {"party_id": secret, "invite": token}) == "invite_expired"


@pytest.mark.both_adapters
async def test_moderation(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create(access="public")
        await ann.join(party_id)
        await bob.join(party_id)
        assert await bob.refused("member:kick", {"member_id": ann.user_id}) == "forbidden"
        await ann.ok("member:mute", {"member_id": bob.user_id})
        assert await bob.refused("chat:send", {"id": "x", "text": "let me"}) == "forbidden"
        await ann.ok("member:mute", {"member_id": bob.user_id, "muted": False})
        await bob.ok("chat:send", {"id": "x", "text": "thanks"})
        await ann.ok("member:kick", {"member_id": bob.user_id})
        await bob.hears("party:kicked", reason="kicked")
        assert await bob.refused("chat:send", {"id": "y", "text": "still here?"}) == "not_in_party"
        assert await bob.refused("party:join", {"party_id": party_id}) == "kicked_from_party"
        assert await bob.refused("member:pardon", {"member_id": bob.user_id}) == "not_in_party"
        barred = (await ann.ok("member:barred"))["barred"]
        assert [(entry["member_id"], entry["why"]) for entry in barred] == [(bob.user_id, "kicked")]
        await ann.ok("member:pardon", {"member_id": bob.user_id})
        await bob.join(party_id)
        await ann.ok("member:ban", {"member_id": bob.user_id})
        await bob.hears("party:kicked", reason="banned")
        assert await bob.refused("party:join", {"party_id": party_id}) == "banned_from_party"


@pytest.mark.both_adapters
async def test_host_succession_and_return(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create()
        await ann.join(party_id)
        await bob.join(party_id)
        await ann.vanish()
        async with asyncio.timeout(30):
            while True:
                members = (bob.all("party:members") or [{"members": []}])[-1]["members"]
                if any(m["name"] == "bob" and m["role"] == "host" for m in members):
                    break
                await asyncio.sleep(0.1)
        await ann.connect()
        assert (await ann.join(party_id))["you"]["role"] == "host"


@pytest.mark.both_adapters
async def test_the_room_waits_for_a_stalled_member(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create(wait="stall")
        now = (await ann.join(party_id), await bob.join(party_id))
        assert now[0]["settings"]["wait"] == "stall"
        clock = await ann.ok("clock", {"t0": 1.5})
        assert clock["t0"] == 1.5
        report = {
            "position_ms": 0,
            "at_ms": clock["t2"],
            "state": "ready",
            "buffer_ms": 9000,
            "rtt_ms": 5,
            "drift_ms": 0,
        }
        await ann.ok("party:report", {**report, "rate": 1})
        await bob.ok("party:report", {**report, "rate": 1})
        await ann.command("play")
        await ann.ok("party:report", {**report, "state": "playing"})
        await bob.ok("party:report", {**report, "state": "playing"})
        await asyncio.sleep(0.3)
        await bob.ok("party:report", {**report, "state": "stalled", "at_ms": (await bob.ok("clock", {"t0": 0}))["t2"]})
        waiting = await ann.hears("party:waiting", on=[bob.user_id])
        assert waiting["deadline_ms"] > clock["t2"]
        paused = await ann.hears("party:state", version=2)
        assert paused["playback"]["paused"] is True
        assert paused["cause"]["kind"] == "wait"
        await bob.ok("party:report", {**report, "state": "ready", "version": 2})
        resumed = await ann.hears("party:state", version=3)
        assert resumed["playback"]["paused"] is False


@pytest.mark.both_adapters
async def test_the_end_of_the_episode_pauses_the_room(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, _ = await ann.create()
        await ann.join(party_id)
        await ann.command("play", position_ms=1_439_700)
        end = await ann.hears("party:state", version=2)
        assert end["cause"] == {"member_id": None, "kind": "end", "command_id": None}
        assert end["playback"]["paused"] is True
        assert end["playback"]["position_ms"] == 1_440_000


@pytest.mark.both_adapters
async def test_the_next_in_the_queue_starts_by_itself(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, _ = await ann.create()
        await ann.join(party_id)
        await ann.command("queue.add", media={"episode_id": EPISODE_ID})
        await ann.command("play", position_ms=1_439_700)
        following = await ann.hears("party:state", version=3)
        assert following["cause"]["kind"] == "next"
        assert following["playback"]["position_ms"] == 0
        assert following["queue"] == []


@pytest.mark.both_adapters
async def test_an_item_is_known_by_its_id_however_long_the_commands_was(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, _ = await ann.create()
        await ann.join(party_id)
        added = {"id": "x" * 64, "kind": "queue.add", "media": {"episode_id": EPISODE_ID}}
        version = (await ann.ok("party:command", added))["version"]
        (item,) = (await ann.hears("party:state", version=version))["queue"]
        version = await ann.command("queue.vote", item_id=item["item_id"])
        assert (await ann.hears("party:state", version=version))["queue"][0]["votes"] == 1


@pytest.mark.both_adapters
async def test_tracks_chosen_for_all_reach_those_present_and_those_to_come(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob, Player(node, "cat") as cat:
        party_id, _ = await ann.create(control="host")
        await ann.join(party_id)
        assert (await bob.join(party_id))["tracks"] == {"audio": "", "subtitles": ""}
        version = await ann.command("tracks", audio="ja", subtitles="pt-BR")
        told = await bob.hears("party:state", version=version)
        assert told["tracks"] == {"audio": "ja", "subtitles": "pt-BR"}
        assert "tracks" not in await bob.hears("party:state", version=await ann.command("play"))
        await ann.command("tracks", subtitles="off")
        assert (await cat.join(party_id))["tracks"] == {"audio": "ja", "subtitles": "off"}
        assert await bob.refused("party:command", {"id": "b1", "kind": "tracks", "audio": "ru"}) == "forbidden"
        for wrong in ({"audio": "../ja"}, {"subtitles": "x" * 40}, {"subtitles": 7}):
            assert await ann.refused("party:command", {"id": "a9", "kind": "tracks", **wrong}) == "bad_request"


@pytest.mark.both_adapters
async def test_a_message_taken_back_is_gone_for_everybody(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob, Player(node, "cat") as cat:
        party_id, _ = await ann.create()
        await ann.join(party_id)
        await bob.join(party_id)
        await ann.ok("chat:send", {"id": "m1", "text": "oops"})
        assert (await ann.ok("chat:send", {"id": "m1", "text": "oops again"}))["seq"] == 1
        await bob.ok("chat:send", {"id": "m2", "text": "what?", "reply_to": "m1"})
        assert await bob.refused("chat:delete", {"id": "m1"}) == "not_your_message"
        assert await ann.refused("chat:delete", {"id": "m9"}) == "message_not_found"
        await ann.ok("chat:delete", {"id": "m1"})
        assert (await bob.hears("chat:deleted"))["id"] == "m1"
        lines = (await cat.join(party_id))["chat"]
        assert [(line["text"], line["deleted"], line["reply_to"]) for line in lines] == [
            ("", True, None),
            ("what?", False, "m1"),
        ]
        assert [line["text"] for line in bob.all("chat:message")] == ["oops", "what?"]
