"""What joins the library to the catalogue, to playback and to the sockets."""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, select

import accounts.library.collections.usecases
import accounts.library.progress.rules
import accounts.library.progress.usecases
from accounts.library.progress.model import Audio, Episode, Progress, Sample
from accounts.library.push import MAX_NAMED, Change, News
from accounts.library.transfer.document import Work
from accounts.library.transfer.matching import title_keys
from accounts.library.transfer.plan import EpisodeRef
from catalog.releases.external_ids import PATTERNS
from catalog.releases.model import Status
from catalog.releases.repository import episode_table, release_table
from catalog.translations.model import SubjectKind
from catalog.translations.repository import translation_table
from kernel.scope import Container, Scope
from kernel.titles import KEY_CHARS
from realtime.feature import RealtimeGateway
from realtime.progress.usecases import ProgressMark
from streaming.origin.model import Voice

T = TypeVar("T")

PARAMETERS: Final = 1_000
"""Values in one statement; PostgreSQL's protocol ends at 32,767."""
SCAN: Final = 250
"""Releases looked at before others get their turn: some 5 ms, most of it for their names."""


def _parts(values: Iterable[T], size: int) -> Iterator[list[T]]:
    held = list(values)
    for first in range(0, len(held), size):
        yield held[first : first + size]


class SocketNews:
    """What changed in a library, to all sockets of its owner."""

    def __init__(self, scope: Scope, gateway: RealtimeGateway) -> None:
        self._scope = scope
        self._gateway = gateway

    def library_changed(
        self, user_id: str, change: Change, *, release_ids: Sequence[str] = (), lists: Sequence[str] = ()
    ) -> None:
        body: dict[str, Any] = {"change": change}
        # More than these are not named: whoever hears it reads the whole part again.
        if 0 < len(release_ids) <= MAX_NAMED:
            body["release_ids"] = list(release_ids)
        if lists:
            body["lists"] = list(lists)
        self._tell(user_id, "library:updated", body)

    def progress_changed(self, user_id: str, rows: Sequence[Progress]) -> None:
        if not rows:
            return
        items = [
            {
                "episode_id": row.episode_id,
                "position_ms": row.shown_position_ms,
                "duration_ms": row.duration_ms,
                "watched": row.is_watched,
                "at_ms": row.at_ms,
            }
            for row in rows
        ]
        for part in _parts(items, MAX_NAMED):
            self._tell(user_id, "progress:updated", {"items": part})

    def _tell(self, user_id: str, event: str, body: dict[str, Any]) -> None:
        self._scope.uow.after_commit(lambda: self._gateway.tell_user(user_id, event, body))


class LibraryResumePositions:
    """Where the library says a viewer stopped, and what they listened to."""

    def __init__(self, scope: Scope) -> None:
        self._history = scope.port(accounts.library.progress.usecases.History)
        self._episodes = scope.port(accounts.library.progress.usecases.Episodes)

    async def position_ms(self, user_id: str, episode_id: str) -> int:
        return await accounts.library.progress.usecases.resume_position_ms(
            self._history, user_id=user_id, episode_id=episode_id
        )

    async def voice(self, user_id: str, episode_id: str) -> Voice | None:
        audio = await accounts.library.progress.usecases.last_audio(
            self._history, self._episodes, user_id=user_id, episode_id=episode_id
        )
        return None if audio is None else Voice(audio.language, audio.label)


class LibraryProgressSink:
    """Positions that come over sockets, kept in the library."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def record(self, marks: Sequence[ProgressMark]) -> None:
        now_ms = self._container.clock.now_ms()
        by_user: dict[str, list[Sample]] = {}
        for mark in marks:
            audio = Audio(mark.audio.language, mark.audio.label) if mark.audio else None
            sample = Sample(mark.user_id, mark.episode_id, mark.position_ms, mark.duration_ms, mark.at_ms, audio)
            by_user.setdefault(mark.user_id, []).append(sample)
        # Each user for themselves: one clock that runs ahead must not move everybody's reports.
        settled = [s for samples in by_user.values() for s in accounts.library.progress.rules.settle(samples, now_ms)]
        async with self._container.scope(write=True) as scope:
            await accounts.library.collections.usecases.record(
                scope.port(accounts.library.progress.usecases.History),
                scope.port(accounts.library.progress.usecases.Episodes),
                scope.port(accounts.library.collections.usecases.Shelves),
                scope.port(accounts.library.collections.usecases.Releases),
                scope.port(News),
                settled,
                now=scope.clock.now(),
            )


class CatalogueWorks:
    """The published catalogue, as imports and exports need it."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def works(self, release_ids: Collection[str]) -> Mapping[str, Work]:
        found: dict[str, Work] = {}
        for part in _parts(release_ids, SCAN - 1):  # each is one page, which is not full, and so the last
            async for work in self._works(release_table.c.id.in_(part)):
                found[str(work.release_id)] = work
        return found

    async def with_external_ids(self, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[Work]]:
        found: dict[tuple[str, str], list[Work]] = {}
        for catalogue in PATTERNS:
            wanted = [number for name, number in keys if name == catalogue]
            for part in _parts(wanted, PARAMETERS):
                async for work in self._works(release_table.c[f"external_{catalogue}"].in_(part)):
                    found.setdefault((catalogue, work.external[catalogue]), []).append(work)
        return found

    async def with_titles(self, keys: Collection[str]) -> Mapping[str, Sequence[Work]]:
        wanted, found = frozenset(keys), dict[str, list[Work]]()
        named = await self.works(await self._beginning_with({key[:KEY_CHARS] for key in wanted}))
        for work in sorted(named.values(), key=lambda work: str(work.release_id)):
            for key in title_keys(work) & wanted:
                found.setdefault(key, []).append(work)
        return found

    async def _beginning_with(self, keys: Collection[str]) -> set[str]:
        """The releases with a name whose key begins so, drafts too."""
        r, t, ids = release_table.c, translation_table.c, set[str]()
        for part in _parts(keys, PARAMETERS):
            for query in (
                *(select(r.id).where(column.in_(part)) for column in (r.key_main, r.key_english, r.key_alternative)),
                select(t.release_id).where(t.kind == SubjectKind.RELEASE, t.name_key.in_(part)),
            ):
                ids.update(await self._session.scalars(query))
        return ids

    async def episodes(self, release_ids: Collection[str]) -> Mapping[str, Sequence[EpisodeRef]]:
        c, seasons = episode_table.c, dict[str, list[EpisodeRef]]()
        for part in _parts(release_ids, PARAMETERS):
            query = select(c.release_id, c.id, c.ordinal, c.duration_ms, c.ending)
            query = query.where(c.release_id.in_(part), c.status == Status.PUBLISHED)
            for row in await self._session.execute(query.order_by(c.release_id, c.ordinal)):
                episode = Episode(
                    episode_id=row.id,
                    release_id=row.release_id,
                    duration_ms=row.duration_ms,
                    ending_start_ms=None if row.ending is None else row.ending.start_ms,
                )
                seasons.setdefault(row.release_id, []).append(EpisodeRef(episode, row.ordinal))
        return seasons

    async def _works(self, *conditions: ColumnElement[bool]) -> AsyncIterator[Work]:
        """Releases by number, page by page, with their names in every language."""
        c, last = release_table.c, None
        columns = [c.id, c.name_main, c.name_english, c.name_alternative, c.year, c.type]
        columns += [c[f"external_{catalogue}"] for catalogue in PATTERNS]
        query = select(*columns).where(c.status == Status.PUBLISHED, *conditions).order_by(c.id).limit(SCAN)
        while True:
            page = (await self._session.execute(query if last is None else query.where(c.id > last))).all()
            translated = await self._translated([row.id for row in page])
            for row in page:
                names = (row.name_main, row.name_english, row.name_alternative, *translated.get(row.id, ()))
                yield Work(
                    titles=tuple(dict.fromkeys(name for name in names if name)),
                    year=row.year,
                    kind=row.type.value,
                    release_id=row.id,
                    external={
                        catalogue: number
                        for catalogue in PATTERNS
                        if (number := row._mapping[f"external_{catalogue}"]) is not None
                    },
                )
            if len(page) < SCAN:
                return
            last = page[-1].id

    async def _translated(self, release_ids: Iterable[str]) -> dict[str, list[str]]:
        t, names = translation_table.c, dict[str, list[str]]()
        query = select(t.release_id, t.name).where(t.kind == SubjectKind.RELEASE, t.release_id.in_(list(release_ids)))
        for row in await self._session.execute(query.order_by(t.release_id, t.language)):
            names.setdefault(row.release_id, []).append(row.name)
        return names
