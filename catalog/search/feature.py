"""What search binds for itself."""

from collections.abc import Sequence
from pathlib import Path

from catalog.people.persons.model import PersonMerged, PersonUpdated, ReleaseCreditsChanged
from catalog.people.queries import EntryKind
from catalog.people.studios.model import ReleaseStudiosChanged, StudioMerged, StudioUpdated
from catalog.people.tags.model import ReleaseTagsChanged, TagMerged, TagUpdated
from catalog.ratings.model import RatingChanged
from catalog.releases.episodes.model import EpisodeDeleted, EpisodePublished
from catalog.releases.events import (
    ReleaseCreated,
    ReleaseDeleted,
    ReleasePublished,
    ReleaseRestored,
    ReleaseUnpublished,
    ReleaseUpdated,
)
from catalog.releases.usecases import NameSearch
from catalog.search import routes
from catalog.search.adapters.changes import ALL
from catalog.search.adapters.live_entries import LiveEntries
from catalog.search.adapters.live_index import LiveIndex
from catalog.search.highlights.usecases import Highlighter, TranslatedNames
from catalog.search.learning.usecases import NameScores
from catalog.search.listing import queries
from catalog.search.listing.adapters.live_columns import ListedCatalogue, LiveColumns
from catalog.search.listing.model import Facet
from catalog.search.listing.routes import router as listing_router
from catalog.search.listing.usecases import Catalogue
from catalog.search.queries import SqlSuggestedReleases, SqlTranslatedNames
from catalog.search.usecases import EntrySearch, NameGuesses, SuggestedReleases
from catalog.translations.model import TranslationChanged, TranslationRemoved
from kernel.events import Event
from kernel.feature import Feature, Process
from kernel.outbox.outbox import Delivery, Subscriber
from kernel.scope import Scope

Announced = (
    ReleaseCreated
    | ReleaseUpdated
    | ReleasePublished
    | ReleaseUnpublished
    | ReleaseDeleted
    | ReleaseRestored
    | TranslationChanged
    | TranslationRemoved
    | EpisodePublished
    | EpisodeDeleted
    | RatingChanged
    | ReleaseCreditsChanged
    | ReleaseStudiosChanged
    | ReleaseTagsChanged
)
_EVENTS: tuple[type[Event], ...] = (
    ReleaseCreated,
    ReleaseUpdated,
    ReleasePublished,
    ReleaseUnpublished,
    ReleaseDeleted,
    ReleaseRestored,
    TranslationChanged,
    TranslationRemoved,
    EpisodePublished,
    EpisodeDeleted,
    RatingChanged,
    ReleaseCreditsChanged,
    ReleaseStudiosChanged,
    ReleaseTagsChanged,
)

_ENTRY_EVENTS: tuple[type[Event], ...] = (
    PersonUpdated,
    PersonMerged,
    StudioUpdated,
    StudioMerged,
    TagUpdated,
    TagMerged,
)
_COUNTED: dict[type[Event], tuple[EntryKind, ...]] = {
    ReleaseCreditsChanged: (EntryKind.PERSON,),
    ReleaseStudiosChanged: (EntryKind.STUDIO,),
    ReleaseTagsChanged: (EntryKind.TAG,),
    ReleasePublished: tuple(EntryKind),
    ReleaseUnpublished: tuple(EntryKind),
    ReleaseDeleted: tuple(EntryKind),
    ReleaseRestored: tuple(EntryKind),
}
"""What is different in how many published releases name an entry, and so in which are suggested at all."""
NAMED_MAX = 200
"""Releases of a renamed or merged person, studio or tag that are told of one by one."""


def _entry(event: Event) -> tuple[Facet, str]:
    match event:
        case PersonUpdated(person_id=entry_id) | PersonMerged(into_id=entry_id):
            return Facet.PERSON, entry_id
        case StudioUpdated(studio_id=entry_id) | StudioMerged(into_id=entry_id):
            return Facet.STUDIO, entry_id
        case TagUpdated(tag_id=entry_id) | TagMerged(into_id=entry_id):
            return Facet.TAG, entry_id
    raise TypeError(f"no entry changed in {event!r}")


def declare(process: Process, index_path: Path) -> Feature:
    """``index_path`` is where the index of names is kept between starts, and the catalogue's columns beside it."""
    index = LiveIndex(process.container, process.bus, index_path)
    columns = LiveColumns(process.container, process.bus, index_path.with_name("columns.npz"))

    entries = LiveEntries(process.container, process.bus)

    async def announce_release(_: Scope, event: Announced) -> None:
        await announce([event])

    async def announce_releases(_: Scope, deliveries: Sequence[Delivery]) -> None:
        await announce([delivery.event for delivery in deliveries])

    async def announce(events: Sequence[Announced]) -> None:
        for release_id in dict.fromkeys(event.release_id for event in events):
            await index.announce(release_id)
        for kind in dict.fromkeys(kind for event in events for kind in _COUNTED.get(type(event), ())):
            await entries.announce(kind)

    async def announce_entry(scope: Scope, event: Event) -> None:
        facet, entry_id = _entry(event)
        merged = isinstance(event, PersonMerged | StudioMerged | TagMerged)
        await entries.announce(EntryKind(facet.value), "" if merged else entry_id)
        found = await queries.releases_of_entry(scope.uow.session, facet, entry_id, NAMED_MAX + 1)
        for release_id in found if len(found) <= NAMED_MAX else [ALL]:
            await index.announce(release_id)

    subscriber = Subscriber("announce_names", announce_release, announce_releases)
    of_entry = Subscriber("announce_releases_of_entry", announce_entry)
    return Feature(
        ports={
            NameSearch: lambda _: index,
            NameGuesses: lambda _: index,
            NameScores: lambda _: index,
            Highlighter: lambda _: index,
            TranslatedNames: lambda scope: SqlTranslatedNames(scope.uow.session),
            EntrySearch: lambda _: entries,
            SuggestedReleases: lambda scope: SqlSuggestedReleases(scope.uow.session),
            Catalogue: lambda scope: ListedCatalogue(columns, scope),
        },
        routers=[listing_router, routes.router],
        # In this order: they read the catalogue one after the other, and while there are no columns every list is refused.
        background_tasks={
            "catalogue columns": columns.follow,
            "release names": index.follow,
            "entry names": entries.follow,
        },
        subscribers={event: [subscriber] for event in _EVENTS} | {event: [of_entry] for event in _ENTRY_EVENTS},
    )
