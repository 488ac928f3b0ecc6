"""Who may connect: an account by its access token, a guest by their pass, or by a name and a signed invite.

A party that anyone may enter needs no invite: there a guest says a name and which party it is.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import Field, ValidationError
from socketio import exceptions

from kernel.clock import Clock
from kernel.errors import AniError, Conflict, Unauthenticated
from kernel.ids import new_id
from kernel.text.reserved_names import is_reserved
from realtime.gateway.adapters.events import Payload
from realtime.gateway.text import one_name
from realtime.party.admission.admission import Identity
from realtime.party.domain.model import MAX_NAME_CHARACTERS, MemberId
from realtime.party.domain.tokens import GuestTokenInvalid, Invite, read_guest_pass, read_invite
from realtime.party.ports import Authenticate

ConnectionRefused = exceptions.ConnectionRefusedError


class Credentials(Payload):
    """``auth`` of the connection."""

    token: str | None = Field(None, max_length=4_096)
    invite: str | None = Field(None, max_length=1_024)
    name: str | None = Field(None, max_length=200)
    party_id: str | None = Field(None, max_length=64)


class NameReserved(Conflict):
    """This name, or one that looks like it, is kept for the site itself. Choose another one."""


class NameMissing(Unauthenticated):
    """Tell us a name to be called by."""


def clean_name(name: str) -> str:
    """``name`` as it may be shown to others; perhaps empty."""
    return one_name(name, MAX_NAME_CHARACTERS)


class ConnectionAuthenticator:
    """Turns ``auth`` into an identity."""

    def __init__(self, authenticate: Authenticate, keys: Sequence[bytes], clock: Clock) -> None:
        self._authenticate = authenticate
        self._keys = keys
        self._clock = clock

    async def identify(self, auth: object, address: str) -> Identity:
        """Raises ``socketio.ConnectionRefusedError`` with ``{"message", "code"}``."""
        try:
            credentials = Credentials.model_validate(auth if auth is not None else {})
        except ValidationError:
            raise refusal("bad_request", "The connection's auth is not understood.") from None
        try:
            return await self._identity(credentials, address)
        except AniError as error:
            raise refusal(error.code, error.message) from None

    async def _identity(self, credentials: Credentials, address: str) -> Identity:
        now_s = self._clock.now_ms() / 1000
        if credentials.token:
            actor = await self._authenticate(credentials.token)
            if actor is not None:
                name = clean_name(actor.nickname) or "?"
                invite = self._readable_invite(credentials.invite, now_s)
                return Identity(MemberId(actor.user_id), name, actor=actor, invite=invite, address=address)
            try:
                guest = read_guest_pass(credentials.token, self._keys, now_s)
            except GuestTokenInvalid:
                if not credentials.invite and not credentials.party_id:
                    raise Unauthenticated from None
            else:
                return Identity(MemberId(guest.member_id), guest.name, guest=guest, address=address)
        if not credentials.invite and not credentials.party_id:
            raise Unauthenticated
        invite = read_invite(credentials.invite, self._keys, now_s) if credentials.invite else None
        name = clean_name(credentials.name or "")
        if not name:
            raise NameMissing
        if is_reserved(name):
            raise NameReserved
        # Whether the party lets in whoever comes is for its rules, at the door.
        bound_to = None if invite is not None else credentials.party_id
        return Identity(MemberId(new_id()), name, invite=invite, address=address, bound_to=bound_to)

    def _readable_invite(self, token: str | None, now_s: float) -> Invite | None:
        """An account is somebody without any invite; whether one is missed is seen at the door of the party."""
        try:
            return read_invite(token, self._keys, now_s) if token else None
        except Unauthenticated:
            return None


def refusal(code: str, message: str) -> ConnectionRefused:
    """The answer to a refused connection; browsers' socket.io shows ``data`` alone, others everything."""
    error = ConnectionRefused(message)
    arguments: Any = {"message": message, "code": code, "data": {"message": message, "code": code}}
    error.error_args = arguments
    return error
