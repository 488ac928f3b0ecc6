"""Japanese titles in Latin letters, by the dictionary of the search."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from catalog.imports.records.model import Row, SourceRecord
from catalog.releases.names import NAME_MAX, NameKind, OtherName
from catalog.search.adapters.readings import dictionary_readings
from catalog.search.model import Readings

ROMAJI = "ja-Latn"


class Romaniser:
    """Loads the dictionary when the first title comes (0.3 s), and reads in a thread (0.4 ms a title)."""

    def __init__(self, load: Callable[[], Readings] = dictionary_readings) -> None:
        self._load = load
        self._readings: Readings | None = None
        self._lock = asyncio.Lock()

    async def __call__(self, rows: Sequence[Row]) -> Sequence[Row]:
        """``rows`` with romaji for the Japanese titles that have none; the digests stay, for the source said the same."""
        if not any(_wanting(row.record) for row in rows):
            return rows
        async with self._lock:  # the dictionary is read by one thread at a time
            return await asyncio.to_thread(self._spelled, rows)

    def _spelled(self, rows: Sequence[Row]) -> list[Row]:
        if self._readings is None:
            self._readings = self._load()
        return [replace(row, record=with_romaji(row.record, self._readings)) for row in rows]


def with_romaji(record: SourceRecord, readings: Readings) -> SourceRecord:
    """``record`` with its title in Latin letters, as it sounds, and with loan words as in their language."""
    if not _wanting(record):
        return record
    spelled = [text for text in readings(record.title) if text.strip() and len(text) <= NAME_MAX]
    if not spelled:
        return record
    first = spelled[0]
    more = tuple(OtherName(text, ROMAJI, NameKind.ROMANISED) for text in spelled[1:] if text != first)
    return replace(record, alternative=first, names=record.names + more)


def _wanting(record: SourceRecord) -> bool:
    japanese = record.language.partition("-")[0] == "ja"
    return japanese and record.alternative is None and not record.title.isascii()
