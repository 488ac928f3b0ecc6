"""``ANI_STORAGE`` and ``ANI_S3_*``: where videos are kept."""

from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from kernel.storage.bucket import BucketSettings


class StorageKind(StrEnum):
    """Where new videos are put."""

    LOCAL = "local"
    S3 = "s3"


class Delivery(StrEnum):
    """How segments come out of a bucket."""

    PROXY = "proxy"
    REDIRECT = "redirect"


class StorageSettings(BaseSettings):
    """The storage of videos."""

    storage: StorageKind = Field(
        StorageKind.LOCAL,
        description="Where new videos are put: local (DATA_DIR/media) or s3; see docs/storage.md.",
    )
    s3_endpoint: str = Field(
        "", description="Address of an S3-compatible service: http://127.0.0.1:8333. Empty: Amazon's, by region."
    )
    s3_bucket: str = Field(
        "",
        pattern="^(|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$",
        description="The bucket for videos; needed with ANI_STORAGE=s3, and for as long as there are videos in it.",
    )
    s3_region: str = Field("us-east-1", pattern="^[a-z0-9-]{1,40}$", description="Its region.")
    s3_access_key: str = Field("", description="The key that may read, list, write and delete there.")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="Its secret.")
    s3_prefix: str = Field(
        "",
        pattern="^(|[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)$",
        max_length=200,
        description="What names in the bucket begin with, where it holds other things as well.",
    )
    s3_delivery: Delivery = Field(
        Delivery.PROXY,
        description="How segments get to viewers: proxy (through nginx or Ani) or redirect (by addresses signed for a minute).",
    )
    s3_public_endpoint: str = Field(
        "", description="With redirect: where viewers reach the service, if not at ANI_S3_ENDPOINT."
    )

    @field_validator("s3_endpoint", "s3_public_endpoint")
    @classmethod
    def _service_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query):
            raise ValueError("must be an address like https://s3.example.org, without a key in it")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _whole_bucket(self) -> Self:
        if self.storage is StorageKind.S3 and not self.s3_bucket:
            raise ValueError("ANI_S3_BUCKET must be set when ANI_STORAGE is s3")
        if self.s3_bucket and not (self.s3_access_key and self.s3_secret_key.get_secret_value()):
            raise ValueError("ANI_S3_ACCESS_KEY and ANI_S3_SECRET_KEY must be set when ANI_S3_BUCKET is")
        return self

    @property
    def bucket_origins(self) -> list[str]:
        """Scheme and host that viewers are sent to for segments, for the policy of pages; empty: they are sent nowhere."""
        if not self.s3_bucket or self.s3_delivery is not Delivery.REDIRECT:
            return []
        endpoint = self.s3_public_endpoint or self.s3_endpoint or f"https://s3.{self.s3_region}.amazonaws.com"
        parts = urlsplit(endpoint)
        return [f"{parts.scheme}://{parts.netloc}"]

    @property
    def bucket(self) -> BucketSettings | None:
        """As ``kernel.storage`` knows it; ``None``: there is none."""
        if not self.s3_bucket:
            return None
        return BucketSettings(
            endpoint=self.s3_endpoint,
            bucket=self.s3_bucket,
            access_key=self.s3_access_key,
            secret_key=self.s3_secret_key.get_secret_value(),
            region=self.s3_region,
            prefix=self.s3_prefix,
            public_endpoint=self.s3_public_endpoint,
        )
