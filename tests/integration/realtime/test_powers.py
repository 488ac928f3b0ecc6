"""A power is of one party: whatever is shown of one, at another it opens nothing and changes nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kernel.access import Role as SiteRole
from kernel.ids import new_id
from realtime.party.domain.model import MemberId, Role
from realtime.party.domain.tokens import read_guest_pass, read_invite
from tests.conftest import AppClient
from tests.support.people import Person
from tests.support.realtime.party import EPISODE_ID, KEY, Node, Player

MakeUser = Callable[..., Awaitable[Person]]

ROLES = ("cohost", "member", "guest")

COMMANDS: dict[str, dict[str, Any]] = {
    "play": {},
    "pause": {},
    "seek": {"position_ms": 1},
    "rate": {"rate": 2},
    "media": {"media": {"episode_id": EPISODE_ID}},
    "settings": {"title": "Taken"},
    "tracks": {"audio": "ja"},
    "queue.move": {"item_id": "x", "index": 0},
    "next": {},
}
"""What nobody below cohost may do while only cohosts steer."""


async def refusals(player: Player, victim: str) -> dict[str, str]:
    """Every event that takes a power, and what was answered: the code of the refusal, or ``ok``."""
    tries: list[tuple[str, dict[str, Any]]] = [
        ("party:command", {"id": new_id(), "kind": kind, **given}) for kind, given in COMMANDS.items()
    ]
    tries += [("member:role", {"member_id": victim, "role": role}) for role in ("host", *ROLES)]
    tries += [("member:mute", {"member_id": victim}), ("member:mute", {"member_id": victim, "muted": False})]
    tries += [(f"member:{verb}", {"member_id": victim}) for verb in ("kick", "ban", "pardon")]
    tries += [("member:barred", {}), ("chat:delete", {"id": "of-the-host"})]
    tries += [("invite:create", {"role": role}) for role in ROLES]
    answers = {}
    for event, payload in tries:
        answer = await player.ask(event, payload)
        name = f"{event} {payload.get('kind') or payload.get('role') or ''}".strip()
        answers[name] = "ok" if answer["ok"] else answer["error"]["code"]
    return answers


async def credentials(ann: Player, party_id: str, node: Node) -> dict[str, dict[str, str]]:
    """Everything a guest can hold of Ann's party, as the ``auth`` of a connection."""
    held: dict[str, dict[str, str]] = {}
    for role in ROLES:
        made = await ann.ok("invite:create", {"role": role})
        token = made["invite_url"].partition("?invite=")[2]
        held[f"invite as {role}"] = {"invite": token, "name": f"by invite {role}"}
        async with Player(node, invite=token, name=f"{role} with a pass") as guest:
            you = (await guest.join(party_id))["you"]
            assert you["role"] == role
            held[f"pass of a {role}"] = {"token": you["guest_token"]}
    return held


REFUSED = {"forbidden", "not_your_message"}


@pytest.mark.parametrize(
    ("access", "refusal"),
    [("unlisted", None), ("public", None), ("private", "invite_needed"), ("password", "password_needed")],
)
async def test_every_credential_at_every_other_door(node: Node, access: str, refusal: str | None) -> None:
    secret = {"password": "sesame"} if access == "password" else {}
    async with Player(node, "ann") as ann, Player(node, "zed") as zed:
        own, _ = await ann.create()
        await ann.join(own)
        held = await credentials(ann, own, node)
        cohosts_of_own = held["invite as cohost"]["invite"]
        other, _ = await zed.create(access=access, control="cohosts", **secret)
        await zed.join(other)
        await zed.ok("chat:send", {"id": "of-the-host", "text": "mine"})
        for name, auth in held.items():
            async with Player(node, **auth) as guest:
                shown = {"party_id": other, "invite": cohosts_of_own}
                assert await guest.refused("party:join", shown) == "invite_invalid", name
                if refusal is not None:
                    assert await guest.refused("party:join", {"party_id": other}) == refusal, name
                    continue
                you = (await guest.join(other))["you"]
                assert (you["role"], set(you["permissions"])) == ("guest", {"queue", "skip", "chat", "speak"}), name
                assert set((await refusals(guest, zed.user_id)).values()) == REFUSED, name
                given = read_guest_pass(you["guest_token"], [KEY], 0)
                assert (given.party_id, given.role, given.invite_id) == (other, Role.GUEST, ""), name
                await guest.ok("party:leave")
                assert (await guest.join(other))["you"]["role"] == "guest", name
                await guest.ok("party:leave")
        # An account that is host of its own party.
        assert await ann.refused("party:join", {"party_id": other, "invite": cohosts_of_own}) == "invite_invalid"
        if refusal is not None:
            assert await ann.refused("party:join", {"party_id": other}) == refusal
        else:
            assert (await ann.join(other))["you"]["role"] == "member"
            answers = await refusals(ann, zed.user_id)
            assert {event for event, code in answers.items() if code not in REFUSED} == {
                "invite:create member",
                "invite:create guest",
            }
            await ann.ok("party:leave")
        party = await node.gateway.parties.look(other)
        assert (party.version, party.founder_id, party.settings.title) == (0, zed.user_id, "Night")
        assert {str(key): member.role for key, member in party.members.items()} == {zed.user_id: Role.HOST}


async def test_a_guest_is_another_person_in_another_party(node: Node) -> None:
    """Nor can what was given there be taken back with the credentials of here."""
    async with Player(node, "ann") as ann, Player(node, "zed") as zed:
        own, invite = await ann.create()
        await ann.join(own)
        other, _ = await zed.create(access="private")
        await zed.join(other)
        cohosts = (await zed.ok("invite:create", {"role": "cohost"}))["invite_url"].partition("?invite=")[2]
        async with Player(node, invite=invite, name="eve") as eve:
            here = (await eve.join(own))["you"]
            there = (await eve.join(other, invite=cohosts))["you"]
            assert there["role"] == "cohost"
            assert there["member_id"] != here["member_id"]
            # Asking again on the same connection, as after a gap, is the same member.
            again = (await eve.join(other, invite=cohosts, since=0))["you"]
            assert again["member_id"] == there["member_id"]
            assert read_guest_pass(again["guest_token"], [KEY], 0).role is Role.COHOST
        async with Player(node, token=here["guest_token"]) as eve:
            assert await eve.refused("party:join", {"party_id": other}) == "invite_needed"
        async with Player(node, token=there["guest_token"]) as eve:
            assert (await eve.join(other))["you"]["member_id"] == there["member_id"]


async def test_accounts_over_rest(app_client: AppClient, make_user: MakeUser) -> None:
    """Being host of a party, or anybody anywhere, says nothing about another's; a moderator of the site only ends it."""
    ann, zed, moderator, admin = (
        await make_user(),
        await make_user(),
        await make_user(SiteRole.MODERATOR),
        await make_user(SiteRole.ADMIN),
    )
    paths, tokens = {}, {}
    for person in (ann, zed):
        made = await app_client.post("/api/v1/parties", json={"access": "public"}, headers=person.headers)
        body = await made.json()
        paths[person.headers["Authorization"]] = f"/api/v1/parties/{body['party_id']}"
        tokens[person.headers["Authorization"]] = body["invite_url"].partition("?invite=")[2]
    path = paths[zed.headers["Authorization"]]
    listed = await (await app_client.get(f"{path}/invites", headers=zed.headers)).json()
    invite_id = listed["items"][0]["id"]
    strangers: dict[str, dict[str, str]] = {
        "another host": dict(ann.headers),
        "a moderator": dict(moderator.headers),
        "an administrator": dict(admin.headers),
        "an invite for a token": {"Authorization": f"Bearer {tokens[zed.headers['Authorization']]}"},
        "nobody": {},
    }
    for name, headers in strangers.items():
        status = 403 if name in ("another host", "a moderator", "an administrator") else 401
        for method, where, body in (
            ("post", f"{path}/invites", {"role": "cohost"}),
            ("get", f"{path}/invites", None),
            ("delete", f"{path}/invites/{invite_id}", None),
        ):
            answer = await getattr(app_client, method)(
                where, headers=headers, **({} if body is None else {"json": body})
            )
            assert answer.status == status, (name, method)
        if name in ("another host", "nobody", "an invite for a token"):
            assert (await app_client.delete(path, headers=headers)).status == status
    assert (await app_client.delete(f"{path}/invites/{new_id()}", headers=zed.headers)).status == 404
    own = paths[ann.headers["Authorization"]]
    assert (await app_client.delete(f"{own}/invites/{invite_id}", headers=ann.headers)).status == 404
    assert (await app_client.delete(f"{path}/invites/{invite_id}", headers=zed.headers)).status == 204
    assert (await (await app_client.get(f"{path}/invites", headers=zed.headers)).json())["items"] == []


async def test_a_sanction_outlives_leaving_and_a_restart(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, invite = await ann.create()
        await ann.join(party_id)
        cohosts = (await ann.ok("invite:create", {"role": "cohost"}))["invite_url"].partition("?invite=")[2]
        assert (await bob.join(party_id, invite=cohosts))["you"]["role"] == "cohost"
        await ann.ok("member:role", {"member_id": bob.user_id, "role": "member"})
        await bob.ok("party:leave")
        assert (await bob.join(party_id, invite=cohosts))["you"]["role"] == "member"
        await ann.ok("member:mute", {"member_id": bob.user_id})
        await bob.ok("party:leave")
        assert (await bob.join(party_id, invite=cohosts))["you"]["role"] == "muted"
        async with Player(node, invite=invite, name="eve") as eve:
            token = (await eve.join(party_id))["you"]["guest_token"]
            member_id = read_guest_pass(token, [KEY], 0).member_id
            await ann.ok("member:kick", {"member_id": member_id})
            await eve.hears("party:kicked")
            assert await eve.refused("party:join", {"party_id": party_id, "invite": invite}) == "kicked_from_party"
        for auth in ({"token": token}, {"invite": invite, "name": "somebody new"}):
            async with Player(node, **auth) as eve:
                assert await eve.refused("party:join", {"party_id": party_id}) == "kicked_from_party"
        running = node.gateway._running
        assert running is not None
        stored = await running._index.load(party_id)
        assert stored is not None
        assert {(entry.member_id, entry.muted, entry.ceiling) for entry in stored.standings} == {
            (MemberId(bob.user_id), True, Role.MEMBER),
            (MemberId(member_id), False, None),
        }
        # A new link of a moderator lets the one who was sent out in again; the one everybody has does not.
        fresh = (await ann.ok("invite:create", {"role": "guest"}))["invite_url"].partition("?invite=")[2]
        assert read_invite(fresh, [KEY], 0).invite_id != read_invite(invite, [KEY], 0).invite_id
        async with Player(node, token=token) as eve:
            assert (await eve.join(party_id, invite=fresh))["you"]["role"] == "guest"


@pytest.mark.both_adapters
async def test_a_withdrawn_invite_and_the_passes_made_from_it(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, invite = await ann.create(access="private")
        await ann.join(party_id)
        async with Player(node, invite=invite, name="eve") as eve, Player(node, invite=invite, name="joe") as joe:
            pass_of_eve = (await eve.join(party_id))["you"]["guest_token"]
            await joe.join(party_id)
            [line] = (await ann.ok("invite:list"))["invites"]
            assert (line["uses"], line["role"], line["by"], line["by_name"]) == (2, "guest", ann.user_id, "ann")
            assert line["invite_url"].endswith(f"invite={invite}")
            assert (await eve.ok("invite:list"))["invites"] == []
            assert await eve.refused("invite:revoke", {"invite_id": line["id"]}) == "invite_not_found"
            # Asked for again it is the same one, until it is withdrawn.
            assert (await ann.ok("invite:create", {"role": "guest"}))["invite_id"] == line["id"]
            await ann.ok("invite:revoke", {"invite_id": line["id"]})
            assert (await ann.ok("invite:list"))["invites"] == []
            assert await ann.refused("invite:revoke", {"invite_id": line["id"]}) == "invite_not_found"
            assert (await ann.ok("invite:create", {"role": "guest"}))["invite_id"] != line["id"]
            # Who is in the room stays, over a lost connection, too.
            await joe.vanish()
            await joe.connect()
            assert (
                await joe.refused("party:join", {"party_id": party_id}) == "invite_revoked"
            )  # without the pass: a stranger
            await eve.ok("party:leave")
        for auth in ({"token": pass_of_eve}, {"invite": invite, "name": "new"}):
            async with Player(node, **auth) as late:
                assert await late.refused("party:join", {"party_id": party_id}) == "invite_revoked"
