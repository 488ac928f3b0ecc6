"""Reading files, off the event loop and a batch at a time."""

import asyncio
import gzip
import hashlib
import io
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from typing_extensions import override

from catalog.imports.faults import Fault, Why
from catalog.imports.limits import CHUNK_ROWS, MAX_FILE_BYTES, MAX_ROWS, MAX_TEXT_BYTES
from catalog.imports.records.json_rows import elements
from catalog.imports.records.model import BadRecord, BadRow, Batch, Checkpoint, Row, SourceRecord, TooLong, digest
from catalog.imports.sources.usecases import Reader
from kernel.errors import Invalid, TooLarge

_GZIP: Final = b"\x1f\x8b"
_PIECE: Final = 256 * 1024

RecordOf = Callable[[Any], SourceRecord]
"""An element of the file → the record.  Raises ``BadRecord``."""


class UnreadableFile(Invalid):
    """This file cannot be read: {why}."""


class ImportTooLarge(TooLarge):
    """This file is over {limit_mib} MiB."""


def read_text(path: Path) -> tuple[str, str]:
    """The text of a file, unpacked where it is packed by gzip, and the digest of the file.

    Raises :class:`UnreadableFile`, :class:`ImportTooLarge`.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UnreadableFile(why=Why(error.strerror or str(error), "unreadable")) from None
    if len(packed) > MAX_FILE_BYTES:
        raise ImportTooLarge(limit_mib=MAX_FILE_BYTES // 2**20)
    return unpacked(packed), hashlib.sha256(packed).hexdigest()


def unpacked(data: bytes) -> str:
    """Bytes as text, out of gzip where they are in it.  Raises :class:`UnreadableFile`, :class:`ImportTooLarge`."""
    if data.startswith(_GZIP):
        text = bytearray()
        try:
            with gzip.open(io.BytesIO(data)) as file:
                while piece := file.read(_PIECE):
                    text += piece
                    if len(text) > MAX_TEXT_BYTES:
                        raise ImportTooLarge(limit_mib=MAX_TEXT_BYTES // 2**20)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableFile(why=Why(f"it is a broken archive ({error})", "broken_archive")) from None
        data = bytes(text)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(why=Why(f"byte {error.start} is not UTF-8", "not_utf8", byte=error.start)) from None


class JsonFile(Reader):
    """A file that holds an array of works."""

    def __init__(self, text: str, array: str | None, record_of: RecordOf, total: int | None = None) -> None:
        self._text, self._array, self._record_of, self._total = text, array, record_of, total

    @override
    async def batches(self, after: Checkpoint) -> AsyncIterator[Batch]:
        numbered = enumerate(elements(self._text, self._array), start=1)
        async for batch in _in_batches(_each(numbered, self._record_of, "#"), after, self._total):
            yield batch


class ElementFile(Reader):
    """A document whose elements are works."""

    def __init__(self, elements_of: Callable[[], Iterator[Any]], record_of: RecordOf) -> None:
        self._elements_of, self._record_of = elements_of, record_of

    @override
    async def batches(self, after: Checkpoint) -> AsyncIterator[Batch]:
        numbered = enumerate(self._elements_of(), start=1)
        async for batch in _in_batches(_each(numbered, self._record_of, "#"), after, None):
            yield batch


class TableFile(Reader):
    """A table whose rows are works."""

    def __init__(self, rows_of: Callable[[], Iterator[tuple[int, Any]]], record_of: RecordOf) -> None:
        self._rows_of, self._record_of = rows_of, record_of

    @override
    async def batches(self, after: Checkpoint) -> AsyncIterator[Batch]:
        async for batch in _in_batches(_each(self._rows_of(), self._record_of, "line "), after, None):
            yield batch


async def _in_batches(rows: Iterator[Row | BadRow], after: Checkpoint, total: int | None) -> AsyncIterator[Batch]:
    read = await asyncio.to_thread(_skip, rows, after.rows)
    while True:
        batch = await asyncio.to_thread(lambda: list(islice(rows, CHUNK_ROWS)))
        read += len(batch)
        if read > MAX_ROWS:
            raise UnreadableFile(why=Why(f"it holds more than {MAX_ROWS:,} works", "too_many_rows", rows=MAX_ROWS))
        done = len(batch) < CHUNK_ROWS
        yield Batch(batch, Checkpoint(rows=read, done=done), total)
        if done:
            return


def _each(numbered: Iterator[tuple[int, Any]], record_of: RecordOf, word: str) -> Iterator[Row | BadRow]:
    seen: set[str] = set()
    number = 0
    try:
        for number, element in numbered:
            if isinstance(element, TooLong):
                yield BadRow(f"{word}{number}", element.fault)
                continue
            try:
                record = record_of(element)
            except BadRecord as error:
                yield BadRow(f"{word}{number}", Fault.of(error))
                continue
            yield told_apart(record, seen)
    except Invalid as error:
        yield BadRow(f"{word}{number + 1}", Fault.of(error))


def _skip(rows: Iterator[Any], count: int) -> int:
    return sum(1 for _ in islice(rows, count))


def told_apart(record: SourceRecord, seen: set[str]) -> Row:
    """``record`` under a key that none before it in the same file has: some list two works under one number."""
    if record.key in seen:
        mark = hashlib.sha256(f"{record.title}\n{record.type}\n{record.year}".encode()).hexdigest()[:8]
        record = replace(record, key=f"{record.key[:180]}#{mark}")
    seen.add(record.key)
    return Row(record, digest(record))
