"""Refuses after its first bytes what surely is no video.  Pure.

A first look that spares people the hour of an upload; the ingest has the last word.  So it names what is *not* a video: a list
of containers would refuse the one that begins differently, and the ingest takes more of those than anybody can list (raw
streams, a transport stream that begins in the middle of a packet, MP4 whose first box is a brand of its own).
"""

from typing import Final

SNIFFED_BYTES: Final = 4096
"""Enough for five packets of a transport stream after a broken one, and to tell a text from a binary file."""

_MAGIC: Final = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an office program"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"8BPS", "a Photoshop picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"\x00asm", "a program"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"OTTO\x00", "a font"),
    (b"d8:announce", "a torrent"),
    (b"d4:info", "a torrent"),
)
_STILL_BRANDS: Final = {b"avif", b"heic", b"heix", b"mif1"}
"""Major brands of pictures in the container of MP4 (ISO/IEC 23008-12, AVIF §6)."""

_TEXT_CONTROLS: Final = frozenset(b"\t\n\r\f\x1b")


def foreign_format(head: bytes) -> str | None:
    """What a file that begins with ``head`` is instead of a video, with its article; ``None``: it may be one."""
    if not head:
        return "an empty file"
    if _is_transport_stream(head):
        return None
    if head[:4] == b"RIFF" and head[8:12] in {b"WEBP", b"ACON"}:
        return "a picture"
    if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
        return "a picture"
    if head[257:262] == b"ustar":
        return "a tar archive"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return "a text" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    """Whether there is no byte that texts do not have; in UTF-16 it is every other one."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = head[: len(head) & ~1].decode("utf-16")
        except UnicodeDecodeError:
            return False
        return all(character.isprintable() or character.isspace() for character in text)
    return all(byte >= 0x20 or byte in _TEXT_CONTROLS for byte in head)


def _is_transport_stream(head: bytes) -> bool:
    """Whether the sync byte of a transport stream comes at its period, from anywhere in the first packet on.

    188 bytes by ISO/IEC 13818-1 §2.4.3.2, 192 with the time codes of Blu-ray, 204 with the parity of broadcasts.
    """
    for period in (188, 192, 204):
        for first in range(min(period, len(head))):
            beats = head[first::period]
            if len(beats) >= 5 and beats.count(0x47) == len(beats):
                return True
    return False
