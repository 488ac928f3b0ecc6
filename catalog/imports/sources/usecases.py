"""What administrators do with sources, and what this needs from outside."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.imports.records.model import Batch, Checkpoint
from catalog.imports.sources.model import (
    AllStopped,
    ImportSlugTaken,
    ImportSource,
    ImportSourceNotFound,
    SourceDraft,
    SourceId,
    SourceKind,
)
from kernel.ids import new_id


class Sources(Protocol):
    """Registered sources."""

    async def get(self, source_id: str) -> ImportSource | None:
        """``None`` where there is none with this id."""
        ...

    async def by_slug(self, slug: str) -> ImportSource | None:
        """``None`` where none is called so."""
        ...

    async def all_stopped(self) -> bool:
        """Whether somebody pulled the emergency stop of all of them."""
        ...

    def add(self, source: ImportSource) -> None:
        """Keep a new one."""
        ...


class Reader(Protocol):
    """Reads one source, in batches of at most ``limits.CHUNK_ROWS`` rows."""

    def batches(self, after: Checkpoint) -> AsyncIterator[Batch]:
        """What comes after the checkpoint.  Raises ``AniError`` where the source cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Input:
    """What a run reads: a file that lies here, or nothing, where the source knows by itself."""

    path: str = ""
    name: str = ""
    """What people call it."""
    digest: str = ""
    """Of the file as it is: a run of another file begins at its beginning."""


class Readers(Protocol):
    """Opens sources for reading, each in its own way."""

    def open(self, source: ImportSource, given: Input, now: datetime) -> AbstractAsyncContextManager[Reader]:
        """Raises ``AniError`` where there is nothing to read."""
        ...


async def get(sources: Sources, source_id: str) -> ImportSource:
    """Raises :class:`ImportSourceNotFound`."""
    found = await sources.get(source_id)
    if found is None:
        raise ImportSourceNotFound
    return found


async def register(sources: Sources, draft: SourceDraft, now: datetime) -> ImportSource:
    """A new source.  Raises :class:`ImportSlugTaken`, ``BadCron``, ``BadSource``."""
    if await sources.by_slug(draft.slug) is not None:
        raise ImportSlugTaken(slug=draft.slug)
    source = ImportSource.register(SourceId(new_id()), draft, now)
    sources.add(source)
    return source


async def by_slug_or_new(sources: Sources, slug: str, kind: SourceKind, now: datetime) -> ImportSource:
    """The source called ``slug``, registered with nothing but its kind where there is none."""
    found = await sources.by_slug(slug)
    return found or await register(sources, SourceDraft(slug, slug, kind), now)


async def ensure_not_all_stopped(sources: Sources) -> None:
    """Raises :class:`AllStopped`."""
    if await sources.all_stopped():
        raise AllStopped
