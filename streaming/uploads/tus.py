"""The tus resumable upload protocol 1.0.0 (https://tus.io/protocols/resumable-upload): its headers, as values.  Pure."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,expiration,checksum,termination"
CHECKSUMS: Final = ("sha256", "sha1", "md5")
CONTENT_TYPE: Final = "application/offset+octet-stream"

MAX_METADATA: Final = 4096
"""Characters of Upload-Metadata: a file name and an identifier, with room for what clients add."""


class BadHeader(ValueError):
    """A header is not as the protocol says; the message names it."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a piece must hash to."""

    algorithm: str
    digest: bytes

    def hasher(self) -> "hashlib._Hash":
        """A fresh hash of this algorithm."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def parse_metadata(header: str) -> dict[str, str]:
    """``filename ZmlsbQ==,episode_id …``: comma-separated keys, each with a value in base64 or none."""
    if len(header) > MAX_METADATA:
        raise BadHeader(f"Upload-Metadata is longer than {MAX_METADATA} characters")
    values: dict[str, str] = {}
    for pair in header.split(",") if header.strip() else []:
        key, _, encoded = pair.strip().partition(" ")
        if not key or key in values:
            raise BadHeader("Upload-Metadata has an empty or repeated key")
        try:
            values[key] = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadHeader(f"Upload-Metadata: {key} is not base64 of UTF-8 text") from None
    return values


def metadata_header(values: dict[str, str]) -> str:
    """The other way round, for HEAD: a client that lost its notes learns what it was uploading."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def parse_checksum(header: str | None) -> Checksum | None:
    """``sha256 <base64>``."""
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        raise BadHeader(f"Upload-Checksum must be one of {', '.join(CHECKSUMS)}")
    try:
        return Checksum(algorithm, base64.b64decode(encoded.strip(), validate=True))
    except binascii.Error:
        raise BadHeader("Upload-Checksum is not base64") from None


def parse_number(name: str, header: str | None) -> int:
    """A count of bytes."""
    if header is None or not header.isascii() or not header.isdigit() or len(header) > 18:
        raise BadHeader(f"{name} must be a whole number of bytes")
    return int(header)
