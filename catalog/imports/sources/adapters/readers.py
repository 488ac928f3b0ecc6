"""Each kind of source and what reads it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from catalog.imports.faults import Why
from catalog.imports.records import bangumi, feed, table
from catalog.imports.records.bangumi_sites import sites_of
from catalog.imports.records.json_rows import head
from catalog.imports.records.model import BadRecord, SourceRecord
from catalog.imports.sources.adapters.files import ElementFile, JsonFile, TableFile, read_text, unpacked
from catalog.imports.sources.adapters.http import SourceClient
from catalog.imports.sources.adapters.kodik_reader import KodikReader
from catalog.imports.sources.model import BadSource, ImportSource, SourceKind
from catalog.imports.sources.usecases import Input, Reader, Seal, Sources, token_bound
from kernel.outbound.url_vetting import Limits
from kernel.scope import Container

KODIK_PARAMETERS: Final = ("types", "year", "translation_id", "has_field", "with_episodes")
"""Options of a source that are handed on to such an API."""


class SourceReaders:
    """Opens sources of every kind; they may be in private ``networks`` (CIDR), and in public ones anyway."""

    def __init__(
        self,
        container: Container,
        networks: tuple[str, ...] = (),
        *,
        make_client: Callable[[Limits], SourceClient] = SourceClient,
    ) -> None:
        self._container = container
        self._limits = Limits(allowed_networks=networks)
        self._make_client = make_client

    @asynccontextmanager
    async def open(self, source: ImportSource, given: Input, now: datetime) -> AsyncIterator[Reader]:
        """Opened while the context lasts; ``Readers.open`` says what it raises."""
        client = self._make_client(self._limits)
        try:
            if source.kind is SourceKind.KODIK:
                if not source.url:
                    raise BadSource(why=Why("it has no address to ask", "no_address"))
                parameters: dict[str, str] = {
                    name: str(source.options[name]) for name in KODIK_PARAMETERS if name in source.options
                }
                yield KodikReader(client, source.url, await self._token(source), parameters)
            else:
                text = await self._text(client, source, given)
                yield await asyncio.to_thread(_of_text, source, text, now)
        finally:
            await client.close()

    async def _token(self, source: ImportSource) -> str:
        if not source.sealed_token:
            return ""
        async with self._container.scope(write=False) as scope:
            return scope.port(Seal).open(source.sealed_token, bound=token_bound(source.id))

    async def _text(self, client: SourceClient, source: ImportSource, given: Input) -> str:
        """Of the file that a command names, of what the address answers, or of the file that was uploaded."""
        if given.path:
            text, _ = await asyncio.to_thread(read_text, Path(given.path))
            return text
        if source.url:
            data = await client.get(source.url, token=await self._token(source))
        else:
            async with self._container.scope(write=False) as scope:
                uploaded = await scope.port(Sources).file(source.id)
            if uploaded is None:
                raise BadSource(why=Why("it has no file to read", "no_file"))
            data = uploaded[1]
        return await asyncio.to_thread(unpacked, data)


def _of_text(source: ImportSource, text: str, now: datetime) -> Reader:
    match source.kind:
        case SourceKind.BANGUMI_DATA:
            sites = sites_of(head(text, "siteMeta"))

            def record_of(item: Any) -> SourceRecord:
                if not isinstance(item, dict):
                    raise BadRecord(why=Why("it is no object", "no_object"))
                return bangumi.record_of(item, now, sites)

            return JsonFile(text, "items", record_of, total=text.count('"titleTranslate"') or None)
        case SourceKind.FEED:
            return ElementFile(lambda: feed.items(text), feed.record_of)
        case _:
            mapped = source.options.get("columns", {})
            columns = {str(name): str(ours) for name, ours in mapped.items()} if isinstance(mapped, dict) else {}
            if text.lstrip("\ufeff \t\r\n")[:1] in {"[", "{"}:
                return JsonFile(text, "items", lambda row: table.record_of(row, columns))
            return TableFile(lambda: table.csv_rows(text), lambda row: table.record_of(row, columns))
