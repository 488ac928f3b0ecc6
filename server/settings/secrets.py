"""``ANI_SECRET_KEY`` and those that are believed beside it."""

from functools import cached_property
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field, SecretStr, field_validator, model_validator

from server.keyfile import MIN_SECRET_LENGTH, KeyFile, KeyFileDamaged
from server.settings.data import DataSettings
from server.settings.errors import BadSettings
from server.settings.lists import SecretWords

MAX_ACCEPTED_KEYS = 4
"""Each costs another try for every forged token; who rotates monthly needs three for invites of 90 days."""


class SecretSettings(DataSettings):
    """The secret keys, of which a key for each purpose is made."""

    secret_key: SecretStr = Field(
        SecretStr(""),
        description="At least 32 random characters that sign tokens and invites. Empty: made once, kept in DATA_DIR.",
    )
    accepted_secret_keys: SecretWords = Field(
        default_factory=list,
        description="Other secret keys, separated by commas, that sign nothing but are believed: former ones, or the next.",
    )

    @field_validator("secret_key")
    @classmethod
    def _long_secret(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(f"must have at least {MIN_SECRET_LENGTH} characters")
        return value

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
