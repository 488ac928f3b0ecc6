"""Where a bucket is, apart from what needs a driver."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSettings:
    """Where the bucket is."""

    endpoint: str
    """http(s)://HOST[:PORT]; empty: Amazon's own, by region."""
    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"
    prefix: str = ""
    public_endpoint: str = ""
    """Where viewers reach it, for addresses signed for them; empty: as ``endpoint``."""
