"""Reading a file, showing what it would do, and doing it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from accounts.library.collections.usecases import Collections
from accounts.library.lists.model import MAX_LISTS, UserList
from accounts.library.lists.usecases import Lists
from accounts.library.progress.model import Progress
from accounts.library.progress.usecases import History
from accounts.library.push import LibraryPush
from accounts.library.scores import OwnScores
from accounts.library.sync.usecases import MAX_CHANGES
from accounts.library.transfer import plan
from accounts.library.transfer.document import Document, Work
from accounts.library.transfer.matching import Match, decide, external_keys, title_keys
from accounts.library.transfer.plan import EpisodeRef, PlannedChange, Policy, Present
from kernel.errors import Conflict, NotFound
from kernel.events import Event
from kernel.ids import new_id
from kernel.jobs import Jobs

KEPT: Final = timedelta(days=1)
"""A file that was read waits this long for its owner's word."""
MAX_WAITING: Final = 3
"""Files of one person that wait; the oldest makes room."""
CHUNK: Final = 200
"""Titles looked up together, and in one transaction: some 50 ms, in which nobody else writes to an embedded database."""
MAX_REVISION: Final = MAX_CHANGES // 2
JOB: Final = "library-import"


class ImportNotFound(NotFound):
    """There is no such import, or it was forgotten. Send the file again."""


class ImportUnderWay(Conflict):
    """This import is being carried out already."""


@dataclass(frozen=True, kw_only=True)
class LibraryImported(Event):
    """Somebody brought a library along from a file."""

    user_id: str
    import_id: str
    format: str
    favorites: int
    collections: int
    episodes: int
    list_entries: int
    scores: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """How far an import has come, and what it changed."""

    rows_done: int = 0
    lists_done: int = 0
    finished: bool = False
    favorites: int = 0
    collections: int = 0
    episodes: int = 0
    lists: int = 0
    list_entries: int = 0
    scores: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """A file that was read, and what is to become of it."""

    id: str
    user_id: str
    document: Document
    matches: tuple[Match, ...]
    """One for each of the document's rows."""
    created_at: datetime
    expires_at: datetime
    policy: Policy = Policy.NEWEST
    choices: Mapping[int, str] = field(default_factory=dict)
    """Row → the release its owner picked for it."""
    job_id: str | None = None
    result: Result = Result()

    def targets(self) -> dict[int, str]:
        """Row → release, for rows that mean one; of several rows that mean the same, the first."""
        taken: dict[str, int] = {}
        for number, match in enumerate(self.matches):
            release_id = self.choices.get(number) or (match.release_ids[0] if match.state == "matched" else None)
            if release_id is not None:
                taken.setdefault(release_id, number)
        return {number: release_id for release_id, number in taken.items()}


class Catalogue(Protocol):
    """What the catalogue knows of published releases; bound in ``server/wiring.py``."""

    async def works(self, release_ids: Collection[str]) -> Mapping[str, Work]:
        """Those of ``release_ids`` that are published."""
        ...

    async def with_external_ids(self, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[Work]]:
        """(catalogue, identifier) → the releases that have it."""
        ...

    async def with_titles(self, keys: Collection[str]) -> Mapping[str, Sequence[Work]]:
        """Title key (:func:`kernel.text.titles.title_key`) → the releases that are called so."""
        ...

    async def episodes(self, release_ids: Collection[str]) -> Mapping[str, Sequence[EpisodeRef]]:
        """All published episodes, in order."""
        ...


class Imports(Protocol):
    """Where files wait."""

    async def add(self, row: Import, *, keep: int) -> None:
        """Store it; of its owner's others only the ``keep`` newest, and those under way, stay."""
        ...

    async def get(self, user_id: str, import_id: str) -> Import | None:
        """The import, if it is of ``user_id``; ``None`` otherwise."""
        ...

    async def ordered(self, row: Import) -> None:
        """Store how it is to be carried out."""
        ...

    async def result(self, import_id: str) -> Result:
        """How far it has come by now. Raises :class:`ImportNotFound`."""
        ...

    async def advanced(self, import_id: str, result: Result) -> None:
        """Store how far it has come."""
        ...

    async def remove(self, import_id: str) -> None:
        """Forget the file and what was to become of it."""
        ...

    async def forget_expired(self, now: datetime) -> None:
        """Remove those whose time is over at ``now``."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Library:
    """The parts of a library, as one transaction sees them."""

    history: History
    collections: Collections
    lists: Lists
    catalogue: Catalogue
    scores: OwnScores
    push: LibraryPush


async def match(catalogue: Catalogue, works: Sequence[Work]) -> tuple[Match, ...]:
    """Which releases are meant; some titles at a time, so that others get their turn in between."""
    matches: list[Match] = []
    for first in range(0, len(works), CHUNK):
        part = works[first : first + CHUNK]
        known = await catalogue.works({work.release_id for work in part if work.release_id is not None})
        external = await catalogue.with_external_ids({key for work in part for key in external_keys(work)})
        titles = await catalogue.with_titles({key for work in part for key in title_keys(work)})
        matches += (decide(work, known, external, titles) for work in part)
    return tuple(matches)


async def prepare(
    imports: Imports, *, user_id: str, document: Document, matches: tuple[Match, ...], now: datetime
) -> Import:
    """Keep a file that was read until its owner says what to do with it."""
    prepared = Import(new_id(), user_id, document, matches, created_at=now, expires_at=now + KEPT)
    await imports.add(prepared, keep=MAX_WAITING)
    return prepared


async def get(imports: Imports, *, user_id: str, import_id: str) -> Import:
    """Raises :class:`ImportNotFound`, for somebody else's too."""
    found = await imports.get(user_id, import_id)
    if found is None:
        raise ImportNotFound
    return found


async def planned(
    library: Library, waiting: Import, numbers: Sequence[int], policy: Policy, *, now: datetime
) -> dict[int, PlannedChange]:
    """What importing these rows would change, as things are now."""
    targets = waiting.targets()
    wanted = {number: targets[number] for number in numbers if number in targets}
    present = await _present(library, waiting.user_id, set(wanted.values()))
    return {
        number: plan.change_for(
            waiting.document.rows[number],
            release_id,
            present[release_id],
            policy,
            user_id=waiting.user_id,
            now=now,
        )
        for number, release_id in wanted.items()
    }


async def order(
    imports: Imports,
    catalogue: Catalogue,
    jobs: Jobs,
    *,
    user_id: str,
    import_id: str,
    policy: Policy,
    choices: Mapping[int, str],
) -> Import:
    """Have an import carried out; asking again changes nothing. Raises :class:`ImportNotFound`.

    A choice of a release that is not there, or for a row that is not there, is left out.
    """
    waiting = await get(imports, user_id=user_id, import_id=import_id)
    if waiting.job_id is not None:
        return waiting
    known = await catalogue.works(set(choices.values()))
    kept = {n: id_ for n, id_ in choices.items() if id_ in known and n < len(waiting.document.rows)}
    job_id = await jobs.enqueue(
        JOB, {"user_id": user_id, "import_id": import_id}, key=f"{JOB}:{import_id}", owner_id=user_id
    )
    ordered = replace(waiting, policy=policy, choices=kept, job_id=job_id)
    await imports.ordered(ordered)
    return ordered


async def discard(imports: Imports, *, user_id: str, import_id: str) -> None:
    """Raises :class:`ImportNotFound`, :class:`ImportUnderWay`."""
    found = await get(imports, user_id=user_id, import_id=import_id)
    if found.job_id is not None and not found.result.finished:
        raise ImportUnderWay
    await imports.remove(import_id)


async def advance(imports: Imports, library: Library, current: Import, *, now: datetime) -> Import:
    """Do the next piece of an import: some titles, or a list.  What is done and how far it came is stored together, so a
    piece is done once, however often the work is interrupted."""
    revision = await library.collections.next_revision(current.user_id)
    # A worker that was thought lost may have gone on meanwhile.
    current = replace(current, result=await imports.result(current.id))
    if current.result.rows_done < len(current.document.rows):
        result = await _titles(library, current, revision, now)
    elif current.result.lists_done < len(current.document.lists):
        result = await _list(library, current, revision, now)
    else:
        result = replace(current.result, finished=True)
        imports.announce(
            LibraryImported(
                at=now,
                user_id=current.user_id,
                import_id=current.id,
                format=current.document.format.value,
                favorites=result.favorites,
                collections=result.collections,
                episodes=result.episodes,
                list_entries=result.list_entries,
                scores=result.scores,
            )
        )
    await imports.advanced(current.id, result)
    return replace(current, result=result)


async def _titles(library: Library, current: Import, revision: int, now: datetime) -> Result:
    start = current.result.rows_done
    numbers = range(start, min(start + CHUNK, len(current.document.rows)))
    changes = (await planned(library, current, numbers, current.policy, now=now)).values()
    user_id, push = current.user_id, library.push
    if favorites := [replace(c.favorite, revision=revision) for c in changes if c.favorite is not None]:
        await library.collections.store_favorites(user_id, favorites)
        push.library_changed(user_id, "favorites", release_ids=[row.release_id for row in favorites])
    if items := [replace(c.item, revision=revision) for c in changes if c.item is not None]:
        await library.collections.store_items(user_id, items)
        push.library_changed(user_id, "collections", release_ids=[row.release_id for row in items])
    if progress := [row for c in changes for row in c.progress]:
        # Each piece is one revision, and a revision has to fit into one answer of /library/changes.
        for first in range(0, len(progress), MAX_REVISION):
            await library.history.store(progress[first : first + MAX_REVISION])
        push.library_changed(user_id, "history", release_ids=list(dict.fromkeys(row.release_id for row in progress)))
    scores = {c.release_id: c.score for c in changes if c.score is not None}
    if scores:
        await library.scores.give(user_id, scores)
    done = current.result
    return replace(
        done,
        scores=done.scores + len(scores),
        rows_done=numbers.stop,
        favorites=done.favorites + len(favorites),
        collections=done.collections + len(items),
        episodes=done.episodes + len(progress),
    )


async def _list(library: Library, current: Import, revision: int, now: datetime) -> Result:
    done, user_id = current.result, current.user_id
    given = current.document.lists[done.lists_done]
    mine = await library.lists.of_owner(user_id)
    known = plan.same_list(given, mine)
    after = replace(done, lists_done=done.lists_done + 1)
    if known is None and len(mine) >= MAX_LISTS:
        return after
    change = plan.list_change(
        given,
        current.targets(),
        known,
        await library.lists.items(known.id) if known else (),
        current.policy,
        new=UserList(id=new_id(), owner_id=user_id, title="", created_at=now, updated_at=now, version=0),
        now=now,
    )
    if change is None:
        return after
    row = replace(change.row, version=change.row.version + 1, revision=revision)
    await library.lists.store(row)
    if change.items:
        await library.lists.store_items(row.id, change.items)
    library.push.library_changed(user_id, "lists", lists=[row.id])
    return replace(after, lists=done.lists + 1, list_entries=done.list_entries + change.added)


async def _present(library: Library, user_id: str, release_ids: Collection[str]) -> dict[str, Present]:
    if not release_ids:
        return {}
    favorites = await library.collections.favorites(user_id, release_ids)
    items = await library.collections.items(user_id, release_ids)
    progress: dict[str, dict[str, Progress]] = {}
    for row in await library.history.of_releases(user_id, release_ids, removed=True):
        progress.setdefault(row.release_id, {})[row.episode_id] = row
    episodes = await library.catalogue.episodes(release_ids)
    scores = await library.scores.of(user_id, release_ids)
    return {
        id_: Present(favorites.get(id_), items.get(id_), progress.get(id_, {}), episodes.get(id_, ()), scores.get(id_))
        for id_ in release_ids
    }
