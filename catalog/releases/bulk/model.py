"""What is changed of many releases, and what that means for each.  Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from catalog.releases.model import Genre, Release, ReleaseDraft, Status, slug_of
from kernel.changes import Changes, shown
from kernel.errors import Invalid

BULK_MAX: Final = 200
"""Releases in one request: a page and more of what an editor can look through, and some 200 ms of one transaction."""


class NothingToChange(Invalid):
    """This says nothing that is to be changed."""


class TooManyGenres(Invalid):
    """A release has at most {limit} genres."""


class BulkAction(StrEnum):
    """What happens to each release after it was edited."""

    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    DELETE = "delete"


@dataclass(frozen=True)
class BulkChange:
    """The same for every release; what is left out stays as it is."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    """Of a :class:`ReleaseDraft`: type, year, season, age_rating, airing_status."""
    add_genres: tuple[str, ...] = ()
    """Names."""
    remove_genres: tuple[str, ...] = ()
    """Names or slugs."""
    action: BulkAction | None = None

    def __post_init__(self) -> None:
        if not (self.fields or self.add_genres or self.remove_genres or self.action):
            raise NothingToChange

    @property
    def edits(self) -> bool:
        """Whether it says anything of the release itself."""
        return bool(self.fields or self.add_genres or self.remove_genres)


def new_genres(genres: Sequence[Genre], change: BulkChange, limit: int) -> tuple[str, ...]:
    """The names of a release's genres after ``change``, those it keeps first.  Raises :class:`TooManyGenres`."""
    gone = {slug_of(name) for name in change.remove_genres}
    kept = {genre.slug: genre.name for genre in genres if genre.slug not in gone}
    for name in change.add_genres:
        kept.setdefault(slug_of(name), name)
    if len(kept) > limit:
        raise TooManyGenres(limit=limit)
    return tuple(kept.values())


def new_draft(release: Release, change: BulkChange) -> ReleaseDraft:
    """All that is said of a release after ``change``, but its genres."""
    return replace(release.draft(), **change.fields)


def differences(release: Release, change: BulkChange, genres: Sequence[str]) -> Changes:
    """Field → (before, after), of what would be different; ``status`` and ``deleted`` stand for the action."""
    before = release.draft()
    after = new_draft(release, change)
    changes: Changes = {
        name: (shown(getattr(before, name)), shown(getattr(after, name)))
        for name in change.fields
        if getattr(before, name) != getattr(after, name)
    }
    had = {genre.slug: genre.name for genre in release.genres}
    if had.keys() != {slug_of(name) for name in genres}:
        changes["genres"] = (shown(sorted(had.values())), shown(sorted(genres)))
    match change.action:
        case BulkAction.PUBLISH if release.status is Status.DRAFT:
            changes["status"] = (Status.DRAFT.value, Status.PUBLISHED.value)
        case BulkAction.UNPUBLISH if release.status is Status.PUBLISHED:
            changes["status"] = (Status.PUBLISHED.value, Status.DRAFT.value)
        case BulkAction.DELETE:
            changes["deleted"] = (False, True)
        case _:
            pass
    return changes
