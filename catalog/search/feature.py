"""What search binds for itself."""

from pathlib import Path

from catalog.ratings.model import RatingChanged
from catalog.releases.episodes.model import EpisodeDeleted, EpisodePublished
from catalog.releases.model import ReleaseCreated, ReleaseDeleted, ReleasePublished, ReleaseUpdated
from catalog.releases.usecases import NameSearch
from catalog.search import routes
from catalog.search.adapters.live_index import LiveIndex
from catalog.search.listing.adapters.live_columns import ListedCatalogue, LiveColumns
from catalog.search.listing.routes import router as listing_router
from catalog.search.listing.usecases import Catalogue
from catalog.translations.model import TranslationChanged, TranslationRemoved
from kernel.events import Event
from kernel.feature import Feature, Process
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope

Announced = (
    ReleaseCreated
    | ReleaseUpdated
    | ReleasePublished
    | ReleaseDeleted
    | TranslationChanged
    | TranslationRemoved
    | EpisodePublished
    | EpisodeDeleted
    | RatingChanged
)
_EVENTS: tuple[type[Event], ...] = (
    ReleaseCreated,
    ReleaseUpdated,
    ReleasePublished,
    ReleaseDeleted,
    TranslationChanged,
    TranslationRemoved,
    EpisodePublished,
    EpisodeDeleted,
    RatingChanged,
)


def declare(process: Process, index_path: Path) -> Feature:
    """``index_path`` is where the index of names is kept between starts, and the catalogue's columns beside it."""
    index = LiveIndex(process.container, process.bus, index_path)
    columns = LiveColumns(process.container, process.bus, index_path.with_name("columns.npz"))

    async def announce_release(_: Scope, event: Announced) -> None:
        await index.announce(event.release_id)

    subscriber = Subscriber("announce_names", announce_release)
    return Feature(
        ports={NameSearch: lambda _: index, Catalogue: lambda scope: ListedCatalogue(columns, scope)},
        routers=[listing_router, routes.router],
        background_tasks={"release names": index.follow, "catalogue columns": columns.follow},
        subscribers={event: [subscriber] for event in _EVENTS},
    )
