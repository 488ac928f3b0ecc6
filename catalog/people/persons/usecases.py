"""What editors do with the credits of a release."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.people.entries import usecases as entries
from catalog.people.entries.usecases import EntriesContext, ReleaseLists
from catalog.people.persons.model import (
    Person,
    ReleaseCreditsChanged,
    StaffCredit,
    StaffRole,
    ensure_no_repeats,
    facts,
)
from catalog.releases.usecases import Releases
from kernel.changes import differences, shown
from kernel.versions import ensure_unchanged, version_of


class Persons(entries.Entries[Person], Protocol):
    """The reference list of people."""


class StaffCredits(ReleaseLists, Protocol):
    """Who made releases."""

    async def of_release(self, release_id: str) -> list[StaffCredit]:
        """In the order the editor gave them."""
        ...

    async def roles_in(self, person_id: str, release_ids: Sequence[str]) -> dict[str, list[tuple[StaffRole, str]]]:
        """Release → what one person did for it: role and character."""
        ...

    async def replace(self, release_id: str, credits_: Sequence[StaffCredit]) -> None:
        """Keep these, and no others."""
        ...


@dataclass(frozen=True, slots=True)
class StaffCreditDraft:
    """A credit as an editor gives it; ``person`` is an id or an alias."""

    person: str
    role: StaffRole
    character: str = ""


async def credits_of(
    context: EntriesContext[Person], releases: Releases, credits_: StaffCredits, release_key: str
) -> tuple[list[StaffCredit], int]:
    """Who made a release, and the version of the list.  Raises ``ReleaseNotFound``."""
    release = await entries.release_with(releases, context.reader, release_key)
    found = await credits_.of_release(release.id)
    return found, version_of(facts(found))


async def put_credits(
    context: EntriesContext[Person],
    releases: Releases,
    credits_: StaffCredits,
    release_key: str,
    drafts: Sequence[StaffCreditDraft],
    *,
    version: int | None,
) -> tuple[list[StaffCredit], int]:
    """Replace the whole list.  Raises ``ReleaseNotFound``, ``UnknownEntry``, ``ListedTwice``, ``NoCharacter``, ``Stale``."""
    release = await entries.release_with(releases, context.reader, release_key)
    await credits_.lock(release.id)
    before = await credits_.of_release(release.id)
    ensure_unchanged(version_of(facts(before)), version)
    people = await entries.resolved(context, [draft.person for draft in drafts])
    after = [StaffCredit(person, draft.role, draft.character) for person, draft in zip(people, drafts, strict=True)]
    ensure_no_repeats(after)
    if facts(after) != facts(before):
        await credits_.replace(release.id, after)
        changes = differences({"credits": _shown(before)}, {"credits": _shown(after)})
        credits_.announce(ReleaseCreditsChanged(at=context.now, release_id=release.id, changes=changes))
    return after, version_of(facts(after))


def _shown(credits_: Sequence[StaffCredit]) -> object:
    return shown(credit.shown for credit in credits_)
