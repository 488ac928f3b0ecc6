"""``ANI_OIDC_PROVIDERS``: with whom people can sign in."""

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from accounts.federation.adapters.provider_client import DISCOVERY_PATH, is_safe_url
from accounts.federation.model import MAX_ISSUER_CHARS, Provider

MAX_PROVIDERS = 10
"""As many buttons as fit under a form."""


class OidcProvider(BaseModel):
    """One provider, as an operator writes it down."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=40)] = ""
    issuer: Annotated[str, Field(max_length=MAX_ISSUER_CHARS)]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretStr = SecretStr("")
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    trust_email: bool = False
    assume_email_verified: bool = False

    @field_validator("issuer")
    @classmethod
    def _reachable(cls, value: str) -> str:
        value = value.removesuffix(DISCOVERY_PATH)  # the address of the document is as good as the issuer's own
        if not is_safe_url(value):
            raise ValueError("must begin with https://")
        return value

    @field_validator("scopes")
    @classmethod
    def _openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value:
            raise ValueError("must hold openid")
        return value

    def provider(self) -> Provider:
        """As ``accounts.federation`` knows it."""
        return Provider(
            id=self.id,
            name=self.name or self.id.capitalize(),
            issuer=self.issuer,
            client_id=self.client_id,
            client_secret=self.client_secret.get_secret_value(),
            scopes=self.scopes,
            trust_email=self.trust_email,
            assume_email_verified=self.assume_email_verified,
        )


def parse(value: Any) -> Any:
    """The JSON of the environment variable."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError('is no JSON like [{"id": "…", "issuer": "https://…", "client_id": "…"}]') from None


def check(value: list[OidcProvider]) -> list[OidcProvider]:
    """Few enough for a page, and none of them twice."""
    if len(value) > MAX_PROVIDERS:
        raise ValueError(f"may have at most {MAX_PROVIDERS} providers")
    for names in ([provider.id for provider in value], [provider.issuer for provider in value]):
        if len(set(names)) < len(names):
            raise ValueError("names a provider twice")
    return value
