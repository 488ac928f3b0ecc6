"""Voice in parties and live channels: the port of WebRTC, capacities, recordings, TURN."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from server.settings.lists import Words
from streaming.live.mediamtx.model import MediaServer


class LiveSettings(BaseSettings):
    """Voice and live channels."""

    rtc_port: int = Field(
        8189,
        ge=0,
        le=65535,
        description="UDP port for voice in parties and live channels, one for everybody; opened when the first person talks or goes live. 0: a free one.",
    )
    rtc_host: str = Field("", description="Address to listen on for voice and live channels. Empty: that of ANI_HOST.")
    rtc_public_address: Words = Field(
        default_factory=list,
        description="Addresses or names at which clients reach that port, separated by commas: needed behind NAT and in "
        "containers. Empty: the host of ANI_PUBLIC_URL and the addresses of this machine.",
    )
    voice_capacity: int = Field(
        100,
        ge=0,
        le=2_000,
        description="People in voice at a time on one node, in all parties together; see docs/voice.md. 0: no voice.",
    )
    live_viewers: int = Field(
        150,
        ge=0,
        le=5_000,
        description="People who watch live channels over WebRTC at a time on one node, the others watch by Low-Latency HLS; see docs/live.md. 0: no live channels.",
    )
    live_max_kbps: int = Field(
        8_000,
        ge=500,
        le=50_000,
        description="What somebody who is live may send, in kbit/s: encoders are told, and sent away where they send far more.",
    )
    recording_quota_bytes: int = Field(
        64 * 1024**3,
        ge=0,
        description="What one account's recordings of live channels may take together; see docs/live.md. 0: nothing is recorded.",
    )
    recording_max_hours: int = Field(12, ge=1, le=72, description="How long one recording of a live channel may be.")
    recording_days: int = Field(
        30, ge=1, le=3_650, description="For how many days a recording of a live channel is kept."
    )
    live_dvr_minutes: int = Field(
        30,
        ge=0,
        le=240,
        description="How far back viewers of a live channel may seek, in minutes; see docs/live.md. 0: not at all.",
    )
    live_dvr_bytes: int = Field(
        8 * 1024**3,
        ge=64 * 1024**2,
        description="What that may take on the disk of one process, all channels together; where it is too little, viewers may seek back less far.",
    )
    mediamtx_webrtc_url: str = Field(
        "",
        description="Address of the WebRTC listener of a MediaMTX, to which people are sent with tokens of ours: "
        "https://media.example.org:8889; see docs/live.md. Empty: none.",
    )
    mediamtx_hls_url: str = Field("", description="Address of its HLS listener. Empty: nobody is told of one.")
    turn_urls: Words = Field(
        default_factory=list,
        description="A TURN server for people whose network blocks UDP, separated by commas: turns:turn.example.org:5349. "
        "Empty: none.",
    )
    turn_secret: SecretStr = Field(
        SecretStr(""), description="What that server shares with us (static-auth-secret of coturn)."
    )

    @field_validator("mediamtx_webrtc_url", "mediamtx_hls_url")
    @classmethod
    def _listener(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.username
            or parts.query
            or parts.fragment
        ):
            raise ValueError("must be like https://media.example.org:8889")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _hls_of_a_server(self) -> Self:
        if self.mediamtx_hls_url and not self.mediamtx_webrtc_url:
            raise ValueError("ANI_MEDIAMTX_WEBRTC_URL must be set when ANI_MEDIAMTX_HLS_URL is")
        return self

    @property
    def mediamtx(self) -> MediaServer | None:
        """``None``: people are sent to none."""
        return MediaServer(self.mediamtx_webrtc_url, self.mediamtx_hls_url) if self.mediamtx_webrtc_url else None

    @field_validator("turn_urls")
    @classmethod
    def _turn_addresses(cls, value: list[str]) -> list[str]:
        if not all(url.startswith(("turn:", "turns:")) for url in value):
            raise ValueError("must begin with turn: or turns:")
        return value

    @model_validator(mode="after")
    def _turn_with_its_secret(self) -> Self:
        if self.turn_urls and not self.turn_secret.get_secret_value():
            raise ValueError(
                "ANI_TURN_SECRET must be set when ANI_TURN_URLS is: browsers are given a password made of it"
            )
        return self
