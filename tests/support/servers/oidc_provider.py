"""An OpenID Connect provider on this machine: discovery, authorization with PKCE, tokens, keys; and, on demand, a hostile one."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus, urlencode

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Json = dict[str, Any]

CLIENT_ID = "ani & friends"  # has to be form-encoded before it goes into Basic authentication
CLIENT_SECRET = "s3cret:%+"


@dataclass
class Key:
    """A signing key and what is published of it."""

    kid: str
    algorithm: str
    private: Any

    @classmethod
    def rsa(cls, kid: str, bits: int = 2048) -> "Key":
        return cls(kid, "RS256", rsa.generate_private_key(65537, bits))

    @classmethod
    def ec(cls, kid: str) -> "Key":
        return cls(kid, "ES256", ec.generate_private_key(ec.SECP256R1()))

    @property
    def jwk(self) -> Json:
        convert = jwt.algorithms.RSAAlgorithm if self.algorithm == "RS256" else jwt.algorithms.ECAlgorithm
        published: Json = convert.to_jwk(self.private.public_key(), as_dict=True)
        return {**published, "kid": self.kid, "use": "sig", "alg": self.algorithm}

    @property
    def public_pem(self) -> bytes:
        pem: bytes = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return pem

    def sign(self, claims: Json, **header: Any) -> str:
        return jwt.encode(claims, self.private, self.algorithm, headers={"kid": self.kid, **header})


@dataclass
class Grant:
    """A code on its way."""

    redirect_uri: str
    challenge: str
    nonce: str
    person: Json


@dataclass
class OidcProvider:
    """``person`` is who sits at the browser; the other fields are what it does differently from a good provider."""

    issuer: str = ""
    person: Json = field(default_factory=dict)
    keys: list[Key] = field(default_factory=lambda: [Key.rsa("one")])
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    in_userinfo: tuple[str, ...] = ()
    """Claims that only the userinfo endpoint tells."""
    twist: Callable[[Json], Json] = lambda claims: claims
    sign: Callable[[Json], str] | None = None
    document: Json = field(default_factory=dict)
    refusal: str = ""
    answers: dict[str, web.Response | Callable[[], web.StreamResponse]] = field(default_factory=dict)
    """Path → what is answered there instead."""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Grant] = field(default_factory=dict)
    userinfo_person: Json | None = None
    _access: dict[str, Json] = field(default_factory=dict)

    async def discovery(self, _request: web.Request) -> web.Response:
        described = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "authorization_response_iss_parameter_supported": True,
        }
        return web.json_response({**described, **self.document})

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        assert asked["client_id"] == self.client_id
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert "openid" in asked["scope"].split()
        answer = {"state": asked["state"], "iss": self.issuer}
        if self.refusal:
            answer["error"] = self.refusal
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = Grant(
                asked["redirect_uri"], asked["code_challenge"], asked["nonce"], dict(self.person)
            )
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(answer)}")

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        grant = self.codes.pop(str(form.get("code")), None)  # good once
        verifier = str(form.get("code_verifier", "")).encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        if not self._knows(request, form.get("client_secret")):
            return web.json_response({"error": "invalid_client"}, status=401)
        if grant is None or grant.redirect_uri != form.get("redirect_uri") or grant.challenge != challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        told = {name: value for name, value in grant.person.items() if name not in self.in_userinfo}
        claims = self.twist(
            {"iss": self.issuer, "aud": self.client_id, "nonce": grant.nonce, "iat": now, "exp": now + 300, **told}
        )
        token = self.sign(claims) if self.sign else self.keys[-1].sign(claims)
        access = secrets.token_urlsafe(16)
        self._access[access] = grant.person
        return web.json_response({"token_type": "Bearer", "access_token": access, "id_token": token})

    def _knows(self, request: web.Request, posted: Any) -> bool:
        header = request.headers.get("Authorization", "")
        if header.startswith("Basic "):
            user, _, password = base64.b64decode(header[6:]).decode().partition(":")
            return (unquote_plus(user), unquote_plus(password)) == (self.client_id, self.client_secret)
        return bool(posted == (self.client_secret or None))

    async def jwks(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [key.jwk for key in self.keys]})

    async def userinfo(self, request: web.Request) -> web.Response:
        person = self._access[request.headers["Authorization"].removeprefix("Bearer ")]
        return web.json_response(self.userinfo_person or person)

    @web.middleware
    async def misbehave(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(request.path)
        other = self.answers.get(request.path)
        if other is None:
            answer: web.StreamResponse = await handler(request)
            return answer
        return other() if callable(other) else other


@asynccontextmanager
async def oidc_provider(**different: Any) -> AsyncIterator[OidcProvider]:
    """A provider on a free port as long as the block lasts."""
    provider = OidcProvider(**different)
    app = web.Application(middlewares=[provider.misbehave])
    app.router.add_get("/.well-known/openid-configuration", provider.discovery)
    app.router.add_get("/authorize", provider.authorize)
    app.router.add_post("/token", provider.token)
    app.router.add_get("/jwks", provider.jwks)
    app.router.add_get("/userinfo", provider.userinfo)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()


def unsigned(claims: Json, header: Json) -> str:
    """A token without, or with somebody else's, signature."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return ".".join([*parts, ""])
