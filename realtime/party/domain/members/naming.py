"""Who is called what in a room: no two look the same, and an account comes before a guest.  Pure."""

from dataclasses import replace

from kernel.text.confusables import lookalike_key
from realtime.party.domain.model import MAX_NAME_CHARACTERS, Member, Party


def free_name(party: Party, member: Member, wanted: str) -> str:
    """``wanted``, with a number behind it where it is taken.  Accounts are called as their names say: those are unique."""
    if member.user_id is not None or member.member_id == party.founder_id or not _is_taken(party, member, wanted):
        return wanted
    taken = {lookalike_key(other.name) for other in party.members.values() if other.member_id != member.member_id}
    taken.add(lookalike_key(party.founder_name))
    number = 2
    while lookalike_key(name := _numbered(wanted, number)) in taken:
        number += 1
    return name


def displaced(party: Party, member: Member) -> list[Member]:
    """The guests that have to give way to an account of their name, renamed."""
    if member.user_id is None and member.member_id != party.founder_id:
        return []
    key = lookalike_key(member.name)
    return [
        replace(other, name=free_name(party, other, other.name))
        for other in party.members.values()
        if other.user_id is None
        and other.member_id not in (member.member_id, party.founder_id)
        and lookalike_key(other.name) == key
    ]


def _is_taken(party: Party, member: Member, name: str) -> bool:
    key = lookalike_key(name)
    if party.founder_name and lookalike_key(party.founder_name) == key:
        return True
    return any(
        lookalike_key(other.name) == key for other in party.members.values() if other.member_id != member.member_id
    )


def _numbered(name: str, number: int) -> str:
    suffix = f" {number}"
    return name[: MAX_NAME_CHARACTERS - len(suffix)].rstrip() + suffix
