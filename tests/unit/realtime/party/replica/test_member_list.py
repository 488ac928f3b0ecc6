"""Who is listed, what is told of it, and that none of it grows with the room."""

import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from realtime.party.domain.model import Member, MemberId, PlayerState, Role
from realtime.party.replica.member_list import MemberList
from realtime.party.serializers import LISTED_MEMBERS, person_json


def person(number: int, *, role: Role = Role.GUEST, connected: bool = True) -> Member:
    return Member(
        member_id=MemberId(f"m{number:05}"),
        name=f"Guest {number}",
        role=role,
        joined_at_ms=number,
        connections=("c",) if connected else (),
    )


def crowd(count: int) -> dict[MemberId, Member]:
    return {member.member_id: member for member in map(person, range(count))}


class Client:
    """A client that takes news, as ``docs/party.md`` tells it to."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.members = {member["member_id"]: member for member in snapshot["members"]}
        self.seq: int = snapshot["members_seq"]
        self.count: int = snapshot["members_count"]

    def hear(self, news: dict[str, Any]) -> None:
        if news["seq"] <= self.seq:
            return
        assert news["seq"] == self.seq + 1, "a gap"
        self.seq, self.count = news["seq"], news["members_count"]
        for change in news["changed"]:
            self.members[change["member_id"]] = self.members.get(change["member_id"], {}) | change
        for key in news["gone"]:
            self.members.pop(key, None)


def shown(members: Iterable[Member]) -> dict[str, Any]:
    return {member.member_id: person_json(member) for member in members}


def test_a_client_of_news_sees_what_a_client_of_lists_sees() -> None:
    dice = random.Random(7)
    members = crowd(LISTED_MEMBERS + 20)
    listing = MemberList(members)
    client = Client(listing.delivered(MemberId("m00000")))
    for step in range(600):
        key = MemberId(f"m{dice.randrange(LISTED_MEMBERS + 60):05}")
        before = members.get(key)
        if before is None:
            members[key] = person(int(key[1:]))
        elif dice.random() < 0.3:
            del members[key]
        else:
            members[key] = replace(
                before,
                role=dice.choice(list(Role)),
                state=dice.choice(list(PlayerState)),
                connections=dice.choice([(), ("c",)]),
                name=f"Guest {step}",
            )
        listing.update(members, [key])
        if dice.random() < 0.3 and (news := listing.news()) is not None:
            client.hear(news)
            newcomer = Client(listing.delivered(key))
            expected = shown(listing.listed())
            assert client.members == expected
            assert {**newcomer.members, **expected} == newcomer.members, "at most oneself besides"
            assert client.count == newcomer.count == sum(member.connected for member in members.values())
    assert [member.member_id for member in MemberList(members).listed()] == [m.member_id for m in listing.listed()]


def test_what_was_told_before_one_came_and_taken_back_after_is_no_lie() -> None:
    members = crowd(3)
    listing = MemberList(members)
    key = MemberId("m00001")
    members[key] = replace(members[key], state=PlayerState.STALLED)
    listing.update(members, [key])
    newcomer = Client(listing.delivered(MemberId("m00002")))
    members[key] = replace(members[key], state=PlayerState.PAUSED)
    listing.update(members, [key])
    assert listing.news() is None
    assert newcomer.members == shown(members.values())


def test_one_sees_oneself_at_once() -> None:
    members = crowd(3)
    listing = MemberList(members)
    members[MemberId("m00003")] = person(3)
    listing.update(members, [MemberId("m00003")])
    mine = listing.delivered(MemberId("m00003"))
    assert [member["member_id"] for member in mine["members"]][-1] == "m00003"
    assert mine["members_count"] == 4
    del members[MemberId("m00003")]
    listing.update(members, [MemberId("m00003")])
    assert listing.news() == {"seq": 1, "changed": [], "gone": [], "members_count": 3}


def test_news_name_only_what_changed() -> None:
    members = crowd(5)
    listing = MemberList(members)
    key = MemberId("m00002")
    members[key] = replace(members[key], state=PlayerState.PLAYING, position_ms=7, drift_ms=3)
    listing.update(members, [key])
    assert listing.news() == {
        "seq": 1,
        "changed": [{"member_id": key, "state": "playing"}],
        "gone": [],
        "members_count": 5,
    }
    members[key] = replace(members[key], position_ms=9)
    listing.update(members, [key])
    assert listing.news() is None, "figures are no news"
    assert listing.telemetry([key]) == [[key, 9, 3, None, 0]]


def news_of_one_coming(count: int) -> dict[str, Any]:
    members = crowd(count)
    listing = MemberList(members)
    members[MemberId("m99999")] = person(99_999)
    listing.update(members, [MemberId("m99999")])
    news = listing.news()
    assert news is not None
    return news


def test_news_of_one_coming_weigh_the_same_in_any_room() -> None:
    small, large = news_of_one_coming(5), news_of_one_coming(150)
    assert len(str(large)) <= len(str(small)) + 4  # digits of the count
    beyond = news_of_one_coming(2_400)
    assert beyond["changed"] == beyond["gone"] == []
    assert beyond["members_count"] == 2_401


class CountingPlaces(list[Any]):
    """A list that counts who is looked at in it."""

    looked = 0

    def __getitem__(self, index: Any) -> Any:
        CountingPlaces.looked += 1 if isinstance(index, int) else len(range(*index.indices(len(self))))
        return super().__getitem__(index)

    def __iter__(self) -> Any:
        CountingPlaces.looked += len(self)
        return super().__iter__()


def places_looked_at(count: int) -> int:
    members = crowd(count)
    listing = MemberList(members)
    listing._order = CountingPlaces(listing._order)
    CountingPlaces.looked = 0
    for number in (count + 1, 3, count // 2):
        member = person(number, role=Role.MEMBER)
        members[member.member_id] = member
        listing.update(members, [member.member_id])
        listing.news()
    return CountingPlaces.looked


def test_a_change_looks_at_the_list_and_not_at_the_room() -> None:
    assert places_looked_at(8 * 500) <= places_looked_at(500) + 3 * 2 * 3  # three doublings more to search
