"""What federation sends and receives as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from accounts.federation.model import LinkedIdentity, Provider

Text = Annotated[str, Field(max_length=2048)]


class ProviderOut(BaseModel):
    """An OpenID Connect provider the operator set up."""

    id: str
    name: str


class ProvidersOut(BaseModel):
    """The providers somebody can sign in with."""

    items: list[ProviderOut]


class LoginQuery(BaseModel):
    """Where to go in the client after the sign-in."""

    next: Text = Field(default="/", description="Page of the web client to go to afterwards")


class CallbackQuery(BaseModel):
    """The provider's answer (OpenID Connect Core §3.1.2.5); it may say more than this."""

    state: Text = ""
    code: Text = ""
    error: Text = ""
    iss: Text | None = None


class LinkOut(BaseModel):
    """Where the browser goes to prove an account at the provider."""

    authorization_url: str = Field(description="Send the browser there")


class IdentityOut(BaseModel):
    """An account at a provider that lets its owner in here."""

    id: str
    provider: ProviderOut | None = Field(description="`null` when this server does not know the provider any more")
    issuer: str
    email: str | None
    linked_at: datetime
    last_used_at: datetime

    @classmethod
    def of(cls, identity: LinkedIdentity, providers: Sequence[Provider]) -> Self:
        """``providers``: those that can be signed in with now; the one of this account may be none of them any more."""
        provider = next((known for known in providers if known.issuer == identity.issuer), None)
        return cls(
            id=identity.id,
            provider=None if provider is None else ProviderOut(id=provider.id, name=provider.name),
            issuer=identity.issuer,
            email=identity.email,
            linked_at=identity.linked_at,
            last_used_at=identity.last_used_at,
        )


class IdentitiesOut(BaseModel):
    """The linked accounts, and whether a password lets in too: the last way in cannot be unlinked."""

    items: list[IdentityOut]
    has_password: bool = Field(description="Whether there is another way in")
