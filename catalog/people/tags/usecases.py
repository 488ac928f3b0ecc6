"""What editors do with the tags of a release."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.people.entries import usecases as entries
from catalog.people.entries.usecases import EntriesContext, ReleaseLists
from catalog.people.tags.model import ReleaseTag, ReleaseTagsChanged, Tag, by_rank, facts
from catalog.releases.usecases import Releases
from kernel.changes import differences, shown
from kernel.versions import ensure_unchanged, version_of


class Tags(entries.Entries[Tag], Protocol):
    """The reference list of tags."""


class ReleaseTags(ReleaseLists, Protocol):
    """What releases are about."""

    async def of_release(self, release_id: str) -> list[ReleaseTag]:
        """The highest rank first."""
        ...

    async def replace(self, release_id: str, tags: Sequence[ReleaseTag]) -> None:
        """Keep these, and no others."""
        ...


@dataclass(frozen=True, slots=True)
class ReleaseTagDraft:
    """A tag of a release as an editor gives it; ``tag`` is an id or a slug."""

    tag: str
    rank: int
    spoils: bool = False


async def tags_of(
    context: EntriesContext[Tag], releases: Releases, tags: ReleaseTags, release_key: str
) -> tuple[list[ReleaseTag], int]:
    """What a release is about, and the version of the list.  Raises ``ReleaseNotFound``."""
    release = await entries.release_with(releases, context.reader, release_key)
    found = await tags.of_release(release.id)
    return found, version_of(facts(found))


async def put_tags(
    context: EntriesContext[Tag],
    releases: Releases,
    tags: ReleaseTags,
    release_key: str,
    drafts: Sequence[ReleaseTagDraft],
    *,
    version: int | None,
) -> tuple[list[ReleaseTag], int]:
    """Replace the whole list.  Raises ``ReleaseNotFound``, ``UnknownEntry``, ``ListedTwice``, ``Stale``."""
    release = await entries.release_with(releases, context.reader, release_key)
    await tags.lock(release.id)
    before = await tags.of_release(release.id)
    ensure_unchanged(version_of(facts(before)), version)
    known = await entries.resolved(context, [draft.tag for draft in drafts])
    after = by_rank([ReleaseTag(tag, draft.rank, draft.spoils) for tag, draft in zip(known, drafts, strict=True)])
    if facts(after) != facts(before):
        await tags.replace(release.id, after)
        changes = differences({"tags": _shown(before)}, {"tags": _shown(after)})
        tags.announce(ReleaseTagsChanged(at=context.now, release_id=release.id, changes=changes))
    return after, version_of(facts(after))


def _shown(tags: Sequence[ReleaseTag]) -> object:
    return shown(one.shown for one in tags)
