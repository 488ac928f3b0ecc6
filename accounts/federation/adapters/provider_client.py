"""Talking to providers: what they publish about themselves, and codes for tokens.

Every request has a time limit and a size limit and follows no redirect: what a provider answers decides who somebody is, so
it comes from the address the operator and the provider's own document name, or not at all.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

import aiohttp
import structlog
from pydantic import BaseModel, ValidationError
from yarl import URL

from accounts.federation import claims
from accounts.federation.adapters import id_token
from accounts.federation.adapters.id_token import KeyUnknown, Signed
from accounts.federation.errors import ProviderAnswerInvalid, ProviderAway
from accounts.federation.flow import Flow
from accounts.federation.model import Claims, Provider

log = structlog.get_logger()

TIMEOUT: Final = aiohttp.ClientTimeout(total=10, connect=5)
"""Somebody sits and waits; a provider that needs longer for some kilobytes is down."""
MAX_ANSWER_BYTES: Final = 256 * 1024  # the largest key set of the big ones has 20 KB

METADATA_TTL_S: Final = 3600
KEYS_TTL_S: Final = 3600
KEYS_PAUSE_S: Final = 10
"""At most so often are keys asked for because of a token that names an unknown one: anybody can make up such tokens."""

DISCOVERY_PATH: Final = "/.well-known/openid-configuration"


class Metadata(BaseModel):
    """What we use of a provider's description of itself (OpenID Connect Discovery §3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False


class _Tokens(BaseModel):
    id_token: str
    access_token: str = ""


@dataclass(slots=True)
class _Known:
    """What a provider said of itself, and when (monotonic s)."""

    metadata: Metadata | None = None
    metadata_until_s: float = 0
    keys: Sequence[Mapping[str, Any]] = ()
    keys_fetched_s: float = -KEYS_TTL_S
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


def is_safe_url(url: str) -> bool:
    """Whether nobody on the way can read or change what is said there: TLS, or this very machine."""
    parts = urlsplit(url)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


class ProviderClient:
    """One for each process; remembers what providers publish."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    async def metadata(self, provider: Provider) -> Metadata:
        """Raises :class:`ProviderAway`, :class:`ProviderAnswerInvalid`."""
        known = self._known.setdefault(provider.issuer, _Known())
        async with known.lock:
            if known.metadata is None or time.monotonic() >= known.metadata_until_s:
                found = await _ask("GET", provider.issuer.rstrip("/") + DISCOVERY_PATH)
                known.metadata = _described(found, provider)
                known.metadata_until_s = time.monotonic() + METADATA_TTL_S
            return known.metadata

    async def redeem(self, provider: Provider, flow: Flow, *, code: str, redirect_uri: str, now_s: float) -> Claims:
        """Trade the code for an ID token, check it, and say who it is about.

        Raises :class:`ProviderAway`, :class:`ProviderAnswerInvalid`.
        """
        metadata = await self.metadata(provider)
        tokens = await _redeem(metadata, provider, flow, code, redirect_uri)
        signed = await self._verified(provider, metadata, tokens.id_token)
        found = claims.check(signed.claims, provider, nonce=flow.nonce, now_s=now_s)
        if claims.lacks_email(signed.claims, provider) and metadata.userinfo_endpoint and tokens.access_token:
            headers = {"Authorization": f"Bearer {tokens.access_token}"}
            found = claims.with_userinfo(
                found, await _ask("GET", metadata.userinfo_endpoint, headers=headers), provider
            )
        return found

    async def _verified(self, provider: Provider, metadata: Metadata, token: str) -> Signed:
        known = self._known[provider.issuer]
        async with known.lock:
            if time.monotonic() - known.keys_fetched_s >= KEYS_TTL_S:
                await self._fetch_keys(known, metadata)
            try:
                return id_token.verify(token, known.keys)
            except KeyUnknown:
                if time.monotonic() - known.keys_fetched_s < KEYS_PAUSE_S:
                    raise ProviderAnswerInvalid from None
            await self._fetch_keys(known, metadata)  # they change their keys without telling anybody
            try:
                return id_token.verify(token, known.keys)
            except KeyUnknown:
                raise ProviderAnswerInvalid from None

    async def _fetch_keys(self, known: _Known, metadata: Metadata) -> None:
        known.keys_fetched_s = time.monotonic()  # a failure counts too
        found = (await _ask("GET", metadata.jwks_uri)).get("keys")
        if not isinstance(found, list):
            raise ProviderAnswerInvalid
        known.keys = [key for key in found if isinstance(key, dict)]


def _described(found: Mapping[str, Any], provider: Provider) -> Metadata:
    try:
        metadata = Metadata.model_validate(found)
    except ValidationError as error:
        log.warning("not the description of a provider", provider=provider.id, reason=str(error))
        raise ProviderAnswerInvalid from None
    endpoints = [
        metadata.authorization_endpoint,
        metadata.token_endpoint,
        metadata.jwks_uri,
        metadata.userinfo_endpoint or provider.issuer,
    ]
    # One provider must not speak for another (Discovery §4.3), and nothing goes over the network in the clear.
    if metadata.issuer != provider.issuer or not all(map(is_safe_url, endpoints)):
        log.warning("a provider describes another one, or one without TLS", provider=provider.id)
        raise ProviderAnswerInvalid
    return metadata


async def _redeem(metadata: Metadata, provider: Provider, flow: Flow, code: str, redirect_uri: str) -> _Tokens:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": flow.verifier,
        "client_id": provider.client_id,
    }
    headers = {}
    methods = metadata.token_endpoint_auth_methods_supported
    if provider.client_secret and ("client_secret_basic" in methods or "client_secret_post" not in methods):
        # Form-encoded first (RFC 6749 §2.3.1), which is what nearly everybody forgets.
        user, password = quote_plus(provider.client_id), quote_plus(provider.client_secret)
        headers["Authorization"] = aiohttp.encode_basic_auth(user, password)
    elif provider.client_secret:
        form["client_secret"] = provider.client_secret
    try:
        return _Tokens.model_validate(await _ask("POST", metadata.token_endpoint, headers=headers, form=form))
    except ValidationError:
        raise ProviderAnswerInvalid from None


async def _ask(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON object. Raises :class:`ProviderAway`, :class:`ProviderAnswerInvalid` (4xx: an answer, and a no)."""
    host = urlsplit(url).hostname
    try:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as session,
            session.request(
                method,
                URL(url, encoded=True),
                headers={"Accept": "application/json", **(headers or {})},
                data=form,
                allow_redirects=False,
            ) as answer,
        ):
            body = bytearray()
            async for chunk in answer.content.iter_chunked(16 * 1024):
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise ProviderAnswerInvalid
            status = answer.status
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        log.warning("a provider does not answer", host=host, reason=repr(error))
        raise ProviderAway(retry_after_s=30) from error
    if status >= 500:
        log.warning("a provider fails", host=host, status=status)
        raise ProviderAway(retry_after_s=30)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if status != 200 or not isinstance(found, dict):
        reason = found.get("error") if isinstance(found, dict) else None
        log.warning("a provider refuses", host=host, status=status, reason=str(reason)[:100])
        raise ProviderAnswerInvalid
    return found
