"""Suggesting what is searched for, and what that needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from catalog.people.queries import EntryKind, NamedEntry
from catalog.search import ranking
from catalog.search.folding import fold
from catalog.search.listing import query_text
from catalog.search.listing import usecases as listing
from catalog.search.listing.model import CatalogueFilter, Facet
from catalog.search.model import SuggestedRelease
from catalog.search.names import SATISFIED
from catalog.search.romanisation import romanised

SPARE: Final = 2
"""As many entries are looked up as are shown: some may be named only by what is blocked where the reader is."""
ENTRIES_MAX: Final = 5
"""People, studios and tags suggested, of each: the titles come first, and a phone shows about ten lines."""


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """People, studios and tags, best first, and the score of the best of them all."""

    by_kind: Mapping[EntryKind, Sequence[NamedEntry]] = field(default_factory=dict)
    best_score: float = 0.0


class SuggestedReleases(listing.ReleaseRows[SuggestedRelease], Protocol):
    """As much of releases as is suggested."""


class EntrySearch(Protocol):
    """Finds people, studios and tags that published releases name."""

    async def find(self, text: str, *, spoilers: bool, limit: int) -> FoundEntries:
        """At most ``limit`` of each kind; tags that give a story away only with ``spoilers``."""
        ...


class NameGuesses(Protocol):
    """Guesses what release was meant."""

    async def guesses(self, text: str, *, drafts: bool) -> Sequence[str]:
        """Releases of about equally near names; none where the search is sure, and where nothing is near."""
        ...


@dataclass(frozen=True, slots=True)
class SearchContext:
    """What suggesting needs."""

    listing: listing.ListingContext[SuggestedRelease]
    entries: EntrySearch
    guesses: NameGuesses


@dataclass(frozen=True, slots=True)
class Suggested:
    """What may be meant; ``did_you_mean`` is a name to search for instead."""

    releases: Sequence[SuggestedRelease] = ()
    entries: FoundEntries = field(default_factory=FoundEntries)
    did_you_mean: str | None = None


async def suggest(context: SearchContext, wanted: CatalogueFilter, *, limit: int, spoilers: bool) -> Suggested:
    """What the text of ``wanted`` may mean, as far as it is typed; nothing for nothing.

    Raises :class:`~catalog.search.listing.usecases.CatalogueNotReady`.
    """
    text = query_text.finished(wanted.text).strip()
    if not text:
        return Suggested()
    wanted = replace(wanted, text=text, sort="relevance")
    found = await listing.list_releases(context.listing, wanted, offset=0, limit=limit)
    words = query_text.parse(text).text
    if not words:
        return Suggested(found.releases)
    most = min(limit, ENTRIES_MAX)
    named = await context.entries.find(words, spoilers=spoilers, limit=most * SPARE)
    aliases = {Facet(kind.value): [entry.alias for entry in some] for kind, some in named.by_kind.items() if some}
    # The index is one for all regions.
    seen = await context.listing.catalogue.seen(wanted, aliases)
    by_kind = {kind: _counted(some, seen[Facet(kind.value)])[:most] for kind, some in named.by_kind.items() if some}
    entries = FoundEntries(by_kind, named.best_score)
    meant = None if entries.best_score >= SATISFIED else await _guess(context, wanted, words)
    return Suggested(found.releases, entries, meant)


def _counted(entries: Sequence[NamedEntry], releases: Mapping[str, int]) -> list[NamedEntry]:
    return [replace(entry, releases=releases[entry.alias]) for entry in entries if entry.alias in releases]


async def _guess(context: SearchContext, wanted: CatalogueFilter, words: str) -> str | None:
    """The name of the best known of the releases that may be meant, of those the reader may see."""
    near = await context.guesses.guesses(words, drafts=wanted.drafts)
    if not near:
        return None
    narrowed = replace(query_text.parse(wanted.text).narrowed(wanted), sort="-popularity")
    listed = await context.listing.catalogue.listed(narrowed, ranked=near, offset=0, limit=1, with_facets=False)
    known = await context.listing.releases.many(listed.release_ids)
    name = spelt_like(words, known[0]) if known else None
    return None if name is None or fold(name) == fold(words) else name


def spelt_like(words: str, release: SuggestedRelease) -> str:
    """Of the names of ``release`` the one that is most like ``words``, in the same script where there is one."""
    others = (name.text for name in release.names)
    names = [name for name in (release.name.main, release.name.english, release.name.alternative, *others) if name]
    folded = [fold(name) for name in names]
    written = ranking.likeness(fold(words), folded)
    spoken = ranking.likeness(romanised(fold(words)), [romanised(name) for name in folded])
    return names[max(range(len(names)), key=lambda at: float(written[at] + spoken[at]))]
