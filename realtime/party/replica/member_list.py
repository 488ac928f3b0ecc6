"""Who is in the room, as its members are shown it: the list, and what changed since it was last told.  Pure.

The list holds the first :data:`LISTED_MEMBERS` by (connected, role, time of joining).  Members are kept in that order as they
come, go and change, so that nothing here grows with the room but the logarithm of a search.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from typing import Any

from realtime.party.domain.model import Member, MemberId
from realtime.party.domain.roles import RANK
from realtime.party.ports import Json
from realtime.party.serializers import LISTED_MEMBERS, member_json, person_json

_Place = tuple[bool, int, int, str]


def _place(member: Member) -> _Place:
    return (not member.connections, -RANK[member.role], member.joined_at_ms, member.member_id)


class MemberList:
    """The members of one party as this process knows them."""

    def __init__(self, members: Mapping[MemberId, Member]) -> None:
        self.seq = 0
        """Number of the last :meth:`news`."""
        self.replace(members)
        self._delivered = self._persons()
        """Whom the list told last held, and what it said of them."""
        self._delivered_count: int | None = self.connected_count

    def replace(self, members: Mapping[MemberId, Member]) -> None:
        """Start over from a document that came whole; what was told stays told."""
        self._members = dict(members)
        self._places = {key: _place(member) for key, member in members.items()}
        self._order = sorted(self._places.values())
        self.connected_count = sum(member.connected for member in members.values())

    def update(self, members: Mapping[MemberId, Member], changed: Iterable[MemberId]) -> None:
        """Take these members, new, changed or gone, from the document."""
        for key in changed:
            before, after = self._members.get(key), members.get(key)
            if before is not None:
                self.connected_count -= bool(before.connections)
            if after is None:
                self._members.pop(key, None)
            else:
                self._members[key] = after
                self.connected_count += bool(after.connections)
            self._move(key, None if after is None else _place(after))

    def _move(self, key: MemberId, place: _Place | None) -> None:
        before = self._places.pop(key, None)
        if place is not None:
            self._places[key] = place
        if before == place:
            return
        if before is not None:
            del self._order[bisect_left(self._order, before)]
        if place is not None:
            insort(self._order, place)

    def listed(self) -> list[Member]:
        """Those named, in order."""
        return [self._members[MemberId(place[-1])] for place in self._order[:LISTED_MEMBERS]]

    def whole(self) -> Json:
        """The list as it is, with figures, for clients that take no news."""
        return {"members": [member_json(member) for member in self.listed()], "members_count": self.connected_count}

    def delivered(self, to: MemberId) -> Json:
        """The list as it was told last, which is what the next :meth:`news` builds on, and ``to`` as they are now."""
        persons = dict(self._delivered)
        if (member := self._members.get(to)) is not None:
            persons[to] = person_json(member)
        if self._delivered_count != self.connected_count:
            self._delivered_count = (
                None  # what this snapshot says is told again, should it change back before the others hear
            )
        return {
            "members": list(persons.values()),
            "members_count": self.connected_count,
            "members_seq": self.seq,
        }

    def news(self) -> Json | None:
        """What changed in the list since the last call, under the next number; ``None`` for nothing.

        New members are told whole, others by the fields that changed.
        """
        now = self._persons()
        changed = [
            person if (before := self._delivered.get(key)) is None else _difference(before, person)
            for key, person in now.items()
            if self._delivered.get(key) != person
        ]
        gone = [key for key in self._delivered if key not in now]
        if not changed and not gone and self._delivered_count == self.connected_count:
            return None
        self._delivered, self._delivered_count = now, self.connected_count
        self.seq += 1
        return {"seq": self.seq, "changed": changed, "gone": gone, "members_count": self.connected_count}

    def _persons(self) -> dict[MemberId, Json]:
        return {member.member_id: person_json(member) for member in self.listed()}

    def telemetry(self, among: Iterable[MemberId] | None = None) -> list[list[Any]]:
        """``[member_id, position_ms, drift_ms, rtt_ms, buffer_ms]`` of those listed, or of those of ``among`` who are."""
        keys = (MemberId(place[-1]) for place in self._order[:LISTED_MEMBERS])
        wanted = None if among is None else frozenset(among)
        members = (self._members[key] for key in keys if wanted is None or key in wanted)
        return [
            [member.member_id, member.position_ms, member.drift_ms, member.rtt_ms, member.buffer_ms]
            for member in members
        ]


def _difference(before: Json, now: Json) -> Json:
    return {"member_id": now["member_id"], **{name: value for name, value in now.items() if before[name] != value}}
