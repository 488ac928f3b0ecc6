"""Split a release, look what that would do, and undo it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.releases.deletion.usecases import DeletedReleases
from catalog.releases.episodes.model import EpisodePlace
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.locks.model import Lock, LockedField, ReleaseLocksChanged
from catalog.releases.locks.usecases import Locks
from catalog.releases.merge_locks.usecases import MergeLocks, keep_apart, unlock_pair
from catalog.releases.merging.model import listed
from catalog.releases.merging.plan import changed, draft_of, edited_since, facts, misplaced
from catalog.releases.merging.usecases import Merges
from catalog.releases.model import AliasTaken, Release, ReleaseId, ReleaseNotFound, Status, checked_alias
from catalog.releases.splitting.model import (
    PartOfAnother,
    Relocation,
    Split,
    SplitContradicted,
    SplitId,
    SplitNotFound,
    SplitUndone,
    relocation,
    way_back,
)
from catalog.releases.splitting.plan import CopiedList, Plan, SplitRequest, planned
from catalog.releases.usecases import ReleaseChanged, Releases, locked_release
from kernel.ids import new_id

POSTER = "adopted_poster_url"
"""Beside the fields: the picture of an episode that went, for which another stands by now."""


class Splits(Protocol):
    """What was split."""

    async def get(self, split_id: str) -> Split | None:
        """Nobody else's to change until the end of the transaction; ``None`` where there is none."""
        ...

    async def page(self, *, offset: int, limit: int) -> tuple[list[Split], int]:
        """The newest first, and how many there are in all."""
        ...

    def add(self, split: Split) -> None:
        """Keep a new one."""
        ...


class DescribingLists(Protocol):
    """Credits, studios and tags of releases; bound in ``server/wiring.py``."""

    async def copy(self, split: Relocation, lists: Collection[CopiedList]) -> None:
        """The new release gets what the old one has."""
        ...

    async def clear(self, release_id: str, now: datetime) -> None:
        """It has none any more."""
        ...


class EpisodeCompanions(Protocol):
    """What hangs on episodes and names their release too; bound in ``server/wiring.py``."""

    async def follow(self, relocation: Relocation) -> None:
        """It names the other release from now on."""
        ...

    async def absorb(self, relocation: Relocation) -> None:
        """As :meth:`follow`; what people keep of the release that goes becomes theirs of the other, so that nothing is lost."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitContext:
    """What the use cases here work with: ports of one transaction, who calls, and the moment."""

    releases: Releases
    deleted: DeletedReleases
    episodes: Episodes
    locks: Locks
    merge_locks: MergeLocks
    merges: Merges
    splits: Splits
    companions: EpisodeCompanions
    lists: DescribingLists
    actor_id: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What a split would do."""

    source: Release
    plan: Plan
    stays: tuple[float, ...]
    """Numbers of the episodes that stay."""


async def preview(context: SplitContext, release_id: str, request: SplitRequest) -> Preview:
    """Raises as :func:`split`, but for the version."""
    source = await context.releases.get(release_id)
    if source is None or source.id != release_id:
        raise await _not_there(context, release_id)
    episodes = await context.episodes.places(release_id)
    plan = await _planned(context, source, new_id(), request, episodes)
    going = {one.episode_id for one in plan.placements}
    return Preview(source, plan, tuple(one.ordinal for one in episodes if one.id not in going))


async def split(context: SplitContext, release_id: str, request: SplitRequest, version: int | None) -> Split:
    """Make chosen episodes a release of their own, with what hangs on them; ``version`` is the one the moderator saw.

    Imports keep the two apart: the pair is locked against merging, and fields that changed in the old one against them.
    Raises ``ReleaseNotFound``, ``ReleaseChanged``, :class:`PartOfAnother`, ``AliasTaken``, ``BadAlias`` and what
    :func:`planned` raises.
    """
    try:
        source = await locked_release(context.releases, release_id, version)
    except ReleaseNotFound:
        raise await _not_there(context, release_id) from None
    episodes = await context.episodes.places(release_id, held=True)
    target_id = new_id()
    plan = await _planned(context, source, target_id, request, episodes)
    target = Release.create(ReleaseId(target_id), plan.draft, list(source.genres), context.now)
    if source.status is Status.PUBLISHED:
        target.publish(context.now)
    elif source.publish_at is not None and source.publish_at > context.now:
        target.schedule(source.publish_at, context.now)
    context.releases.add(target)
    poster = _pictures(source, target, episodes, {one.episode_id for one in plan.placements})
    await context.merges.place(plan.placements, context.now)
    values = {name: after for name, (_, after) in plan.fields.items()}
    source.edit(changed(draft_of(source), values), list(source.genres), context.now)
    done = Split(
        id=SplitId(new_id()),
        source_id=source.id,
        target_id=target.id,
        source_title=source.name.main,
        target_title=target.name.main,
        split_by=context.actor_id,
        split_at=context.now,
        fields={name: list(change) for name, change in plan.fields.items()} | poster,
        placements=listed(plan.placements),
        locked_fields=await _lock_fields(context, source.id, plan.locks),
    )
    await keep_apart(context.merge_locks, source.id, target.id, "One was split from the other.", context.now)
    way = relocation(done, context.now)
    await context.companions.follow(way)
    await context.lists.copy(way, request.copied)
    done.done()
    context.splits.add(done)
    return done


async def undo(
    context: SplitContext, split_id: str, *, source_version: int | None = None, target_version: int | None = None
) -> Split:
    """Give everything back: the episodes with what hangs on them, identifiers, numbers; the address of the new one leads to
    the old one, which also gets what people kept of the new one.  The versions are those that the moderator saw.

    Raises :class:`SplitNotFound`, :class:`SplitUndone`, :class:`SplitContradicted` that says what stands against it,
    ``ReleaseChanged``.
    """
    done = await context.splits.get(split_id)
    if done is None:
        raise SplitNotFound
    if done.undone_at is not None:
        raise SplitUndone
    # In one order everywhere, so that two moderators wait for each other instead of deadlocking.
    held = {one: await context.releases.locked(one) for one in sorted((done.source_id, done.target_id))}
    source, target = held[done.source_id], held[done.target_id]
    gone = [title for title, one in ((done.source_title, source), (done.target_title, target)) if one is None]
    if source is None or target is None:
        raise SplitContradicted(what="; ".join(f"{title} was deleted or merged into another release" for title in gone))
    for release, seen in ((source, source_version), (target, target_version)):
        if seen is not None and release.version != seen:
            raise ReleaseChanged(release, seen)
    own = await context.episodes.places(source.id, held=True)
    others = await context.episodes.places(target.id, held=True)
    if faults := await _faults(context, done, source, target, [*own, *others]):
        raise SplitContradicted(what="; ".join(faults))
    await context.merges.place([one.reversed for one in done.placed], context.now)
    fields = {name: change for name, change in done.fields.items() if name != POSTER}
    values = {name: before for name, (before, _) in fields.items()}
    source.edit(changed(draft_of(source), values), list(source.genres), context.now)
    if POSTER in done.fields:
        before, after = done.fields[POSTER]
        source.adopt_poster(before, former_url=after)
    await _unlock_fields(context, source.id, done.locked_fields)
    if await context.merge_locks.pair(source.id, target.id) is not None:
        await unlock_pair(context.merge_locks, source.id, target.id, context.now)
    await context.companions.absorb(way_back(done, context.now))
    await context.lists.clear(target.id, context.now)
    target.merge_into(source.id, (), context.now)
    done.undo(context.actor_id, context.now)
    return done


async def _not_there(context: SplitContext, release_id: str) -> Exception:
    merged = await context.deleted.merged(release_id)
    return ReleaseNotFound() if merged is None else PartOfAnother()


async def _planned(
    context: SplitContext, source: Release, target_id: str, request: SplitRequest, episodes: Sequence[EpisodePlace]
) -> Plan:
    plan = planned(source, target_id, request, episodes)
    if await context.releases.by_alias(checked_alias(request.alias)) is not None:
        raise AliasTaken(alias=request.alias)
    return plan


def _pictures(
    source: Release, target: Release, episodes: Sequence[EpisodePlace], going: set[str]
) -> dict[str, list[str | None]]:
    """Each release shows a picture of an episode of its own; what changes in the old one, before and after."""
    pictures = {
        moves: [one.thumbnail_url for one in episodes if (one.id in going) == moves and one.thumbnail_url]
        for moves in (True, False)
    }
    target.adopt_poster(next(iter(pictures[True]), None))
    before, after = source.adopted_poster_url, next(iter(pictures[False]), None)
    if before is None or after is None or before not in pictures[True]:
        return {}
    source.adopt_poster(after, former_url=before)
    return {POSTER: [before, after]}


async def _faults(
    context: SplitContext, done: Split, source: Release, target: Release, episodes: Sequence[EpisodePlace]
) -> list[str]:
    fields = {name: change for name, change in done.fields.items() if name != POSTER}
    now = {**facts(source), "trailers": [one.row for one in source.trailers]}
    faults = [f"{name} of {source.name.main} was edited since" for name in edited_since(now, fields)]
    present = {one.id: (one.release_id, one.ordinal) for one in episodes}
    moved = set(done.episode_ids)
    faults += [
        f"{target.name.main} got an episode {one.ordinal:g} since"
        for one in episodes
        if one.release_id == target.id and one.id not in moved
    ]
    for episode_id in moved - present.keys():
        if (elsewhere := await context.episodes.stored(episode_id)) is not None:
            present[episode_id] = (str(elsewhere.release_id), elsewhere.ordinal)
    return faults + misplaced(present, done.placed)


async def _lock_fields(context: SplitContext, release_id: str, fields: Sequence[LockedField]) -> list[str]:
    """Which of ``fields`` were not locked before."""
    before = list(await context.locks.of(release_id))
    new = sorted(set(fields) - {one.field for one in before})
    if new:
        after = [*before, *(Lock(one, context.actor_id, context.now) for one in new)]
        await _replace_locks(context, release_id, before, after)
    return [one.value for one in new]


async def _unlock_fields(context: SplitContext, release_id: str, fields: Sequence[str]) -> None:
    before = list(await context.locks.of(release_id))
    after = [one for one in before if one.field.value not in fields]
    if after != before:
        await _replace_locks(context, release_id, before, after)


async def _replace_locks(context: SplitContext, release_id: str, before: Sequence[Lock], after: Sequence[Lock]) -> None:
    await context.locks.replace(release_id, after)
    changes = {"locks": (sorted(one.field.value for one in before), sorted(one.field.value for one in after))}
    context.locks.announce(ReleaseLocksChanged(at=context.now, release_id=release_id, changes=changes))
