"""The door of a party: what people show to come in, and what they are given to come back.

Whatever is shown is good for the party it was made for.  At another door it says nothing: no role, no invitation, not even
who somebody is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kernel.access import Actor
from kernel.clock import Clock
from kernel.errors import Unauthenticated
from kernel.ids import new_id
from kernel.limits import UNKNOWN_PLACE, address_key
from realtime.party.admission.password_attempts import AttemptLimiter
from realtime.party.domain import tokens
from realtime.party.domain.errors import InviteNeeded, InviteRevoked, PasswordNeeded
from realtime.party.domain.model import Access, Member, MemberId, Party, Role
from realtime.party.domain.requests import Join
from realtime.party.domain.roles import RANK
from realtime.party.domain.tokens import GuestPass, Invite, InviteInvalid, InviteUsedUp
from realtime.party.ports import InviteBook, InviteUse, Passwords


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is behind a connection, as its ``auth`` has proved."""

    member_id: MemberId
    name: str
    actor: Actor | None = None
    invite: Invite | None = None
    guest: GuestPass | None = None
    address: str = ""
    bound_to: str | None = None
    """A guest without an invite may enter this party alone, if it is open to everybody."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What invites and guest passes are signed with (the first) and read with (all), and where their links lead."""

    secrets: Sequence[bytes]
    public_url: str


class Admission:
    """Reads invites and passwords, signs links and passes; whether what is shown is enough is for the rules."""

    def __init__(self, *, invite_book: InviteBook, passwords: Passwords, clock: Clock, keys: Keys) -> None:
        self._invite_book = invite_book
        self._passwords = passwords
        self._clock = clock
        self._keys = keys
        self._attempts = AttemptLimiter()

    async def hash(self, password: str) -> str:
        """argon2id."""
        return await self._passwords.hash(password)

    def identity_at(self, party_id: str, identity: Identity, present_as: MemberId | None) -> Identity:
        """Who this is at this party's door.  ``present_as``: as whom the connection is in the party already."""
        if present_as is not None:
            identity = replace(identity, member_id=present_as)
        guest = identity.guest if identity.guest is not None and identity.guest.party_id == party_id else None
        invite = identity.invite if identity.invite is not None and identity.invite.party_id == party_id else None
        if identity.actor is None and guest is None and invite is None and present_as is None:
            # A guest is somebody in one party; here they are new, whatever they were elsewhere.
            identity = replace(identity, member_id=MemberId(new_id()))
        return replace(identity, guest=guest, invite=invite)

    async def request_to_join(
        self, party: Party, identity: Identity, connection: str, token: str | None, password: str | None
    ) -> Join:
        """The request to come in, with what was shown; ``identity`` as :meth:`identity_at` gave it.

        Raises InviteNeeded, InviteUsedUp, InviteRevoked, PasswordNeeded, and what reading an invite raises.
        """
        if identity.bound_to not in (None, party.party_id):
            raise InviteNeeded
        known = identity.member_id in party.members or identity.member_id == party.founder_id
        stands_on = "" if identity.guest is None else identity.guest.invite_id
        try:
            shown = self._shown_invite(identity, party.party_id, token)
        except Unauthenticated:
            if not known:
                raise
            shown = None  # they are in by their own right; what has become of their invite meanwhile is no matter
        if not known and shown is not None and shown.invite_id != stands_on:
            await self._use(shown)
        elif not known and stands_on and await self._invite_book.is_revoked(stands_on):
            raise InviteRevoked
        return Join(
            member_id=identity.member_id,
            connection_id=connection,
            name=identity.name,
            user_id=identity.actor.user_id if identity.actor else None,
            role=self._role_at_the_door(identity, shown),
            invited=shown is not None or identity.guest is not None,
            password_ok=known or await self._password_ok(party, password, identity.address),
            address=_place(identity.address),
            invite_id=stands_on if shown is None else shown.invite_id,
            invite_by=MemberId(shown.by) if shown is not None and shown.by else None,
            invite_made_at_ms=0 if shown is None else shown.made_at_ms,
        )

    def link(self, invite: Invite) -> str:
        """The address that carries the signed invite."""
        token = tokens.sign_invite(invite, self._keys.secrets[0])
        return f"{self._keys.public_url}/party/{invite.party_id}?invite={token}"

    def guest_token(self, party: Party, member: Member, join: Join) -> str | None:
        """The pass with which a guest comes back to this party as who they came in."""
        if join.user_id is not None:
            return None
        guest = GuestPass(
            member_id=member.member_id,
            party_id=party.party_id,
            name=member.name,
            role=join.role,
            expires_at_s=int(self._clock.now_ms() / 1000) + tokens.GUEST_LIFE_S,
            invite_id=join.invite_id,
        )
        return tokens.sign_guest_pass(guest, self._keys.secrets[0])

    # Inside

    def _shown_invite(self, identity: Identity, party_id: str, token: str | None) -> Invite | None:
        if token is None:
            return identity.invite
        shown = tokens.read_invite(token, self._keys.secrets, self._clock.now_ms() / 1000)
        if shown.party_id != party_id:
            raise InviteInvalid
        return shown

    def _role_at_the_door(self, identity: Identity, shown: Invite | None) -> Role:
        """What the invite says; an account is at least a member, a guest without a new invite what their pass says."""
        if identity.actor is not None:
            invited = shown.role if shown is not None else Role.MEMBER
            return invited if RANK[invited] > RANK[Role.MEMBER] else Role.MEMBER
        if identity.guest is not None and (shown is None or shown.invite_id == identity.guest.invite_id):
            return identity.guest.role
        return shown.role if shown is not None else Role.GUEST

    async def _use(self, invite: Invite) -> None:
        match await self._invite_book.use(invite):
            case InviteUse.USED_UP:
                raise InviteUsedUp
            case InviteUse.REVOKED:
                raise InviteRevoked

    async def _password_ok(self, party: Party, password: str | None, address: str) -> bool:
        if party.settings.access is not Access.PASSWORD or not password:
            return False
        self._attempts.count(f"{address_key(address)} {party.party_id}", self._clock.monotonic_ms())
        if not await self._passwords.verify(password, party.settings.password_hash):
            raise PasswordNeeded
        return True


def _place(address: str) -> str:
    """What counts as one place, empty where that is not known: nobody is to be taken for somebody by that."""
    key = address_key(address)
    return "" if key == UNKNOWN_PLACE else key
