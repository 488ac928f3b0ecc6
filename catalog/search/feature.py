"""What search binds for itself."""

from pathlib import Path

from catalog.releases.model import ReleaseCreated, ReleaseDeleted, ReleasePublished, ReleaseUpdated
from catalog.releases.usecases import NameSearch
from catalog.search import routes
from catalog.search.adapters.live_index import LiveIndex
from catalog.translations.model import TranslationChanged, TranslationRemoved
from kernel.events import Event
from kernel.feature import Feature, Process
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope

Named = ReleaseCreated | ReleaseUpdated | ReleasePublished | ReleaseDeleted | TranslationChanged | TranslationRemoved
_EVENTS: tuple[type[Event], ...] = (
    ReleaseCreated,
    ReleaseUpdated,
    ReleasePublished,
    ReleaseDeleted,
    TranslationChanged,
    TranslationRemoved,
)


def declare(process: Process, index_path: Path) -> Feature:
    """``index_path`` is where the index is kept between starts."""
    index = LiveIndex(process.container, process.bus, index_path)

    async def announce_names(_: Scope, event: Named) -> None:
        await index.announce(event.release_id)

    subscriber = Subscriber("announce_names", announce_names)
    return Feature(
        ports={NameSearch: lambda _: index},
        routers=[routes.router],
        background_tasks={"release names": index.follow},
        subscribers={event: [subscriber] for event in _EVENTS},
    )
