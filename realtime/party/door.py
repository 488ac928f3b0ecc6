"""The door of a party: what people show to come in, and what they are given to come back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kernel.access import Actor
from kernel.clock import Clock
from kernel.ids import new_id
from kernel.limits import address_key
from realtime.party import invites
from realtime.party.commands import Join
from realtime.party.guesses import Guesses
from realtime.party.invites import GuestPass, Invite, InviteInvalid, InviteUsedUp
from realtime.party.model import Access, Member, MemberId, Party, PartyId, PasswordNeeded, Role
from realtime.party.ports import InviteBook, Passwords
from realtime.party.roles import RANK

DEFAULT_INVITE_LIFE_S = 7 * 24 * 3600
LONGEST_INVITE_LIFE_S = 90 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is behind a connection, as its ``auth`` has proved."""

    member_id: MemberId
    name: str
    actor: Actor | None = None
    invite: Invite | None = None
    guest: GuestPass | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """What invites and guest passes are signed with (the first) and read with (all), and where their links lead."""

    secrets: Sequence[bytes]
    public_url: str


class Door:
    """Reads invites and passwords, signs links and passes; whether what is shown is enough is for the rules."""

    def __init__(self, *, invite_book: InviteBook, passwords: Passwords, clock: Clock, keys: Keys) -> None:
        self._invite_book = invite_book
        self._passwords = passwords
        self._clock = clock
        self._keys = keys
        self._guesses = Guesses()

    async def hash(self, password: str) -> str:
        return await self._passwords.hash(password)

    async def admission(
        self, party: Party, identity: Identity, connection: str, invite: str | None, password: str | None
    ) -> Join:
        """The request to come in, with what was shown.  Raises InviteUsedUp, PasswordNeeded, and what reading an invite raises."""
        shown = self._shown_invite(identity, party.party_id, invite)
        known = identity.member_id in party.members
        if not known and shown is not None and not await self._use(shown):
            raise InviteUsedUp
        return Join(
            member_id=identity.member_id,
            connection_id=connection,
            name=identity.name,
            user_id=identity.actor.user_id if identity.actor else None,
            role=self._role_at_the_door(identity, shown),
            invited=shown is not None or (identity.guest is not None and identity.guest.party_id == party.party_id),
            password_ok=known or await self._password_ok(party, password, identity.address),
            address=identity.address,
        )

    def link(self, party_id: PartyId, role: Role, life_s: int, max_uses: int) -> str:
        expires_at_s = int(self._clock.now_ms() / 1000) + life_s
        invite = Invite(new_id(), party_id, role, expires_at_s, max_uses)
        return f"{self._keys.public_url}/party/{party_id}?invite={invites.sign_invite(invite, self._keys.secrets[0])}"

    def _shown_invite(self, identity: Identity, party_id: str, token: str | None) -> Invite | None:
        shown = identity.invite
        if token is not None:
            shown = invites.read_invite(token, self._keys.secrets, self._clock.now_ms() / 1000)
            if shown.party_id != party_id:
                raise InviteInvalid
        return shown if shown is not None and shown.party_id == party_id else None

    def _role_at_the_door(self, identity: Identity, shown: Invite | None) -> Role:
        """What the invite says; an account is at least a member, a guest's pass says what they were."""
        if identity.actor is not None:
            invited = shown.role if shown is not None else Role.MEMBER
            return invited if RANK[invited] > RANK[Role.MEMBER] else Role.MEMBER
        if identity.guest is not None:
            return identity.guest.role
        return shown.role if shown is not None else Role.GUEST

    async def _use(self, invite: Invite) -> bool:
        return invite.max_uses == 0 or await self._invite_book.use(
            invite.invite_id, max_uses=invite.max_uses, expires_at_s=invite.expires_at_s
        )

    async def _password_ok(self, party: Party, password: str | None, address: str) -> bool:
        if party.settings.access is not Access.PASSWORD or not password:
            return False
        self._guesses.count(f"{address_key(address)} {party.party_id}", self._clock.monotonic_ms())
        if not await self._passwords.verify(password, party.settings.password_hash):
            raise PasswordNeeded
        return True

    def guest_token(self, identity: Identity, party: Party, member: Member) -> str | None:
        if identity.actor is not None:
            return None
        expires_at_s = int(self._clock.now_ms() / 1000) + invites.GUEST_LIFE_S
        role = member.unmuted_role or member.role
        guest = GuestPass(
            member.member_id, party.party_id, member.name, min(role, Role.GUEST, key=RANK.__getitem__), expires_at_s
        )
        if identity.guest is not None:
            guest = replace(guest, role=identity.guest.role)
        elif identity.invite is not None:
            guest = replace(guest, role=identity.invite.role)
        return invites.sign_guest_pass(guest, self._keys.secrets[0])
