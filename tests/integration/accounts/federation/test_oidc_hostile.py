"""Providers that lie, answers that come twice or from elsewhere: nobody is signed in by any of them."""

import asyncio
import base64
import hmac
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web

import accounts.federation.adapters.provider_client
from accounts.federation.flow import Flow
from accounts.identity.ports import Users
from server.services import Services
from server.settings import Settings
from server.settings.oidc import OidcProvider as ProviderSettings
from tests.conftest import AppClient
from tests.integration.accounts.federation.oidc import ANN, OIDC, Visitor
from tests.support.servers.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Json,
    Key,
    OidcProvider,
    oidc_provider,
    unsigned,
)

EVIL = Key.rsa("one")  # the same key id, another key


@pytest.fixture
async def acme() -> AsyncIterator[OidcProvider]:
    async with oidc_provider(person=dict(ANN)) as provider:
        yield provider


@pytest.fixture
async def other() -> AsyncIterator[OidcProvider]:
    async with oidc_provider(person=dict(ANN)) as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, acme: OidcProvider, other: OidcProvider) -> Settings:
    providers = [
        ProviderSettings(id=name, issuer=provider.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
        for name, provider in (("acme", acme), ("other", other))
    ]
    return settings.model_copy(update={"oidc_providers": providers})


@pytest.fixture
def visitor(app_client: AppClient) -> Visitor:
    return Visitor(app_client)


async def nobody_came(visitor: Visitor, services: Services) -> None:
    assert await visitor.grant() is None
    async with services.container.scope(write=False) as scope:
        assert not await scope.port(Users).any_exist()


def hmac_signed(claims: Json, key: bytes, kid: str = "one") -> str:
    """HS256 by hand, because the library refuses to sign with a public key."""
    unfinished = unsigned(claims, {"alg": "HS256", "kid": kid}).removesuffix(".")
    signature = hmac.digest(key, unfinished.encode(), "sha256")
    return f"{unfinished}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def now() -> int:
    return int(time.time())


CLAIMS: dict[str, Callable[[Json], Json]] = {
    "nonce of another sign-in": lambda claims: {**claims, "nonce": "x" * 43},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "another audience": lambda claims: {**claims, "aud": "somebody else"},
    "several audiences, nobody named": lambda claims: {**claims, "aud": [CLIENT_ID, "somebody else"]},
    "issued to another party": lambda claims: {**claims, "azp": "somebody else"},
    "no audience": lambda claims: {name: value for name, value in claims.items() if name != "aud"},
    "another issuer": lambda claims: {**claims, "iss": "https://accounts.example"},
    "expired": lambda claims: {**claims, "exp": now() - 61},
    "never expires": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "expires in words": lambda claims: {**claims, "exp": "tomorrow"},
    "made long ago": lambda claims: {**claims, "iat": now() - 700},
    "made tomorrow": lambda claims: {**claims, "iat": now() + 3600},
    "not good yet": lambda claims: {**claims, "nbf": now() + 3600},
    "about nobody": lambda claims: {**claims, "sub": ""},
    "about a number": lambda claims: {**claims, "sub": 7},
    "about a list": lambda claims: {**claims, "sub": ["ann-1"]},
    "about somebody with a long name": lambda claims: {**claims, "sub": "a" * 256},
}
SIGNATURES: dict[str, Callable[[OidcProvider, Json], str]] = {
    "alg none": lambda _, claims: unsigned(claims, {"alg": "none", "kid": "one"}),
    "alg None": lambda _, claims: unsigned(claims, {"alg": "None"}),
    "empty signature": lambda _, claims: unsigned(claims, {"alg": "RS256", "kid": "one"}),
    "HMAC with the public key": lambda acme, claims: hmac_signed(claims, acme.keys[0].public_pem),
    "HMAC with the client secret": lambda _, claims: hmac_signed(claims, CLIENT_SECRET.encode()),
    "another key by the same name": lambda _, claims: EVIL.sign(claims),
    "a key it brings along": lambda _, claims: EVIL.sign(claims, jwk=EVIL.jwk),
    "a key it points to": lambda _, claims: EVIL.sign(claims, jku="http://127.0.0.1:9/jwks", kid="two"),
    "a path as key id": lambda acme, claims: acme.keys[0].sign(claims, kid="../../../../dev/null"),
    "a list as key id": lambda _, claims: unsigned(claims, {"alg": "RS256", "kid": ["one"]}),
    "an access token": lambda acme, claims: acme.keys[0].sign(claims, typ="at+jwt"),
    "critical extensions": lambda acme, claims: acme.keys[0].sign(claims, crit=["b64"], b64=True),
    "changed afterwards": lambda acme, claims: _swapped(acme.keys[0].sign(claims), claims),
    "no token": lambda _, __: "nonsense",
    "far too long": lambda acme, claims: acme.keys[0].sign({**claims, "pad": "x" * 20_000}),
    "a token in a token": lambda acme, claims: acme.keys[0].sign({"jwt": acme.keys[0].sign(claims)}),
}


def _swapped(token: str, claims: Json) -> str:
    head, _, signature = token.split(".")
    body = unsigned({**claims, "sub": "bob-1"}, {}).split(".")[1]
    return f"{head}.{body}.{signature}"


async def test_tokens_that_do_not_hold(visitor: Visitor, acme: OidcProvider, services: Services) -> None:
    for what, twist in CLAIMS.items():
        acme.twist = twist
        assert (await visitor.sign_in())["error"] == "provider_answer_invalid", what
    acme.twist = lambda claims: {**claims, "aud": [CLIENT_ID, "a resource of theirs"], "azp": CLIENT_ID}
    await nobody_came(visitor, services)
    assert await visitor.sign_in() == {"next": "/"}, "this one is for us, and says so"


async def test_signatures_that_do_not_hold(visitor: Visitor, acme: OidcProvider, services: Services) -> None:
    for what, sign in SIGNATURES.items():
        acme.sign = lambda claims, sign=sign: sign(acme, claims)
        assert (await visitor.sign_in())["error"] == "provider_answer_invalid", what
    await nobody_came(visitor, services)
    assert acme.asked.count("/jwks") == 1, "made-up key ids do not make us ask again and again"
    acme.sign = None
    assert await visitor.sign_in() == {"next": "/"}


async def test_keys_too_weak_or_of_the_wrong_kind(visitor: Visitor, acme: OidcProvider, services: Services) -> None:
    acme.keys = [Key.rsa("one", bits=1024)]
    assert (await visitor.sign_in())["error"] == "provider_answer_invalid"
    await nobody_came(visitor, services)


async def test_a_provider_changes_its_keys(
    visitor: Visitor, acme: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await visitor.sign_in() == {"next": "/"}
    acme.keys.append(Key.ec("two"))
    assert (await visitor.sign_in())["error"] == "provider_answer_invalid", "we asked a moment ago"
    monkeypatch.setattr(accounts.federation.adapters.provider_client, "KEYS_PAUSE_S", 0)
    assert await visitor.sign_in() == {"next": "/"}
    assert acme.asked.count("/jwks") == 2
    acme.keys.pop(0)
    assert await visitor.sign_in() == {"next": "/"}
    assert acme.asked.count("/jwks") == 2


async def test_an_answer_counts_once(visitor: Visitor, app_client: AppClient, acme: OidcProvider) -> None:
    back = await visitor.sign_in_there(await visitor.leave())
    cookie = next(morsel for morsel in app_client.session.cookie_jar if morsel.key == "ani_oidc").value
    assert await visitor.arrive(back) == {"next": "/"}
    visitor.forget_everything()
    for cookies in ({}, {"ani_oidc": cookie}):
        async with app_client.get(back, cookies=cookies, allow_redirects=False) as answer:
            assert "error=sign_in_expired" in answer.headers["Location"]
            assert "ani_refresh" not in answer.cookies
    assert acme.asked.count("/token") == 1


async def test_a_stolen_code_is_worth_nothing(visitor: Visitor, acme: OidcProvider, services: Services) -> None:
    """Somebody puts the code of another sign-in into one of theirs: it was bound to another verifier, and is spent now."""
    theirs = await visitor.sign_in_there(await visitor.leave())
    stolen = theirs.partition("code=")[2].partition("&")[0]
    own = await visitor.sign_in_there(await visitor.leave())
    code = own.partition("code=")[2].partition("&")[0]
    assert (await visitor.arrive(own.replace(code, stolen)))["error"] == "provider_answer_invalid"
    assert stolen not in acme.codes
    await nobody_came(visitor, services)


async def test_answers_nobody_asked_for(visitor: Visitor, app_client: AppClient, services: Services) -> None:
    back = await visitor.sign_in_there(await visitor.leave())
    cookie = next(morsel for morsel in app_client.session.cookie_jar if morsel.key == "ani_oidc").value
    state = back.partition("state=")[2].partition("&")[0]
    visitor.forget_everything()
    half = len(cookie) // 2
    for path, sent in (
        (back, ""),  # a link in a mail: sign in as me
        (back.replace(state, "A" * len(state)), cookie),
        (back.replace(state, "%C3%A9"), cookie),
        (back.replace(f"state={state}", "x=y"), cookie),
        (back, cookie[:half] + ("A" if cookie[half] != "A" else "B") + cookie[half + 1 :]),
        (back, "AAAA"),
        (back, "A" * 5000),
        (back, base64.urlsafe_b64encode(b"{}" * 40).decode()),
    ):
        async with app_client.get(path, cookies={"ani_oidc": sent}, allow_redirects=False) as answer:
            assert "error=sign_in_expired" in answer.headers["Location"], sent
    await nobody_came(visitor, services)


async def test_one_provider_cannot_answer_for_another(
    visitor: Visitor, app_client: AppClient, other: OidcProvider, services: Services
) -> None:
    at_acme = await visitor.sign_in_there(await visitor.leave("acme"))
    landed = await visitor.arrive(at_acme.replace("/oidc/acme/", "/oidc/other/"))
    assert landed["error"] == "sign_in_expired"

    for iss in ("https://elsewhere.example", other.issuer, None):
        back = await visitor.sign_in_there(await visitor.leave("acme"))
        head, _, query = back.partition("?")
        words = [word for word in query.split("&") if not word.startswith("iss=")]
        assert (await visitor.arrive(f"{head}?{'&'.join([*words, *([f'iss={iss}'] if iss else [])])}"))[
            "error"
        ] == "provider_answer_invalid", "this provider always says who it is"
    await nobody_came(visitor, services)


async def test_who_changes_their_mind(visitor: Visitor, acme: OidcProvider) -> None:
    acme.refusal = "access_denied"
    assert await visitor.sign_in(next="/parties") == {"error": "sign_in_refused", "next": "/parties"}


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        ("/.well-known/openid-configuration", {"status": 500}, "provider_away"),
        ("/.well-known/openid-configuration", {"status": 404}, "provider_answer_invalid"),
        ("/.well-known/openid-configuration", {"text": "<html>"}, "provider_answer_invalid"),
        ("/.well-known/openid-configuration", {"text": "[" * 100_000}, "provider_answer_invalid"),
        ("/.well-known/openid-configuration", {"text": '{"issuer": 7}'}, "provider_answer_invalid"),
        ("/.well-known/openid-configuration", {"body": b" " * 300_000}, "provider_answer_invalid"),
        ("/token", {"status": 302, "headers": {"Location": "/jwks"}}, "provider_answer_invalid"),
        ("/token", {"status": 503}, "provider_away"),
        ("/token", {"text": "{}"}, "provider_answer_invalid"),
        ("/jwks", {"text": '{"keys": 7}'}, "provider_answer_invalid"),
        ("/jwks", {"text": '{"keys": [7, {"kty": "RSA", "kid": "one"}]}'}, "provider_answer_invalid"),
    ],
)
async def test_answers_that_are_none(
    visitor: Visitor, acme: OidcProvider, services: Services, path: str, answer: dict[str, Any], code: str
) -> None:
    acme.answers[path] = lambda: web.Response(**answer)
    landed = await visitor.sign_in(next="/parties")
    assert landed == {"error": code, "next": "/parties"}
    await nobody_came(visitor, services)


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://accounts.example"},
        {"token_endpoint": "http://accounts.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"userinfo_endpoint": "ftp://accounts.example/"},
    ],
)
async def test_a_provider_does_not_lead_elsewhere(visitor: Visitor, acme: OidcProvider, document: Json) -> None:
    acme.document = document
    assert (await visitor.sign_in())["error"] == "provider_answer_invalid"


async def test_a_silent_provider_is_not_waited_for(
    visitor: Visitor, acme: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()
    monkeypatch.setattr(accounts.federation.adapters.provider_client, "TIMEOUT", aiohttp.ClientTimeout(0.2))
    acme.answers["/.well-known/openid-configuration"] = lambda: _Silent(never)
    try:
        assert (await visitor.sign_in())["error"] == "provider_away"
    finally:
        never.set()


class _Silent(web.StreamResponse):
    """An answer that never begins."""

    def __init__(self, never: asyncio.Event) -> None:
        super().__init__()
        self._never = never

    async def prepare(self, request: web.BaseRequest) -> Any:
        await self._never.wait()
        return await super().prepare(request)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil",
        "",
        "/\t/evil.example",
        "/a b",
        "/é",
        "/" + "a" * 600,
    ],
)
async def test_nobody_is_sent_to_another_site(visitor: Visitor, path: str) -> None:
    assert (await visitor.sign_in(next=path))["next"] == "/"


def test_a_sign_in_takes_ten_minutes_at_most() -> None:
    provider = ProviderSettings(id="acme", issuer="https://acme.example", client_id="ani").provider()
    flow = Flow.begin(provider, next="/", now_s=1_000)
    assert flow.answers_to("acme", flow.state, 1_599)
    assert not flow.answers_to("acme", flow.state, 1_600)
    assert not flow.answers_to("acme", flow.nonce, 1_000)
    assert not flow.answers_to("other", flow.state, 1_000)


async def test_who_cannot_tell_whether_it_was_there_before_lets_nobody_in(
    visitor: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = await visitor.sign_in_there(await visitor.leave())

    async def away(*_: Any, **__: Any) -> bool:
        raise ConnectionError("the cache is away")

    monkeypatch.setattr(services.cache, "add", away)
    assert (await visitor.arrive(back))["error"] == "unavailable"


async def test_a_flood_is_slowed_down(app_client: AppClient) -> None:
    statuses = []
    for _ in range(62):
        async with app_client.get(f"{OIDC}/acme/callback", allow_redirects=False) as answer:
            statuses.append(answer.status)
    assert statuses == [303] * 60 + [429] * 2


def test_the_library_signs_what_we_expect() -> None:
    """The forgeries above are refused for what they are, not for being malformed."""
    claims = {"sub": "ann-1"}
    assert jwt.decode(hmac_signed(claims, b"k" * 32), b"k" * 32, algorithms=["HS256"]) == claims
