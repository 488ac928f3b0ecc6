"""Settings from ``ANI_*`` environment variables and ``.env``; a wrong value stops the start with one clear line."""

import difflib
import os
from collections.abc import Iterable
from typing import Annotated, Any, Self

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from server.settings import oidc
from server.settings.drm import DrmSettings
from server.settings.edge import EdgeSettings
from server.settings.encoding import EncodingSettings
from server.settings.errors import BadSettings
from server.settings.live import LiveSettings
from server.settings.mail import MailSettings
from server.settings.oidc import OidcProvider
from server.settings.playback import PlaybackSettings
from server.settings.secrets import SecretSettings
from server.settings.storage import StorageSettings

OF_THE_EDGE = frozenset(
    {"ANI_LISTEN", "ANI_UPSTREAM", "ANI_RESOLVER", "ANI_MEDIA_DIR", "ANI_GRANTS_DIR", "ANI_RUN_DIR", "ANI_WORKERS"}
)
"""Of nginx.conf.template: people keep them in the same file."""


class Settings(
    LiveSettings,
    PlaybackSettings,
    EdgeSettings,
    EncodingSettings,
    DrmSettings,
    StorageSettings,
    SecretSettings,
    MailSettings,
):
    """Everything an operator can set.  The description of each field is what ``.env.example`` says of it."""

    model_config = SettingsConfigDict(env_prefix="ANI_", env_file=".env", extra="ignore", env_ignore_empty=True)

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
    oidc_providers: Annotated[list[OidcProvider], NoDecode] = Field(
        default_factory=list,
        description='Sign-in elsewhere, as JSON: [{"id": "acme", "name": "Acme", "issuer": "https://…", "client_id": "…", '
        '"client_secret": "…"}]; see docs/security.md.',
    )

    @field_validator("oidc_providers", mode="before")
    @classmethod
    def _oidc_json(cls, value: Any) -> Any:
        return oidc.parse(value)

    @field_validator("oidc_providers")
    @classmethod
    def _oidc_apart(cls, value: list[OidcProvider]) -> list[OidcProvider]:
        return oidc.check(value)

    @model_validator(mode="after")
    def _no_bucket_that_browsers_refuse(self) -> Self:
        plain = any(origin.startswith("http://") for origin in self.bucket_origins)
        if plain and self.public_url.startswith("https://"):
            raise ValueError(
                "ANI_S3_PUBLIC_ENDPOINT must be https with ANI_S3_DELIVERY=redirect, for browsers load nothing else into a page that is"
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
    def runs_jobs(self) -> bool:
        """Whether a process that serves does jobs as well."""
        return not self.redis_url if self.embedded_worker is None else self.embedded_worker


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
