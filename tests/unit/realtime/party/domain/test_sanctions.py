"""What is decided about somebody holds: over leaving and coming back, for their account, by the same invite, as a new guest."""

from dataclasses import replace
from typing import Any

import pytest

from realtime.party.domain.commands import Play
from realtime.party.domain.errors import (
    BannedFromParty,
    FounderOnly,
    InviteRevoked,
    KickedFromParty,
    MemberNotFound,
    NotPermitted,
    OutranksYou,
)
from realtime.party.domain.members.membership import FORGET_AFTER_MS
from realtime.party.domain.model import MAX_STANDINGS, MemberId, Role, Standing
from realtime.party.domain.requests import BanMember, Close, GiveRole, Kick, Leave, Moderate, Mute, Pardon, Tick

from .scene import Scene
from .test_membership import drop

HOME, AWAY = "192.0.2.1", "198.51.100.7"


def moderate(room: Scene, kind: type[Moderate], by: str, member: str, **given: Any) -> None:
    room.do(kind(by=MemberId(by), member_id=MemberId(member), **given))


def leave(room: Scene, name: str) -> None:
    room.do(Leave(member_id=MemberId(name)))


def guests_and_accounts() -> list[tuple[str, dict[str, Any]]]:
    """Everybody the one called ``eve`` may come back as."""
    return [
        ("eve", {}),
        ("eve", {"address": AWAY, "invite_id": "another"}),
        ("new", {"address": HOME}),
        ("new", {"address": AWAY, "invite_id": "link"}),
        ("new", {"invited": True, "invite_id": "link"}),
    ]


@pytest.mark.parametrize(("name", "given"), guests_and_accounts())
class TestAGuestComesBack:
    def room(self, **given: Any) -> Scene:
        room = Scene()
        room.join("eve", address=HOME, invite_id="link", **given)
        return room

    def test_muted(self, name: str, given: dict[str, Any]) -> None:
        room = self.room()
        moderate(room, Mute, "ann", "eve")
        leave(room, "eve")
        back = room.join(name, **given)
        assert (back.role, back.unmuted_role) == (Role.MUTED, Role.GUEST)
        moderate(room, Mute, "ann", name, muted=False)
        assert room[name].role is Role.GUEST
        leave(room, name)
        assert room.join(name, **given).role is Role.GUEST

    def test_lowered(self, name: str, given: dict[str, Any]) -> None:
        room = self.room(role=Role.COHOST)
        moderate(room, GiveRole, "ann", "eve", role=Role.GUEST)
        leave(room, "eve")
        assert room.join(name, role=Role.COHOST, **given).role is Role.GUEST
        moderate(room, GiveRole, "ann", name, role=Role.MEMBER)
        leave(room, name)
        assert room.join(name, role=Role.COHOST, **given).role is Role.COHOST

    def test_kicked(self, name: str, given: dict[str, Any]) -> None:
        room = self.room()
        moderate(room, Kick, "ann", "eve")
        with pytest.raises(KickedFromParty):
            room.join(name, **given)
        moderate(room, Pardon, "ann", "eve")
        assert room.join(name, **given).connected

    def test_banned(self, name: str, given: dict[str, Any]) -> None:
        room = self.room()
        moderate(room, BanMember, "ann", "eve")
        with pytest.raises(BannedFromParty):
            room.join(name, **given)
        moderate(room, Pardon, "ann", "eve")
        assert room.join(name, **given).connected


class TestAnAccountComesBack:
    def test_muted_lowered_and_kicked_by_its_id_alone(self) -> None:
        room = Scene("bob")
        room.join("eve", user_id="eve", role=Role.COHOST, invite_id="link")
        moderate(room, GiveRole, "ann", "eve", role=Role.MEMBER)
        moderate(room, Mute, "ann", "eve")
        leave(room, "eve")
        back = room.join("eve", user_id="eve", role=Role.COHOST, invite_id="another")
        assert (back.role, back.unmuted_role) == (Role.MUTED, Role.MEMBER)
        moderate(room, Kick, "ann", "eve")
        with pytest.raises(KickedFromParty):
            room.join("eve", user_id="eve")
        for invite_id in ("link", "another"):
            with pytest.raises(KickedFromParty):
                room.join("as a guest", invite_id=invite_id)
            assert room.join("joe", user_id="joe", invite_id=invite_id).role is Role.GUEST

    def test_forgotten_members_too(self) -> None:
        room = Scene("bob")
        moderate(room, Mute, "ann", "bob")
        drop(room, "bob-1")
        room.do(Tick(), after_ms=FORGET_AFTER_MS)
        assert "bob" not in room.party.members
        assert room.join("bob", role=Role.MEMBER).role is Role.MUTED


class TestTheWayBack:
    def test_a_moderators_new_invite_ends_a_kick_for_the_one_who_shows_it(self) -> None:
        room = Scene("bob")
        room.join("eve", address=HOME, invite_id="link")
        moderate(room, Kick, "ann", "eve")
        kicked_at_ms = room.now_ms
        for by, made_at_ms in (("bob", kicked_at_ms + 1), ("ann", kicked_at_ms), ("ann", kicked_at_ms - 1)):
            with pytest.raises(KickedFromParty):
                room.join("eve", invited=True, invite_id="new", invite_by=MemberId(by), invite_made_at_ms=made_at_ms)
        room.join("eve", invited=True, invite_id="new", invite_by=MemberId("ann"), invite_made_at_ms=kicked_at_ms + 1)
        leave(room, "eve")
        assert room.join("eve").connected

    def test_no_invite_ends_a_ban(self) -> None:
        room = Scene()
        room.join("eve")
        moderate(room, BanMember, "ann", "eve")
        with pytest.raises(BannedFromParty):
            room.join("eve", invited=True, invite_id="new", invite_by=MemberId("ann"), invite_made_at_ms=10**12)

    def test_only_moderators_pardon_and_only_who_is_out(self) -> None:
        room = Scene("bob", "eve")
        with pytest.raises(MemberNotFound):
            moderate(room, Pardon, "ann", "eve")
        moderate(room, Kick, "ann", "eve")
        with pytest.raises(NotPermitted):
            moderate(room, Pardon, "bob", "eve")

    def test_who_was_in_the_room_is_not_touched_by_anothers_kick(self) -> None:
        room = Scene()
        room.join("eve", address=HOME, invite_id="link")
        room.join("joe", address=HOME, invite_id="link")
        moderate(room, BanMember, "ann", "eve")
        drop(room, "joe-1")
        assert room.join("joe", connection="joe-2", address=HOME, invite_id="link").connected

    def test_records_are_bounded(self) -> None:
        room = Scene("bob")
        full = tuple(Standing(member_id=MemberId(f"g{number}"), muted=True) for number in range(MAX_STANDINGS))
        room.party = replace(room.party, standings=full)
        moderate(room, Kick, "ann", "bob")
        assert len(room.party.standings) == MAX_STANDINGS
        assert [entry.member_id for entry in room.party.standings[:: MAX_STANDINGS - 1]] == ["g1", "bob"]


class TestInvitesAreWorthWhatTheirMakerMayGive:
    def invited(self, room: Scene, **given: Any) -> Role:
        member = room.join("joe", role=Role.COHOST, invited=True, invite_by=MemberId("bob"), **given)
        leave(room, "joe")
        return member.role

    def test_as_long_as_they_may(self) -> None:
        room = Scene()
        room.join("bob", role=Role.COHOST)
        assert self.invited(room) is Role.COHOST
        leave(room, "bob")
        assert self.invited(room) is Role.COHOST

    @pytest.mark.parametrize("gone", [False, True])
    def test_lowered_to_member(self, gone: bool) -> None:
        room = Scene()
        room.join("bob", role=Role.COHOST)
        moderate(room, GiveRole, "ann", "bob", role=Role.MEMBER)
        if gone:
            leave(room, "bob")
        assert self.invited(room) is Role.MEMBER

    @pytest.mark.parametrize("user_id", [None, "joe"])
    @pytest.mark.parametrize(
        ("kind", "given"), [(GiveRole, {"role": Role.GUEST}), (Mute, {}), (Kick, {}), (BanMember, {})]
    )
    def test_lowered_muted_kicked_or_banned(
        self, kind: type[Moderate], given: dict[str, Any], user_id: str | None
    ) -> None:
        room = Scene()
        room.join("bob", role=Role.COHOST)
        moderate(room, kind, "ann", "bob", **given)
        with pytest.raises(InviteRevoked):
            self.invited(room, user_id=user_id)


class TestTheFounder:
    def stand_in(self) -> Scene:
        room = Scene("bob", "eve")
        drop(room, "ann-1")
        room.do(Tick(), after_ms=5_000)
        assert room["bob"].role is Role.HOST
        return room

    def test_a_stand_in_does_nothing_to_the_founder(self) -> None:
        room = self.stand_in()
        for kind, given in ((Kick, {}), (BanMember, {}), (Mute, {}), (GiveRole, {"role": Role.GUEST})):
            with pytest.raises(OutranksYou):
                moderate(room, kind, "bob", "ann", **given)

    def test_nor_hands_the_place_on_nor_ends_the_party(self) -> None:
        room = self.stand_in()
        with pytest.raises(FounderOnly):
            moderate(room, GiveRole, "bob", "eve", role=Role.HOST)
        with pytest.raises(FounderOnly):
            room.do(Close(by=MemberId("bob")))
        assert room.join("ann", connection="ann-2").role is Role.HOST

    def test_nor_shuts_the_founder_out_by_the_address_of_another(self) -> None:
        room = Scene("bob")
        room.join("eve", address=HOME)
        moderate(room, GiveRole, "ann", "eve", role=Role.HOST)  # a guest may be given a party, too
        leave(room, "eve")
        room.do(Tick(), after_ms=5_000)
        room.join("joe", address=HOME, invite_id="link")
        moderate(room, BanMember, "ann", "joe")
        assert room.join("eve", address=HOME, invite_id="link").role is Role.HOST

    def test_who_was_handed_the_party_has_all_of_it(self) -> None:
        room = Scene("bob", "eve")
        moderate(room, GiveRole, "ann", "bob", role=Role.HOST)
        moderate(room, Kick, "bob", "ann")
        with pytest.raises(KickedFromParty):
            room.join("ann", connection="ann-2")
        moderate(room, GiveRole, "bob", "eve", role=Role.HOST)
        room.do(Close(by=MemberId("eve")))
        assert room.party.closed == "closed"


def test_a_muted_member_still_steers_nothing_after_a_return() -> None:
    room = Scene("bob")
    moderate(room, Mute, "ann", "bob")
    leave(room, "bob")
    room.join("bob", role=Role.MEMBER)
    with pytest.raises(NotPermitted):
        room.command(Play, by="bob")
