"""Coming, going, roles and moderation."""

from dataclasses import replace
from typing import Any

import pytest

from kernel.errors import AniError
from realtime.party.domain.commands import ChangeSettings, Pause, Play
from realtime.party.domain.errors import (
    BannedFromParty,
    InviteNeeded,
    MemberNotFound,
    NotPermitted,
    OutranksYou,
    PartyFull,
    PartyIsOver,
    PasswordNeeded,
    RoleNotAssignable,
    SettingsNotAcceptable,
)
from realtime.party.domain.events import Closed, MemberRemoved
from realtime.party.domain.model import MAX_BANS, MAX_CONNECTIONS_PER_MEMBER, Access, Ban, ControlMode, MemberId, Role
from realtime.party.domain.requests import (
    BanMember,
    Close,
    Disconnect,
    GiveRole,
    Join,
    Kick,
    Leave,
    Moderate,
    Mute,
    Tick,
)
from realtime.party.domain.roles import Action, may, permitted
from realtime.party.domain.rules import next_due_ms

from .scene import Scene


def drop(room: Scene, *connections: str, after_ms: int = 0) -> None:
    room.do(Disconnect(connection_ids=frozenset(connections)), after_ms=after_ms)


def moderate(room: Scene, kind: type[Moderate], by: str, member: str, **given: Any) -> None:
    room.do(kind(by=MemberId(by), member_id=MemberId(member), **given))


class TestComing:
    def test_the_founder_is_host_and_others_what_they_were_invited_as(self) -> None:
        room = Scene()
        room.join("bob", role=Role.COHOST)
        room.join("eve")
        assert [room[name].role for name in ("ann", "bob", "eve")] == [Role.HOST, Role.COHOST, Role.GUEST]

    @pytest.mark.parametrize("role", [Role.HOST, Role.MUTED])
    def test_no_invite_makes_a_host_or_a_mute(self, role: Role) -> None:
        assert Scene().join("bob", role=role).role is Role.GUEST

    def test_one_person_on_two_devices_is_one_member(self) -> None:
        room = Scene()
        room.join("bob", connection="phone")
        room.join("bob", connection="television")
        assert len(room.party.members) == 2
        drop(room, "phone")
        assert room["bob"].connected
        drop(room, "television")
        assert not room["bob"].connected

    def test_the_late_goodbye_of_a_replaced_connection_changes_nothing(self) -> None:
        room = Scene()
        room.join("bob", connection="old")
        room.join("bob", connection="new")
        drop(room, "old")
        assert room["bob"].connected

    def test_connections_are_bounded(self) -> None:
        room = Scene()
        for index in range(50):
            room.join("bob", connection=f"c{index}")
        assert room["bob"].connections[-1] == "c49"
        assert len(room["bob"].connections) == MAX_CONNECTIONS_PER_MEMBER

    def test_the_way_in(self) -> None:
        for access, nothing, refusal in (
            (Access.PUBLIC, True, None),
            (Access.UNLISTED, True, None),
            (Access.PRIVATE, False, InviteNeeded),
            (Access.PASSWORD, False, PasswordNeeded),
        ):
            room = Scene(access=access, password_hash="hash" if access is Access.PASSWORD else "")
            if nothing:
                room.join("bob")
            else:
                assert refusal is not None
                with pytest.raises(refusal):
                    room.join("bob")
            room.join("eve", invited=True)
        room.join("joe", password_ok=True)

    def test_members_need_no_password_to_come_back(self) -> None:
        room = Scene(access=Access.PASSWORD, password_hash="hash")
        room.join("bob", password_ok=True)
        drop(room, "bob-1")
        assert room.join("bob", connection="bob-2").connected

    def test_full_is_full_but_not_for_those_who_were_there(self) -> None:
        room = Scene("bob", capacity=2)
        with pytest.raises(PartyFull) as refused:
            room.join("eve")
        assert "2" in refused.value.message
        drop(room, "bob-1")
        with pytest.raises(PartyFull):
            room.join("eve")
        room.join("bob", connection="bob-2")

    def test_the_absent_are_forgotten_after_a_while(self) -> None:
        room = Scene("bob")
        drop(room, "bob-1")
        assert next_due_ms(room.party) == room.now_ms + 300_000
        room.do(Tick(), after_ms=299_999)
        assert "bob" in room.party.members
        room.do(Tick(), after_ms=1)
        assert "bob" not in room.party.members

    def test_a_node_that_died_takes_its_connections_along(self) -> None:
        room = Scene("bob", "eve")
        room.do(Disconnect(connection_ids=None))
        assert not room.party.connected
        assert room.party.empty_since_ms == room.now_ms


class TestSuccession:
    """Host leaves: the longest-present cohost, else member, succeeds after 5 s; the first host reclaims on return."""

    def test_a_reload_changes_nothing(self) -> None:
        room = Scene("bob")
        drop(room, "ann-1")
        room.do(Tick(), after_ms=4_999)
        room.join("ann", connection="ann-2")
        room.do(Tick(), after_ms=5_000)
        assert room["ann"].role is Role.HOST

    def test_the_longest_present_cohost_succeeds(self) -> None:
        room = Scene("old")
        room.join("zoe", role=Role.COHOST, after_ms=1_000)
        room.join("bob", role=Role.COHOST, after_ms=1_000)
        drop(room, "ann-1")
        assert next_due_ms(room.party) == room.now_ms + 5_000
        room.do(Tick(), after_ms=5_000)
        assert room["zoe"].role is Role.HOST
        assert room["ann"].role is Role.COHOST

    def test_else_a_member_else_a_guest_never_somebody_muted_or_absent(self) -> None:
        room = Scene()
        room.join("guest")
        room.join("muted", role=Role.MEMBER)
        room.join("absent", role=Role.MEMBER)
        moderate(room, Mute, "ann", "muted")
        drop(room, "ann-1", "absent-1")
        room.do(Tick(), after_ms=5_000)
        assert room["guest"].role is Role.HOST

    @pytest.mark.parametrize("forgotten", [False, True])
    def test_the_first_host_reclaims_and_the_stand_in_is_what_they_were(self, forgotten: bool) -> None:
        room = Scene("bob")
        if forgotten:
            room.do(Leave(member_id=MemberId("ann")))
        else:
            drop(room, "ann-1")
        room.do(Tick(), after_ms=5_000)
        assert room["bob"].role is Role.HOST
        room.join("ann", connection="ann-2", after_ms=60_000)
        assert (room["ann"].role, room["bob"].role) == (Role.HOST, Role.MEMBER)

    def test_a_stand_in_cannot_lock_the_first_host_out(self) -> None:
        room = Scene("bob")
        drop(room, "ann-1")
        room.do(Tick(), after_ms=5_000)
        for kind in (Kick, BanMember, Mute):
            with pytest.raises(OutranksYou):
                moderate(room, kind, "bob", "ann")

    def test_handed_over_is_handed_over(self) -> None:
        room = Scene("bob")
        moderate(room, GiveRole, "ann", "bob", role=Role.HOST)
        assert (room["ann"].role, room["bob"].role) == (Role.COHOST, Role.HOST)
        drop(room, "ann-1")
        room.join("ann", connection="ann-2")
        assert room["bob"].role is Role.HOST

    def test_there_is_at_most_one_host(self) -> None:
        room = Scene("bob", "eve")
        drop(room, "ann-1")
        room.do(Tick(), after_ms=5_000)
        drop(room, "bob-1")
        room.do(Tick(), after_ms=5_000)
        room.join("bob", connection="bob-2")
        room.join("ann", connection="ann-2")
        assert [member.name for member in room.party.members.values() if member.role is Role.HOST] == ["Ann"]


class TestModeration:
    def test_muted_members_cannot_steer_or_chat_until_unmuted(self) -> None:
        room = Scene("bob")
        moderate(room, Mute, "ann", "bob")
        with pytest.raises(NotPermitted):
            room.command(Play, by="bob")
        assert not may(room["bob"].role, Action.CHAT, ControlMode.EVERYONE)
        moderate(room, Mute, "ann", "bob", muted=False)
        assert room["bob"].role is Role.MEMBER

    def test_a_muted_member_promoted_stays_muted_until_unmuted(self) -> None:
        room = Scene("bob")
        moderate(room, Mute, "ann", "bob")
        moderate(room, GiveRole, "ann", "bob", role=Role.COHOST)
        promoted = room["bob"]
        moderate(room, Mute, "ann", "bob", muted=False)
        assert (promoted.role, room["bob"].role) == (Role.MUTED, Role.COHOST)

    def test_kicked_is_out(self) -> None:
        room = Scene("bob")
        moderate(room, Kick, "ann", "bob")
        assert MemberRemoved(member_id=MemberId("bob"), reason="kicked", connections=("bob-1",)) in room.events
        assert "bob" not in room.party.members

    def test_banned_may_not_neither_by_account_nor_as_a_new_guest_from_there(self) -> None:
        room = Scene()
        room.join("bob", user_id="user-bob", address="192.0.2.1")
        room.join("eve", address="192.0.2.2")
        moderate(room, BanMember, "ann", "bob")
        moderate(room, BanMember, "ann", "eve")
        for name, given in (
            ("bob", {}),
            ("bob2", {"user_id": "user-bob"}),
            ("eve", {"address": "198.51.100.1"}),
            ("eve2", {"address": "192.0.2.2", "invited": True}),
        ):
            with pytest.raises(BannedFromParty):
                room.join(name, **given)
        room.join("joe", user_id="user-joe", address="192.0.2.2")
        room.join("kim", address="192.0.2.1")

    def test_bans_are_bounded(self) -> None:
        room = Scene("bob")
        room.party = replace(room.party, bans=tuple(Ban(member_id=MemberId(f"g{index}")) for index in range(MAX_BANS)))
        moderate(room, BanMember, "ann", "bob")
        assert len(room.party.bans) == MAX_BANS
        assert [entry.member_id for entry in room.party.bans[:: MAX_BANS - 1]] == ["g1", "bob"]

    def test_only_downwards(self) -> None:
        room = Scene("bob", "eve", "joe")
        for name in ("bob", "eve"):
            moderate(room, GiveRole, "ann", name, role=Role.COHOST)
        for kind in (Mute, Kick, BanMember):
            for target in ("ann", "eve", "bob"):
                with pytest.raises(OutranksYou):
                    moderate(room, kind, "bob", target)
            with pytest.raises(NotPermitted):
                moderate(room, kind, "joe", "ann")
        moderate(room, Kick, "bob", "joe")

    def test_a_muted_cohost_is_still_not_below_a_cohost(self) -> None:
        room = Scene("bob", "eve")
        for name in ("bob", "eve"):
            moderate(room, GiveRole, "ann", name, role=Role.COHOST)
        moderate(room, Mute, "ann", "eve")
        with pytest.raises(OutranksYou):
            moderate(room, Kick, "bob", "eve")

    def test_roles_that_cannot_be_given(self) -> None:
        room = Scene("bob", "eve")
        drop(room, "eve-1")
        moderate(room, Mute, "ann", "bob")
        for name, role in (("bob", Role.MUTED), ("bob", Role.HOST), ("eve", Role.HOST), ("ann", Role.MEMBER)):
            with pytest.raises(RoleNotAssignable):
                moderate(room, GiveRole, "ann", name, role=role)
        with pytest.raises(MemberNotFound):
            moderate(room, GiveRole, "ann", "nobody", role=Role.GUEST)
        with pytest.raises(NotPermitted):
            moderate(room, GiveRole, "eve", "bob", role=Role.COHOST)


class TestControl:
    """Control modes, switchable live."""

    @pytest.mark.parametrize(
        ("mode", "allowed"),
        [
            (ControlMode.EVERYONE, {Role.HOST, Role.COHOST, Role.MEMBER, Role.GUEST}),
            (ControlMode.COHOSTS, {Role.HOST, Role.COHOST}),
            (ControlMode.VOTE, {Role.HOST, Role.COHOST}),
            (ControlMode.HOST, {Role.HOST}),
        ],
    )
    def test_who_may_steer(self, mode: ControlMode, allowed: set[Role]) -> None:
        for action in (Action.CONTROL, Action.MEDIA, Action.QUEUE_ORDER):
            assert {role for role in Role if may(role, action, mode)} == allowed

    def test_what_a_role_may_do_is_offered_as_a_set(self) -> None:
        assert permitted(Role.MUTED, ControlMode.EVERYONE) == frozenset()
        assert permitted(Role.HOST, ControlMode.HOST) == frozenset(Action)
        assert permitted(Role.GUEST, ControlMode.HOST) == {Action.QUEUE, Action.SKIP, Action.CHAT, Action.SPEAK}

    def test_switched_live(self) -> None:
        room = Scene("bob")
        room.command(Play, by="bob")
        room.command(ChangeSettings, control=ControlMode.HOST)
        with pytest.raises(NotPermitted) as refused:
            room.command(Pause, by="bob")
        assert refused.value.code == "forbidden"
        room.command(ChangeSettings, control=ControlMode.EVERYONE)
        room.command(Pause, by="bob")

    def test_only_the_host_changes_settings(self) -> None:
        room = Scene("bob")
        moderate(room, GiveRole, "ann", "bob", role=Role.COHOST)
        with pytest.raises(NotPermitted):
            room.command(ChangeSettings, by="bob", title="Mine")

    def test_the_log_carries_changed_settings(self) -> None:
        room = Scene()
        room.command(ChangeSettings, title="Friday")
        assert room.log[-1].settings == room.party.settings
        assert room.party.settings.title == "Friday"

    def test_a_password_lives_as_long_as_access_by_password(self) -> None:
        room = Scene()
        room.command(ChangeSettings, access=Access.PASSWORD, password_hash="hash")
        assert "hash" not in repr(room.party.settings)
        room.command(ChangeSettings, access=Access.UNLISTED)
        assert room.party.settings.password_hash == ""

    @pytest.mark.parametrize(
        "given", [{"capacity": 0}, {"capacity": 2_501}, {"title": "x" * 121}, {"access": Access.PASSWORD}]
    )
    def test_settings_that_cannot_be(self, given: dict[str, Any]) -> None:
        room = Scene()
        with pytest.raises(SettingsNotAcceptable) as refused:
            room.command(ChangeSettings, **given)
        assert refused.value.message.endswith(".")
        assert "{" not in refused.value.message


class TestTheEnd:
    def test_the_host_closes(self) -> None:
        room = Scene("bob")
        with pytest.raises(NotPermitted):
            room.do(Close(by=MemberId("bob")))
        assert room.do(Close(by=MemberId("ann"))) == (Closed(reason="closed"),)

    def test_over_is_over(self) -> None:
        room = Scene("bob")
        room.do(Close(reason="shutdown"))
        refused: list[type[AniError]] = []
        for request in (
            Join(member_id=MemberId("eve"), connection_id="e", name="Eve"),
            Play(member_id=MemberId("ann"), id="1"),
            Close(),
        ):
            with pytest.raises(PartyIsOver) as caught:
                room.do(request)
            refused.append(type(caught.value))
        assert len(refused) == 3
        assert room.do(Tick(), after_ms=10**9) == ()
        drop(room, "bob-1")
        assert next_due_ms(room.party) == float("inf")

    def test_an_empty_room_rests_where_it_was_left(self) -> None:
        room = Scene()
        room.command(Play)
        drop(room, "ann-1", after_ms=60_150)
        room.do(Tick(), after_ms=29_999)
        assert not room.party.playback.paused
        room.do(Tick(), after_ms=1)
        assert (room.party.playback.paused, room.party.playback.position_ms) == (True, 60_000)

    def test_a_short_break_of_everyone_stops_nothing(self) -> None:
        room = Scene("bob")
        room.command(Play)
        room.do(Disconnect(connection_ids=None), after_ms=10_000)
        room.join("bob", connection="bob-2", after_ms=2_000)
        room.do(Tick(), after_ms=60_000)
        assert not room.party.playback.paused

    def test_a_week_empty_and_it_is_closed(self) -> None:
        room = Scene()
        room.do(Leave(member_id=MemberId("ann")))
        room.do(Tick(), after_ms=7 * 24 * 3_600_000)
        assert room.party.closed == "empty"
