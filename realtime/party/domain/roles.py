"""Who may do what, and who is host."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from realtime.party.domain.model import ControlMode, Member, Party, Role

SUCCESSION_AFTER_MS = 5_000
"""A reload or a change of network takes a host away for a second or two; five is an absence."""

RANK = {role: rank for rank, role in enumerate(reversed(Role))}
"""Higher may act on lower: muted 0, guest 1, member 2, cohost 3, host 4."""


class Action(StrEnum):
    """What a role can permit."""

    CONTROL = "control"  # play, pause, seek, rate
    MEDIA = "media"  # put something else on, next
    QUEUE = "queue"  # add, vote, remove one's own
    QUEUE_ORDER = "queue_order"  # move, remove others'
    SKIP = "skip"  # vote to skip
    SETTINGS = "settings"
    INVITE = "invite"
    MODERATE = "moderate"  # mute, kick, ban, delete messages
    ROLES = "roles"
    CLOSE = "close"
    CHAT = "chat"
    SPEAK = "speak"  # be heard in voice; to listen, being in the party is enough


_LEAST: dict[Action, Role] = {
    Action.QUEUE: Role.GUEST,
    Action.SKIP: Role.GUEST,
    Action.CHAT: Role.GUEST,
    Action.SPEAK: Role.GUEST,
    Action.INVITE: Role.MEMBER,
    Action.MODERATE: Role.COHOST,
    Action.SETTINGS: Role.HOST,
    Action.ROLES: Role.HOST,
    Action.CLOSE: Role.HOST,
}
"""The same in every control mode."""

_LEAST_TO_STEER: dict[ControlMode, Role] = {
    ControlMode.EVERYONE: Role.GUEST,
    ControlMode.COHOSTS: Role.COHOST,
    ControlMode.HOST: Role.HOST,
    # Somebody has to be able to pause for the doorbell; what comes next is decided by votes.
    ControlMode.VOTE: Role.COHOST,
}
"""For the actions that steer: CONTROL, MEDIA and QUEUE_ORDER."""


def may(role: Role, action: Action, control: ControlMode) -> bool:
    """Whether a member of this role may do this in this control mode."""
    least = _LEAST.get(action) or _LEAST_TO_STEER[control]
    return RANK[role] >= RANK[least]


def permitted(role: Role, control: ControlMode) -> frozenset[Action]:
    """Everything a role may do, for the client to show or hide its buttons."""
    return frozenset(action for action in Action if may(role, action, control))


def outranks(actor: Member, other: Member) -> bool:
    """Whether ``actor`` may moderate ``other``: strictly below, by the role they had before they were muted."""
    return RANK[actor.role] > RANK[other.unmuted_role or other.role]


def successor(candidates: Iterable[Member]) -> Member | None:
    """Who becomes host: the longest-present cohost, else member, else guest; never somebody muted."""
    eligible = [member for member in candidates if member.role is not Role.MUTED]
    return min(eligible, key=lambda member: (-RANK[member.role], member.joined_at_ms, member.member_id), default=None)


def hand_over(party: Party, to: Member) -> dict[str, Member]:
    """The members that change when ``to`` becomes host; the one who was becomes cohost or what they were before."""
    changed: dict[str, Member] = {}
    if (host := party.host) is not None and host.member_id != to.member_id:
        changed[host.member_id] = replace(host, role=host.role_before_host or Role.COHOST, role_before_host=None)
    before = None if to.member_id == party.founder_id else to.role
    changed[to.member_id] = replace(to, role=Role.HOST, role_before_host=before)
    return changed
