"""Listing the catalogue, and what that needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from catalog.releases.usecases import NameSearch
from catalog.search.listing import query_text
from catalog.search.listing.model import CatalogueFilter, Facet, Facets, Listed
from kernel.errors import Unavailable
from kernel.text.titles import folded

ATTEMPTS: Final = 3
"""At a page: again where a release of it was deleted meanwhile."""
CALLED_MAX: Final = 200
"""Releases found by words while the index of names is being read: as many as that finds."""


class CatalogueNotReady(Unavailable):
    """The server has just started and is still reading the catalogue. Try again in {retry_after_s} s."""


class Catalogue(Protocol):
    """The releases by their properties."""

    async def listed(
        self, wanted: CatalogueFilter, *, ranked: Sequence[str] | None, offset: int, limit: int, with_facets: bool
    ) -> Listed:
        """One page.  ``ranked`` are those that the text finds, best first.  Raises :class:`CatalogueNotReady`."""
        ...

    async def seen(
        self, wanted: CatalogueFilter, terms: Mapping[Facet, Sequence[str]]
    ) -> Mapping[Facet, Mapping[str, int]]:
        """How many published releases that the reader of ``wanted`` sees have each of ``terms``, for those that any has."""
        ...

    async def forget(self, release_ids: Sequence[str]) -> None:
        """These were on a page and are no longer there."""
        ...

    async def called(self, words: Sequence[str], limit: int) -> Sequence[str]:
        """Releases in whose names all the folded ``words`` occur."""
        ...


class Identified(Protocol):
    """Anything of a release."""

    @property
    def id(self) -> str:
        """Of the release."""
        ...


R = TypeVar("R", bound=Identified)
R_co = TypeVar("R_co", bound=Identified, covariant=True)


class ReleaseRows(Protocol[R_co]):
    """The releases themselves, whole or as much of them as is shown."""

    async def many(self, release_ids: Sequence[str]) -> Sequence[R_co]:
        """Those that are there, in the order asked for."""
        ...


@dataclass(frozen=True, slots=True)
class ListingContext(Generic[R]):
    """What listing the catalogue needs."""

    catalogue: Catalogue
    releases: ReleaseRows[R]
    names: NameSearch


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of releases, and how many there are in all."""

    releases: Sequence[R]
    total: int
    facets: Facets | None


async def list_releases(
    context: ListingContext[R], wanted: CatalogueFilter, *, offset: int, limit: int, with_facets: bool = False
) -> Page[R]:
    """One page of the releases ``wanted``, with the filters typed into its text.

    Raises :class:`~catalog.search.listing.query_text.BadTypedFilter`, :class:`CatalogueNotReady`.
    """
    wanted = query_text.parse(wanted.text).narrowed(wanted)
    ranked = await _ranked(context, wanted) if wanted.text else None
    for _ in range(ATTEMPTS):
        found = await context.catalogue.listed(
            wanted, ranked=ranked, offset=offset, limit=limit, with_facets=with_facets
        )
        releases = await context.releases.many(found.release_ids)
        gone = set(found.release_ids) - {release.id for release in releases}
        if not gone:
            break
        await context.catalogue.forget(sorted(gone))
    return Page(releases, found.total, found.facets)


async def _ranked(context: ListingContext[R], wanted: CatalogueFilter) -> Sequence[str]:
    ranked = await context.names.find(wanted.text, drafts=wanted.drafts)
    if ranked is None:
        # A text of nothing but punctuation finds nothing, rather than everything.
        words = folded(wanted.text).split() or wanted.text.split()
        ranked = await context.catalogue.called(words, CALLED_MAX)
    return ranked
