"""Invites as those who make them see them: made, listed, withdrawn."""

from kernel.clock import Clock
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.ids import new_id
from realtime.party.admission.admission import Admission
from realtime.party.domain.errors import NotInParty
from realtime.party.domain.model import Member, MemberId, Party, PartyId, Role
from realtime.party.domain.roles import RANK, Action, may
from realtime.party.domain.tokens import Invite
from realtime.party.ports import InviteBook, InviteLine
from realtime.sync.room_clock import RoomClock

DEFAULT_INVITE_LIFE_S = 7 * 24 * 3600
LONGEST_INVITE_LIFE_S = 90 * 24 * 3600

MAX_INVITES = 200
"""Open invites of one party: what a list can show, and fifty people making one of each kind."""


class TooManyInvites(Conflict):
    """This party has {limit} open invites. Withdraw some first."""


class InviteNotFound(NotFound):
    """There is no such invite (any more)."""


class Inviting:
    """What members do with the invites of their party; the party is the caller's to find."""

    def __init__(self, *, book: InviteBook, admission: Admission, clock: Clock, room_clock: RoomClock) -> None:
        self._book = book
        self._admission = admission
        self._clock = clock
        self._room_clock = room_clock

    def first(self, party: Party) -> Invite:
        """The invite a new party begins with, for the caller to store."""
        return self._new(party, party.founder_id, Role.GUEST, DEFAULT_INVITE_LIFE_S, 0)

    def link(self, invite: Invite) -> str:
        """The address that carries the signed invite."""
        return self._admission.link(invite)

    async def add(self, invite: Invite) -> None:
        """Store it; durable when it returns."""
        await self._book.add(invite)

    async def make(
        self, party: Party, member_id: MemberId, *, role: Role, expires_in_s: int, max_uses: int
    ) -> tuple[Invite, str]:
        """An invite as ``role``, at most one's own and never host, and its link.

        An open one that says the same is given again rather than made twice, so that the list stays readable.

        Raises NotInParty, Forbidden, TooManyInvites.
        """
        own = _role(party, member_id)
        if not may(own, Action.INVITE, party.settings.control) or not _may_give(own, role):
            raise Forbidden
        open_ones = await self._book.of_party(party.party_id, limit=MAX_INVITES)
        life_s = min(expires_in_s, LONGEST_INVITE_LIFE_S)
        wanted = self._new(party, member_id, role, life_s, max_uses)
        newest_kick_ms = max((entry.kicked_at_ms or 0 for entry in party.standings), default=0)
        for known in open_ones:
            held = known.invite
            same = (held.by, held.role, held.max_uses) == (wanted.by, wanted.role, 0) and not max_uses
            lasts = wanted.expires_at_s - life_s // 2 < held.expires_at_s <= wanted.expires_at_s
            if same and lasts and held.made_at_ms > newest_kick_ms and not _bound(party, held):
                return held, self._admission.link(held)
        if len(open_ones) >= MAX_INVITES:
            raise TooManyInvites(limit=MAX_INVITES)
        await self._book.add(wanted)
        return wanted, self._admission.link(wanted)

    async def listed(self, party: Party, member_id: MemberId) -> list[InviteLine]:
        """The open invites, newest first: for those who moderate all, for others their own.  Raises NotInParty."""
        own = _role(party, member_id)
        everything = may(own, Action.MODERATE, party.settings.control)
        return [
            InviteLine(
                known=known,
                by_name=_name(party.members.get(MemberId(known.invite.by))),
                url=self._admission.link(known.invite) if _may_give(own, known.invite.role) else None,
            )
            for known in await self._book.of_party(party.party_id, limit=MAX_INVITES)
            if everything or known.invite.by == member_id
        ]

    async def revoke(self, party: Party, member_id: MemberId, invite_id: str) -> None:
        """From now on it lets nobody in, nor back in; who is in the room stays.

        Raises NotInParty, InviteNotFound; the latter, too, for invites of others one may not see.
        """
        if all(line.known.invite.invite_id != invite_id for line in await self.listed(party, member_id)):
            raise InviteNotFound
        await self._book.revoke(party.party_id, invite_id)

    def _new(self, party: Party, by: MemberId, role: Role, life_s: int, max_uses: int) -> Invite:
        return Invite(
            invite_id=new_id(),
            party_id=PartyId(party.party_id),
            role=role,
            expires_at_s=int(self._clock.now_ms() / 1000) + life_s,
            max_uses=max_uses,
            by=by,
            made_at_ms=round(self._room_clock.now_ms()),
        )


def _role(party: Party, member_id: MemberId) -> Role:
    """Raises NotInParty."""
    member = party.members.get(member_id)
    if member is not None:
        return member.role
    if member_id == party.founder_id:
        return Role.HOST
    raise NotInParty


def _may_give(own: Role, role: Role) -> bool:
    return RANK[role] <= RANK[own] and role not in (Role.HOST, Role.MUTED)


def _name(member: Member | None) -> str:
    return "" if member is None else member.name


def _bound(party: Party, invite: Invite) -> bool:
    """Whether a sanction against somebody who came by it binds whoever uses it next."""
    if any(entry.invite_id == invite.invite_id for entry in party.bans):
        return True
    return any(invite.invite_id in entry.invite_ids for entry in party.standings)
