"""Settings from ``ANI_*`` environment variables and ``.env``; a wrong value stops the start with one clear line."""

import difflib
import os
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict
from sqlalchemy.exc import ArgumentError

from kernel.db import async_url
from kernel.errors import Invalid
from kernel.limits import is_loopback
from server import oidc_settings
from server.drm_settings import DrmSettings
from server.edge_settings import EdgeSettings
from server.keyfile import MIN_SECRET_LENGTH, KeyFile, KeyFileDamaged
from server.oidc_settings import OidcProvider
from server.playback_settings import PlaybackSettings
from server.storage_settings import StorageSettings
from streaming.keys.model import DEFAULT_ROTATION_SEGMENTS, Protection

MAX_ACCEPTED_KEYS = 4
"""Each costs another try for every forged token; who rotates monthly needs three for invites of 90 days."""


OF_THE_EDGE = frozenset(
    {"ANI_LISTEN", "ANI_UPSTREAM", "ANI_RESOLVER", "ANI_MEDIA_DIR", "ANI_GRANTS_DIR", "ANI_RUN_DIR", "ANI_WORKERS"}
)
"""Of nginx.conf.template: people keep them in the same file."""


class MailBy(StrEnum):
    """Who carries letters."""

    SMTP = "smtp"
    CONSOLE = "console"
    """They go to the log, with the links that set passwords: whoever reads the log may do what their addressees may."""
    NOBODY = "nobody"


class BadSettings(Invalid):
    """The settings cannot be used."""


class Settings(PlaybackSettings, EdgeSettings, DrmSettings, StorageSettings):
    """Everything an operator can set.  The description of each field is what ``.env.example`` says of it."""

    model_config = SettingsConfigDict(env_prefix="ANI_", env_file=".env", extra="ignore", env_ignore_empty=True)

    host: str = Field("127.0.0.1", description="Address to listen on. 0.0.0.0 opens Ani to your network.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="The address people reach Ani at, for links and invites. Empty: http://HOST:PORT."
    )
    data_dir: Path = Field(Path("data"), description="Folder for the embedded database, media and uploads.")
    database_url: str = Field(
        "", description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME. Empty: DATA_DIR/ani.sqlite3."
    )
    redis_url: str = Field(
        "",
        description="redis://HOST:PORT/0 of Valkey or Redis, for several processes. Empty: everything in this process.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="At least 32 random characters that sign tokens and invites. Empty: made once, kept in DATA_DIR.",
    )
    accepted_secret_keys: Annotated[list[SecretStr], NoDecode] = Field(
        default_factory=list,
        description="Other secret keys, separated by commas, that sign nothing but are believed: former ones, or the next.",
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error.")
    log_json: bool | None = Field(
        None, description="true: logs as JSON; false: for people. Empty: JSON unless in a terminal."
    )
    embedded_worker: bool | None = Field(
        None,
        description="Whether `ani serve` does background jobs itself. Empty: yes without ANI_REDIS_URL, no with it.",
    )
    job_concurrency: int = Field(1, ge=1, le=64, description="Background jobs at a time in one process.")
    worker_port: int = Field(
        8081,
        ge=0,
        le=65535,
        description="Port on which `ani worker` answers /healthz, /readyz and /metrics; 0: a free one.",
    )
    max_upload_bytes: int = Field(8 * 1024**3, ge=1024, description="Largest video file that may be uploaded.")
    upload_quota_bytes: int = Field(
        64 * 1024**3, ge=1024, description="What one person's uploads may take together until they are ingested."
    )
    cors_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="Other web origins that may call the API, separated by commas."
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="smtp://USER:PASSWORD@HOST:587 or smtps://… for e-mail. console: letters go to the log, with their secret links. "
        "Empty: to the log where ANI_PUBLIC_URL is this machine alone, else none are sent.",
    )
    mail_from: str = Field(
        "Ani <ani@localhost>", pattern="^[^\r\n]+@[^\r\n]+$", description="The sender of our e-mail."
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="Reverse proxies in front of Ani whose X-Forwarded-For is believed (nginx: 1; with TLS in front of it: 2).",
    )
    region_header: str = Field(
        "",
        pattern="^[A-Za-z0-9-]*$",
        max_length=64,
        description="Header in which a trusted proxy names the viewer's country (CF-IPCountry), for releases blocked in regions. "
        "It must overwrite what a caller sends. Empty: regions are unknown, and such releases are shown to nobody.",
    )
    address_rate_per_s: float = Field(
        100,
        ge=0,
        description="Requests a second to the API that one address may make in the long run, 20 times that at once. 0: any.",
    )
    address_connections: int = Field(
        256,
        ge=0,
        description="Connections that one address (IPv6: /64) may hold, and sockets it may open in a minute. 0: any number.",
    )
    edge_secret: SecretStr = Field(
        SecretStr(""), description="Shared with nginx, which sends it when it asks whether a stream token is good."
    )
    oidc_providers: Annotated[list[OidcProvider], NoDecode] = Field(
        default_factory=list,
        description='Sign-in elsewhere, as JSON: [{"id": "acme", "name": "Acme", "issuer": "https://…", "client_id": "…", '
        '"client_secret": "…"}]; see docs/security.md.',
    )
    shutdown_grace_s: float = Field(10, ge=0, le=300, description="Seconds that running requests get at shutdown.")

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

    proxy_networks: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Private networks that video sources may be in, separated by commas: 192.168.1.0/24. Empty: none.",
    )

    webhook_networks: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Private networks that webhooks may be sent to, separated by commas: 10.0.0.0/8. Empty: none.",
    )

    rtc_port: int = Field(
        8189,
        ge=0,
        le=65535,
        description="UDP port for voice in parties and live channels, one for everybody; opened when the first person talks or goes live. 0: a free one.",
    )
    rtc_host: str = Field("", description="Address to listen on for voice and live channels. Empty: that of ANI_HOST.")
    rtc_public_address: Annotated[list[str], NoDecode] = Field(
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
        description="People who watch live channels over WebRTC at a time on one node; see docs/live.md. 0: no live channels.",
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
    turn_urls: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="A TURN server for people whose network blocks UDP, separated by commas: turns:turn.example.org:5349. "
        "Empty: none.",
    )
    turn_secret: SecretStr = Field(
        SecretStr(""), description="What that server shares with us (static-auth-secret of coturn)."
    )

    @field_validator(
        "cors_origins",
        "proxy_networks",
        "webhook_networks",
        "accepted_secret_keys",
        "rtc_public_address",
        "turn_urls",
        mode="before",
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value:
            try:
                async_url(value)
            except ArgumentError:
                raise ValueError("is not a database address like postgresql://ani:secret@127.0.0.1/ani") from None
        return value

    @field_validator("proxy_networks", "webhook_networks")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for network in value:
            ip_network(network)  # says itself what is wrong
        return value

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

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://", "valkey://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value.replace("valkey://", "redis://", 1)

    @field_validator("smtp_url")
    @classmethod
    def _known_smtp(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and text != MailBy.CONSOLE and not text.startswith(("smtp://", "smtps://")):
            raise ValueError("must begin with smtp:// or smtps://, or be console")
        return value

    @field_validator("public_url")
    @classmethod
    def _absolute_url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _long_secret(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(f"must have at least {MIN_SECRET_LENGTH} characters")
        return value

    @field_validator("oidc_providers", mode="before")
    @classmethod
    def _oidc_json(cls, value: Any) -> Any:
        return oidc_settings.parse(value)

    @field_validator("oidc_providers")
    @classmethod
    def _oidc_apart(cls, value: list[OidcProvider]) -> list[OidcProvider]:
        return oidc_settings.check(value)

    @field_validator("accepted_secret_keys")
    @classmethod
    def _long_secrets(cls, value: list[SecretStr]) -> list[SecretStr]:
        if len(value) > MAX_ACCEPTED_KEYS:
            raise ValueError(f"may have at most {MAX_ACCEPTED_KEYS} keys")
        return [cls._long_secret(key) for key in value]

    @model_validator(mode="after")
    def _one_secret_for_all(self) -> Self:
        if self.redis_url and not self.has_own_secret:
            raise ValueError("ANI_SECRET_KEY must be set when ANI_REDIS_URL is: all processes need the same key")
        return self

    @model_validator(mode="after")
    def _region_by_a_proxy(self) -> Self:
        if self.region_header and not self.trusted_proxies:
            raise ValueError(
                "ANI_REGION_HEADER needs ANI_TRUSTED_PROXIES: without a proxy in front callers name their own region"
            )
        return self

    @classmethod
    def load(cls, **overrides: Any) -> "Settings":
        """The settings of this process; :class:`BadSettings` names each variable that is wrong, or that nobody reads."""
        env_file = overrides.get("_env_file", cls.model_config.get("env_file"))
        _refuse_unknown({*os.environ, *(dotenv_values(env_file) if env_file else ())})
        try:
            return cls(**overrides)
        except ValidationError as error:
            raise BadSettings("; ".join(_explain(dict(item)) for item in error.errors())) from None

    @property
    def database(self) -> str:
        """The URL of the database: that of the settings, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'ani.sqlite3'}"

    @property
    def media_dir(self) -> Path:
        """Where published media lies."""
        return self.data_dir.resolve() / "media"

    @property
    def grants_dir(self) -> Path:
        """Where the edge finds the streams it may serve without asking."""
        return self.data_dir.resolve() / "grants"

    @property
    def uploads_dir(self) -> Path:
        """Where files that are being sent lie."""
        return self.data_dir.resolve() / "uploads"

    @property
    def recordings_dir(self) -> Path:
        """Where recordings of live channels lie."""
        return self.data_dir.resolve() / "recordings"

    @property
    def live_dvr_dir(self) -> Path:
        """Where processes keep what viewers of live channels may seek back to."""
        return self.data_dir.resolve() / "live-dvr"

    @property
    def search_index_path(self) -> Path:
        """Where the index of names is kept between starts; it may be deleted at any time."""
        return self.data_dir.resolve() / "search" / "names.npz"

    @property
    def url(self) -> str:
        """The address people reach Ani at, without a slash at the end."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not listened on
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def mail(self) -> MailBy:
        """How mail is sent."""
        given = self.smtp_url.get_secret_value()
        if given:
            return MailBy.CONSOLE if given == MailBy.CONSOLE else MailBy.SMTP
        host = urlsplit(self.url).hostname or ""
        return MailBy.CONSOLE if host == "localhost" or is_loopback(host) else MailBy.NOBODY

    @property
    def runs_jobs(self) -> bool:
        """Whether a process that serves does jobs as well."""
        return not self.redis_url if self.embedded_worker is None else self.embedded_worker

    @property
    def has_own_secret(self) -> bool:
        """Whether the secret key is given, and not kept in a file of ours."""
        return bool(self.secret_key.get_secret_value())

    def with_secret(self, secret: str) -> Self:
        """These settings as they are once ``secret`` has replaced the present key."""
        former = [SecretStr(key.decode()) for key in self._master_keys]
        changed = self.model_copy(update={"secret_key": SecretStr(secret), "accepted_secret_keys": former})
        del changed._master_keys  # a copy has what was worked out for the original
        return changed

    @property
    def key_file(self) -> KeyFile:
        """Where the secret key is kept unless it is given."""
        return KeyFile(self.data_dir / "secret.key")

    @cached_property
    def _master_keys(self) -> list[bytes]:
        given = self.secret_key.get_secret_value()
        try:
            own = [given] if given else [key.secret for key in self.key_file.read()]
        except KeyFileDamaged as error:
            raise BadSettings(error.message) from None
        accepted = [key.get_secret_value() for key in self.accepted_secret_keys]
        return [key.encode() for key in dict.fromkeys([*own, *accepted])]

    def derive_keys(self, purpose: str) -> list[bytes]:
        """32 bytes for one purpose alone from each secret key (HKDF-SHA256, RFC 5869).

        Sign with the first; believe all, or a rotation of the secret key undoes what was signed before it.
        """
        info = f"ani:{purpose}".encode()
        return [HKDF(SHA256(), 32, salt=None, info=info).derive(key) for key in self._master_keys]


def _refuse_unknown(names: Iterable[str]) -> None:
    """A misspelt setting is one that silently does nothing: a limit that is not there, a secret that is not used."""
    known = {f"ANI_{field.upper()}" for field in Settings.model_fields} | OF_THE_EDGE
    wrong = sorted(name for name in names if name.upper().startswith("ANI_") and name.upper() not in known)
    if wrong:
        nearest = {name: difflib.get_close_matches(name.upper(), known, 1) for name in wrong}
        hints = (
            f"{name}: there is no such setting" + "".join(f"; {near}?" for near in nearest[name]) for name in wrong
        )
        raise BadSettings(". ".join(hints))


def _explain(item: dict[str, Any]) -> str:
    name = "ANI_" + "_".join(str(part) for part in item["loc"]).upper() if item["loc"] else ""
    reason = str(item["msg"]).removeprefix("Value error, ")
    return f"{name}: {reason}" if name else reason
