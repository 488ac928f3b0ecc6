"""``ANI_PROTECTION``, ``ANI_CLEARKEY``, ``ANI_WIDEVINE_*``, ``ANI_PLAYREADY_*``, ``ANI_FAIRPLAY_*``: how videos are encrypted, and who makes licences."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from streaming.keys.licences.model import LicenceServers, SealedServer, WidevineServer
from streaming.keys.model import DEFAULT_ROTATION_SEGMENTS, Protection

KEY_BYTES = 32
IV_BYTES = 16
MAX_CERTIFICATE_BYTES = 16 * 1024


class DrmSettings(BaseSettings):
    """Protection of videos, and licence servers."""

    protection: Protection = Field(
        Protection.NONE,
        description="How new videos are encrypted where nobody chooses: none, aes-128, cbcs or cenc; see docs/protection.md.",
    )
    aes128_rotation_segments: int = Field(
        DEFAULT_ROTATION_SEGMENTS,
        ge=1,
        le=10_000,
        description="With aes-128, how many segments of 4 s have one key before the next.",
    )
    clearkey: bool | None = Field(
        None,
        description="Whether keys of cbcs and cenc are given out through ClearKey, which shows them to the viewer. "
        "Empty: only while no licence server is set.",
    )
    widevine_url: str = Field("", description="Address of a Widevine licence service. Empty: no Widevine.")
    widevine_signer: str = Field("", description="The name by which the Widevine service knows you.")
    widevine_key: SecretStr = Field(SecretStr(""), description="The key it gave you, 64 hex digits.")
    widevine_iv: SecretStr = Field(SecretStr(""), description="The IV it gave you, 32 hex digits.")
    playready_url: str = Field("", description="Address of a PlayReady licence server; see docs/drm.md. Empty: none.")
    playready_key: SecretStr = Field(
        SecretStr(""),
        description="64 hex digits that the PlayReady server knows, too: it gets content keys under them.",
    )
    fairplay_url: str = Field("", description="Address of a FairPlay key server; see docs/drm.md. Empty: none.")
    fairplay_key: SecretStr = Field(SecretStr(""), description="The same for FairPlay.")
    fairplay_certificate: Path | None = Field(
        None, description="File with the FairPlay certificate that Apple gave you (DER)."
    )

    @field_validator("widevine_url", "playready_url", "fairplay_url")
    @classmethod
    def _licence_url(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (http:// inside your own network)")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _ = self.licence_servers("")
        return self

    def licence_servers(self, issuer: str) -> LicenceServers:
        """As ``streaming.keys.licences`` knows them.  Raises ``ValueError`` where one is named by halves."""
        widevine = playready = fairplay = None
        if self.widevine_url:
            if not self.widevine_signer:
                raise ValueError("ANI_WIDEVINE_SIGNER must be set when ANI_WIDEVINE_URL is")
            widevine = WidevineServer(
                self.widevine_url,
                self.widevine_signer,
                _hex("ANI_WIDEVINE_KEY", self.widevine_key, KEY_BYTES),
                _hex("ANI_WIDEVINE_IV", self.widevine_iv, IV_BYTES),
            )
        if self.playready_url:
            playready = SealedServer(self.playready_url, _hex("ANI_PLAYREADY_KEY", self.playready_key, KEY_BYTES))
        if self.fairplay_url:
            fairplay = SealedServer(self.fairplay_url, _hex("ANI_FAIRPLAY_KEY", self.fairplay_key, KEY_BYTES))
            if self.fairplay_certificate is None:
                raise ValueError("ANI_FAIRPLAY_CERTIFICATE must be set when ANI_FAIRPLAY_URL is")
        return LicenceServers(
            widevine=widevine,
            playready=playready,
            fairplay=fairplay,
            fairplay_certificate=_certificate(self.fairplay_certificate),
            # A DRM system keeps nothing from a viewer who can have the same key in the clear by the side of it.
            clearkey=not (widevine or playready or fairplay) if self.clearkey is None else self.clearkey,
            issuer=issuer,
        )


def _hex(name: str, value: SecretStr, size_bytes: int) -> bytes:
    try:
        raw = bytes.fromhex(value.get_secret_value())
    except ValueError:
        raw = b""
    if len(raw) != size_bytes:
        raise ValueError(f"{name} must be {size_bytes * 2} hex digits")
    return raw


def _certificate(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ValueError(f"ANI_FAIRPLAY_CERTIFICATE cannot be read: {error.strerror}") from None
    if not raw or len(raw) > MAX_CERTIFICATE_BYTES or raw.lstrip().startswith(b"-----"):
        raise ValueError("ANI_FAIRPLAY_CERTIFICATE must be a certificate in DER, not in PEM")
    return raw
