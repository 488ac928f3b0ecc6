"""Coming, going, and what members may do to each other."""

from collections.abc import Iterable
from dataclasses import replace

from realtime.party.domain import waiting
from realtime.party.domain.errors import (
    BannedFromParty,
    FounderOnly,
    InviteNeeded,
    InviteRevoked,
    KickedFromParty,
    MemberNotFound,
    OutranksYou,
    PartyFull,
    PasswordNeeded,
    RoleNotAssignable,
)
from realtime.party.domain.events import MemberRemoved
from realtime.party.domain.members import sanctions
from realtime.party.domain.members.naming import displaced, free_name
from realtime.party.domain.model import (
    MAX_BANS,
    MAX_CONNECTIONS_PER_MEMBER,
    MAX_NAME_CHARACTERS,
    Access,
    Ban,
    Member,
    MemberId,
    Party,
    PlayerState,
    Role,
)
from realtime.party.domain.requests import BanMember, Disconnect, GiveRole, Join, Kick, Leave, Moderate, Mute, Pardon
from realtime.party.domain.roles import RANK, SUCCESSION_AFTER_MS, Action, hand_over, outranks, successor
from realtime.party.domain.transition import Transition

FORGET_AFTER_MS = 300_000
"""How long an absent member's place, role and remembered commands are kept: a tunnel, a reboot, a change of device."""
EMPTY_PAUSE_MS = 30_000
"""A room nobody is connected to goes on for this long (their players do, too), then rests where it was left."""
EMPTY_CLOSE_MS = 7 * 24 * 3_600_000
"""A party is opened on Monday for Friday; a week after the last one left, the evening is over."""


def join(transition: Transition, command: Join) -> None:
    """A new member, one who is back, or one more device of somebody.

    Raises BannedFromParty, KickedFromParty, InviteNeeded, InviteRevoked, PasswordNeeded, PartyFull.
    """
    if sanctions.is_banned(transition.party, command):
        raise BannedFromParty
    known = transition.party.members.get(command.member_id)
    member = _admit(transition, command) if known is None else known
    if not member.connected:
        # Whoever comes (back) catches up first; the room does not wait for that.
        member = replace(member, left_at_ms=None, excused=True, stalled_since_ms=None, state=PlayerState.PAUSED)
    others = tuple(connection for connection in member.connections if connection != command.connection_id)
    member = replace(
        member,
        user_id=command.user_id or member.user_id,
        address="" if command.user_id else command.address,
        invite_id=command.invite_id or member.invite_id,
        connections=(*others, command.connection_id)[-MAX_CONNECTIONS_PER_MEMBER:],
    )
    wanted = command.name.strip()[:MAX_NAME_CHARACTERS] or member.name
    member = replace(member, name=free_name(transition.party, member, wanted))
    if member.member_id == transition.party.founder_id:
        transition.party = replace(transition.party, founder_name=member.name)
    transition.put(member)
    if giving_way := displaced(transition.party, member):
        transition.put(*giving_way)
    if member.member_id == transition.party.founder_id and member.role is not Role.HOST:
        transition.put(*hand_over(transition.party, member).values())
    _notice_presence(transition)


def disconnect(transition: Transition, command: Disconnect) -> None:
    """Connections are gone; members without one stay for a while, absent."""
    gone = command.connection_ids
    members = transition.party.members
    among = members.keys() if command.member_ids is None else command.member_ids & members.keys()
    changed = []
    for member in map(members.__getitem__, among):
        kept = () if gone is None else tuple(held for held in member.connections if held not in gone)
        if kept != member.connections:
            left_at_ms = None if kept else transition.now_ms
            changed.append(replace(member, connections=kept, left_at_ms=left_at_ms, stalled_since_ms=None))
    if changed:
        transition.put(*changed)
        _notice_presence(transition)


def leave(transition: Transition, command: Leave) -> None:
    """Somebody says goodbye.  Raises NotInParty."""
    transition.member(command.member_id)
    _remove(transition, command.member_id)


def give_role(transition: Transition, command: GiveRole) -> None:
    """Raises NotInParty, NotPermitted, MemberNotFound, RoleNotAssignable, FounderOnly."""
    actor, target = _actor_and_target(transition, command, Action.ROLES, yourself=True)
    if command.role is Role.MUTED or target.role is Role.HOST:
        # Muting remembers the role to give back, so it has its own command; a host hands over, nobody unseats one.
        raise RoleNotAssignable
    if command.role is Role.HOST:
        if target.role is Role.MUTED or not target.connected:
            raise RoleNotAssignable
        if actor.member_id != transition.party.founder_id:
            raise FounderOnly  # a stand-in keeps the place warm; it is not theirs to give
        transition.party = replace(transition.party, founder_id=target.member_id, founder_name=target.name)
        transition.put(*hand_over(transition.party, target).values())
        _notice_presence(transition)
        transition.notice("host", f"{target.name} is host now.", target.member_id)
        return
    before = target.unmuted_role or target.role
    if target.role is Role.MUTED:
        after = replace(target, unmuted_role=command.role)
    else:
        after = replace(target, role=command.role)
    transition.put(after)
    if command.role is not before:
        lowered = RANK[command.role] < RANK[before]
        transition.party = sanctions.noted(transition.party, after, ceiling=command.role if lowered else None)


def mute(transition: Transition, command: Mute) -> None:
    """Raises NotInParty, NotPermitted, MemberNotFound, OutranksYou."""
    _, target = _actor_and_target(transition, command, Action.MODERATE)
    if command.muted and target.role is not Role.MUTED:
        transition.put(replace(target, role=Role.MUTED, unmuted_role=target.role))
        transition.party = sanctions.noted(transition.party, target, muted=True)
        transition.notice("muted", f"{target.name} was muted.", target.member_id)
    elif not command.muted and target.role is Role.MUTED:
        transition.put(replace(target, role=target.unmuted_role or Role.GUEST, unmuted_role=None))
        transition.party = sanctions.noted(transition.party, target, muted=False)
        transition.notice("unmuted", f"{target.name} may speak again.", target.member_id)


def kick(transition: Transition, command: Kick) -> None:
    """Raises NotInParty, NotPermitted, MemberNotFound, OutranksYou."""
    _, target = _actor_and_target(transition, command, Action.MODERATE)
    transition.party = sanctions.noted(transition.party, target, kicked_at_ms=transition.now_ms)
    _expel(transition, target, "kicked")


def ban(transition: Transition, command: BanMember) -> None:
    """Raises NotInParty, NotPermitted, MemberNotFound, OutranksYou."""
    _, target = _actor_and_target(transition, command, Action.MODERATE)
    entry = Ban(
        member_id=target.member_id,
        user_id=target.user_id,
        address=target.address,
        name=target.name,
        invite_id=target.invite_id,
    )
    transition.party = replace(transition.party, bans=(*transition.party.bans, entry)[-MAX_BANS:])
    _expel(transition, target, "banned")


def pardon(transition: Transition, command: Pardon) -> None:
    """Raises NotInParty, NotPermitted, MemberNotFound where nobody of this id is kept out."""
    transition.require(transition.member(command.by), Action.MODERATE)
    if not any(entry.member_id == command.member_id for entry in sanctions.barred(transition.party)):
        raise MemberNotFound
    transition.party = sanctions.pardoned(transition.party, command.member_id)


def check(transition: Transition) -> None:
    """Whatever is due by now: a new host, forgetting the absent."""
    if (due := succession_due_ms(transition.party)) is not None and due <= transition.now_ms:
        heir = successor(transition.party.connected)
        if heir is not None:
            transition.put(*hand_over(transition.party, heir).values())
            transition.notice("host", f"{heir.name} is host now.", heir.member_id)
            _notice_presence(transition)
    for member in tuple(transition.party.members.values()):
        if member.left_at_ms is not None and member.left_at_ms + FORGET_AFTER_MS <= transition.now_ms:
            _remove(transition, member.member_id)


def succession_due_ms(party: Party) -> int | None:
    """When the room gets a new host; ``None`` with a host there, or with nobody who could be one."""
    if party.hostless_since_ms is None:
        return None
    if not any(member.connected and member.role is not Role.MUTED for member in party.members.values()):
        return None
    return party.hostless_since_ms + SUCCESSION_AFTER_MS


def forget_due_ms(among: Iterable[Member]) -> float:
    """When the next absent one of these members is forgotten; infinity for never."""
    left = (member.left_at_ms for member in among if member.left_at_ms is not None)
    return min((at + FORGET_AFTER_MS for at in left), default=float("inf"))


# Inside -------------------------------------------------------------------------------------------------------------


def _admit(transition: Transition, command: Join) -> Member:
    party, settings = transition.party, transition.party.settings
    if command.member_id == party.founder_id:
        role = command.role if party.host is not None else Role.HOST
        return Member(member_id=command.member_id, name="Guest", role=role, joined_at_ms=transition.now_ms)
    standing = sanctions.standing_of(party, command)
    if standing is not None and sanctions.keeps_out(party, standing, command):
        raise KickedFromParty
    if settings.access is Access.PRIVATE and not command.invited:
        raise InviteNeeded
    if settings.access is Access.PASSWORD and not (command.invited or command.password_ok):
        raise PasswordNeeded
    if len(party.members) >= settings.capacity:
        raise PartyFull(capacity=settings.capacity)
    role = _role_on_arrival(transition, command)
    if standing is not None and standing.ceiling is not None:
        role = min(role, standing.ceiling, key=RANK.__getitem__)
    muted = standing is not None and standing.muted
    member = Member(
        member_id=command.member_id,
        user_id=command.user_id,
        name="Guest",
        role=Role.MUTED if muted else role,
        unmuted_role=role if muted else None,
        address="" if command.user_id else command.address,
        invite_id=command.invite_id,
        joined_at_ms=transition.now_ms,
    )
    if standing is not None and (standing.member_id != member.member_id or standing.kicked_at_ms is not None):
        # From here on a decision of their own: lifting it frees nobody else, nor does another's bind them again.
        transition.party = sanctions.noted(party, member, muted=muted, ceiling=standing.ceiling, kicked_at_ms=None)
    return member


def _role_on_arrival(transition: Transition, command: Join) -> Role:
    """What they were invited as, as far as whoever made the invite may still give it.  Raises InviteRevoked."""
    role = Role.GUEST if command.role in (Role.HOST, Role.MUTED) else command.role
    if command.invite_by is None:
        return role
    worth = sanctions.worth_of_invite(transition.party, command.invite_by)
    if worth is None:
        raise InviteRevoked
    # An account is a member without any invite: an invite worth less does not take that away.
    floor = Role.GUEST if command.user_id is None else Role.MEMBER
    return min(role, max(worth, floor, key=RANK.__getitem__), key=RANK.__getitem__)


def _actor_and_target(
    transition: Transition, command: Moderate, action: Action, *, yourself: bool = False
) -> tuple[Member, Member]:
    actor = transition.member(command.by)
    transition.require(actor, action)
    target = transition.party.members.get(command.member_id)
    if target is None:
        raise MemberNotFound
    protected = target.member_id == transition.party.founder_id and actor.member_id != target.member_id
    if protected or not (yourself or outranks(actor, target)):
        raise OutranksYou
    return actor, target


def _expel(transition: Transition, target: Member, reason: str) -> None:
    transition.events.append(MemberRemoved(member_id=target.member_id, reason=reason, connections=target.connections))
    _remove(transition, target.member_id)
    transition.notice(reason, f"{target.name} was {reason}.", target.member_id)


def _remove(transition: Transition, member_id: MemberId) -> None:
    transition.remove(member_id)
    transition.party = replace(transition.party, skip_votes=transition.party.skip_votes - {member_id})
    _notice_presence(transition)


def _notice_presence(transition: Transition) -> None:
    """Keep what depends on who is there: since when without a host, since when empty, whom the room waits for."""
    party = transition.party
    host = party.host
    anybody = any(member.connected for member in party.members.values())
    host_missing = anybody and (host is None or not host.connected)
    transition.party = replace(
        party,
        hostless_since_ms=_since(party.hostless_since_ms, transition.now_ms) if host_missing else None,
        empty_since_ms=None if anybody else _since(party.empty_since_ms, transition.now_ms),
    )
    waiting.left(transition)


def _since(known_ms: int | None, now_ms: int) -> int:
    return now_ms if known_ms is None else known_ms
