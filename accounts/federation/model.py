"""Providers, and the accounts people have with them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType, Self

from accounts.identity.model import UserId
from kernel.entity import Entity
from kernel.events import Event
from kernel.ids import new_id

IdentityId = NewType("IdentityId", str)

MAX_SUBJECT_CHARS = 255  # OpenID Connect Core §2: "MUST NOT exceed 255 ASCII characters"
MAX_ISSUER_CHARS = 255


@dataclass(frozen=True, kw_only=True)
class IdentityLinked(Event):
    """A user can sign in with an account at a provider."""

    user_id: str
    identity_id: str
    issuer: str


@dataclass(frozen=True, kw_only=True)
class IdentityUnlinked(Event):
    """A user cannot sign in with an account at a provider any more."""

    user_id: str
    identity_id: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who vouches for people, as the operator set it up."""

    id: str
    """In addresses of ours alone: what a user is known by is the issuer, which an operator cannot give to another one."""
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    """Empty for a public client, which has PKCE alone."""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    trust_email: bool = False
    """Whether a verified address from there opens the account that has the same verified address here."""
    assume_email_verified: bool = False
    """Whether an address counts as verified where the provider says nothing about that (no ``email_verified`` claim at all).

    For an operator who knows that it verifies them all: Synology, Entra ID and others never send the claim.  An explicit
    ``false`` stays a no.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a checked answer of a provider says about a person."""

    issuer: str
    subject: str
    email: str | None = None
    email_verified: bool = False
    names: tuple[str, ...] = ()
    """What they might want to be called, the best first."""


@dataclass(eq=False, kw_only=True)
class LinkedIdentity(Entity):
    """An account at a provider that opens an account here; ``issuer`` and ``subject`` name it, the address does not."""

    id: IdentityId
    user_id: UserId
    issuer: str
    subject: str
    email: str | None
    linked_at: datetime
    last_used_at: datetime

    @classmethod
    def link(cls, user_id: UserId, claims: Claims, now: datetime) -> Self:
        """The account of ``claims``, which from now on opens that of ``user_id``. Records :class:`IdentityLinked`."""
        identity = cls(
            id=IdentityId(new_id()),
            user_id=user_id,
            issuer=claims.issuer,
            subject=claims.subject,
            email=claims.email,
            linked_at=now,
            last_used_at=now,
        )
        identity.record(IdentityLinked(at=now, user_id=user_id, identity_id=identity.id, issuer=claims.issuer))
        return identity

    def used(self, claims: Claims, now: datetime) -> None:
        """Somebody signed in with it: keep the moment, and the address the provider has now."""
        self.email = claims.email or self.email
        self.last_used_at = now

    def unlink(self, now: datetime) -> None:
        """Removing it is the caller's business."""
        self.record(IdentityUnlinked(at=now, user_id=self.user_id, identity_id=self.id, issuer=self.issuer))
