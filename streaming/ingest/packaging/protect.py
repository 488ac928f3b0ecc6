"""Protects a packaged folder: which keys it needs, AES-128 over whole segments, and the keys in its playlists.

Pictures and sound are encrypted.  Subtitles, poster and storyboard stay open: players read them beside the media pipeline, where
no key reaches.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from streaming.ingest.ffmpeg.commands import MANIFEST
from streaming.ingest.packaging import key_tags, manifest
from streaming.ingest.packaging.key_tags import ListedSegment, SegmentKey
from streaming.keys.model import DEFAULT_ROTATION_SEGMENTS, ContentKey, Protection, TrackClass
from streaming.keys.signalling import hls
from streaming.keys.signalling.systems import DECRYPTS, DrmSystem, Scheme

PLAYLIST: Final = "main.m3u8"
IFRAMES: Final = "iframes.m3u8"
IFRAME_PARTS: Final = "iframes.m4s"

KeyPlace = tuple[TrackClass, int]
"""Class of tracks, and period."""


class KeySupply(Protocol):
    """Where an ingest gets its keys."""

    async def keys(self, places: Sequence[KeyPlace]) -> Mapping[KeyPlace, ContentKey]:
        """One for each place; the same for the same place."""
        ...


@dataclass(frozen=True, slots=True)
class ProtectionOrder:
    """How an asset is to be protected."""

    mode: Protection
    supply: KeySupply
    rotation_segments: int = DEFAULT_ROTATION_SEGMENTS
    """With AES-128, segments to a key."""
    clearkey: bool = True
    """Whether ClearKey is named among the systems."""


def places(staging: Path, tracks: Mapping[str, TrackClass], order: ProtectionOrder) -> list[KeyPlace]:
    """The keys that the packaged ``tracks`` (folder → class) need with AES-128."""
    wanted: dict[KeyPlace, None] = {}
    for name, track_class in tracks.items():
        for period in range(-(-len(segments(staging / name)) // order.rotation_segments)):
            wanted[track_class, period] = None
    return list(wanted)


def tag_samples(
    staging: Path, tracks: Mapping[str, TrackClass], keys: Mapping[KeyPlace, ContentKey], order: ProtectionOrder
) -> None:
    """Name the keys of ``tracks``, whose samples the packager encrypted, in playlists and manifest: for every DRM system.

    A player takes the tags of the systems that it knows and was told of; who makes licences may change after this.
    ClearKey is left out where ``order`` says so.
    """
    scheme = Scheme(order.mode.value)
    systems = [
        system
        for system in DrmSystem
        if scheme in DECRYPTS[system] and (order.clearkey or system is not DrmSystem.COMMON)
    ]
    for name, track_class in tracks.items():
        key = keys[track_class, 0]
        tags = [hls.key_tag(system, UUID(key.kid), key.key, scheme) for system in systems]
        for path in (staging / name / PLAYLIST, staging / name / IFRAMES):
            if path.is_file():
                path.write_text(key_tags.with_sample_keys(path.read_text("utf-8"), tags), "utf-8")
    path = staging / MANIFEST
    if path.is_file():
        by_id = {UUID(key.kid): key.key for key in keys.values()}
        path.write_text(manifest.with_drm_systems(path.read_text("utf-8"), by_id, scheme, order.clearkey), "utf-8")


def encrypt_segments(
    staging: Path, tracks: Mapping[str, TrackClass], keys: Mapping[KeyPlace, ContentKey], every: int
) -> None:
    """Encrypt the segments of ``tracks`` with AES-128, and name the keys in their playlists (RFC 8216 §4.3.2.4).

    DASH knows no such encryption: the manifest goes.
    """
    for name, track_class in tracks.items():
        folder = staging / name
        of_class = {period: key for (known, period), key in keys.items() if known is track_class}
        if (folder / IFRAMES).is_file():
            _encrypt_iframes(folder, of_class, every)
        playlist = (folder / PLAYLIST).read_text("utf-8")
        for number, segment in enumerate(key_tags.listed(playlist)):
            key = of_class[number // every]
            path = folder / segment.uri
            path.write_bytes(encrypted(path.read_bytes(), key.key, track_iv(key, name)))
        tagged = key_tags.with_segment_keys(playlist, every, partial(_named, of_class, name))
        (folder / PLAYLIST).write_text(tagged, "utf-8")
    (staging / MANIFEST).unlink(missing_ok=True)


def segments(folder: Path) -> list[Path]:
    """The segments of a packaged track, in their order."""
    return [folder / each.uri for each in key_tags.listed((folder / PLAYLIST).read_text("utf-8"))]


def decrypted_segments(folder: Path, keys: Mapping[str, ContentKey]) -> Iterator[bytes]:
    """The segments of a track that :func:`encrypt_segments` made, decrypted with the ``keys`` (by id) its playlist names."""
    key, iv = b"", b""
    for line in (folder / PLAYLIST).read_text("utf-8").splitlines():
        if (named := key_tags.segment_key(line)) is not None:
            key, iv = keys[named.uri.rpartition("/")[2]].key, named.iv
        elif line and not line.startswith("#"):
            yield decrypted((folder / line).read_bytes(), key, iv)


def _encrypt_iframes(folder: Path, keys: Mapping[int, ContentKey], every: int) -> None:
    """Put the pictures of an I-frame playlist into a file of their own, each encrypted by itself.

    A byte range of an encrypted segment is of no use: CBC would need the block before it, and the padding behind the whole.
    """
    playlist = (folder / IFRAMES).read_text("utf-8")
    parts = []
    with (folder / IFRAME_PARTS).open("wb") as out:
        for number, segment in enumerate(key_tags.listed(playlist)):
            with (folder / segment.uri).open("rb") as file:
                file.seek(segment.offset or 0)
                picture = file.read(-1 if segment.length is None else segment.length)
            key = keys[number // every]
            body = encrypted(picture, key.key, track_iv(key, f"{folder.name}/{IFRAME_PARTS}"))
            parts.append(ListedSegment(IFRAME_PARTS, out.tell(), len(body)))
            out.write(body)
    moved = key_tags.with_parts(playlist, parts)
    name = f"{folder.name}/{IFRAME_PARTS}"
    tagged = key_tags.with_segment_keys(moved, every, partial(_named, keys, name))
    (folder / IFRAMES).write_text(tagged, "utf-8")


def _named(keys: Mapping[int, ContentKey], track: str, period: int) -> SegmentKey:
    return SegmentKey(f"../keys/{keys[period].kid}", track_iv(keys[period], track))


def track_iv(key: ContentKey, track: str) -> bytes:
    """The IV of one track under ``key``: tracks of a class share the key, and equal beginnings are not to look equal."""
    return sha256(key.iv + track.encode()).digest()[:16]


def encrypted(plain: bytes, key: bytes, iv: bytes) -> bytes:
    """AES-128-CBC with PKCS #7 padding (RFC 8216 §4.3.2.4)."""
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


def decrypted(body: bytes, key: bytes, iv: bytes) -> bytes:
    """The reverse of :func:`encrypted`.  Raises ``ValueError`` where the key is another one."""
    unpadder = PKCS7(128).unpadder()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return unpadder.update(decryptor.update(body) + decryptor.finalize()) + unpadder.finalize()
