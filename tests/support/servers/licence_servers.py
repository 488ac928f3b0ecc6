"""Licence servers of somebody else, which look at every field and signature they are sent, and what players send for them."""

import asyncio
import base64
import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from server.settings import Settings

WIDEVINE_KEY, WIDEVINE_IV = bytes(range(32)), bytes(range(16))
PLAYREADY_KEY, FAIRPLAY_KEY = b"p" * 32, b"f" * 32
CERTIFICATE = b"\x30\x82\x01\x0a certificate"
SYSTEMS = ("widevine", "playready", "fairplay")
SPC = b"\x00spc+\xff"
LICENCES = {"widevine": b"widevine licence", "playready": b"<license/>", "fairplay": b"ckc"}


@dataclass
class LicenceUpstream:
    """Three licence servers of somebody else."""

    url: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[], web.Response] | None = None
    delay: asyncio.Event | None = None

    async def _taken(self, request: web.Request) -> bytes:
        body = await request.read()
        self.asked.append((request.path, {name.lower(): value for name, value in request.headers.items()}, body))
        if self.delay is not None:
            await self.delay.wait()
        return body

    async def widevine(self, request: web.Request) -> web.Response:
        sent = json.loads(await self._taken(request))
        assert set(sent) == {"request", "signature", "signer"}
        assert sent["signer"] == "ani-test"
        inner = base64.b64decode(sent["request"])
        decryptor = Cipher(algorithms.AES(WIDEVINE_KEY), modes.CBC(WIDEVINE_IV)).decryptor()
        plain = decryptor.update(base64.b64decode(sent["signature"])) + decryptor.finalize()
        assert plain == hashlib.sha1(inner).digest() + b"\x0c" * 12  # PKCS #7 over 20 bytes
        self.claims.append(json.loads(inner))
        return (
            self.answer()
            if self.answer
            else web.json_response({"status": "OK", "license": base64.b64encode(b"widevine licence").decode()})
        )

    async def playready(self, request: web.Request) -> web.Response:
        body = await self._taken(request)
        assert request.headers["SOAPAction"] == '"http://schemas.microsoft.com/DRM/2007/03/protocols/AcquireLicense"'
        assert request.content_type == "text/xml"
        self.claims.append(self._open(request, PLAYREADY_KEY, body))
        return self.answer() if self.answer else web.Response(text="<license/>", content_type="text/xml")

    async def fairplay(self, request: web.Request) -> web.Response:
        body = await self._taken(request)
        assert request.content_type == "application/x-www-form-urlencoded"
        form = await request.post()
        assert base64.b64decode(str(form["spc"])) == SPC
        self.claims.append(self._open(request, FAIRPLAY_KEY, body))
        return self.answer() if self.answer else web.Response(text=f"<ckc>{base64.b64encode(b'ckc').decode()}</ckc>")

    def _open(self, request: web.Request, key: bytes, body: bytes) -> dict[str, Any]:
        """RFC 7516 §5.2, by hand."""
        head, wrapped, nonce, sealed, tag = request.headers["X-Ani-Entitlement"].split(".")
        assert json.loads(unb64url(head)) == {"alg": "dir", "enc": "A256GCM"}
        assert wrapped == ""
        opened = AESGCM(key).decrypt(unb64url(nonce), unb64url(sealed) + unb64url(tag), head.encode())
        claims: dict[str, Any] = json.loads(opened)
        assert claims["body_sha256"] == hashlib.sha256(body).hexdigest()
        assert claims["exp"] - claims["iat"] == 60
        return claims


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@asynccontextmanager
async def licence_upstream() -> AsyncIterator[LicenceUpstream]:
    """The three, listening."""
    made = LicenceUpstream()
    app = web.Application()
    for system in SYSTEMS:
        app.router.add_post(f"/{system}", getattr(made, system))
    async with TestServer(app) as server:
        made.url = f"http://127.0.0.1:{server.port}"
        yield made


def naming(upstream: LicenceUpstream, settings: Settings, folder: Path) -> Settings:
    """``settings`` that name all three; FairPlay's certificate is written into ``folder``."""
    certificate = folder / "fairplay.cer"
    certificate.write_bytes(CERTIFICATE)
    return settings.model_copy(
        update={
            "widevine_url": f"{upstream.url}/widevine",
            "widevine_signer": "ani-test",
            "widevine_key": SecretStr(WIDEVINE_KEY.hex()),
            "widevine_iv": SecretStr(WIDEVINE_IV.hex()),
            "playready_url": f"{upstream.url}/playready",
            "playready_key": SecretStr(PLAYREADY_KEY.hex()),
            "fairplay_url": f"{upstream.url}/fairplay",
            "fairplay_key": SecretStr(FAIRPLAY_KEY.hex()),
            "fairplay_certificate": certificate,
        }
    )


def challenge(system: str, *kids: str) -> bytes:
    """What a player of ``system`` sends to get the keys ``kids``; FairPlay's names none that we could read."""
    match system:
        case "widevine":
            return widevine_challenge(*kids)
        case "playready":
            return playready_challenge(*kids)
        case _:
            return SPC


def _field(number: int, value: bytes) -> bytes:
    assert len(value) < 1 << 14
    length = bytes([len(value)]) if len(value) < 128 else bytes([len(value) & 127 | 128, len(value) >> 7])
    return bytes([number << 3 | 2]) + length + value


def widevine_challenge(*kids: str) -> bytes:
    data = b"".join(_field(2, uuid.UUID(kid).bytes) for kid in kids)
    request = _field(1, b"client") + _field(2, _field(1, _field(1, data)))
    return b"\x08\x01" + _field(2, request) + _field(3, b"signature")


def playready_challenge(*kids: str) -> bytes:
    listed = "".join(
        f'<KID ALGID="AESCTR" VALUE="{base64.b64encode(uuid.UUID(kid).bytes_le).decode()}"></KID>' for kid in kids
    )
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        '<AcquireLicense xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols"><challenge><LA><ContentHeader>'
        '<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.2.0.0"><DATA><PROTECTINFO>'
        f"<KIDS>{listed}</KIDS></PROTECTINFO></DATA></WRMHEADER></ContentHeader></LA></challenge></AcquireLicense>"
        "</soap:Body></soap:Envelope>"
    ).encode()
