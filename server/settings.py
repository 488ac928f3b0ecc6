"""Settings from ``ANI_*`` environment variables and ``.env``; a wrong value stops the start with one clear line."""

import secrets
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.exc import ArgumentError

from kernel.db import async_url
from kernel.errors import Invalid

MIN_SECRET_LENGTH = 32
"""Characters; a key for HMAC-SHA256 shorter than the hash weakens it (RFC 2104 §3)."""


class BadSettings(Invalid):
    """The settings cannot be used."""


class Settings(BaseSettings):
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
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error.")
    log_json: bool | None = Field(
        None, description="true: logs as JSON; false: for people. Empty: JSON unless in a terminal."
    )
    embedded_worker: bool | None = Field(
        None,
        description="Whether `ani serve` does background jobs itself. Empty: yes without ANI_REDIS_URL, no with it.",
    )
    job_concurrency: int = Field(1, ge=1, le=64, description="Background jobs at a time in one process.")
    max_upload_bytes: int = Field(8 * 1024**3, ge=1024, description="Largest video file that may be uploaded.")
    cors_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="Other web origins that may call the API, separated by commas."
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="smtp://USER:PASSWORD@HOST:587 or smtps://… for e-mail. Empty: letters go to the log, for development.",
    )
    mail_from: str = Field(
        "Ani <ani@localhost>", pattern="^[^\r\n]+@[^\r\n]+$", description="The sender of our e-mail."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=10, description="Reverse proxies in front of Ani whose X-Forwarded-For is believed (nginx: 1)."
    )
    edge_secret: SecretStr = Field(
        SecretStr(""), description="Shared with nginx, which sends it when it asks whether a stream token is good."
    )
    shutdown_grace_s: float = Field(10, ge=0, le=300, description="Seconds that running requests get at shutdown.")

    proxy_networks: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Private networks that video sources may be in, separated by commas: 192.168.1.0/24. Empty: none.",
    )

    @field_validator("cors_origins", "proxy_networks", mode="before")
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

    @field_validator("proxy_networks")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for network in value:
            ip_network(network)  # says itself what is wrong
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://", "valkey://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value.replace("valkey://", "redis://", 1)

    @field_validator("smtp_url")
    @classmethod
    def _known_smtp(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith(("smtp://", "smtps://")):
            raise ValueError("must begin with smtp:// or smtps://")
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

    @model_validator(mode="after")
    def _one_secret_for_all(self) -> Self:
        if self.redis_url and not self.secret_key.get_secret_value():
            raise ValueError("ANI_SECRET_KEY must be set when ANI_REDIS_URL is: all processes need the same key")
        return self

    @classmethod
    def load(cls, **overrides: Any) -> "Settings":
        """The settings of this process; :class:`BadSettings` names each variable that is wrong."""
        try:
            return cls(**overrides)
        except ValidationError as error:
            raise BadSettings("; ".join(_explain(dict(item)) for item in error.errors())) from None

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'ani.sqlite3'}"

    @property
    def media_dir(self) -> Path:
        return self.data_dir.resolve() / "media"

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir.resolve() / "uploads"

    @property
    def url(self) -> str:
        """The address people reach Ani at, without a slash at the end."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not listened on
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def runs_jobs(self) -> bool:
        return not self.redis_url if self.embedded_worker is None else self.embedded_worker

    @cached_property
    def _master_key(self) -> bytes:
        given = self.secret_key.get_secret_value()
        if given:
            return given.encode()
        path = self.data_dir / "secret.key"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            # Exclusive creation: of two processes that start together one makes the key and the other reads it.
            with path.open("x", encoding="ascii") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        key = path.read_text("ascii").strip()
        if len(key) < MIN_SECRET_LENGTH:
            raise BadSettings(f"{path} is damaged: it should hold a key of 64 characters. Remove it to make a new one.")
        return key.encode()

    def derive_key(self, purpose: str) -> bytes:
        """32 bytes for one purpose alone, from the secret key (HKDF-SHA256, RFC 5869)."""
        return HKDF(SHA256(), 32, salt=None, info=f"ani:{purpose}".encode()).derive(self._master_key)


def _explain(item: dict[str, Any]) -> str:
    name = "ANI_" + "_".join(str(part) for part in item["loc"]).upper() if item["loc"] else ""
    reason = str(item["msg"]).removeprefix("Value error, ")
    return f"{name}: {reason}" if name else reason
