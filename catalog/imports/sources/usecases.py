"""What administrators do with sources, and what this needs from outside."""

from collections.abc import AsyncIterator, Sequence
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
    ImportSourceRemoved,
    ImportsStopped,
    SourceDraft,
    SourceId,
    SourceKind,
)
from kernel.errors import Stale
from kernel.events import Event
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

    async def all(self) -> Sequence[ImportSource]:
        """By what they are called; there are a few dozen at most."""
        ...

    async def due(self, now: datetime) -> Sequence[ImportSource]:
        """Those whose timetable says that they are to be read."""
        ...

    async def stop_all(self, *, stopped: bool, by: str | None, now: datetime) -> None:
        """Pull the emergency stop, or let go of it."""
        ...

    async def keep_file(self, source_id: str, name: str, data: bytes, now: datetime) -> None:
        """Keep an uploaded file, instead of the one before."""
        ...

    async def file(self, source_id: str) -> tuple[str, bytes] | None:
        """The uploaded file's name and bytes."""
        ...

    def add(self, source: ImportSource) -> None:
        """Keep a new one."""
        ...

    async def remove(self, source: ImportSource) -> None:
        """Forget it with its runs, records and conflicts; the releases stay."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


class Seal(Protocol):
    """Encrypts what a source lets us in with."""

    def seal(self, secret: str, *, bound: str) -> str:
        """As text for the database."""
        ...

    def open(self, sealed: str, *, bound: str) -> str:
        """Back again."""
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


async def change(
    sources: Sources, source_id: str, draft: SourceDraft, *, version: int | None, now: datetime
) -> ImportSource:
    """Raises :class:`ImportSourceNotFound`, :class:`ImportSlugTaken`, ``Stale``, ``BadCron``, ``BadSource``."""
    source = await get(sources, source_id)
    if version is not None and version != source.version:
        raise Stale
    other = await sources.by_slug(draft.slug)
    if other is not None and other.id != source.id:
        raise ImportSlugTaken(slug=draft.slug)
    source.change(draft, now)
    return source


def take_token(source: ImportSource, seal: Seal, token: str | None) -> None:
    """Keep what a source lets us in with, sealed; nothing forgets it, ``None`` leaves it as it is."""
    if token is not None:
        source.sealed_token = seal.seal(token, bound=token_bound(source.id)) if token else ""


def token_bound(source_id: str) -> str:
    """What a token opens with."""
    return f"import-source:{source_id}"


async def stop(sources: Sources, source_id: str, *, stopped: bool, now: datetime) -> ImportSource:
    """The emergency stop of one source: a run under way ends after the rows it is at.  Raises :class:`ImportSourceNotFound`."""
    source = await get(sources, source_id)
    source.stop(now, stopped=stopped)
    return source


async def stop_all(sources: Sources, *, stopped: bool, by: str, now: datetime) -> None:
    """The emergency stop of all imports."""
    if stopped == await sources.all_stopped():
        return
    await sources.stop_all(stopped=stopped, by=by, now=now)
    sources.announce(ImportsStopped(at=now, stopped=stopped))


async def remove(sources: Sources, source_id: str, now: datetime) -> None:
    """Raises :class:`ImportSourceNotFound`."""
    source = await get(sources, source_id)
    sources.announce(ImportSourceRemoved(at=now, source_id=source.id, slug=source.slug))
    await sources.remove(source)


async def by_slug_or_new(sources: Sources, slug: str, kind: SourceKind, now: datetime) -> ImportSource:
    """The source called ``slug``, registered with nothing but its kind where there is none."""
    found = await sources.by_slug(slug)
    return found or await register(sources, SourceDraft(slug, slug, kind), now)


async def ensure_not_all_stopped(sources: Sources) -> None:
    """Raises :class:`AllStopped`."""
    if await sources.all_stopped():
        raise AllStopped
