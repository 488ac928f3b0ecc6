"""Each kind of source and what reads it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from catalog.imports.records import bangumi
from catalog.imports.records.model import BadRecord, SourceRecord
from catalog.imports.sources.adapters.files import JsonFile, read_text
from catalog.imports.sources.model import BadSource, ImportSource, SourceKind
from catalog.imports.sources.usecases import Input, Reader


class SourceReaders:
    """Opens sources of every kind."""

    @asynccontextmanager
    async def open(self, source: ImportSource, given: Input, now: datetime) -> AsyncIterator[Reader]:
        """See ``Readers``."""
        match source.kind:
            case SourceKind.BANGUMI_DATA:
                if not given.path:
                    raise BadSource(why="it has no file to read")
                text, _ = await asyncio.to_thread(read_text, Path(given.path))

                def record_of(item: Any) -> SourceRecord:
                    if not isinstance(item, dict):
                        raise BadRecord(why="it is no object")
                    return bangumi.record_of(item, now)

                yield JsonFile(text, "items", record_of, total=text.count('"titleTranslate"') or None)
