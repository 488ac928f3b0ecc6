"""What viewers and editors do with franchises, and what that needs from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from catalog.franchises.model import (
    Franchise,
    FranchiseAliasTaken,
    FranchiseDraft,
    FranchiseId,
    FranchiseNotFound,
    InAnotherFranchise,
    Order,
    UnknownMember,
    in_line,
    united,
    with_member,
    without,
)
from catalog.franchises.progress import NextEpisode, Season, SeasonProgress, Seen, candidates, seasons_seen
from catalog.franchises.relations import Relation, RelationCircle, RelationKind, circle
from catalog.releases import usecases as catalogue
from catalog.releases.model import Release
from catalog.releases.usecases import Reader, Releases
from kernel.errors import Stale
from kernel.ids import is_id, new_id

CIRCLE_SHOWN: Final = 20
"""Names in the message about a circle: enough to find it by."""


@dataclass(frozen=True, slots=True)
class FranchiseSummary:
    """A franchise in a list: ``releases`` counts those that the reader sees, ``poster_url`` is of the first that has one."""

    franchise_id: str
    alias: str
    name: str
    releases: int
    poster_url: str | None


class Franchises(Protocol):
    """Where franchises are kept."""

    async def get(self, franchise_id: str) -> Franchise | None:
        """With its members and relations; ``None`` where there is none."""
        ...

    async def by_alias(self, alias: str) -> Franchise | None:
        """``None`` where none has this alias."""
        ...

    async def of_release(self, release_id: str) -> Franchise | None:
        """The one a release belongs to."""
        ...

    async def holding(self, release_ids: Collection[str]) -> Mapping[str, tuple[str, str]]:
        """Release → id and name of its franchise, of those of ``release_ids`` that have one."""
        ...

    async def page(self, text: str, reader: Reader, *, offset: int, limit: int) -> tuple[list[FranchiseSummary], int]:
        """Those with a release that ``reader`` sees, by name, editors the empty ones too; and how many there are in all."""
        ...

    async def store(self, franchise: Franchise) -> None:
        """Write a new or a changed one.  Raises :class:`Stale` where somebody else changed it since it was read."""
        ...

    async def remove(self, franchise: Franchise) -> None:
        """Delete it; the releases stay."""
        ...

    async def published_episodes(self, release_ids: Collection[str]) -> Mapping[str, int]:
        """How many episodes of each viewers see."""
        ...


class Viewing(Protocol):
    """What people's libraries know; bound in ``server/wiring.py``."""

    async def seen(self, user_id: str, release_ids: Collection[str]) -> Mapping[str, Seen]:
        """How far ``user_id`` is in each of ``release_ids`` that their library knows."""
        ...

    async def next_episode(self, user_id: str, release_ids: Sequence[str]) -> NextEpisode | None:
        """What to play of the first of ``release_ids`` that has something left to play."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FranchiseContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    franchises: Franchises
    releases: Releases
    now: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A franchise as one reader sees it: with those releases alone that they may see."""

    franchise: Franchise
    draft: FranchiseDraft
    releases: tuple[Release, ...]
    """In release order."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is in a whole franchise."""

    franchise_id: str
    seasons: tuple[SeasonProgress, ...]
    """In the recommended order."""
    next_release_id: str | None
    next_episode: NextEpisode | None
    """``None`` too where the release that comes next has nothing to play here."""

    @property
    def watched(self) -> int:
        """Episodes of all seasons."""
        return sum(season.watched for season in self.seasons)

    @property
    def total(self) -> int:
        """Episodes of all seasons."""
        return sum(season.total for season in self.seasons)


async def find(
    context: FranchiseContext, reader: Reader, text: str, *, offset: int, limit: int
) -> tuple[list[FranchiseSummary], int]:
    """One page, by name, and how many there are in all."""
    return await context.franchises.page(text.strip(), reader, offset=offset, limit=limit)


async def read(context: FranchiseContext, reader: Reader, key: str) -> Shown:
    """By id or alias.  Raises :class:`FranchiseNotFound`, also where ``reader`` may see none of its releases."""
    return await _shown(context, reader, await _franchise(context, key))


async def of_release(context: FranchiseContext, reader: Reader, key: str) -> Shown | None:
    """That of a release, by its id or alias; nothing for one that stands by itself.  Raises :class:`ReleaseNotFound`."""
    release = await _release(context, reader, key)
    found = await context.franchises.of_release(release.id)
    return await _shown(context, reader, found) if found else None


async def create(context: FranchiseContext, draft: FranchiseDraft) -> Franchise:
    """Raises :class:`FranchiseAliasTaken`, :class:`UnknownMember`, :class:`InAnotherFranchise` and what ``checked`` does."""
    await _ensure_alias_free(context, draft.alias, None)
    await _ensure_no_circle(context, draft)
    await _ensure_free(context, draft, None)
    made = Franchise.create(FranchiseId(new_id()), draft, context.now)
    await context.franchises.store(made)
    return made


async def edit(context: FranchiseContext, key: str, draft: FranchiseDraft, *, version: int | None) -> Franchise:
    """Replace what is said of it; ``version`` is the one the editor saw, ``None`` to overwrite any.  Raises as :func:`create`."""
    found = await _franchise(context, key)
    _ensure_unchanged(found, version)
    await _ensure_alias_free(context, draft.alias, found.id)
    await _ensure_no_circle(context, draft)
    await _ensure_free(context, draft, found.id)
    found.edit(draft, context.now)
    await context.franchises.store(found)
    return found


async def delete(context: FranchiseContext, key: str, *, version: int | None) -> None:
    """Take it apart; its releases stay.  Raises :class:`FranchiseNotFound`, :class:`Stale`."""
    found = await _franchise(context, key)
    _ensure_unchanged(found, version)
    found.deleted(context.now)
    await context.franchises.remove(found)


async def relate(context: FranchiseContext, from_key: str, to_key: str, kind: RelationKind) -> Franchise:
    """Say that one release is the ``kind`` of another, in the franchise of either, of both as one, or in a new one.

    The verb of editors on a release's page and of imports.  Saying the same again changes nothing.  Raises
    :class:`ReleaseNotFound`, ``BadRelation``, ``RelationCircle``, ``TooManyReleases``, ``TooManyRelations``.
    """
    editor = Reader(sees_drafts=True)
    first, second = await _release(context, editor, from_key), await _release(context, editor, to_key)
    relation = Relation(first.id, second.id, kind)
    one, other = await context.franchises.of_release(first.id), await context.franchises.of_release(second.id)
    home = one or other
    if home is None:
        ids = [first.id, second.id] if relation.canonical == relation else [second.id, first.id]
        draft = FranchiseDraft(
            alias=await _free_alias(context, first.alias),
            name=first.name.main,
            members=in_line(dict.fromkeys(Order, ids)),
            relations=(relation,),
        )
        return await create(context, draft)
    if relation.canonical in home.relations:
        return home
    members, relations, small = home.members, (*home.relations, relation), None
    if one is not None and other is not None and one.id != other.id:
        # The larger one takes in the smaller.
        small = other if len(one.members) >= len(other.members) else one
        home = one if small is other else other
        members, relations = united(home.members, small.members), (*home.relations, *small.relations, relation)
    elif one is None or other is None:
        members = with_member(members, first.id if one is None else second.id, relation)
    draft = replace(home.draft, members=members, relations=relations)
    await _ensure_no_circle(context, draft)
    home.edit(draft, context.now)
    if small is not None:
        # It must be gone before its releases come in.
        small.deleted(context.now)
        await context.franchises.remove(small)
    await context.franchises.store(home)
    return home


async def progress(context: FranchiseContext, viewing: Viewing, reader: Reader, key: str, user_id: str) -> Progress:
    """How far ``user_id`` is in all that they may see of a franchise.  Raises :class:`FranchiseNotFound`."""
    shown = await read(context, reader, key)
    ids = [release.id for release in shown.releases]
    published = await context.franchises.published_episodes(ids)
    seasons = {
        str(release.id): Season(
            release.id, published.get(release.id, 0), release.episodes_total, is_ongoing=release.is_ongoing
        )
        for release in shown.releases
    }
    seen = seasons_seen(shown.draft.members, seasons, await viewing.seen(user_id, ids))
    following = candidates(seen)
    playable = await viewing.next_episode(user_id, following) if following else None
    # A season without videos here is still the next one to watch: elsewhere.
    first = following[0] if following else None
    episode = playable if playable is not None and playable.release_id == first else None
    return Progress(shown.franchise.id, tuple(seen), first, episode)


async def _shown(context: FranchiseContext, reader: Reader, franchise: Franchise) -> Shown:
    found = await context.releases.many(franchise.release_ids)
    by_id = {str(release.id): release for release in found if reader.sees(release)}
    if not by_id and not reader.sees_drafts:
        raise FranchiseNotFound
    visible = without(franchise.draft, lambda release_id: release_id in by_id)
    return Shown(franchise, visible, tuple(by_id[member.release_id] for member in visible.members))


async def _franchise(context: FranchiseContext, key: str) -> Franchise:
    found = await context.franchises.get(key) if is_id(key) else await context.franchises.by_alias(key)
    if found is None:
        raise FranchiseNotFound
    return found


async def _release(context: FranchiseContext, reader: Reader, key: str) -> Release:
    found = await catalogue.release_called(context.releases, key)
    reader.check(found)
    return found


async def _ensure_free(context: FranchiseContext, draft: FranchiseDraft, own_id: str | None) -> None:
    """All its releases are there, and in no other franchise."""
    ids = tuple(member.release_id for member in draft.members)
    if not ids:
        return
    found = await context.releases.many(ids)
    names = {str(release.id): release.name.main for release in found}
    for release_id in ids:
        if release_id not in names:
            raise UnknownMember(release_id=release_id)
    for release_id, (franchise_id, name) in (await context.franchises.holding(ids)).items():
        if franchise_id != own_id:
            raise InAnotherFranchise(release=names[release_id], franchise=name)


async def _ensure_no_circle(context: FranchiseContext, draft: FranchiseDraft) -> None:
    """As the model has it, in names that people know."""
    ids = circle(draft.relations)
    if ids:
        found = await context.releases.many(ids)
        names = {str(release.id): release.name.main for release in found}
        raise RelationCircle(circle=" → ".join(names.get(one, one) for one in ids[:CIRCLE_SHOWN]))


async def _ensure_alias_free(context: FranchiseContext, alias: str, franchise_id: str | None) -> None:
    found = await context.franchises.by_alias(alias)
    if found is not None and found.id != franchise_id:
        raise FranchiseAliasTaken(alias=alias)


async def _free_alias(context: FranchiseContext, wanted: str) -> str:
    """``wanted``, which is an alias, or it with something behind it that makes it one of its own."""
    if await context.franchises.by_alias(wanted) is None:
        return wanted
    return f"{wanted[:60].rstrip('-')}-{new_id()[-12:]}"


def _ensure_unchanged(franchise: Franchise, version: int | None) -> None:
    if version is not None and version != franchise.version:
        raise Stale
