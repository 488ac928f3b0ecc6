"""Merge two releases, look what that would do, and undo it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from catalog.releases.deletion.usecases import DeletedReleases
from catalog.releases.episodes.model import EpisodePlace
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.merge_locks.usecases import MergeLocks, ensure_mergeable, keep_apart
from catalog.releases.merging.model import (
    AlreadyUndone,
    Merge,
    MergeContradicted,
    MergeId,
    MergeNotFound,
    Move,
    Placement,
    SameRelease,
    listed,
)
from catalog.releases.merging.plan import (
    Plan,
    changed,
    draft_of,
    edited_since,
    facts,
    misplaced,
    planned,
    without_names,
)
from catalog.releases.model import Release, ReleaseNotFound
from catalog.releases.usecases import Releases
from kernel.ids import new_id


class Merges(Protocol):
    """What was merged, and the episodes of it."""

    async def get(self, merge_id: str) -> Merge | None:
        """Nobody else's to change until the end of the transaction; ``None`` where there is none."""
        ...

    async def page(self, *, offset: int, limit: int) -> tuple[list[Merge], int]:
        """The newest first, and how many there are in all."""
        ...

    def add(self, merge: Merge) -> None:
        """Keep a new one."""
        ...

    async def place(self, placements: Sequence[Placement], now: datetime) -> None:
        """Give episodes that are held their releases and numbers, whatever these are called on the way."""
        ...


class Follower(Protocol):
    """Somebody who keeps things under the ids of releases and episodes, and takes them along."""

    @property
    def name(self) -> str:
        """Under which its record is kept: stays when code moves."""
        ...

    async def merge(self, move: Move) -> Any:
        """Take along what is kept of the source; what is needed to go back, as JSON has it."""
        ...

    async def contradictions(self, move: Move, record: Any) -> list[str]:
        """What stands against going back."""
        ...

    async def undo(self, move: Move, record: Any) -> None:
        """Go back, but for what its owner changed since."""
        ...


class Followers(Protocol):
    """All of them; bound in ``server/wiring.py``."""

    def all(self) -> Sequence[Follower]:
        """In the order in which they are told."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeContext:
    """What the use cases here work with: ports of one transaction, who calls, and the moment."""

    releases: Releases
    deleted: DeletedReleases
    episodes: Episodes
    locks: MergeLocks
    merges: Merges
    followers: Followers
    actor_id: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do."""

    source: Release
    target: Release
    plan: Plan
    numbers: Mapping[str, float]
    """Episode → its number."""


async def preview(context: MergeContext, source_id: str, target_id: str) -> Preview:
    """Raises :class:`SameRelease`, :class:`ReleaseNotFound`, ``NeverMerged``."""
    if source_id == target_id:
        raise SameRelease
    source, target = await context.releases.get(source_id), await context.releases.get(target_id)
    if source is None or target is None:
        raise ReleaseNotFound
    await ensure_mergeable(context.locks, source.id, target.id)
    own, others = await context.episodes.places(target.id), await context.episodes.places(source.id)
    plan = planned(target, source, own, others)
    return Preview(source, target, plan, {one.id: one.ordinal for one in (*own, *others)})


async def merge(context: MergeContext, source_id: str, target_id: str) -> Merge:
    """Make ``source_id`` a part of ``target_id``, with what people keep of it.  Raises as :func:`preview`."""
    if source_id == target_id:
        raise SameRelease
    # In one order everywhere, so that two moderators wait for each other instead of deadlocking.
    held = {one: await context.releases.locked(one) for one in sorted((source_id, target_id))}
    source, target = held[source_id], held[target_id]
    if source is None or target is None:
        raise ReleaseNotFound
    await ensure_mergeable(context.locks, source_id, target_id)
    own = await context.episodes.places(target_id, held=True)
    others = await context.episodes.places(source_id, held=True)
    plan = planned(target, source, own, others)
    done = Merge(
        id=MergeId(new_id()),
        source_id=source_id,
        target_id=target_id,
        source_title=source.name.main,
        target_title=target.name.main,
        merged_by=context.actor_id,
        merged_at=context.now,
        fields={name: list(change) for name, change in plan.fields.items()},
        names=[[name.text, name.language, name.kind.value] for name in plan.names],
        genres=list(plan.genres),
        trailers=[one.row for one in plan.trailers],
        placements=listed(plan.placements),
        replaced=dict(plan.replaced),
    )
    await _fill(context, target, plan)
    await context.merges.place(plan.placements, context.now)
    source.merge_into(target.id, tuple(episode.id for episode in others), context.now)
    move = done.move(context.now)
    done.followers = {follower.name: await follower.merge(move) for follower in context.followers.all()}
    done.done()
    context.merges.add(done)
    return done


async def undo(context: MergeContext, merge_id: str) -> Merge:
    """Make two of them again, each with what was its own, and never merge them again.

    Raises :class:`MergeNotFound`, :class:`AlreadyUndone`, :class:`MergeContradicted` that says what stands against it.
    """
    done = await context.merges.get(merge_id)
    if done is None:
        raise MergeNotFound
    if done.undone_at is not None:
        raise AlreadyUndone
    target, source = await context.releases.locked(done.target_id), await context.deleted.merged(done.source_id)
    if target is None:
        raise MergeContradicted(what=f"{done.target_title} was deleted or merged into another release")
    if source is None or source.merged_into_id != target.id:
        raise MergeContradicted(what=f"{done.source_title} is gone")
    own = await context.episodes.places(target.id, held=True)
    others = await context.episodes.places(source.id, held=True)
    move, followers = done.move(context.now), context.followers.all()
    faults = await _faults(context, done, target, source, [*own, *others])
    for follower in followers:
        faults += await follower.contradictions(move, done.followers.get(follower.name))
    if faults:
        raise MergeContradicted(what="; ".join(faults))
    for follower in reversed(followers):
        await follower.undo(move, done.followers.get(follower.name))
    await context.merges.place([one.reversed for one in done.placed], context.now)
    await _empty(context, target, done)
    source.restore(None, context.now)
    done.undo(context.actor_id, context.now)
    await keep_apart(context.locks, source.id, target.id, "Their merge was undone.", context.now)
    return done


async def _faults(
    context: MergeContext, done: Merge, target: Release, source: Release, episodes: Sequence[EpisodePlace]
) -> list[str]:
    faults = [f"{name} of {target.name.main} was edited since" for name in edited_since(facts(target), done.fields)]
    present = {episode.id: (episode.release_id, episode.ordinal) for episode in episodes}
    faults += misplaced(present, done.placed)
    if source.deleted_alias is not None:
        other = await context.releases.by_alias(source.deleted_alias)
        # The alias leads to the target until then.
        if other is not None and other.id != target.id:
            faults.append(f"another release has the alias {source.deleted_alias} by now")
    return faults


async def _fill(context: MergeContext, target: Release, plan: Plan) -> None:
    if not (plan.fields or plan.names or plan.genres or plan.trailers):
        return
    values = {name: after for name, (_, after) in plan.fields.items()}
    draft = changed(draft_of(target), values)
    draft = replace(draft, other_names=(*target.names, *plan.names), trailers=(*target.trailers, *plan.trailers))
    genres = [*target.genres, *await context.releases.genres_named(plan.genres)]
    target.edit(draft, genres, context.now)
    if "poster_url" in values:
        target.adopt_poster(values["poster_url"])


async def _empty(context: MergeContext, target: Release, done: Merge) -> None:
    if not (done.fields or done.names or done.genres or done.trailers):
        return
    draft = changed(draft_of(target), dict.fromkeys(done.fields))
    added = {row[0] for row in done.trailers}
    draft = replace(
        draft,
        other_names=without_names(target.names, done.names),
        trailers=tuple(one for one in target.trailers if one.url not in added),
    )
    target.edit(draft, [genre for genre in target.genres if genre.name not in done.genres], context.now)
    if "poster_url" in done.fields:
        target.poster_url = None
