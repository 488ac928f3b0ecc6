"""From the bytes of a file to what it says."""

import zlib
from dataclasses import replace
from typing import Any, Final

import orjson

from accounts.library.transfer.document import MAX_FILE_BYTES, MAX_PROBLEMS, BadFile, Document, FileTooLarge, Format
from accounts.library.transfer.formats import ani_json, mal_xml, shikimori_json
from accounts.library.transfer.formats.json_repair import repaired_json
from kernel.text.json_nul import without_nul

_GZIP: Final = b"\x1f\x8b"
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


def read(data: bytes, wanted: Format | None = None) -> Document:
    """What ``data`` says; without a format, it is told by its looks. Blocks: up to a second for the largest file.

    Raises :class:`BadFile`, :class:`FileTooLarge`.
    """
    if data.startswith(_GZIP):
        data = _unpacked(data)
    data = data.removeprefix(_UTF8_BOM).lstrip()
    if not data:
        raise BadFile(detail="it is empty")
    looks_like_xml = data.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<"))
    if (wanted is Format.MAL_XML) != looks_like_xml and wanted is not None:
        raise BadFile(detail=f"it does not look like {wanted.value}")
    if looks_like_xml:
        return mal_xml.read(data)
    value, is_mended = _json(data)
    if wanted is None:
        wanted = Format.SHIKIMORI_JSON if isinstance(value, list) else Format.ANI_JSON
    document = shikimori_json.read(value) if wanted is Format.SHIKIMORI_JSON else ani_json.read(value)
    if is_mended:
        note = "Some characters that JSON does not allow were replaced."
        document = replace(document, problems=(note, *document.problems)[:MAX_PROBLEMS])
    return document


def _unpacked(data: bytes) -> bytes:
    """Never more than the limit in memory, however small the file that wants more."""
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpacking.decompress(data, MAX_FILE_BYTES + 1)
    except zlib.error:
        raise BadFile(detail="it is not a whole gzip file") from None
    if len(unpacked) > MAX_FILE_BYTES:
        raise FileTooLarge(what="it unpacks to more", limit=f"{MAX_FILE_BYTES // 2**20} MiB")
    if not unpacking.eof:
        raise BadFile(detail="it is not a whole gzip file")
    return unpacked


def _json(data: bytes) -> tuple[Any, bool]:
    """The value, and whether it had to be mended."""
    try:
        return orjson.loads(without_nul(data)), False  # refuses what is nested deeper than 1,024 levels
    except orjson.JSONDecodeError as error:
        try:
            return repaired_json(without_nul(data)), True
        except (ValueError, RecursionError):
            pass
        # Not in the parser's own words, which speak to programmers.
        where = f"line {error.lineno}, column {error.colno}"
        raise BadFile(detail=f"it is no JSON from {where} on", line=error.lineno, column=error.colno) from None
