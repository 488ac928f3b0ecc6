"""Change many releases at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from catalog.releases.bulk.model import BulkAction, BulkChange, differences, new_draft, new_genres
from catalog.releases.model import GENRES_MAX, Release, ReleaseNotFound
from catalog.releases.usecases import EpisodeIds, Releases
from kernel.access import Actor, Role
from kernel.changes import Changes
from kernel.errors import AniError, Forbidden

MAY: Final = {BulkAction.DELETE: Role.MODERATOR}
"""What takes more than an editor, as for one release."""


class ReleasesToChange(Protocol):
    """Several releases at once."""

    async def locked(self, release_ids: Sequence[str]) -> Mapping[str, Release]:
        """Those that are there, with their genres; nobody else changes them until the end of the transaction."""
        ...


@dataclass(frozen=True)
class BulkContext:
    """What a change stands on: the ports of its transaction, the time, and who asks for it."""

    releases: Releases
    to_change: ReleasesToChange
    episodes: EpisodeIds
    now: datetime
    actor: Actor


@dataclass(frozen=True)
class Outcome:
    """What became of one release, or would become of it."""

    release_id: str
    title: str = ""
    changes: Changes | None = None
    """``None``: it could not be changed, see ``error``."""
    error: AniError | None = None


@dataclass(frozen=True)
class BulkResult:
    """What became of all of them."""

    outcomes: tuple[Outcome, ...]
    applied: bool
    """Whether anything was written."""


async def change_many(
    context: BulkContext, release_ids: Sequence[str], change: BulkChange, *, dry_run: bool, all_or_nothing: bool
) -> BulkResult:
    """Change every release by itself, or with ``all_or_nothing`` none where one cannot be; ``dry_run`` only says what would be.

    Each change is an event as if it had been made by hand.  Raises :class:`Forbidden` where the actor may not do that to any.
    """
    if change.action is not None and not context.actor.may(MAY.get(change.action, Role.EDITOR)):
        raise Forbidden
    wanted = tuple(dict.fromkeys(release_ids))
    known = await context.to_change.locked(wanted)
    plans = [_plan(release_id, known.get(release_id), change) for release_id in wanted]
    outcomes = tuple(outcome for outcome, _ in plans)
    failed = any(outcome.error is not None for outcome in outcomes)
    if dry_run or (failed and all_or_nothing):
        return BulkResult(outcomes, applied=False)
    for outcome, genres in plans:
        if outcome.changes:
            await _apply(context, known[outcome.release_id], change, genres)
    return BulkResult(outcomes, applied=True)


def _plan(release_id: str, release: Release | None, change: BulkChange) -> tuple[Outcome, tuple[str, ...]]:
    if release is None:
        return Outcome(release_id, error=ReleaseNotFound()), ()
    try:
        genres = new_genres(release.genres, change, GENRES_MAX)
    except AniError as error:
        return Outcome(release_id, release.name.main, error=error), ()
    return Outcome(release_id, release.name.main, differences(release, change, genres)), genres


async def _apply(context: BulkContext, release: Release, change: BulkChange, genres: Sequence[str]) -> None:
    if change.edits:
        release.edit(new_draft(release, change), await context.releases.genres_named(genres), context.now)
    match change.action:
        case BulkAction.PUBLISH:
            release.publish(context.now)
        case BulkAction.UNPUBLISH:
            release.unpublish(context.now)
        case BulkAction.DELETE:
            release.delete(await context.episodes.ids_of_release(release.id), context.now)
        case None:
            pass
