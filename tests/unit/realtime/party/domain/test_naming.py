"""Nobody goes by the name of another."""

from typing import Any

import pytest

from kernel.text.confusables import lookalike_key
from realtime.party.domain.model import MAX_NAME_CHARACTERS, MemberId, Role
from realtime.party.domain.requests import GiveRole, Join, Leave, Tick
from realtime.party.domain.rules import apply

from .scene import Scene
from .test_membership import drop


def named(room: Scene, member_id: str, name: str, **given: Any) -> str:
    room.do(Join(member_id=MemberId(member_id), connection_id=f"{member_id}-c", name=name, **given))
    return room[member_id].name


def host_x() -> Scene:
    room = Scene()
    named(room, "ann", "HostX", user_id="ann")
    return room


LIKE_HOST_X = [
    "HostX",
    "HOSTX",
    "hostx",
    "Host X",
    "Host_X",
    "H.o.s.t.X",
    "HostX\u200b",
    "\u2060HostX",
    "Ho\u00adstX",
    "НоstХ",
    "Hоsтx",
    "ＨｏｓｔＸ",
    "H\u043estX\ufe0f",
    "H0stX",
    "HóstX",
    "H\u0332ostX",
]


@pytest.mark.parametrize("name", LIKE_HOST_X)
def test_a_guest_cannot_wear_the_hosts_name(name: str) -> None:
    room = host_x()
    assert named(room, "g", name) == f"{name} 2"
    assert lookalike_key(room["g"].name) != lookalike_key("HostX")


def test_numbers_go_on_and_are_names_themselves() -> None:
    room = host_x()
    assert [named(room, f"g{number}", "HostX") for number in range(3)] == ["HostX 2", "HostX 3", "HostX 4"]
    assert named(room, "other", "HostX2") == "HostX2 2"
    assert named(room, "g0", "HostX") == "HostX 2"  # back again: their own name is not in their way
    assert named(room, "long", "x" * MAX_NAME_CHARACTERS) == "x" * MAX_NAME_CHARACTERS
    assert named(room, "long2", "x" * MAX_NAME_CHARACTERS) == "x" * (MAX_NAME_CHARACTERS - 2) + " 2"


@pytest.mark.parametrize("name", ["HostY", "Ghost", "👩‍👩‍👧", "Нина", "李", "م", "Host"])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert named(host_x(), "g", name) == name


def test_emoji_are_told_apart() -> None:
    room = host_x()
    assert [named(room, f"g{name}", name) for name in ("🎉", "🎈", "🎉")] == ["🎉", "🎈", "🎉"]
    assert named(room, "another", "🎉") == "🎉 2"


def test_while_the_host_is_away_or_has_never_been_there() -> None:
    room = host_x()
    room.do(Leave(member_id=MemberId("ann")))
    assert named(room, "g", "hostx") == "hostx 2"


def test_an_account_comes_before_a_guest_who_was_there_first() -> None:
    room = host_x()
    assert named(room, "g", "Bob") == "Bob"
    assert named(room, "bob", "Bob", user_id="bob") == "Bob"
    assert room["g"].name == "Bob 2"
    assert named(room, "g", "Bob") == "Bob 2"


def test_a_party_handed_over_has_another_name_to_keep() -> None:
    room = host_x()
    named(room, "bob", "Bob", user_id="bob")
    room.do(GiveRole(by=MemberId("ann"), member_id=MemberId("bob"), role=Role.HOST))
    drop(room, "bob-c")
    room.do(Tick(), after_ms=10**6)
    assert "bob" not in room.party.members
    assert named(room, "g", "BOB") == "BOB 2"


def test_an_arrival_costs_no_more_than_a_look_at_each_name() -> None:
    """No quadratic search for a free number: a hundred of one name are let in by a handful of looks each."""
    room = Scene()
    for number in range(100):
        named(room, f"g{number}", "Same")
    looked = lookalike_key.cache_info()
    before = looked.hits + looked.misses
    named(room, "last", "Same")
    looked = lookalike_key.cache_info()
    assert looked.hits + looked.misses - before < 5 * len(room.party.members)
    assert apply(room.party, Tick(), room.now_ms)[1] == ()
