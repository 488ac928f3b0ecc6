"""Coming, going, and what members may do to each other."""

from dataclasses import replace

from realtime.party import waiting
from realtime.party.commands import BanMember, Disconnect, GiveRole, Join, Kick, Leave, Moderate, Mute
from realtime.party.model import (
    MAX_BANS,
    MAX_CONNECTIONS_PER_MEMBER,
    MAX_NAME_CHARACTERS,
    Access,
    Ban,
    BannedFromParty,
    InviteNeeded,
    Member,
    MemberId,
    MemberNotFound,
    MemberRemoved,
    OutranksYou,
    PartyFull,
    PasswordNeeded,
    PlayerState,
    Role,
    RoleNotAssignable,
)
from realtime.party.roles import SUCCESSION_AFTER_MS, Action, hand_over, outranks, successor
from realtime.party.turn import Turn

FORGET_AFTER_MS = 300_000
"""How long an absent member's place, role and remembered commands are kept: a tunnel, a reboot, a change of device."""
EMPTY_PAUSE_MS = 30_000
"""A room nobody is connected to goes on for this long (their players do, too), then rests where it was left."""
EMPTY_CLOSE_MS = 7 * 24 * 3_600_000
"""A party is opened on Monday for Friday; a week after the last one left, the evening is over."""


def join(turn: Turn, command: Join) -> None:
    """A new member, one who is back, or one more device of somebody.

    Raises BannedFromParty, InviteNeeded, PasswordNeeded, PartyFull.
    """
    if _is_banned(turn, command):
        raise BannedFromParty
    known = turn.party.members.get(command.member_id)
    member = _admit(turn, command) if known is None else known
    if not member.connected:
        # Whoever comes (back) catches up first; the room does not wait for that.
        member = replace(member, left_at_ms=None, excused=True, stalled_since_ms=None, state=PlayerState.PAUSED)
    others = tuple(connection for connection in member.connections if connection != command.connection_id)
    member = replace(
        member,
        name=command.name.strip()[:MAX_NAME_CHARACTERS] or member.name,
        user_id=command.user_id or member.user_id,
        address="" if command.user_id else command.address,
        connections=(*others, command.connection_id)[-MAX_CONNECTIONS_PER_MEMBER:],
    )
    turn.put(member)
    if member.member_id == turn.party.founder_id and member.role is not Role.HOST:
        turn.put(*hand_over(turn.party, member).values())
    _notice_presence(turn)


def disconnect(turn: Turn, command: Disconnect) -> None:
    """Connections are gone; members without one stay for a while, absent."""
    gone = command.connection_ids
    changed = []
    for member in turn.party.members.values():
        kept = () if gone is None else tuple(held for held in member.connections if held not in gone)
        if kept != member.connections:
            left_at_ms = None if kept else turn.now_ms
            changed.append(replace(member, connections=kept, left_at_ms=left_at_ms, stalled_since_ms=None))
    if changed:
        turn.put(*changed)
        _notice_presence(turn)


def leave(turn: Turn, command: Leave) -> None:
    """Somebody says goodbye.  Raises NotInParty."""
    turn.member(command.member_id)
    _remove(turn, command.member_id)


def give_role(turn: Turn, command: GiveRole) -> None:
    """Raises NotInParty, NotPermitted, MemberNotFound, RoleNotAssignable."""
    _, target = _actor_and_target(turn, command, Action.ROLES, yourself=True)
    if command.role is Role.MUTED or target.role is Role.HOST:
        # Muting remembers the role to give back, so it has its own command; a host hands over, nobody unseats one.
        raise RoleNotAssignable
    if command.role is Role.HOST:
        if target.role is Role.MUTED or not target.connected:
            raise RoleNotAssignable
        turn.party = replace(turn.party, founder_id=target.member_id)
        turn.put(*hand_over(turn.party, target).values())
        _notice_presence(turn)
        turn.notice("host", f"{target.name} is host now.", target.member_id)
    elif target.role is Role.MUTED:
        turn.put(replace(target, unmuted_role=command.role))
    else:
        turn.put(replace(target, role=command.role))


def mute(turn: Turn, command: Mute) -> None:
    """Raises NotInParty, NotPermitted, MemberNotFound, OutranksYou."""
    _, target = _actor_and_target(turn, command, Action.MODERATE)
    if command.muted and target.role is not Role.MUTED:
        turn.put(replace(target, role=Role.MUTED, unmuted_role=target.role))
        turn.notice("muted", f"{target.name} was muted.", target.member_id)
    elif not command.muted and target.role is Role.MUTED:
        turn.put(replace(target, role=target.unmuted_role or Role.GUEST, unmuted_role=None))
        turn.notice("unmuted", f"{target.name} may speak again.", target.member_id)


def kick(turn: Turn, command: Kick) -> None:
    """Raises NotInParty, NotPermitted, MemberNotFound, OutranksYou."""
    _, target = _actor_and_target(turn, command, Action.MODERATE)
    _expel(turn, target, "kicked")


def ban(turn: Turn, command: BanMember) -> None:
    """Raises NotInParty, NotPermitted, MemberNotFound, OutranksYou."""
    _, target = _actor_and_target(turn, command, Action.MODERATE)
    entry = Ban(member_id=target.member_id, user_id=target.user_id, address=target.address, name=target.name)
    turn.party = replace(turn.party, bans=(*turn.party.bans, entry)[-MAX_BANS:])
    _expel(turn, target, "banned")


def check(turn: Turn) -> None:
    """Whatever is due by now: a new host, forgetting the absent."""
    if (due := succession_due_ms(turn)) is not None and due <= turn.now_ms:
        heir = successor(turn.party.connected)
        if heir is not None:
            turn.put(*hand_over(turn.party, heir).values())
            turn.notice("host", f"{heir.name} is host now.", heir.member_id)
            _notice_presence(turn)
    for member in tuple(turn.party.members.values()):
        if member.left_at_ms is not None and member.left_at_ms + FORGET_AFTER_MS <= turn.now_ms:
            _remove(turn, member.member_id)


def succession_due_ms(turn: Turn) -> int | None:
    """When the room gets a new host; ``None`` with a host there, or with nobody who could be one."""
    if turn.party.hostless_since_ms is None or successor(turn.party.connected) is None:
        return None
    return turn.party.hostless_since_ms + SUCCESSION_AFTER_MS


def forget_due_ms(turn: Turn) -> float:
    """When the next absent member is forgotten; infinity for never."""
    left = (member.left_at_ms for member in turn.party.members.values() if member.left_at_ms is not None)
    return min((at + FORGET_AFTER_MS for at in left), default=float("inf"))


# Inside -------------------------------------------------------------------------------------------------------------


def _is_banned(turn: Turn, command: Join) -> bool:
    return any(
        entry.member_id == command.member_id
        or (entry.user_id is not None and entry.user_id == command.user_id)
        # A guest is whoever they say; the address is all that tells one again.  Signed-in people from there are welcome.
        or (entry.address != "" and command.user_id is None and entry.address == command.address)
        for entry in turn.party.bans
    )


def _admit(turn: Turn, command: Join) -> Member:
    is_founder = command.member_id == turn.party.founder_id
    settings = turn.party.settings
    if not is_founder:
        if settings.access is Access.PRIVATE and not command.invited:
            raise InviteNeeded
        if settings.access is Access.PASSWORD and not (command.invited or command.password_ok):
            raise PasswordNeeded
        if len(turn.party.members) >= settings.capacity:
            raise PartyFull(capacity=settings.capacity)
    role = Role.GUEST if command.role in (Role.HOST, Role.MUTED) else command.role
    return Member(
        member_id=command.member_id,
        name="Guest",
        role=Role.HOST if is_founder and turn.party.host is None else role,
        joined_at_ms=turn.now_ms,
    )


def _actor_and_target(
    turn: Turn, command: Moderate, action: Action, *, yourself: bool = False
) -> tuple[Member, Member]:
    actor = turn.member(command.by)
    turn.require(actor, action)
    target = turn.party.members.get(command.member_id)
    if target is None:
        raise MemberNotFound
    protected = target.member_id == turn.party.founder_id and actor.member_id != target.member_id
    if not yourself and (protected or not outranks(actor, target)):
        raise OutranksYou
    return actor, target


def _expel(turn: Turn, target: Member, reason: str) -> None:
    turn.events.append(MemberRemoved(member_id=target.member_id, reason=reason, connections=target.connections))
    _remove(turn, target.member_id)
    turn.notice(reason, f"{target.name} was {reason}.", target.member_id)


def _remove(turn: Turn, member_id: MemberId) -> None:
    turn.remove(member_id)
    turn.party = replace(turn.party, skip_votes=turn.party.skip_votes - {member_id})
    _notice_presence(turn)


def _notice_presence(turn: Turn) -> None:
    """Keep what depends on who is there: since when without a host, since when empty, whom the room waits for."""
    party = turn.party
    host = party.host
    anybody = any(member.connected for member in party.members.values())
    host_missing = anybody and (host is None or not host.connected)
    turn.party = replace(
        party,
        hostless_since_ms=_since(party.hostless_since_ms, turn.now_ms) if host_missing else None,
        empty_since_ms=None if anybody else _since(party.empty_since_ms, turn.now_ms),
    )
    waiting.left(turn)


def _since(known_ms: int | None, now_ms: int) -> int:
    return now_ms if known_ms is None else known_ms
