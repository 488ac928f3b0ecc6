"""What importing one title changes, given what is there already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from accounts.library.collections.model import Favorite, ShelfItem
from accounts.library.lists import positions
from accounts.library.lists.model import MAX_ITEMS, ListItem, UserList, Visibility
from accounts.library.progress import rules
from accounts.library.progress.model import NEVER, CatalogEpisode, Progress
from accounts.library.scores import OwnScore
from accounts.library.transfer.document import ListRow, Row, Watching


class Policy(StrEnum):
    """What holds where both the library and the file say something."""

    NEWEST = "newest"
    """Whatever was said later; a file without dates was said today."""
    MINE = "mine"
    """What is in the library: the file only adds."""


@dataclass(frozen=True, slots=True)
class EpisodeRef:
    """An episode of the catalogue and its number in the season."""

    episode: CatalogEpisode
    ordinal: float


@dataclass(frozen=True, slots=True)
class Present:
    """What a library holds of one release, removed things too."""

    favorite: Favorite | None = None
    item: ShelfItem | None = None
    progress: Mapping[str, Progress] = field(default_factory=dict)
    episodes: Sequence[EpisodeRef] = ()
    """The release's episodes, in order."""
    score: OwnScore | None = None


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What importing a row does; nothing where everything is empty."""

    release_id: str
    favorite: Favorite | None = None
    item: ShelfItem | None = None
    progress: tuple[Progress, ...] = ()
    score: OwnScore | None = None

    def __bool__(self) -> bool:
        return self.favorite is not None or self.item is not None or bool(self.progress) or self.score is not None


def change_for(
    row: Row, release_id: str, present: Present, policy: Policy, *, user_id: str, now: datetime
) -> PlannedChange:
    """What importing ``row`` as ``release_id`` changes, under ``policy``, of what is ``present``. Pure."""
    return PlannedChange(
        release_id,
        _favorite(row, release_id, present.favorite, policy, now),
        _item(row, release_id, present.item, policy, now),
        tuple(_progress(row, release_id, present, policy, user_id, now)),
        _score(row, present.score, policy, now),
    )


def _favorite(row: Row, release_id: str, known: Favorite | None, policy: Policy, now: datetime) -> Favorite | None:
    if row.favorite_at is None or (known is not None and not known.removed):
        return None
    added_at = min(row.favorite_at, now)
    # A favourite taken out keeps the moment it was added: a file from before that does not bring it back.
    if known is not None and policy is Policy.NEWEST and added_at <= known.added_at:
        return None
    return Favorite(release_id=release_id, added_at=added_at)


def _item(row: Row, release_id: str, known: ShelfItem | None, policy: Policy, now: datetime) -> ShelfItem | None:
    if row.shelf is None:
        return None
    # A date that is still to come says nothing either.
    said_at = row.changed_at if row.changed_at is not None and row.changed_at <= now else None
    changed_at = said_at or now
    if known is not None:
        if policy is Policy.MINE and not known.removed:
            return None
        if policy is Policy.NEWEST and changed_at <= known.changed_at:
            return None
        if not known.removed and known.shelf == row.shelf and said_at is None:
            return None  # A file without dates that agrees has no news.
    kept = known if known is not None and not known.removed else None
    return ShelfItem(
        release_id=release_id,
        shelf=row.shelf,
        changed_at=changed_at,
        started_at=row.started_at or (kept.started_at if kept else None),
        finished_at=row.finished_at,
    )


def _score(row: Row, known: OwnScore | None, policy: Policy, now: datetime) -> OwnScore | None:
    if row.score is None or (known is not None and (policy is Policy.MINE or known.score == row.score)):
        return None
    said_at = min(row.scored_at or row.changed_at or now, now)
    return OwnScore(row.score, said_at) if known is None or said_at > known.at else None


def _progress(
    row: Row, release_id: str, present: Present, policy: Policy, user_id: str, now: datetime
) -> list[Progress]:
    wanted = _told(row, release_id, present, user_id, now) or _counted(row, release_id, present, user_id, now)
    changed = []
    for news in wanted.values():
        known = present.progress.get(news.episode_id)
        if policy is Policy.MINE and known is not None and not known.removed:
            continue
        if replace(rules.merge(known, news), revision=0) != (replace(known, revision=0) if known else None):
            changed.append(news)
    return changed


def _told(row: Row, release_id: str, present: Present, user_id: str, now: datetime) -> dict[str, Progress]:
    """The file knows every episode."""
    ids = {ref.episode.episode_id for ref in present.episodes}
    by_ordinal = {ref.ordinal: ref.episode.episode_id for ref in present.episodes}
    wanted: dict[str, Progress] = {}
    for watching in row.history:
        episode_id: str | None = watching.episode_id
        # One that was taken down since is still part of a history that has it.
        if episode_id not in ids and episode_id not in present.progress:
            episode_id = None if watching.ordinal is None else by_ordinal.get(watching.ordinal)
        if episode_id is not None:
            wanted.setdefault(episode_id, _kept(watching, episode_id, release_id, user_id, now))
    return wanted


def _kept(watching: Watching, episode_id: str, release_id: str, user_id: str, now: datetime) -> Progress:
    now_ms = int(now.timestamp() * 1000)
    return Progress(
        user_id=user_id,
        episode_id=episode_id,
        release_id=release_id,
        position_ms=min(watching.position_ms, watching.duration_ms),
        duration_ms=watching.duration_ms,
        at_ms=min(watching.at_ms, now_ms),
        finished=watching.finished,
        watched_at_ms=min(watching.watched_at_ms, now_ms),
        unwatched_at_ms=min(watching.unwatched_at_ms, now_ms),
        completions=watching.completions,
        audio_language=watching.audio_language,
        audio_label=watching.audio_label,
    )


def _counted(row: Row, release_id: str, present: Present, user_id: str, now: datetime) -> dict[str, Progress]:
    """The file knows how many: those are the first ones.  What is known as watched stays as it is."""
    moment = min(row.finished_at or row.changed_at or row.started_at or now, now)
    last_ms = int(moment.timestamp() * 1000)
    wanted = {}
    for number, ref in enumerate(present.episodes[: row.seen]):
        episode, known = ref.episode, present.progress.get(ref.episode.episode_id)
        if known is not None and known.is_watched:
            continue
        duration_ms = episode.duration_ms or (known.duration_ms if known else 0)
        # A millisecond apart, so that the last one is also the one watched last.
        at_ms = max(1, last_ms - min(row.seen, len(present.episodes)) + 1 + number)
        wanted[episode.episode_id] = Progress(
            user_id=user_id,
            episode_id=episode.episode_id,
            release_id=release_id,
            position_ms=duration_ms,
            duration_ms=duration_ms,
            at_ms=at_ms,
            finished=True,
            watched_at_ms=at_ms,
            unwatched_at_ms=NEVER,
            completions=1 + row.rewatches,
        )
    return wanted


@dataclass(frozen=True, slots=True)
class ListChange:
    """A list to be stored with all its entries."""

    row: UserList
    items: tuple[ListItem, ...]
    added: int
    """How many of them were not in it before."""


def same_list(given: ListRow, known: Sequence[UserList]) -> UserList | None:
    """The list that ``given`` was, or one of the same name."""
    by_id = next((row for row in known if row.id == given.id), None)
    title = given.title.casefold()
    return by_id or next((row for row in known if row.title.casefold() == title), None)


def list_change(
    given: ListRow,
    release_ids: Mapping[int, str],
    known: UserList | None,
    items: Sequence[ListItem],
    policy: Policy,
    *,
    new: UserList,
    now: datetime,
) -> ListChange | None:
    """What becomes of ``known`` with its ``items``, or (``None``) the ``new`` list; ``None``: nothing changes.

    A new list is private, whatever it was where it came from: importing shows nothing to anybody.
    """
    entries = {
        release_ids[entry.row]: ListItem(
            release_id=release_ids[entry.row], position=0, note=entry.note, added_at=min(entry.added_at, now)
        )
        for entry in given.items
        if entry.row in release_ids
    }
    mine = {item.release_id: item for item in items}
    updated_at = min(given.updated_at, now)
    if known is None:
        row = replace(
            new,
            title=given.title,
            description=given.description,
            visibility=Visibility.PRIVATE,
            created_at=min(given.created_at, now),
            updated_at=updated_at,
        )
        wanted = entries
    elif policy is Policy.NEWEST:
        if updated_at <= known.updated_at:
            return None
        row = replace(known, title=given.title, description=given.description, updated_at=updated_at)
        wanted = entries | {id_: item for id_, item in mine.items() if id_ not in entries}
    else:
        wanted = mine | {id_: item for id_, item in entries.items() if id_ not in mine}
        if len(wanted) == len(mine):
            return None
        row = replace(known, updated_at=now)
    kept = list(wanted.values())[:MAX_ITEMS]
    places = positions.spread(len(kept))
    placed = tuple(replace(item, position=place) for item, place in zip(kept, places, strict=True))
    added = sum(item.release_id not in mine for item in placed)
    return ListChange(replace(row, items_count=len(placed)), placed, added)
