"""Whom a ban, a kick, a mute or a lowered role binds, long after the member is gone.

An account is bound by its id.  A guest is whoever they say: the one with their pass, and besides whoever comes for the first
time without an account, from the same address or by the same invite.  Those who are in the room already are judged by
themselves alone, and so is who has a decision of their own.  The founder is bound by nothing.
"""

from dataclasses import replace
from typing import Any

from realtime.party.domain.model import MAX_INVITES_OF_ONE, MAX_STANDINGS, Ban, Member, MemberId, Party, Role, Standing
from realtime.party.domain.requests import Join
from realtime.party.domain.roles import RANK, Action, may


def is_banned(party: Party, join: Join) -> bool:
    """Whether a ban keeps out who asks to join."""
    if join.member_id == party.founder_id:
        return False
    return any(_names(entry, join) or _resembles(party, entry, join) for entry in party.bans)


def standing_of(party: Party, join: Join) -> Standing | None:
    """What was decided about who asks to join; their own before what they share with others, of that the newest."""
    if join.member_id == party.founder_id:
        return None
    own = next((entry for entry in party.standings if _names(entry, join)), None)
    if own is not None:
        return own
    shared = (entry for entry in reversed(party.standings) if _decides(entry) and _resembles(party, entry, join))
    return next(shared, None)


def keeps_out(party: Party, standing: Standing, join: Join) -> bool:
    """Whether a kick still holds: until a moderator invites anew."""
    if standing.kicked_at_ms is None:
        return False
    return not (join.invite_made_at_ms > standing.kicked_at_ms and _moderates(party, join.invite_by))


def noted(party: Party, member: Member, **decided: Any) -> Party:
    """The party with ``decided`` (fields of :class:`Standing`) on record for this member."""
    before = next((entry for entry in party.standings if entry.member_id == member.member_id), None)
    who: dict[str, Any] = {
        "member_id": member.member_id,
        "user_id": member.user_id,
        "address": member.address,
        "invite_ids": _with(() if before is None else before.invite_ids, member.invite_id),
        "name": member.name,
    }
    entry = Standing(**who, **decided) if before is None else replace(before, **who, **decided)
    others = tuple(held for held in party.standings if held.member_id != member.member_id)
    if not _decides(entry) and not any(_decides(held) and _alike(held, entry) for held in others):
        return replace(party, standings=others)
    # Where others like them are bound, an empty record says that this one is not.
    return replace(party, standings=(*others, entry)[-MAX_STANDINGS:])


def pardoned(party: Party, member_id: MemberId) -> Party:
    """The party with ``member_id`` free to come back; a mute or a lowered role stays."""
    standings = tuple(
        replace(entry, kicked_at_ms=None) if entry.member_id == member_id else entry for entry in party.standings
    )
    return replace(
        party,
        bans=tuple(entry for entry in party.bans if entry.member_id != member_id),
        standings=tuple(entry for entry in standings if _decides(entry) or entry.member_id != member_id),
    )


def barred(party: Party) -> list[Ban | Standing]:
    """Everybody who may not come back as they are: the banned and the kicked."""
    banned = {entry.member_id for entry in party.bans}
    kicked = [entry for entry in party.standings if entry.kicked_at_ms is not None and entry.member_id not in banned]
    return [*party.bans, *kicked]


def worth_of_invite(party: Party, by: MemberId | None) -> Role | None:
    """The most an invite by this member gives now: a power given away ends with the power.  ``None``: nothing any more.

    Invites made before invites named their maker are worth what they say.
    """
    if by is None or by == party.founder_id:
        return Role.COHOST
    if any(entry.member_id == by for entry in party.bans):
        return None
    member = party.members.get(by)
    if member is not None:
        return _may_give(member.role, party)
    standing = next((entry for entry in party.standings if entry.member_id == by), None)
    if standing is None:
        return Role.COHOST
    if standing.muted or standing.kicked_at_ms is not None:
        return None
    return Role.COHOST if standing.ceiling is None else _may_give(standing.ceiling, party)


# Inside -------------------------------------------------------------------------------------------------------------


def _names(entry: Ban | Standing, join: Join) -> bool:
    return entry.member_id == join.member_id or (entry.user_id is not None and entry.user_id == join.user_id)


def _resembles(party: Party, entry: Ban | Standing, join: Join) -> bool:
    """Whether a newcomer without an account may be the one the entry is about."""
    if join.user_id is not None or join.member_id in party.members:
        return False
    invites = (entry.invite_id,) if isinstance(entry, Ban) else entry.invite_ids
    return _same(entry.address, join.address) or (join.invite_id != "" and join.invite_id in invites)


def _alike(one: Standing, other: Standing) -> bool:
    return _same(one.address, other.address) or not set(one.invite_ids).isdisjoint(other.invite_ids)


def _same(one: str, other: str) -> bool:
    return one != "" and one == other


def _with(invite_ids: tuple[str, ...], invite_id: str) -> tuple[str, ...]:
    if invite_id in ("", *invite_ids):
        return invite_ids
    return (*invite_ids, invite_id)[-MAX_INVITES_OF_ONE:]


def _decides(entry: Standing) -> bool:
    return entry.muted or entry.ceiling is not None or entry.kicked_at_ms is not None


def _moderates(party: Party, member_id: MemberId | None) -> bool:
    if member_id is None:
        return False
    member = party.members.get(member_id)
    return member_id == party.founder_id or (
        member is not None and may(member.role, Action.MODERATE, party.settings.control)
    )


def _may_give(own: Role, party: Party) -> Role | None:
    """What a member of this role may invite others as, at most."""
    if not may(own, Action.INVITE, party.settings.control):
        return None
    return min(own, Role.COHOST, key=RANK.__getitem__)
