"""Settings of a server whose videos are in a bucket."""

from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from kernel.storage.bucket import BucketSettings
from kernel.storage.s3 import S3Storage
from server.local_stack.service import free_port
from server.settings import Settings
from server.settings.storage import StorageKind


def with_bucket(settings: Settings, bucket: BucketSettings, storage: StorageKind = StorageKind.S3) -> Settings:
    """``settings`` with this bucket, where new videos go to ``storage``."""
    changed = {
        "storage": storage,
        "s3_endpoint": bucket.endpoint,
        "s3_bucket": bucket.bucket,
        "s3_prefix": bucket.prefix,
        "s3_access_key": bucket.access_key,
        "s3_secret_key": SecretStr(bucket.secret_key),
    }
    return settings.model_copy(update=changed)


def away(bucket: BucketSettings) -> S3Storage:
    """The same where nobody answers."""
    return S3Storage(replace(bucket, endpoint=f"http://127.0.0.1:{free_port()}"), Path("/nonexistent"))


def environment_of(bucket: BucketSettings, storage: StorageKind = StorageKind.S3) -> dict[str, str]:
    """The same for a process."""
    return {
        "ANI_STORAGE": storage.value,
        "ANI_S3_ENDPOINT": bucket.endpoint,
        "ANI_S3_BUCKET": bucket.bucket,
        "ANI_S3_PREFIX": bucket.prefix,
        "ANI_S3_ACCESS_KEY": bucket.access_key,
        "ANI_S3_SECRET_KEY": bucket.secret_key,
    }
