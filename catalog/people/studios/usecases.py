"""What editors do with the studios of a release."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.people.entries import usecases as entries
from catalog.people.entries.usecases import EntriesContext, ReleaseLists
from catalog.people.studios.model import (
    ReleaseStudiosChanged,
    Studio,
    StudioPart,
    StudioRole,
    ensure_no_repeats,
    facts,
)
from catalog.releases.usecases import Releases
from kernel.changes import differences, shown
from kernel.versions import ensure_unchanged, version_of


class Studios(entries.Entries[Studio], Protocol):
    """The reference list of studios."""


class StudioParts(ReleaseLists, Protocol):
    """Which studios made releases."""

    async def of_release(self, release_id: str) -> list[StudioPart]:
        """In the order the editor gave them."""
        ...

    async def roles_in(self, studio_id: str, release_ids: Sequence[str]) -> dict[str, list[StudioRole]]:
        """Release → what one studio did for it."""
        ...

    async def replace(self, release_id: str, parts: Sequence[StudioPart]) -> None:
        """Keep these, and no others."""
        ...


@dataclass(frozen=True, slots=True)
class StudioPartDraft:
    """A studio of a release as an editor gives it; ``studio`` is an id or an alias."""

    studio: str
    role: StudioRole = StudioRole.ANIMATION


async def studios_of(
    context: EntriesContext[Studio], releases: Releases, parts: StudioParts, release_key: str
) -> tuple[list[StudioPart], int]:
    """Which studios made a release, and the version of the list.  Raises ``ReleaseNotFound``."""
    release = await entries.release_with(releases, context.reader, release_key)
    found = await parts.of_release(release.id)
    return found, version_of(facts(found))


async def put_studios(
    context: EntriesContext[Studio],
    releases: Releases,
    parts: StudioParts,
    release_key: str,
    drafts: Sequence[StudioPartDraft],
    *,
    version: int | None,
) -> tuple[list[StudioPart], int]:
    """Replace the whole list.  Raises ``ReleaseNotFound``, ``UnknownEntry``, ``ListedTwice``, ``Stale``."""
    release = await entries.release_with(releases, context.reader, release_key)
    await parts.lock(release.id)
    before = await parts.of_release(release.id)
    ensure_unchanged(version_of(facts(before)), version)
    studios = await entries.resolved(context, [draft.studio for draft in drafts])
    after = [StudioPart(studio, draft.role) for studio, draft in zip(studios, drafts, strict=True)]
    ensure_no_repeats(after)
    if facts(after) != facts(before):
        await parts.replace(release.id, after)
        changes = differences({"studios": _shown(before)}, {"studios": _shown(after)})
        parts.announce(ReleaseStudiosChanged(at=context.now, release_id=release.id, changes=changes))
    return after, version_of(facts(after))


def _shown(parts: Sequence[StudioPart]) -> object:
    return shown(part.shown for part in parts)
