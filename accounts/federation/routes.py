"""``/api/v1/auth/oidc``: signing in with an account somewhere else (OpenID Connect, authorization code with PKCE).

The browser comes here and goes on; so whatever goes wrong ends on a page of the web client, which says it in words.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, Never
from urllib.parse import urlencode

import structlog
from aiohttp import web

from accounts.federation import flow as flows
from accounts.federation import usecases
from accounts.federation.adapters.flow_cookie import PATH, FlowCookie
from accounts.federation.adapters.provider_client import ProviderClient
from accounts.federation.errors import (
    IdentityNotFound,
    LastWayIn,
    ProviderAnswerInvalid,
    ProviderAway,
    ProviderNotFound,
    SignInExpired,
    SignInRefused,
)
from accounts.federation.flow import LIFETIME_S, Flow
from accounts.federation.model import Claims, IdentityId, Provider
from accounts.federation.schemas import (
    CallbackQuery,
    IdentitiesOut,
    IdentityOut,
    LinkOut,
    LoginQuery,
    ProviderOut,
    ProvidersOut,
)
from accounts.federation.usecases import LinkedIdentities
from accounts.identity.adapters.http import device_of
from accounts.identity.errors import UserNotFound
from accounts.identity.model import SessionId, UserId
from accounts.identity.ports import AccessTokens, LoginSessions, Users
from accounts.identity.reauthentication.routes import PROOF, prove
from accounts.identity.schemas import ProofIn
from accounts.identity.sessions.adapters.refresh_cookie import RefreshCookie
from accounts.identity.usecases import me
from kernel.access import Role
from kernel.cache import Cache
from kernel.errors import AniError, TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router
from kernel.limits import Limit

log = structlog.get_logger()

router = Router(PATH, tag="Identity")

LANDING: Final = "/login/oidc/callback"
"""The page of the web client that takes over."""

SIGN_INS: Final = Limit("oidc", attempts=60, window_s=15 * 60)
"""From one address: each costs the provider a request. An office that starts its day together stays below."""

Cookies = Callable[[web.Response], None]


class OpenIdConnect:
    """What the routes share: providers, how to ask them, and what is remembered on the way."""

    def __init__(
        self, providers: Sequence[Provider], client: ProviderClient, cookie: FlowCookie, cache: Cache, public_url: str
    ) -> None:
        self.providers = providers
        self.client = client
        self.cookie = cookie
        self._cache = cache
        self._public_url = public_url

    def provider(self, provider_id: str) -> Provider:
        """Raises :class:`ProviderNotFound`."""
        for provider in self.providers:
            if provider.id == provider_id:
                return provider
        raise ProviderNotFound

    def redirect_uri(self, provider: Provider) -> str:
        """Each provider answers at an address of its own, so that one cannot answer for another (RFC 9700 §4.4)."""
        return f"{self._public_url}{PATH}/{provider.id}/callback"

    async def authorization_url(self, provider: Provider, flow: Flow) -> str:
        """Raises :class:`ProviderAway`, :class:`ProviderAnswerInvalid`."""
        metadata = await self.client.metadata(provider)
        return flows.authorization_url(metadata.authorization_endpoint, provider, flow, self.redirect_uri(provider))

    async def claims(self, provider: Provider, flow: Flow | None, answer: CallbackQuery, now_s: float) -> Claims:
        """Who came back. Raises :class:`SignInExpired`, :class:`SignInRefused`, and what asking the provider raises."""
        if flow is None or not flow.answers_to(provider.id, answer.state, now_s):
            raise SignInExpired
        # Once: the cookie and the address of an answer may lie about in a history. Who cannot tell lets nobody in.
        mark = f"oidc:{hashlib.sha256(flow.state.encode()).hexdigest()}"
        try:
            fresh = await self._cache.add(mark, b"1", ttl_s=LIFETIME_S)
        except Exception as error:
            raise Unavailable from error
        if not fresh:
            raise SignInExpired
        metadata = await self.client.metadata(provider)
        # Which provider this answer is from, where it says so (RFC 9207 §2.4).
        if answer.iss != provider.issuer and (
            answer.iss is not None or metadata.authorization_response_iss_parameter_supported
        ):
            raise ProviderAnswerInvalid
        if answer.error or not answer.code:
            log.info("a provider did not let somebody in", provider=provider.id, reason=answer.error[:100])
            raise SignInRefused
        return await self.client.redeem(
            provider, flow, code=answer.code, redirect_uri=self.redirect_uri(provider), now_s=now_s
        )


def landing(cookies: Cookies | None = None, **words: str) -> Reply[Never]:
    """On to the web client; the address says what happened, never a secret."""
    headers = {"Location": f"{LANDING}?{urlencode(words)}", "Cache-Control": "no-store"}
    return Reply(status=303, headers=headers, cookies=cookies)


@router.get("", summary="With which providers one can sign in", transaction=False)
async def list_providers(call: Call) -> ProvidersOut:
    """Those the operator set up; none where there are none."""
    oidc = await _oidc(call)
    return ProvidersOut(items=[ProviderOut(id=provider.id, name=provider.name) for provider in oidc.providers])


@router.get(
    "/{provider}/login",
    status=303,
    transaction=False,
    limit=SIGN_INS,
    summary="Go to a provider to sign in there",
    raises=(ProviderNotFound, TooManyRequests, Unavailable),
)
async def begin_oidc_login(call: Call, provider: str, query: LoginQuery) -> Reply[Never]:
    """For the browser to go to, not for scripts."""
    oidc = await _oidc(call)
    chosen = oidc.provider(provider)
    flow = Flow.begin(chosen, next=query.next, now_s=call.clock.now_ms() / 1000)
    try:
        url = await oidc.authorization_url(chosen, flow)
    except (ProviderAway, ProviderAnswerInvalid) as error:
        return landing(error=error.code, next=flow.next)
    headers = {"Location": url, "Cache-Control": "no-store"}
    return Reply(status=303, headers=headers, cookies=lambda answer: oidc.cookie.set(answer, flow))


@router.get(
    "/{provider}/callback",
    status=303,
    transaction=False,
    limit=SIGN_INS,
    summary="Come back from a provider",
    raises=(ProviderNotFound, TooManyRequests, Unavailable),
)
async def finish_oidc_login(call: Call, provider: str, query: CallbackQuery) -> Reply[Never]:
    """Where the provider sends the browser. Signs in, or links the provider's account, and goes on to a page."""
    oidc = await _oidc(call)
    chosen = oidc.provider(provider)
    flow = oidc.cookie.read(call.request)
    following = "/" if flow is None else flow.next
    try:
        claims = await oidc.claims(chosen, flow, query, call.clock.now_ms() / 1000)
        assert flow is not None, "nobody comes back who did not leave"
        if flow.user_id:
            await _link(call, claims, flow)
            return landing(oidc.cookie.clear, linked=chosen.id, next=following)
        return await _sign_in(call, oidc, chosen, claims, following)
    except AniError as error:
        log.info("signing in with a provider failed", provider=chosen.id, code=error.code)
        return landing(oidc.cookie.clear, error=error.code, next=following)


async def _sign_in(call: Call, oidc: OpenIdConnect, provider: Provider, claims: Claims, following: str) -> Reply[Never]:
    async with call.write_scope() as scope:
        refresh_cookie = scope.port(RefreshCookie)
        context = usecases.ProviderSignInContext(
            users=scope.port(Users),
            sessions=scope.port(LoginSessions),
            tokens=scope.port(AccessTokens),
            identities=scope.port(LinkedIdentities),
            now=call.clock.now(),
        )
        grant = await usecases.sign_in(context, provider, claims, device=device_of(call))

    def cookies(answer: web.Response) -> None:
        oidc.cookie.clear(answer)
        refresh_cookie.set(answer, grant.refresh_token)

    return landing(cookies, next=following)


async def _link(call: Call, claims: Claims, flow: Flow) -> None:
    async with call.write_scope() as scope:
        scope.origin["actor_id"] = flow.user_id
        await usecases.link(
            scope.port(Users),
            scope.port(LoginSessions),
            scope.port(LinkedIdentities),
            claims,
            user_id=UserId(flow.user_id),
            session_id=SessionId(flow.session_id),
            now=call.clock.now(),
        )


@router.post(
    "/{provider}/link",
    role=Role.USER,
    transaction=False,
    summary="Begin to link an account at a provider to one's own",
    raises=(
        ProviderNotFound,
        UserNotFound,
        *PROOF,
        ProviderAnswerInvalid,
        TooManyRequests,
        Unavailable,
    ),
)
async def link_provider(call: Call, provider: str, body: ProofIn) -> Reply[LinkOut]:
    oidc = await _oidc(call)
    chosen = oidc.provider(provider)
    async with call.container.scope(write=False) as scope:
        user = await me(scope.port(Users), call.user)
    await prove(call, user, body)
    flow = Flow.begin(
        chosen,
        next="/account",
        now_s=call.clock.now_ms() / 1000,
        user_id=call.user.user_id,
        session_id=call.user.session_id,
    )
    url = await oidc.authorization_url(chosen, flow)
    return Reply(LinkOut(authorization_url=url), cookies=lambda answer: oidc.cookie.set(answer, flow))


@router.get("/identities", role=Role.USER, summary="One's accounts at providers", raises=(UserNotFound,))
async def list_identities(call: Call) -> IdentitiesOut:
    user = await me(call.port(Users), call.user)
    providers = call.port(OpenIdConnect).providers
    linked = await call.port(LinkedIdentities).of_user(user.id)
    return IdentitiesOut(
        items=[IdentityOut.of(identity, providers) for identity in linked], has_password=bool(user.password_hash)
    )


@router.delete(
    "/identities/{identity_id}",
    role=Role.USER,
    summary="Do not let an account at a provider in any more",
    raises=(UserNotFound, IdentityNotFound, LastWayIn),
)
async def unlink_identity(call: Call, identity_id: str) -> None:
    """Refused where it is the last way in."""
    await usecases.unlink(
        call.port(Users),
        call.port(LinkedIdentities),
        call.user,
        identity_id=IdentityId(identity_id),
        now=call.clock.now(),
    )


async def _oidc(call: Call) -> OpenIdConnect:
    async with call.container.scope(write=False) as scope:
        return scope.port(OpenIdConnect)
