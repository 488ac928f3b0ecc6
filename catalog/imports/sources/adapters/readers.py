"""Each kind of source and what reads it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from catalog.imports.records import bangumi
from catalog.imports.records.model import BadRecord, SourceRecord
from catalog.imports.sources.adapters.files import JsonFile, read_text, unpacked
from catalog.imports.sources.model import BadSource, ImportSource, SourceKind
from catalog.imports.sources.usecases import Input, Reader, Sources
from kernel.scope import Container


class SourceReaders:
    """Opens sources of every kind."""

    def __init__(self, container: Container) -> None:
        self._container = container

    @asynccontextmanager
    async def open(self, source: ImportSource, given: Input, now: datetime) -> AsyncIterator[Reader]:
        """See ``Readers``."""
        match source.kind:
            case SourceKind.BANGUMI_DATA:
                text = await self._text(source, given)

                def record_of(item: Any) -> SourceRecord:
                    if not isinstance(item, dict):
                        raise BadRecord(why="it is no object")
                    return bangumi.record_of(item, now)

                yield JsonFile(text, "items", record_of, total=text.count('"titleTranslate"') or None)

    async def _text(self, source: ImportSource, given: Input) -> str:
        """Of the file that a command names, or of the one that was uploaded."""
        if given.path:
            text, _ = await asyncio.to_thread(read_text, Path(given.path))
            return text
        async with self._container.scope(write=False) as scope:
            uploaded = await scope.port(Sources).file(source.id)
        if uploaded is None:
            raise BadSource(why="it has no file to read")
        return await asyncio.to_thread(unpacked, uploaded[1])
